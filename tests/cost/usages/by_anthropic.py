"""What Anthropic told of its use. Each usage is as its source has it."""

from __future__ import annotations

from tests.cost.usages import MESSAGES, MESSAGES_STREAM, D, M, Row

ROWS: tuple[Row, ...] = (
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_cache_bedrock_real_api.yaml",
        MESSAGES, "claude-haiku-4-5-20251001",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 9511,
            "input_tokens": 3,
            "output_tokens": 1944,
        },
        (3 * D("1") + 9511 * D("0.1") + 1944 * D("5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_cache_bedrock_real_api.yaml",
        MESSAGES, "claude-haiku-4-5-20251001",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 1956},
            "cache_creation_input_tokens": 1956,
            "cache_read_input_tokens": 9511,
            "input_tokens": 3,
            "output_tokens": 44,
        },
        (3 * D("1") + 9511 * D("0.1") + 1956 * D("1.25") + 44 * D("5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_cache_count_tokens.yaml",
        MESSAGES, "claude-sonnet-4-5-20250929",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 1111,
            "inference_geo": "not_available",
            "input_tokens": 3,
            "output_tokens": 414,
            "service_tier": "standard",
        },
        (3 * D("3") + 1111 * D("0.3") + 414 * D("15")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_cache_real_api.yaml",
        MESSAGES, "claude-sonnet-4-5-20250929",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 418},
            "cache_creation_input_tokens": 418,
            "cache_read_input_tokens": 1111,
            "inference_geo": "not_available",
            "input_tokens": 3,
            "output_tokens": 33,
            "service_tier": "standard",
        },
        (3 * D("3") + 1111 * D("0.3") + 418 * D("3.75") + 33 * D("15")) / M,
    ),
    Row(
        "pydantic-ai tests/cassettes/test_tool_search/test_anthropic_to_google_deferred_capability_"
        "history_replay.yaml",
        MESSAGES, "claude-sonnet-4-5-20250929",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 1069},
            "cache_creation_input_tokens": 1069,
            "cache_read_input_tokens": 0,
            "inference_geo": "not_available",
            "input_tokens": 7,
            "output_tokens": 60,
            "service_tier": "standard",
        },
        (7 * D("3") + 1069 * D("3.75") + 60 * D("15")) / M,
    ),
    Row(
        "pydantic-ai tests/cassettes/test_code_execution_files_vcr/test_anthropic_code_execution_files_"
        "cache_prefix_stable[automatic-sonnet-5].yaml",
        MESSAGES, "claude-sonnet-5",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 574},
            "cache_creation_input_tokens": 574,
            "cache_read_input_tokens": 20443,
            "inference_geo": "global",
            "input_tokens": 6,
            "output_tokens": 489,
            "output_tokens_details": {"thinking_tokens": 77},
            "server_tool_use": {"web_fetch_requests": 0, "web_search_requests": 0},
            "service_tier": "standard",
        },
        (6 * D("2") + 20443 * D("0.2") + 574 * D("2.5") + 489 * D("10")) / M,
    ),
    Row(
        "pydantic-ai tests/cassettes/test_code_execution_files_vcr/test_anthropic_code_execution_files_"
        "cache_prefix_stable[messages-sonnet-4-6].yaml",
        MESSAGES, "claude-sonnet-4-6",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 4513},
            "cache_creation_input_tokens": 4513,
            "cache_read_input_tokens": 4332,
            "inference_geo": "global",
            "input_tokens": 10,
            "output_tokens": 211,
            "server_tool_use": {"web_fetch_requests": 0, "web_search_requests": 0},
            "service_tier": "standard",
        },
        (10 * D("3") + 4332 * D("0.3") + 4513 * D("3.75") + 211 * D("15")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_opus_5_features.yaml",
        MESSAGES, "claude-opus-5",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "inference_geo": "global",
            "input_tokens": 13,
            "output_tokens": 44,
            "output_tokens_details": {"thinking_tokens": 33},
            "service_tier": "standard",
        },
        (13 * D("5") + 44 * D("25")) / M,
    ),
    Row(
        "pydantic-ai tests/cassettes/test_cache_prefix_stability/test_anthropic_thinking_agui_0_1_10_"
        "drops_prefix.yaml",
        MESSAGES, "claude-sonnet-4-5-20250929",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "inference_geo": "not_available",
            "input_tokens": 51,
            "output_tokens": 162,
            "output_tokens_details": {"thinking_tokens": 112},
            "service_tier": "standard",
        },
        (51 * D("3") + 162 * D("15")) / M,
    ),
    Row(
        "docs.anthropic.com, Prompt caching, 1-hour cache duration",
        MESSAGES, "claude-sonnet-4-5",
        {
            "input_tokens": 2048,
            "cache_read_input_tokens": 1800,
            "cache_creation_input_tokens": 248,
            "output_tokens": 503,
            "cache_creation": {"ephemeral_5m_input_tokens": 148, "ephemeral_1h_input_tokens": 100},
        },
        (2048 * D("3") + 1800 * D("0.3") + 148 * D("3.75") + 100 * D("6") + 503 * D("15")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_pause_turn_web_search_vcr.yaml (without "
        "its web searches, which are billed apart)",
        MESSAGES, "claude-sonnet-4-5-20250929",
        {
            "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "input_tokens": 401468,
            "output_tokens": 792,
            "service_tier": "standard",
        },
        (401468 * D("6") + 792 * D("22.5")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_model_thinking_part_stream.yaml",
        MESSAGES_STREAM, "claude-sonnet-4-20250514",
        [
            (
                '{"type":"message_start","message":{"model":"claude-sonnet-4-20250514","id":"msg_01ALwQ87pTS7hH1PjS'
                'dC9wJD","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"'
                'usage":{"input_tokens":43,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_creat'
                'ion":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":1,"service_tier'
                '":"standard","inference_geo":"not_available"}}}'
            ),
            (
                '{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_to'
                'kens":43,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":282}}'
            ),
        ],
        (43 * D("3") + 282 * D("15")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_model_thinking_part_redacted_"
        "stream.yaml",
        MESSAGES_STREAM, "claude-sonnet-4-5-20250929",
        [
            (
                '{"type":"message_start","message":{"id":"msg_018XZkwvj9asBiffg3fXt88s","type":"message","role":"as'
                'sistant","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":null,"stop_sequence":null'
                ',"usage":{"input_tokens":92,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_cre'
                'ation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":88,"service_t'
                'ier":"standard"}}}'
            ),
            (
                '{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_to'
                'kens":92,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":189}}'
            ),
        ],
        (92 * D("3") + 189 * D("15")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_anthropic/test_anthropic_mcp_servers_stream.yaml",
        MESSAGES_STREAM, "claude-sonnet-4-5-20250929",
        [
            (
                '{"type":"message_start","message":{"model":"claude-sonnet-4-5-20250929","id":"msg_01Xf6SmUVY1mDrSw'
                'Fc5RsY3n","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null'
                ',"usage":{"input_tokens":690,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"cache_cr'
                'eation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":8,"service_t'
                'ier":"standard"}}}'
            ),
            (
                '{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_to'
                'kens":3042,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":354,"server'
                '_tool_use":{"web_search_requests":0}}}'
            ),
        ],
        (3042 * D("3") + 354 * D("15")) / M,
    ),
)  # fmt: skip
