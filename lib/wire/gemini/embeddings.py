"""Gemini's vectors (wire.md 4)."""

from __future__ import annotations

import json
from typing import Annotated, Any

import httpx

from lib.wire import Endpoint, Json, Makes, Media, Outcome, Request, Unreadable, UsageSeen
from lib.wire.answers import Answer, Object, document, said
from lib.wire.gemini.asking import bare, named, post
from lib.wire.gemini.told import usage_of

MAKES: Makes = frozenset({("embedding", "generate")})

OTHER_NAMES = {"dimensions": "outputDimensionality"}
"""OpenAI's name of the same (Gemini's is of ai.google.dev/api/embeddings, not of wire.md)."""
DECIDED = ("model", "content")


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """Asks for the prompt's vector."""
    params = {name: value for name, value in named(request.params, OTHER_NAMES).items() if name not in DECIDED}
    body: dict[str, Json] = {**params, "content": {"parts": [{"text": request.prompt}]}}
    return post(endpoint, request.model, "embedContent", body)


def read(response: httpx.Response, request: Request) -> Outcome:
    """The vector as a JSON file, `{"model": …, "embeddings": [[…]]}`; raises `Unreadable`."""
    body = document(response)
    vector = _Answer.model_validate(body).embedding.values
    if not isinstance(vector, list) or not vector or not all(map(_is_number, vector)):
        raise Unreadable(said(response))
    text = json.dumps({"model": bare(request.model), "embeddings": [vector]}, ensure_ascii=False, separators=(",", ":"))
    usage: UsageSeen | None = usage_of(body)
    return Outcome(made=(Media(text.encode(), "application/json"),), usage=usage)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Embedding(Answer):
    values: Any = None


class _Answer(Answer):
    embedding: Annotated[_Embedding, Object] = _Embedding()
