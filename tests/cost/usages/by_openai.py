"""What OpenAI told of its use. Each usage is as its source has it."""

from __future__ import annotations

from tests.cost.usages import CHAT, CHAT_STREAM, EMBEDDING, IMAGES, TRANSCRIPT, D, M, Row

ROWS: tuple[Row, ...] = (
    Row(
        "pydantic-ai tests/models/cassettes/test_openai_prompt_cache/test_openai_chat_prompt_cache_e2e.yaml",
        CHAT, "gpt-5.6-sol",
        {
            "completion_tokens": 4,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 4020,
            "prompt_tokens_details": {"audio_tokens": 0, "cache_write_tokens": 4012, "cached_tokens": 0},
            "total_tokens": 4024,
        },
        ((4020 - 4012) * D("5") + 4012 * D("6.25") + 4 * D("30")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai_prompt_cache/test_openai_chat_prompt_cache_e2e.yaml",
        CHAT, "gpt-5.6-sol",
        {
            "completion_tokens": 4,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 4020,
            "prompt_tokens_details": {"audio_tokens": 0, "cache_write_tokens": 0, "cached_tokens": 4012},
            "total_tokens": 4024,
        },
        ((4020 - 4012) * D("5") + 4012 * D("0.5") + 4 * D("30")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_openai_model_without_system_prompt.yaml",
        CHAT, "o3-mini-2025-01-31",
        {
            "completion_tokens": 809,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 768,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 11,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 820,
        },
        (11 * D("1.1") + 809 * D("4.4")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_reasoning_model_with_temperature.yaml",
        CHAT, "o3-mini-2025-01-31",
        {
            "completion_tokens": 238,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 192,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 13,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 251,
        },
        (13 * D("1.1") + 238 * D("4.4")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_openai_instructions_with_tool_calls_keep_"
        "instructions.yaml",
        CHAT, "gpt-4.1-mini-2025-04-14",
        {
            "completion_tokens": 15,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 50,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 65,
        },
        (50 * D("0.4") + 15 * D("1.6")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_max_completion_tokens[gpt-4o-mini].yaml",
        CHAT, "gpt-4o-mini-2024-07-18",
        {
            "completion_tokens": 9,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 8,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 17,
        },
        (8 * D("0.15") + 9 * D("0.6")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_image_url_input_force_download.yaml",
        CHAT, "gpt-4.1-nano-2025-04-14",
        {
            "completion_tokens": 6,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 515,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 521,
        },
        (515 * D("0.1") + 6 * D("0.4")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_system_prompt_role_o1_mini.yaml",
        CHAT, "o1-mini-2024-09-12",
        {
            "completion_tokens": 212,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 192,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 30,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 242,
        },
        (30 * D("1.1") + 212 * D("4.4")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_tool_choice_matrix/test_tool_choice_"
        "matrix[required-openai].yaml",
        CHAT, "gpt-5-mini-2025-08-07",
        {
            "completion_tokens": 87,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 64,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 130,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 217,
        },
        (130 * D("0.25") + 87 * D("2")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_tool_choice_matrix/test_tool_choice_matrix[none_with_"
        "output-openai].yaml",
        CHAT, "gpt-5-mini-2025-08-07",
        {
            "completion_tokens": 561,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 512,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 156,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 717,
        },
        (156 * D("0.25") + 561 * D("2")) / M,
    ),
    Row(
        "pydantic-ai tests/cassettes/test_tool_search/test_tool_search_eval[openai-chat].yaml",
        CHAT, "gpt-5.4-mini-2026-03-17",
        {
            "completion_tokens": 23,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
            "prompt_tokens": 265,
            "prompt_tokens_details": {"audio_tokens": 0, "cached_tokens": 0},
            "total_tokens": 288,
        },
        (265 * D("0.75") + 23 * D("4.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_openai_audio_url_input.yaml",
        CHAT, "gpt-4o-audio-preview-2024-12-17",
        {
            "completion_tokens": 72,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
                "text_tokens": 72,
            },
            "prompt_tokens": 81,
            "prompt_tokens_details": {"audio_tokens": 69, "cached_tokens": 0, "image_tokens": 0, "text_tokens": 12},
            "total_tokens": 153,
        },
        (81 * D("2.5") + 72 * D("10")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_audio_as_binary_content_input.yaml",
        CHAT, "gpt-4o-audio-preview-2024-12-17",
        {
            "completion_tokens": 9,
            "completion_tokens_details": {
                "accepted_prediction_tokens": 0,
                "audio_tokens": 0,
                "reasoning_tokens": 0,
                "rejected_prediction_tokens": 0,
                "text_tokens": 9,
            },
            "prompt_tokens": 64,
            "prompt_tokens_details": {"audio_tokens": 44, "cached_tokens": 0, "image_tokens": 0, "text_tokens": 20},
            "total_tokens": 73,
        },
        (64 * D("2.5") + 9 * D("10")) / M,
    ),
    Row(
        "pydantic-ai tests/cassettes/test_embeddings/TestOpenAI.test_query.yaml",
        EMBEDDING, "text-embedding-3-small",
        {"prompt_tokens": 4, "total_tokens": 4},
        4 * D("0.02") / M,
    ),
    Row(
        "OpenAI API reference, image_generation.completed (developers.openai.com/api/docs/api-reference/"
        "images-streaming)",
        IMAGES, "gpt-image-1",
        {
            "total_tokens": 100,
            "input_tokens": 50,
            "output_tokens": 50,
            "input_tokens_details": {"text_tokens": 10, "image_tokens": 40},
        },
        (10 * D("5") + 40 * D("10") + 50 * D("40")) / M,
    ),
    Row(
        "OpenAI API reference, Create transcription (platform.openai.com/docs/api-reference/audio/"
        "createTranscription), quoted in openai-dotnet#819",
        TRANSCRIPT, "gpt-4o-transcribe",
        {
            "type": "tokens",
            "input_tokens": 14,
            "input_token_details": {"text_tokens": 0, "audio_tokens": 14},
            "output_tokens": 45,
            "total_tokens": 59,
        },
        (14 * D("6") + 45 * D("10")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_openai_moderation_stream.yaml",
        CHAT_STREAM, "gpt-5-2025-08-07",
        [
            (
                '{"id":"chatcmpl-E4Rjs6IxaJVge9Ntk5keJsaeDy6vS","object":"chat.completion.chunk","created":17847286'
                '48,"model":"gpt-5-2025-08-07","service_tier":"default","system_fingerprint":null,"choices":[],"usa'
                'ge":{"prompt_tokens":13,"completion_tokens":11,"total_tokens":24,"prompt_tokens_details":{"cached_'
                'tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"ac'
                'cepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"obfuscation":"uLVWXYc88DP"}'
            ),
        ],
        (13 * D("1.25") + 11 * D("10")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_openai/test_run_stream_sync_streams_real_model.yaml",
        CHAT_STREAM, "gpt-4o-mini-2024-07-18",
        [
            (
                '{"id":"chatcmpl-Dx0XpqH8w09uBXwq1zFGYdETjtnEl","object":"chat.completion.chunk","created":17829558'
                '17,"model":"gpt-4o-mini-2024-07-18","service_tier":"default","system_fingerprint":"fp_d0469e1700",'
                '"choices":[],"usage":{"prompt_tokens":53,"completion_tokens":15,"total_tokens":68,"prompt_tokens_d'
                'etails":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"au'
                'dio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"obfuscation":"khVgg'
                '3RsaN"}'
            ),
        ],
        (53 * D("0.15") + 15 * D("0.6")) / M,
    ),
)  # fmt: skip
