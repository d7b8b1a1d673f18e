"""OpenAI's protocol: what is sent, and every form of answer that servers were seen to give."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Usage
from lib.wire import (
    Endpoint,
    Fault,
    Finished,
    KeyModel,
    Reasoning,
    Request,
    Said,
    Text,
    Unreadable,
    UsageSeen,
    openai,
)
from lib.wire.protocols import STREAMS

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("sk-1234"))
HELLO = "你好"
ASKED = Request("m", HELLO)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
SHAPED = st.dictionaries(
    st.sampled_from(
        ["choices", "usage", "error", "message", "code", "data", "object", "delta", "content", "success", "detail"]
    ),
    JSON,
)


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content)


def events(*chunks: Any) -> list[Any]:
    return [event for chunk in chunks for event in openai.events(json.dumps(chunk))]


def delta(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def completion(finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    return {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": finish}]}


# what is sent


def test_a_stream_asks_for_its_usage_and_keeps_the_addresss_path() -> None:
    request = openai.build(ENDPOINT, Request("gpt-4o-mini", HELLO, params={"temperature": 0.2}))
    assert str(request.url) == "https://relay.example/us/v1/chat/completions"
    assert request.method == "POST"
    assert request.headers["authorization"] == "Bearer sk-1234"
    assert body_of(request) == {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "你好"}],
        "temperature": 0.2,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_without_a_stream_nothing_is_said_of_streams() -> None:
    body = body_of(openai.build(ENDPOINT, Request("glm-4-flash", HELLO, stream=False)))
    assert set(body) == {"model", "messages"}


def test_given_stream_options_are_kept() -> None:
    request = Request("gpt-4o", HELLO, params={"stream_options": {"include_obfuscation": False}})
    assert body_of(openai.build(ENDPOINT, request))["stream_options"] == {
        "include_usage": True,
        "include_obfuscation": False,
    }


def test_parameters_cannot_replace_model_or_messages() -> None:
    body = body_of(openai.build(ENDPOINT, Request("gpt-4o", HELLO, params={"model": "other", "messages": []})))
    assert (body["model"], len(body["messages"])) == ("gpt-4o", 1)


@pytest.mark.parametrize(
    ("model", "name"),
    [  # wire.md 3: o-series and gpt-5 reject max_tokens
        ("o1", "max_completion_tokens"),
        ("o3-mini", "max_completion_tokens"),
        ("o4-mini-2025-04-16", "max_completion_tokens"),
        ("gpt-5", "max_completion_tokens"),
        ("gpt-5.1-mini", "max_completion_tokens"),
        ("openai/gpt-5-nano", "max_completion_tokens"),
        ("gpt-4o-mini", "max_tokens"),
        ("gpt-oss-120b", "max_tokens"),
        ("gpt-4.1", "max_tokens"),
        ("glm-4-flash", "max_tokens"),
        ("olmo-2", "max_tokens"),
    ],
)
def test_the_limits_name_goes_by_model(model: str, name: str) -> None:
    body = body_of(openai.build(ENDPOINT, Request(model, HELLO, params={"max_tokens": 64})))
    assert {key: value for key, value in body.items() if key.startswith("max")} == {name: 64}


def test_a_local_server_gets_no_key() -> None:
    request = openai.models_request(Endpoint("http://127.0.0.1:8080"))
    assert str(request.url) == "http://127.0.0.1:8080/v1/models"
    assert "authorization" not in request.headers


def test_the_key_is_in_no_text_of_the_endpoint() -> None:
    assert "1234" not in repr(ENDPOINT)


def test_text_protocols_are_found_by_name() -> None:
    assert STREAMS["openai"].build(ENDPOINT, Request("m", HELLO)).method == "POST"


# a stream


def test_a_stream_from_start_to_end() -> None:
    seen = events(
        delta(role="assistant", content=""),
        delta(content="你"),
        delta(content="好"),
        delta("stop"),
        {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}},
    )
    assert seen[:3] == [Text("你"), Text("好"), Finished("stop")]
    assert seen[3].usage == Usage(input_tokens=9, output_tokens=2, calls=1)
    assert list(openai.events("[DONE]")) == list(openai.events(" ")) == []


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])  # wire.md 3: relays add both forms
def test_reasoning_is_kept_apart(field: str) -> None:
    assert events(delta(**{field: "hm"}), delta(content="ok")) == [Reasoning("hm"), Text("ok")]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "tool_calls"),
        ("function_call", "tool_calls"),
        ("sensitive", "content_filter"),
        ("model_context_window_exceeded", "length"),
        ("network_error", "other"),
    ],
)
def test_finish_words(word: str, meaning: str) -> None:
    assert events(delta(word)) == [Finished(meaning)]  # type: ignore[arg-type]


@pytest.mark.parametrize("word", [None, "", False])
def test_no_finish_word_is_no_finish_mark(word: Any) -> None:
    assert events(delta(word, content="x")) == [Text("x")]


def test_usage_comes_on_any_chunk() -> None:
    chunk = delta("stop", content="x") | {"usage": {"prompt_tokens": 5, "completion_tokens": 1}}
    assert [type(event) for event in events(chunk)] == [UsageSeen, Text, Finished]


@pytest.mark.parametrize(
    ("raw", "usage"),
    [
        (  # wire.md 3: prompt includes cached, completion includes reasoning
            {
                "prompt_tokens": 100,
                "completion_tokens": 50,
                "prompt_tokens_details": {"cached_tokens": 80, "cache_write_tokens": 10},
                "completion_tokens_details": {"reasoning_tokens": 30},
            },
            Usage(100, 80, 10, 50, 30, calls=1),
        ),
        (
            {"prompt_tokens": 7, "completion_tokens": 0, "prompt_tokens_details": {"cached_creation_tokens": 4}},
            Usage(input_tokens=7, cache_write_tokens=4, output_tokens=0, calls=1),
        ),
        ({"prompt_tokens": "12", "completion_tokens": 3.0}, Usage(input_tokens=12, output_tokens=3, calls=1)),
        ({"prompt_tokens": 12, "completion_tokens": -1}, Usage(input_tokens=12, calls=1)),
        ({"prompt_tokens": 12, "completion_tokens": True, "prompt_tokens_details": None}, Usage(12, calls=1)),
        ({"prompt_tokens": 12, "completion_tokens": 10**30, "prompt_tokens_details": []}, Usage(12, calls=1)),
    ],
)
def test_usage_as_it_is_understood(raw: dict[str, Any], usage: Usage) -> None:
    assert events({"choices": [], "usage": raw}) == [UsageSeen(usage, raw)]


@pytest.mark.parametrize("raw", [None, {}, [], "many", {"total_tokens": 3}])
def test_no_usage_is_not_zero(raw: Any) -> None:
    assert events({"choices": [], "usage": raw}) == []


@pytest.mark.parametrize(
    ("chunk", "said"),
    [
        pytest.param(
            {"error": {"message": "当前分组上游负载已饱和，请稍后再试 (request id: 2026)", "type": "new_api_error",
                       "param": "", "code": None}},
            Said(200, kind="new_api_error", message="当前分组上游负载已饱和，请稍后再试 (request id: 2026)",
                 request_id="2026"),
            id="wire.md Corrections: a relay's 429 body",
        ),
        pytest.param({"error": "Unauthorized"}, Said(200, message="Unauthorized"), id="wire.md Corrections: vLLM"),
        pytest.param(
            {"error": {"code": 502, "message": "upstream"}, "choices": []},
            Said(200, code="502", message="upstream"),
            id="beside choices",
        ),
        pytest.param({"message": "bad"}, Said(200, message="bad"), id="wire.md Addendum: {message}"),
        pytest.param({"msg": "bad"}, Said(200, message="bad"), id="wire.md Addendum: {msg}"),
    ],
)
def test_a_fault_inside_a_stream(chunk: dict[str, Any], said: Said) -> None:
    assert events(chunk) == [Fault(said)]


@pytest.mark.parametrize("data", ['{"choices": [{"ind', "null", "[1, 2]", "<html>", '{"a": NaN}', "[" * 100_000])
def test_what_is_no_chunk_is_unreadable(data: str) -> None:
    with pytest.raises(Unreadable) as refused:
        list(openai.events(data))
    assert refused.value.said.message


def test_other_choices_and_odd_ones_are_left_out() -> None:
    assert events({"choices": [None, {"index": 1, "delta": {"content": "b"}}, {"index": 0, "delta": "?"}]}) == []


def test_text_that_no_file_can_hold_is_mended() -> None:
    assert list(openai.events('{"choices": [{"delta": {"content": "a\\ud83d\\u0000b"}}]}')) == [Text("a\ufffd\ufffdb")]


# a whole answer


def test_a_whole_answer() -> None:
    body = completion(role="assistant", content="42", reasoning_content="hm") | {
        "usage": {"prompt_tokens": 3, "completion_tokens": 2}
    }
    outcome = openai.read(httpx.Response(200, json=body), ASKED)
    assert (outcome.text, outcome.reasoning, outcome.finished) == ("42", "hm", "stop")
    assert outcome.usage == UsageSeen(Usage(input_tokens=3, output_tokens=2, calls=1), body["usage"])


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": None}, ""),
        ({"content": None, "tool_calls": []}, ""),
        ({}, ""),
        ({"content": [{"type": "text", "text": "a"}, {"type": "image_url"}, "b", None]}, "ab"),
        ({"content": None, "refusal": "I can't."}, "I can't."),
    ],
)
def test_content_in_every_form(message: dict[str, Any], text: str) -> None:
    assert openai.read(httpx.Response(200, json=completion(**message)), ASKED).text == text


@pytest.mark.parametrize(
    ("response", "said"),
    [
        pytest.param(
            httpx.Response(200, html="<!DOCTYPE html><title>New  API</title>"),
            Said(200, message="New API", html=True),
            id="wire.md Addendum: wrong path answers 200 with the site's page",
        ),
        pytest.param(httpx.Response(200), Said(200, empty=True), id="empty body"),
        pytest.param(httpx.Response(200, json={}), Said(200, empty=True), id="empty object"),
        pytest.param(
            httpx.Response(200, json={"error": {"message": "no", "code": "model_not_found"}}),
            Said(200, code="model_not_found", message="no"),
            id="wire.md 1A: an error in a 200",
        ),
        pytest.param(httpx.Response(200, text='{"choi'), Said(200, message='{"choi'), id="half a JSON"),
        pytest.param(httpx.Response(200, json={"choices": []}), Said(200, message='{"choices":[]}'), id="no choice"),
        pytest.param(
            httpx.Response(503, json=completion(content="x")),
            Said(503, message=json.dumps(completion(content="x"), separators=(",", ":"))),
            id="a good body under a bad status",
        ),
    ],
)
def test_an_answer_that_is_none_is_unreadable(response: httpx.Response, said: Said) -> None:
    with pytest.raises(Unreadable) as refused:
        openai.read(response, ASKED)
    assert refused.value.said == said


# the key's model list


def test_a_relays_list_with_endpoint_types() -> None:  # wire.md, Corrections
    body = {
        "success": True,
        "object": "list",
        "data": [
            {"id": "glm-4-flash", "object": "model", "created": 1626777600, "owned_by": "zhipu",
             "permission": None, "supported_endpoint_types": ["openai", "anthropic"]},
            {"id": "sora-2"},
            {"id": "sora-2"},
            {"name": "no id"},
            7,
        ],
    }
    assert openai.read_models(httpx.Response(200, json=body)) == (
        KeyModel("glm-4-flash", ("openai", "anthropic")),
        KeyModel("sora-2"),
    )


@pytest.mark.parametrize("data", [[], None])
def test_an_empty_list_is_a_list(data: Any) -> None:
    assert openai.read_models(httpx.Response(200, json={"object": "list", "data": data})) == ()


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"object": "list"}),
        httpx.Response(200, json={"data": {"models": []}}),
        httpx.Response(200, json=[]),
        httpx.Response(401, json={"error": {"message": "无效的令牌"}}),
        httpx.Response(302, headers={"location": "/login"}),
    ],
)
def test_no_list_is_refused(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        openai.read_models(response)


# whatever comes


@settings(deadline=None)
@given(JSON | SHAPED)
def test_no_chunk_breaks_the_reader(chunk: Any) -> None:
    try:
        list(openai.events(json.dumps(chunk)))
    except Unreadable:
        return


@settings(deadline=None)
@given(st.text())
def test_no_data_breaks_the_reader(data: str) -> None:
    try:
        list(openai.events(data))
    except Unreadable:
        return


@settings(deadline=None)
@given(st.binary() | (JSON | SHAPED).map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 400, 502]))
def test_no_answer_breaks_the_readers(content: bytes, status: int) -> None:
    response = httpx.Response(status, content=content)
    assert openai.said(response).status == status
    for read in (partial(openai.read, request=ASKED), openai.read_models):
        try:
            read(response)
        except Unreadable as refused:
            refused.said.message.encode()
