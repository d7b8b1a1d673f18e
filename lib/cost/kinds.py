"""The kinds of tokens that have prices of their own, and how many of each a usage is made of, none counted twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from lib.vocabulary import Usage

Count = int | Decimal | None

INSTEAD: Mapping[str, tuple[str, ...]] = {
    "input": (),
    "cached_input": ("input",),
    "cached_audio": ("cached_input", "input_audio", "input"),
    "cached_image": ("cached_input", "input_image", "input"),
    "cache_write": ("input",),
    "cache_write_1h": ("cache_write", "input"),
    "input_audio": ("input",),
    "input_image": ("input",),
    "output": ("input",),
    "output_audio": ("output", "input"),
    "output_image": ("output", "input"),
}
"""The fields of a price by token, and by which of the others a kind of token is charged that has none of its own."""
TOKEN_RATES = tuple(INSTEAD)


def by_kind(usage: Usage) -> dict[str, Count]:
    """Tokens by the field of a price they are for, none of them twice. Of what is told of the parts of a whole that
    they exceed, the cache's come first, and then sound.
    """
    if usage.input_tokens is None and usage.characters is not None:
        return {"input": usage.characters, "output": usage.output_tokens or 0}  # new-api: a character is a token
    return {**_read(usage), **_put_in(usage), **_came_out(usage)}


def _read(usage: Usage) -> dict[str, int]:
    """What was read from the cache and written to it."""
    cached, written = usage.cached_input_tokens or 0, usage.cache_write_tokens or 0
    sound = min(usage.cached_audio_tokens or 0, cached)
    pictures = min(usage.cached_image_tokens or 0, cached - sound)
    hour = min(usage.cache_write_1h_tokens or 0, written)
    return {
        "cached_input": cached - sound - pictures, "cached_audio": sound, "cached_image": pictures,
        "cache_write": written - hour, "cache_write_1h": hour,
    }  # fmt: skip


def _put_in(usage: Usage) -> dict[str, Count]:
    """The rest of the input."""
    if usage.input_tokens is None:
        return {"input": None}
    left = max(0, usage.input_tokens - (usage.cached_input_tokens or 0) - (usage.cache_write_tokens or 0))
    sound = min(left, max(0, (usage.input_audio_tokens or 0) - (usage.cached_audio_tokens or 0)))
    pictures = min(left - sound, max(0, (usage.input_image_tokens or 0) - (usage.cached_image_tokens or 0)))
    return {"input": left - sound - pictures, "input_audio": sound, "input_image": pictures}


def _came_out(usage: Usage) -> dict[str, Count]:
    if usage.output_tokens is None:
        return {"output": None}
    sound = min(usage.output_audio_tokens or 0, usage.output_tokens)
    pictures = min(usage.output_image_tokens or 0, usage.output_tokens - sound)
    return {"output": usage.output_tokens - sound - pictures, "output_audio": sound, "output_image": pictures}


def without_cache(usage: Usage) -> Usage:
    """The same tokens, as if there were no cache."""
    names = ("cached_input_tokens", "cached_audio_tokens", "cached_image_tokens", "cache_write_tokens")
    return replace(usage, **dict.fromkeys(names))
