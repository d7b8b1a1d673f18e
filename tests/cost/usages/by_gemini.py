"""What Gemini told of its use. Each usage is as its source has it."""

from __future__ import annotations

from tests.cost.usages import GEMINI, GEMINI_STREAM, IMAGE, D, M, Row

ROWS: tuple[Row, ...] = (
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_image_generation_with_web_search.yaml",
        IMAGE, "gemini-3-pro-image-preview",
        {
            "candidatesTokenCount": 1780,
            "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
            "promptTokenCount": 33,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 33}],
            "thoughtsTokenCount": 529,
            "totalTokenCount": 2342,
        },
        (33 * D("2") + (1780 + 529 - 1120) * D("12") + 1120 * D("120")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_image_or_text_output.yaml",
        IMAGE, "gemini-2.5-flash-image",
        {
            "candidatesTokenCount": 1304,
            "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1290}],
            "promptTokenCount": 10,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 10}],
            "totalTokenCount": 1314,
        },
        (10 * D("0.3") + (1304 - 1290) * D("2.5") + 1290 * D("30")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_vertexai_image_generation.yaml",
        IMAGE, "gemini-2.5-flash-image",
        {
            "candidatesTokenCount": 1295,
            "candidatesTokensDetails": [
                {"modality": "TEXT", "tokenCount": 5},
                {"modality": "IMAGE", "tokenCount": 1290},
            ],
            "promptTokenCount": 9,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}],
            "totalTokenCount": 1304,
            "trafficType": "ON_DEMAND",
        },
        (9 * D("0.3") + (1295 - 1290) * D("2.5") + 1290 * D("30")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_multimodal_tool_returns/test_multimodal_tool_return_"
        "matrix[direct-url_force_download-document-google_2_5].yaml",
        GEMINI, "gemini-2.5-flash",
        {
            "cacheTokensDetails": [
                {"modality": "TEXT", "tokenCount": 58},
                {"modality": "DOCUMENT", "tokenCount": 172},
            ],
            "cachedContentTokenCount": 230,
            "candidatesTokenCount": 51,
            "promptTokenCount": 345,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 87},
                {"modality": "DOCUMENT", "tokenCount": 258},
            ],
            "totalTokenCount": 396,
        },
        ((345 - 230) * D("0.3") + 230 * D("0.03") + 51 * D("2.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_multimodal_tool_returns/test_mixed_content_"
        "ordering[google_2_5].yaml",
        GEMINI, "gemini-2.5-flash",
        {
            "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 63}, {"modality": "IMAGE", "tokenCount": 141}],
            "cachedContentTokenCount": 204,
            "candidatesTokenCount": 89,
            "promptTokenCount": 373,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 115},
                {"modality": "IMAGE", "tokenCount": 258},
            ],
            "thoughtsTokenCount": 167,
            "totalTokenCount": 629,
        },
        ((373 - 204) * D("0.3") + 204 * D("0.03") + (89 + 167) * D("2.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_multimodal_tool_returns/test_multimodal_tool_return_"
        "matrix[direct-url_force_download-video-google_2_5].yaml",
        GEMINI, "gemini-2.5-flash",
        {
            "cacheTokensDetails": [
                {"modality": "AUDIO", "tokenCount": 284},
                {"modality": "TEXT", "tokenCount": 73},
                {"modality": "VIDEO", "tokenCount": 2561},
            ],
            "cachedContentTokenCount": 2918,
            "candidatesTokenCount": 55,
            "promptTokenCount": 3297,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 83},
                {"modality": "VIDEO", "tokenCount": 2893},
                {"modality": "AUDIO", "tokenCount": 321},
            ],
            "thoughtsTokenCount": 95,
            "totalTokenCount": 3447,
        },
        ((3297 - 2918 - (321 - 284)) * D("0.3") + (2918 - 284) * D("0.03") + 284 * D("0.1")
        + (321 - 284) * D("1") + (55 + 95) * D("2.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_url_input[AudioUrl].yaml",
        GEMINI, "gemini-2.0-flash",
        {
            "candidatesTokenCount": 22,
            "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 22}],
            "promptTokenCount": 159,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}, {"modality": "AUDIO", "tokenCount": 150}],
            "totalTokenCount": 181,
            "trafficType": "ON_DEMAND",
        },
        ((159 - 150) * D("0.1") + 150 * D("0.7") + 22 * D("0.4")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_model_youtube_video_url_input.yaml",
        GEMINI, "gemini-2.5-flash",
        {
            "candidatesTokenCount": 100,
            "promptTokenCount": 17713,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 16},
                {"modality": "VIDEO", "tokenCount": 15780},
                {"modality": "AUDIO", "tokenCount": 1917},
            ],
            "thoughtsTokenCount": 1176,
            "totalTokenCount": 18989,
        },
        ((17713 - 1917) * D("0.3") + 1917 * D("1") + (100 + 1176) * D("2.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_model_image_as_binary_content_input.yaml",
        GEMINI, "gemini-2.0-flash",
        {
            "candidatesTokenCount": 9,
            "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 9}],
            "promptTokenCount": 3367,
            "promptTokensDetails": [
                {"modality": "IMAGE", "tokenCount": 3354},
                {"modality": "TEXT", "tokenCount": 13},
            ],
            "totalTokenCount": 3376,
        },
        (3367 * D("0.1") + 9 * D("0.4")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_url_input[DocumentUrl].yaml",
        GEMINI, "gemini-2.0-flash",
        {
            "candidatesTokenCount": 103,
            "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 103}],
            "promptTokenCount": 19875,
            "promptTokensDetails": [
                {"modality": "DOCUMENT", "tokenCount": 19866},
                {"modality": "TEXT", "tokenCount": 9},
            ],
            "totalTokenCount": 19978,
            "trafficType": "ON_DEMAND",
        },
        (19875 * D("0.1") + 103 * D("0.4")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_model_web_search_tool.yaml",
        GEMINI, "gemini-2.5-pro",
        {
            "candidatesTokenCount": 201,
            "promptTokenCount": 17,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 17}],
            "thoughtsTokenCount": 213,
            "toolUsePromptTokenCount": 119,
            "toolUsePromptTokensDetails": [{"modality": "TEXT", "tokenCount": 119}],
            "totalTokenCount": 550,
        },
        ((17 + 119) * D("1.25") + (201 + 213) * D("10")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_model_file_search_grounding_gemini_"
        "3[True].yaml",
        GEMINI, "gemini-3-flash-preview",
        {
            "candidatesTokenCount": 230,
            "promptTokenCount": 294,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 294}],
            "serviceTier": "standard",
            "thoughtsTokenCount": 158,
            "toolUsePromptTokenCount": 605,
            "toolUsePromptTokensDetails": [{"modality": "TEXT", "tokenCount": 605}],
            "totalTokenCount": 1287,
        },
        ((294 + 605) * D("0.5") + (230 + 158) * D("3")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_model_thinking_part_from_other_model.yaml",
        GEMINI, "gemini-2.5-pro",
        {
            "candidatesTokenCount": 778,
            "promptTokenCount": 1106,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1106}],
            "thoughtsTokenCount": 1089,
            "totalTokenCount": 2973,
        },
        (1106 * D("1.25") + (778 + 1089) * D("10")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_model_empty_user_prompt.yaml",
        GEMINI, "gemini-2.5-flash",
        {
            "candidatesTokenCount": 53,
            "promptTokenCount": 8,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 8}],
            "thoughtsTokenCount": 725,
            "totalTokenCount": 786,
        },
        (8 * D("0.3") + (53 + 725) * D("2.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_model_stream.yaml",
        GEMINI_STREAM, "gemini-2.0-flash",
        [
            {
                "promptTokenCount": 15,
                "totalTokenCount": 15,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 15}],
            },
            {
                "promptTokenCount": 15,
                "totalTokenCount": 15,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 15}],
            },
            {
                "promptTokenCount": 13,
                "candidatesTokenCount": 8,
                "totalTokenCount": 21,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 13}],
                "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 8}],
            },
        ],
        (13 * D("0.1") + 8 * D("0.4")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_stream_usage_is_live_mid_stream.yaml",
        GEMINI_STREAM, "gemini-2.5-flash",
        [
            {
                "promptTokenCount": 18,
                "candidatesTokenCount": 31,
                "totalTokenCount": 84,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 18}],
                "thoughtsTokenCount": 35,
                "serviceTier": "standard",
            },
            {
                "promptTokenCount": 18,
                "candidatesTokenCount": 79,
                "totalTokenCount": 132,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 18}],
                "thoughtsTokenCount": 35,
                "serviceTier": "standard",
            },
            {
                "promptTokenCount": 18,
                "candidatesTokenCount": 80,
                "totalTokenCount": 133,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 18}],
                "thoughtsTokenCount": 35,
                "serviceTier": "standard",
            },
        ],
        (18 * D("0.3") + (80 + 35) * D("2.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_stream_usage_is_live_mid_stream.yaml "
        "(cut before its last chunk)",
        GEMINI_STREAM, "gemini-2.5-flash",
        [
            {
                "promptTokenCount": 18,
                "candidatesTokenCount": 31,
                "totalTokenCount": 84,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 18}],
                "thoughtsTokenCount": 35,
                "serviceTier": "standard",
            },
            {
                "promptTokenCount": 18,
                "candidatesTokenCount": 79,
                "totalTokenCount": 132,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 18}],
                "thoughtsTokenCount": 35,
                "serviceTier": "standard",
            },
        ],
        (18 * D("0.3") + (79 + 35) * D("2.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_model_web_search_tool_stream.yaml "
        "(its first and its last two chunks)",
        GEMINI_STREAM, "gemini-2.5-pro",
        [
            {
                "promptTokenCount": 17,
                "candidatesTokenCount": 41,
                "totalTokenCount": 572,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 17}],
                "toolUsePromptTokenCount": 102,
                "toolUsePromptTokensDetails": [{"modality": "TEXT", "tokenCount": 102}],
                "thoughtsTokenCount": 412,
            },
            {
                "promptTokenCount": 17,
                "candidatesTokenCount": 228,
                "totalTokenCount": 759,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 17}],
                "toolUsePromptTokenCount": 102,
                "toolUsePromptTokensDetails": [{"modality": "TEXT", "tokenCount": 102}],
                "thoughtsTokenCount": 412,
            },
            {
                "promptTokenCount": 17,
                "candidatesTokenCount": 241,
                "totalTokenCount": 772,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 17}],
                "toolUsePromptTokenCount": 102,
                "toolUsePromptTokensDetails": [{"modality": "TEXT", "tokenCount": 102}],
                "thoughtsTokenCount": 412,
            },
        ],
        ((17 + 102) * D("1.25") + (241 + 412) * D("10")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_google/test_google_streaming_tool_call_thought_"
        "signature.yaml",
        GEMINI_STREAM, "gemini-3-pro-preview",
        [
            {
                "promptTokenCount": 29,
                "candidatesTokenCount": 10,
                "totalTokenCount": 241,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 29}],
                "thoughtsTokenCount": 202,
            },
            {
                "promptTokenCount": 29,
                "candidatesTokenCount": 10,
                "totalTokenCount": 241,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 29}],
                "thoughtsTokenCount": 202,
            },
        ],
        (29 * D("2") + (10 + 202) * D("12")) / M,
    ),
)  # fmt: skip
