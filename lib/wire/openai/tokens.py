"""The tokens that answers other than chat's tell of (wire.md 3: images, audio, embeddings)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from lib.vocabulary import Usage
from lib.wire.answers import Answer, Count, Object


class _Details(Answer):
    cached_tokens: Count = None


class _Tokens(Answer):
    """OpenAI says `input_tokens`; for embeddings, and through relays, it is `prompt_tokens`."""

    input_tokens: Count = None
    prompt_tokens: Count = None
    output_tokens: Count = None
    completion_tokens: Count = None
    input_tokens_details: Annotated[_Details, Object] = _Details()
    prompt_tokens_details: Annotated[_Details, Object] = _Details()


def raw_usage(body: Mapping[str, Any]) -> dict[str, Any]:
    """The server's own words of usage; empty where it has none."""
    raw = body.get("usage")
    return raw if isinstance(raw, dict) else {}


def tokens(raw: Mapping[str, Any]) -> Usage:
    """One call's tokens. Where none were counted all are unknown: relays fill in zeros for what has no count."""
    told = _Tokens.model_validate(raw)
    into, out = told.input_tokens or told.prompt_tokens, told.output_tokens or told.completion_tokens
    if not into and not out:
        return Usage(calls=1)
    cached = told.input_tokens_details.cached_tokens or told.prompt_tokens_details.cached_tokens
    return Usage(input_tokens=into or 0, cached_input_tokens=cached, output_tokens=out or 0, calls=1)
