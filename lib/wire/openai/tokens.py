"""The tokens that OpenAI's answers tell of, and those of all who speak its API (wire.md 1C, 3).

Makers and relays differ in what they call a part, and in whether the whole includes it: where the figures themselves
show that it doesn't, it is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, Field

from lib.vocabulary import Usage
from lib.wire.answers import Answer, Count, Object, Words


class _OfCached(Answer):
    audio_tokens: Count = None
    image_tokens: Count = None


class _Kept(Answer):
    """How long what was written to the cache is kept: Anthropic's name, as LiteLLM and Qwen pass it on."""

    for_an_hour: Count = Field(None, validation_alias="ephemeral_1h_input_tokens")


class _Details(Answer):
    """Parts of the input or the output. Writes to the cache: as OpenAI, new-api, Qwen and LiteLLM name them."""

    cached_tokens: Count = None
    cached_tokens_details: Annotated[_OfCached, Object] = _OfCached()
    written: Count = Field(
        None,
        validation_alias=AliasChoices(
            "cache_write_tokens", "cached_creation_tokens", "cache_creation_input_tokens", "cache_creation_tokens"
        ),
    )
    kept: Annotated[_Kept, Object] = Field(
        _Kept(), validation_alias=AliasChoices("cache_creation", "cache_creation_token_details")
    )
    audio_tokens: Count = None
    image_tokens: Count = None
    reasoning_tokens: Count = None


PART = Annotated[_Details, Object]


class _Told(Answer):
    """OpenAI says `prompt_tokens` for chat and embeddings, `input_tokens` elsewhere; new-api says both, zeros too."""

    prompt_tokens: Count = None
    completion_tokens: Count = None
    input_tokens: Count = None
    output_tokens: Count = None
    total_tokens: Count = None
    prompt_tokens_details: PART = _Details()
    input_tokens_details: PART = _Details()
    input_token_details: PART = _Details()
    """Of transcriptions."""
    completion_tokens_details: PART = _Details()
    output_tokens_details: PART = _Details()
    prompt_cache_hit_tokens: Count = None
    """DeepSeek's; with `prompt_cache_miss_tokens` it is the whole input."""
    cached_tokens: Count = None
    """Moonshot's."""
    cache_read_input_tokens: Count = None
    cache_creation_input_tokens: Count = None
    """Anthropic's, as some relays pass them on."""
    cache_creation: Annotated[_Kept, Object] = _Kept()
    claude_cache_creation_5_m_tokens: Count = None
    claude_cache_creation_1_h_tokens: Count = None
    usage_semantic: Words = ""
    """new-api's: by whose rules the input was counted."""

    @property
    def into(self) -> tuple[_Details, ...]:
        """Wherever parts of the input are told."""
        return self.prompt_tokens_details, self.input_tokens_details, self.input_token_details

    @property
    def out(self) -> tuple[_Details, ...]:
        """Wherever parts of the output are told."""
        return self.completion_tokens_details, self.output_tokens_details

    @property
    def counted_by_anthropic(self) -> bool:
        """Whether new-api passes on figures of a Claude, whose input leaves out what the cache had (wire.md 5)."""
        return self.usage_semantic == "anthropic" or bool(self.claude_writes and not self.usage_semantic)

    @property
    def claude_writes(self) -> int | None:
        """What a Claude wrote to the cache as new-api tells it, for five minutes and for an hour; None for nothing."""
        return (self.claude_cache_creation_5_m_tokens or 0) + (self.claude_cache_creation_1_h_tokens or 0) or None


def raw_usage(body: Mapping[str, Any]) -> dict[str, Any]:
    """The server's own words of usage; empty where it has none."""
    raw = body.get("usage")
    return raw if isinstance(raw, dict) else {}


def counted(raw: Mapping[str, Any]) -> Usage:
    """One call's tokens as told; None is what wasn't."""
    told = _Told.model_validate(raw)
    read = _first(
        *(one.cached_tokens for one in told.into),
        told.prompt_cache_hit_tokens, told.cached_tokens, told.cache_read_input_tokens,
    )  # fmt: skip
    written = _first(*(one.written for one in told.into), told.cache_creation_input_tokens, told.claude_writes)
    thought = _first(*(one.reasoning_tokens for one in told.out))
    into, out = _whole(told, read or 0, written or 0, thought or 0)
    return Usage(
        input_tokens=into,
        cached_input_tokens=read,
        cache_write_tokens=written,
        output_tokens=out,
        reasoning_tokens=thought,
        calls=1,
        cache_write_1h_tokens=_first(
            *(one.kept.for_an_hour for one in told.into),
            told.cache_creation.for_an_hour, told.claude_cache_creation_1_h_tokens,
        ),
        cached_audio_tokens=_first(*(one.cached_tokens_details.audio_tokens for one in told.into)),
        cached_image_tokens=_first(*(one.cached_tokens_details.image_tokens for one in told.into)),
        input_audio_tokens=_first(*(one.audio_tokens for one in told.into)),
        input_image_tokens=_first(*(one.image_tokens for one in told.into)),
        output_audio_tokens=_first(*(one.audio_tokens for one in told.out)),
        output_image_tokens=_first(*(one.image_tokens for one in told.out)),
    )  # fmt: skip


def tokens(raw: Mapping[str, Any]) -> Usage:
    """One call's tokens. Where none were counted all are unknown: relays fill in zeros for what has no count."""
    told = counted(raw)
    return told if told.input_tokens or told.output_tokens else Usage(calls=1)


def _first(*counts: int | None) -> int | None:
    """The first that counts something; else 0 where that was told."""
    told = [count for count in counts if count is not None]
    return next(filter(None, told), 0 if told else None)


def _whole(told: _Told, read: int, written: int, thought: int) -> tuple[int | None, int | None]:
    """Input and output with all their parts.

    A part that is more than its whole stands beside it, and so does one that the total has on top of both. What was
    read from the cache and written to it may overlap: only one of them alone proves it (OpenAI's count whole prefixes).
    """
    into, out = _first(told.prompt_tokens, told.input_tokens), _first(told.completion_tokens, told.output_tokens)
    beside = read + written
    on_top = (told.total_tokens or 0) - (into or 0) - (out or 0)
    thought_beside = thought > (out or 0) or on_top in (thought, beside + thought)
    cache_beside = (
        told.counted_by_anthropic
        or max(read, written) > (into or 0)
        or on_top in {beside, beside + thought} - {thought}
    )
    return (
        into + beside if into is not None and cache_beside else into,
        out + thought if out is not None and thought_beside else out,
    )
