"""What Zhipu and DeepSeek told of their use. Each usage is as its source has it."""

from __future__ import annotations

from tests.cost.usages import CHAT, ZHIPU, ZHIPU_STREAM, D, M, Row

ROWS: tuple[Row, ...] = (
    Row(
        "pydantic-ai tests/models/cassettes/test_zai/test_zai_clear_thinking_without_thinking.yaml",
        ZHIPU, "glm-4.7",
        {
            "completion_tokens": 369,
            "completion_tokens_details": {"reasoning_tokens": 366},
            "prompt_tokens": 13,
            "prompt_tokens_details": {"cached_tokens": 0},
            "total_tokens": 382,
        },
        (13 * D("0.276") + 369 * D("1.103")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_zai/test_zai_model_simple.yaml",
        ZHIPU, "glm-4.7",
        {
            "completion_tokens": 437,
            "completion_tokens_details": {"reasoning_tokens": 427},
            "prompt_tokens": 13,
            "prompt_tokens_details": {"cached_tokens": 0},
            "total_tokens": 450,
        },
        (13 * D("0.276") + 437 * D("1.103")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_zai/test_zai_reasoning_effort.yaml",
        ZHIPU, "glm-5.2",
        {
            "completion_tokens": 67,
            "completion_tokens_details": {"reasoning_tokens": 58},
            "prompt_tokens": 20,
            "prompt_tokens_details": {"cached_tokens": 0},
            "total_tokens": 87,
        },
        (20 * D("1.103") + 67 * D("3.862")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_zai/test_zai_vision_thinking.yaml",
        ZHIPU, "glm-4.6v",
        {
            "completion_tokens": 73,
            "completion_tokens_details": {"reasoning_tokens": 56},
            "prompt_tokens": 435,
            "prompt_tokens_details": {"cached_tokens": 4},
            "total_tokens": 508,
        },
        ((435 - 4) * D("0.3") + 4 * D("0.05") + 73 * D("0.9")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_zai/test_zai_preserved_thinking_round_trip.yaml",
        ZHIPU, "glm-4.7",
        {
            "completion_tokens": 172,
            "completion_tokens_details": {"reasoning_tokens": 49},
            "prompt_tokens": 17,
            "prompt_tokens_details": {"cached_tokens": 0},
            "total_tokens": 189,
        },
        (17 * D("0.276") + 172 * D("1.103")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_zai/test_zai_thinking_stream.yaml",
        ZHIPU_STREAM, "glm-4.7",
        [
            (
                '{"id":"202607010739425543ff9439144b2c","created":1782862782,"object":"chat.completion.chunk","mode'
                'l":"glm-4.7","choices":[{"index":0,"finish_reason":"stop","delta":{"role":"assistant","content":""'
                '}}],"usage":{"prompt_tokens":13,"completion_tokens":564,"total_tokens":577,"prompt_tokens_details"'
                ':{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":561}}}'
            ),
        ],
        (13 * D("0.276") + 564 * D("1.103")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_deepseek/test_deepseek_deferred_capability_with_"
        "thinking.yaml",
        CHAT, "deepseek-v4-flash",
        {
            "completion_tokens": 116,
            "completion_tokens_details": {"reasoning_tokens": 60},
            "prompt_cache_hit_tokens": 512,
            "prompt_cache_miss_tokens": 51,
            "prompt_tokens": 563,
            "prompt_tokens_details": {"cached_tokens": 512},
            "total_tokens": 679,
        },
        ((563 - 512) * D("0.14") + 512 * D("0.0028") + 116 * D("0.28")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_deepseek/test_deepseek_deferred_capability_with_"
        "thinking.yaml",
        CHAT, "deepseek-v4-flash",
        {
            "completion_tokens": 79,
            "completion_tokens_details": {"reasoning_tokens": 26},
            "prompt_cache_hit_tokens": 0,
            "prompt_cache_miss_tokens": 875,
            "prompt_tokens": 875,
            "prompt_tokens_details": {"cached_tokens": 0},
            "total_tokens": 954,
        },
        (875 * D("0.14") + 79 * D("0.28")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_deepseek/test_deepseek_deferred_capability_with_"
        "thinking.yaml",
        CHAT, "deepseek-v4-flash",
        {
            "completion_tokens": 61,
            "completion_tokens_details": {"reasoning_tokens": 25},
            "prompt_cache_hit_tokens": 896,
            "prompt_cache_miss_tokens": 80,
            "prompt_tokens": 976,
            "prompt_tokens_details": {"cached_tokens": 896},
            "total_tokens": 1037,
        },
        ((976 - 896) * D("0.14") + 896 * D("0.0028") + 61 * D("0.28")) / M,
    ),
    Row(
        "pydantic-ai tests/models/cassettes/test_deepseek/test_deepseek_model_thinking_part.yaml",
        CHAT, "deepseek-reasoner",
        {
            "completion_tokens": 789,
            "completion_tokens_details": {"reasoning_tokens": 415},
            "prompt_cache_hit_tokens": 0,
            "prompt_cache_miss_tokens": 12,
            "prompt_tokens": 12,
            "prompt_tokens_details": {"cached_tokens": 0},
            "total_tokens": 801,
        },
        (12 * D("0.55") + 789 * D("2.19")) / M,
    ),
)  # fmt: skip
