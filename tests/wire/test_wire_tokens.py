"""One call's tokens, by whatever names OpenAI's API and those who speak it have for them; parts inside or beside."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.vocabulary import Usage
from lib.wire.openai.tokens import counted, tokens


def plain(usage: Usage) -> tuple[int | None, ...]:
    """Input, cached, written, output, thought."""
    return (
        usage.input_tokens, usage.cached_input_tokens, usage.cache_write_tokens, usage.output_tokens,
        usage.reasoning_tokens,
    )  # fmt: skip


def told(into: int, out: int, **more: Any) -> dict[str, Any]:
    return {"prompt_tokens": into, "completion_tokens": out, **more}


INSIDE_AND_BESIDE: list[tuple[dict[str, Any], tuple[int | None, ...]]] = [
    # OpenAI: cached is part of the prompt, thought of the completion (wire.md 3)
    (
        told(100, 50, total_tokens=150, prompt_tokens_details={"cached_tokens": 80},
             completion_tokens_details={"reasoning_tokens": 30}),
        (100, 80, None, 50, 30),
    ),
    # more cached than there was: it stands beside
    (told(20, 5, prompt_tokens_details={"cached_tokens": 80}), (100, 80, None, 5, None)),
    # the total has it on top
    (told(100, 5, total_tokens=185, prompt_tokens_details={"cached_tokens": 80}), (180, 80, None, 5, None)),
    # and not: it is inside, though it would fit beside
    (told(100, 5, total_tokens=105, prompt_tokens_details={"cached_tokens": 80}), (100, 80, None, 5, None)),
    # both on top
    (
        told(10, 5, total_tokens=185, prompt_tokens_details={"cached_tokens": 100},
             completion_tokens_details={"reasoning_tokens": 70}),
        (110, 100, None, 75, 70),
    ),
    # xAI: thinking beside the completion, in the total on top of it
    (told(701, 69, total_tokens=893, completion_tokens_details={"reasoning_tokens": 123}), (701, None, None, 192, 123)),
    (told(10, 5, completion_tokens_details={"reasoning_tokens": 70}), (10, None, None, 75, 70)),
    # read and written overlap: prefixes counted whole, and neither is more than the prompt
    (
        told(3619, 36, prompt_tokens_details={"cached_tokens": 2921, "cache_write_tokens": 3616}),
        (3619, 2921, 3616, 36, None),
    ),
    # new-api says by whose rules a Claude's input was counted
    (
        told(1000, 200, usage_semantic="anthropic", prompt_tokens_details={"cached_tokens": 100}),
        (1100, 100, None, 200, None),
    ),
    (told(62, 95, claude_cache_creation_5_m_tokens=586), (648, None, 586, 95, None)),
    (
        told(1000, 200, usage_semantic="openai", claude_cache_creation_1_h_tokens=20,
             prompt_tokens_details={"cached_creation_tokens": 20}),
        (1000, None, 20, 200, None),
    ),
]  # fmt: skip

NAMES: list[tuple[dict[str, Any], dict[str, int]]] = [
    ({"prompt_cache_hit_tokens": 5, "prompt_cache_miss_tokens": 95}, {"cached_input_tokens": 5}),  # DeepSeek
    ({"cached_tokens": 5}, {"cached_input_tokens": 5}),  # Moonshot
    (
        {"cache_read_input_tokens": 5, "cache_creation_input_tokens": 7},
        {"cached_input_tokens": 5, "cache_write_tokens": 7},
    ),
    ({"prompt_tokens_details": {"cached_creation_tokens": 7}}, {"cache_write_tokens": 7}),  # new-api
    (
        {"prompt_tokens_details": {"cache_creation_input_tokens": 7,
                                   "cache_creation": {"ephemeral_1h_input_tokens": 3}}},
        {"cache_write_tokens": 7, "cache_write_1h_tokens": 3},
    ),
    (
        {"cache_creation_input_tokens": 7, "cache_creation": {"ephemeral_1h_input_tokens": 3}},
        {"cache_write_tokens": 7, "cache_write_1h_tokens": 3},
    ),
    (
        {"prompt_tokens_details": {"audio_tokens": 9, "image_tokens": 8, "cached_tokens": 6,
                                   "cached_tokens_details": {"audio_tokens": 2, "image_tokens": 1}}},
        {"input_audio_tokens": 9, "input_image_tokens": 8, "cached_input_tokens": 6, "cached_audio_tokens": 2,
         "cached_image_tokens": 1},
    ),
    ({"input_token_details": {"audio_tokens": 9}}, {"input_audio_tokens": 9}),
    (
        {"completion_tokens_details": {"audio_tokens": 4, "image_tokens": 3}},
        {"output_audio_tokens": 4, "output_image_tokens": 3},
    ),
    # new-api fills in both forms; the one that counts something holds
    (
        {"input_tokens": 0, "prompt_tokens_details": {"image_tokens": 0}, "input_tokens_details": {"image_tokens": 6}},
        {"input_image_tokens": 6},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "expected"), INSIDE_AND_BESIDE)
def test_a_whole_has_all_its_parts(raw: dict[str, Any], expected: tuple[int | None, ...]) -> None:
    assert plain(counted(raw)) == expected


@pytest.mark.parametrize(("raw", "expected"), NAMES)
def test_a_part_by_any_of_its_names(raw: dict[str, Any], expected: dict[str, int]) -> None:
    found = counted(told(100, 50, **raw))
    assert {name: getattr(found, name) for name in expected} == expected
    assert (found.input_tokens, found.output_tokens) == (100, 50)


@pytest.mark.parametrize("raw", [{}, told(0, 0), told(0, 0, prompt_tokens_details={"cached_tokens": 0})])
def test_zeros_are_no_count_where_nothing_was_counted(raw: dict[str, Any]) -> None:
    assert tokens(raw) == Usage(calls=1)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner))
FIELDS = ("prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "cache_creation")


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_figures_break_the_reader(raw: dict[str, Any]) -> None:
    found = counted(raw)
    assert found.calls == 1
