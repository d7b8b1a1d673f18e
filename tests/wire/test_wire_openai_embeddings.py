"""OpenAI's embeddings."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Usage
from lib.wire import Endpoint, Media, Request, Unreadable, UsageSeen, openai

ENDPOINT = Endpoint("https://relay.example", SecretStr("sk-1234"))
ASKED = Request("text-embedding-3-small", "你好", "embedding")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
VECTORS = st.fixed_dictionaries(
    {"data": st.lists(st.fixed_dictionaries({"embedding": JSON | st.lists(st.floats() | st.integers())}))},
    optional={"usage": JSON, "model": JSON},
)


def packed(*numbers: float) -> str:
    return b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def vectors(*embeddings: Any) -> httpx.Response:
    return httpx.Response(200, json={"object": "list", "data": [{"embedding": one} for one in embeddings]})


def test_the_prompt_is_the_one_input() -> None:
    built = openai.build(ENDPOINT, Request("m", "你好", "embedding", params={"dimensions": 8, "input": ["x"]}))
    assert (built.method, str(built.url)) == ("POST", "https://relay.example/v1/embeddings")
    assert json.loads(built.content) == {"model": "m", "input": ["你好"], "encoding_format": "float", "dimensions": 8}


def test_vectors_are_one_file_in_order() -> None:  # wire.md 3
    body = {
        "object": "list",
        "data": [
            {"object": "embedding", "index": 1, "embedding": [0.5, -1]},
            {"object": "embedding", "index": 0, "embedding": [0.25]},
        ],
        "model": "text-embedding-3-small",
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
    }
    outcome = openai.read(httpx.Response(200, json=body), ASKED)
    file = b'{"model":"text-embedding-3-small","embeddings":[[0.25],[0.5,-1]]}'
    assert outcome.made == (Media(file, "application/json"),)
    assert outcome.usage == UsageSeen(Usage(input_tokens=8, output_tokens=0, calls=1), body["usage"])


@pytest.mark.parametrize(
    ("embedding", "read"),
    [([1, 2.5], [1, 2.5]), (packed(0.5, -2.0), [0.5, -2.0])],
)
def test_numbers_or_base64(embedding: Any, read: list[float]) -> None:
    (made,) = openai.read(vectors(embedding), ASKED).made
    assert isinstance(made, Media)
    assert json.loads(made.data) == {"model": "text-embedding-3-small", "embeddings": [read]}


def test_no_usage_is_unknown() -> None:
    assert openai.read(vectors([1]), ASKED).usage == UsageSeen(Usage(calls=1), {})


@pytest.mark.parametrize(
    "response",
    [
        vectors(),
        vectors([]),
        vectors([0.5], []),
        vectors(["x"]),
        vectors([True]),
        vectors(None),
        vectors("%%%"),
        vectors("AAAA"),
        vectors(packed(float("nan"))),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(404, json={"error": {"code": "model_not_found", "message": "no"}}),
    ],
)
def test_no_vectors_are_unreadable(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        openai.read(response, ASKED)


@settings(deadline=None)
@given(st.binary() | (JSON | VECTORS).map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 400]))
def test_no_bytes_break_the_reader(content: bytes, status: int) -> None:
    try:
        assert openai.read(httpx.Response(status, content=content), ASKED).made
    except Unreadable as refused:
        refused.said.message.encode()
