"""Words as vectors (wire.md 3)."""

from __future__ import annotations

import json
import math
import struct
from base64 import b64decode
from binascii import Error
from dataclasses import replace
from typing import Annotated, Any

import httpx

from lib.wire import Endpoint, Json, Makes, Media, Outcome, Request, Unreadable, UsageSeen
from lib.wire.answers import Answer, Count, Objects, Words, document, said
from lib.wire.openai.tokens import raw_usage, tokens

MAKES: Makes = frozenset({("embedding", "generate")})


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """Asks for the prompt's vector."""
    body: dict[str, Json] = {
        "encoding_format": "float", **request.params, "model": request.model, "input": [request.prompt],
    }  # fmt: skip
    return httpx.Request("POST", endpoint.at("/v1/embeddings"), headers=endpoint.bearer, json=body)


def read(response: httpx.Response, request: Request) -> Outcome:
    """The vectors, as one JSON file: `{"model": …, "embeddings": [[…], …]}`, in the order of what was asked.

    Raises `Unreadable` for an answer without vectors, and where one of them is none.
    """
    body = document(response)
    answer = _Embeddings.model_validate(body)
    vectors = [_vector(one.embedding) for one in sorted(answer.data, key=lambda one: one.index or 0)]
    if not vectors or not all(vectors):
        raise Unreadable(said(response))
    raw = raw_usage(body)
    usage = tokens(raw)
    return Outcome(
        made=(_file(answer.model or request.model, vectors),),
        usage=UsageSeen(usage if usage.input_tokens is None else replace(usage, output_tokens=0), raw),
    )


def _file(model: str, vectors: list[list[float]]) -> Media:
    text = json.dumps({"model": model, "embeddings": vectors}, ensure_ascii=False, separators=(",", ":"))
    return Media(text.encode(), "application/json")


def _vector(embedding: object) -> list[float]:
    """A list of numbers, or base64 of little-endian 32-bit floats (openai-python, resources/embeddings); else empty."""
    if isinstance(embedding, str):
        return _unpacked(embedding)
    if not isinstance(embedding, list) or not all(_is_number(one) for one in embedding):
        return []
    return embedding


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _unpacked(text: str) -> list[float]:
    try:
        numbers = [number for (number,) in struct.iter_unpack("<f", b64decode(text, validate=True))]
    except (Error, ValueError, struct.error):
        return []
    return numbers if all(map(math.isfinite, numbers)) else []


class _Embedding(Answer):
    index: Count = None
    embedding: Any = None


class _Embeddings(Answer):
    data: Annotated[tuple[_Embedding, ...], Objects] = ()
    model: Words = ""
