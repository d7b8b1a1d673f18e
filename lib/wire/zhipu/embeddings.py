"""Zhipu's embeddings: OpenAI's at another path (wire.md 6; docs.bigmodel.cn, embeddings)."""

from __future__ import annotations

import json
from typing import Annotated

import httpx
from pydantic import BeforeValidator

from lib.vocabulary import Usage
from lib.wire import Endpoint, Makes, Media, Outcome, Request, Unreadable, UsageSeen
from lib.wire.answers import Answer, Count, Object, Objects, document, said
from lib.wire.zhipu.address import root

MAKES: Makes = frozenset({("embedding", "generate")})


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The vector that would be asked for."""
    body = {**request.params, "model": request.model, "input": request.prompt}
    return httpx.Request("POST", f"{root(endpoint)}/embeddings", headers=endpoint.bearer, json=body)


def read(response: httpx.Response, _request: Request) -> Outcome:
    """The vectors, as a JSON list of lists; raises `Unreadable`."""
    body = document(response)
    told = _Embeddings.model_validate(body)
    vectors = [one.embedding for one in told.data if one.embedding]
    if not vectors:
        raise Unreadable(said(response))
    usage = Usage(input_tokens=told.usage.prompt_tokens, output_tokens=told.usage.completion_tokens, calls=1)
    raw = body.get("usage")
    return Outcome(
        usage=UsageSeen(usage, raw if isinstance(raw, dict) else {}),
        made=(Media(json.dumps(vectors).encode(), "application/json"),),
    )


def _vector(value: object) -> tuple[int | float, ...]:
    numbers = value if isinstance(value, list) else []
    known = all(isinstance(one, int | float) and not isinstance(one, bool) for one in numbers)
    return tuple(numbers) if known else ()


class _Embedding(Answer):
    embedding: Annotated[tuple[int | float, ...], BeforeValidator(_vector)] = ()


class _Tokens(Answer):
    prompt_tokens: Count = None
    completion_tokens: Count = None


class _Embeddings(Answer):
    data: Annotated[tuple[_Embedding, ...], Objects] = ()
    usage: Annotated[_Tokens, Object] = _Tokens()
