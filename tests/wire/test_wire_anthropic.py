"""Anthropic's protocol: what is sent, a stream's events, whole answers, and usage told in two parts (wire.md 5)."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.calls.result import Reading
from lib.vocabulary import Usage
from lib.wire import (
    Endpoint,
    Fault,
    Finished,
    KeyModel,
    Media,
    Message,
    Reasoning,
    Request,
    Said,
    Text,
    Unfit,
    Unreadable,
    UsageSeen,
    anthropic,
)
from lib.wire.protocols import STREAMS

ENDPOINT = Endpoint("https://api.anthropic.com", SecretStr("sk-ant-1"))
ASKED = Request("claude-haiku-4-5", "你好")
FIELDS = ["type", "message", "delta", "content_block", "usage", "error", "content", "text", "thinking", "stop_reason",
          "input_tokens", "output_tokens", "cache_read_input_tokens", "data", "id"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
)


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content)


def events(*bodies: Any) -> list[Any]:
    return [one for body in bodies for one in anthropic.events(json.dumps(body))]


def start(**usage: Any) -> dict[str, Any]:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "stop_reason": None}
    return {"type": "message_start", "message": {**message, "usage": usage}}


def piece(**delta: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": delta}


def end(word: str, **usage: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": word, "stop_sequence": None}, "usage": usage}


# what is sent


def test_a_message_as_it_is_sent() -> None:
    request = anthropic.build(ENDPOINT, ASKED)
    assert (request.method, str(request.url)) == ("POST", "https://api.anthropic.com/v1/messages")
    assert request.headers["x-api-key"] == "sk-ant-1"
    assert request.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in request.headers
    assert body_of(request) == {
        "model": "claude-haiku-4-5",
        "max_tokens": 8192,
        "messages": [{"role": "user", "content": "你好"}],
        "stream": True,
    }


def test_system_stands_apart_and_empty_turns_are_left_out() -> None:
    said_before = (Message("system", "Kind."), Message("user", "a"), Message("assistant", ""))
    body = body_of(anthropic.build(ENDPOINT, Request("m", "b", system="Brief.", history=said_before)))
    assert body["system"] == "Brief.\n\nKind."
    assert body["messages"] == [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]


def test_images_are_base64_blocks() -> None:
    request = Request("m", "what?", inputs=(Media(b"\x89PNG", "image/png"),))
    assert body_of(anthropic.build(ENDPOINT, request))["messages"][0]["content"] == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw=="}},
        {"type": "text", "text": "what?"},
    ]


def test_parameters_are_passed_on_and_replace_nothing_that_the_call_decides() -> None:
    params = {"max_tokens": 5, "temperature": 0, "model": "other", "messages": [], "stream": True}
    body = body_of(anthropic.build(ENDPOINT, Request("m", "b", params=params, stream=False)))
    assert (body["max_tokens"], body["temperature"], body["model"]) == (5, 0, "m")
    assert (len(body["messages"]), body["stream"]) == (1, False)


def test_what_it_cannot_make_is_unfit() -> None:
    with pytest.raises(Unfit, match="not_in_protocol"):
        anthropic.build(ENDPOINT, Request("m", "cat", "image"))
    assert STREAMS["anthropic"] is anthropic


# a stream


def test_a_stream_from_start_to_end() -> None:
    first = {"input_tokens": 25, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 100, "output_tokens": 1}
    seen = events(
        start(**first),
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "ping"},
        piece(type="thinking_delta", thinking="hm"),
        piece(type="signature_delta", signature="EqQB"),
        {"type": "content_block_stop", "index": 0},
        piece(type="text_delta", text="你好"),
        piece(type="input_json_delta", partial_json='{"a'),
        end("end_turn", output_tokens=15),
        {"type": "message_stop"},
    )
    assert seen == [
        UsageSeen(Usage(125, 100, 0, 1, calls=1), first),
        Reasoning("hm"),
        Text("你好"),
        UsageSeen(Usage(output_tokens=15, calls=1), {"output_tokens": 15}),
        Finished("stop"),
    ]
    assert list(anthropic.events("[DONE]")) == list(anthropic.events(" ")) == []


@pytest.mark.parametrize(
    ("first", "last", "usage"),
    [
        pytest.param(
            {"input_tokens": 25, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 7, "output_tokens": 1},
            {"output_tokens": 15},
            Usage(132, 100, 7, 15, calls=1),
            id="only the output is told again",
        ),
        pytest.param(
            {"input_tokens": 25, "cache_read_input_tokens": 100, "output_tokens": 1},
            {"input_tokens": 25, "output_tokens": 15},
            Usage(125, 100, None, 15, calls=1),
            id="input told again without its cached part",
        ),
        pytest.param(
            {"input_tokens": 0, "output_tokens": 0},
            {"input_tokens": 9, "cache_read_input_tokens": 3, "output_tokens": 15},
            Usage(12, 3, None, 15, calls=1),
            id="a relay that knows it at the end only",
        ),
        pytest.param(
            {"input_tokens": 30, "output_tokens": 1},
            {"input_tokens": 28, "output_tokens": 15},
            Usage(28, None, None, 15, calls=1),
            id="a relay that guessed at first",
        ),
    ],
)
def test_usage_told_in_two_parts_loses_nothing(first: Any, last: Any, usage: Usage) -> None:
    reading = Reading()
    for one in events(start(**first), end("end_turn", **last)):
        reading.take(one)
    assert reading.usage == UsageSeen(usage, {**first, **last})


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("tool_use", "tool_calls"),
        ("refusal", "content_filter"),
        ("pause_turn", "other"),
    ],
)
def test_finish_words(word: str, meaning: Any) -> None:
    assert events(end(word)) == [Finished(meaning)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(
            {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            Said(200, kind="overloaded_error", message="Overloaded"),
            id="wire.md 5: event error",
        ),
        pytest.param({"error": "Unauthorized"}, Said(200, message="Unauthorized"), id="wire.md Addendum"),
        pytest.param({"message": "bad"}, Said(200, message="bad"), id="wire.md Addendum: {message}"),
    ],
)
def test_a_fault_inside_a_stream(body: Any, said: Said) -> None:
    assert events(body) == [Fault(said)]


@pytest.mark.parametrize("data", ['{"type": "mess', "null", "[1]", "<html>", "[" * 100_000])
def test_what_is_no_event_is_unreadable(data: str) -> None:
    with pytest.raises(Unreadable):
        list(anthropic.events(data))


# a whole answer


def test_a_whole_answer() -> None:
    body = {
        "id": "msg_1",
        "type": "message",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "x"},
            {"type": "text", "text": "4"},
            {"type": "tool_use", "id": "t", "name": "n", "input": {}},
            {"type": "text", "text": "2"},
        ],
        "stop_reason": "max_tokens",
        "usage": {"input_tokens": 3, "output_tokens": 2, "cache_creation_input_tokens": 4},
    }
    outcome = anthropic.read(httpx.Response(200, json=body), ASKED)
    assert (outcome.text, outcome.reasoning, outcome.finished) == ("42", "hm", "length")
    assert outcome.usage == UsageSeen(Usage(7, None, 4, 2, calls=1), body["usage"])


@pytest.mark.parametrize(
    ("response", "said"),
    [
        pytest.param(
            httpx.Response(
                529,
                headers={"request-id": "req_1"},
                json={"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
            ),
            Said(529, kind="overloaded_error", message="Overloaded", request_id="req_1"),
            id="wire.md 5",
        ),
        pytest.param(
            httpx.Response(200, json={"type": "error", "error": {"type": "new_api_error", "message": "无效的令牌"}}),
            Said(200, kind="new_api_error", message="无效的令牌"),
            id="wire.md 1C: a relay's fault, in a 200",
        ),
        pytest.param(httpx.Response(200, html="<title>New API</title>"), Said(200, message="New API", html=True)),
        pytest.param(httpx.Response(200, json={}), Said(200, empty=True)),
        pytest.param(httpx.Response(200, json={"choices": []}), Said(200, message='{"choices":[]}')),
    ],
)
def test_an_answer_that_is_none_is_unreadable(response: httpx.Response, said: Said) -> None:
    with pytest.raises(Unreadable) as refused:
        anthropic.read(response, ASKED)
    assert refused.value.said == said


# the model list


def test_the_model_list() -> None:
    request = anthropic.models_request(ENDPOINT)
    assert str(request.url) == "https://api.anthropic.com/v1/models?limit=1000"
    assert (request.headers["x-api-key"], request.headers["anthropic-version"]) == ("sk-ant-1", "2023-06-01")
    body = {"data": [{"type": "model", "id": "claude-haiku-4-5", "display_name": "Haiku"}], "has_more": False}
    assert anthropic.read_models(httpx.Response(200, json=body)) == (KeyModel("claude-haiku-4-5"),)


# whatever comes


@settings(deadline=None)
@given(st.text() | JSON.map(json.dumps))
def test_no_event_breaks_the_reader(data: str) -> None:
    try:
        for one in anthropic.events(data):
            Reading().take(one)
    except Unreadable:
        return


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 400, 502]))
def test_no_answer_breaks_the_readers(content: bytes, status: int) -> None:
    for read in (partial(anthropic.read, _request=ASKED), anthropic.read_models):
        try:
            read(httpx.Response(status, content=content))
        except Unreadable as refused:
            refused.said.message.encode()
