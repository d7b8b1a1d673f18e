"""Gemini's protocol: text, whole and as a stream, and the model list (wire.md 4)."""

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
    MadeOne,
    Media,
    Message,
    Reasoning,
    Request,
    Said,
    Text,
    Unfit,
    Unreadable,
    UsageSeen,
    gemini,
)
from lib.wire.protocols import LATER, STREAMS

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("k-1"))
ASKED = Request("gemini-2.5-flash", "你好")
MODEL = "https://relay.example/us/v1beta/models/gemini-2.5-flash"
FIELDS = ["candidates", "content", "parts", "text", "thought", "inlineData", "mimeType", "data", "finishReason",
          "error", "promptFeedback", "blockReason", "usageMetadata", "promptTokenCount", "message", "models", "name",
          "index"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
)


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content)


def chunk(*parts: Any, finish: str = "", **others: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {})], **others}


def events(*bodies: Any) -> list[Any]:
    return [one for body in bodies for one in gemini.events(json.dumps(body))]


# what is sent


def test_a_stream_as_it_is_asked_for() -> None:
    request = gemini.build(ENDPOINT, ASKED)
    assert (request.method, str(request.url)) == ("POST", f"{MODEL}:streamGenerateContent?alt=sse")
    assert request.headers["x-goog-api-key"] == "k-1"
    assert "authorization" not in request.headers
    assert body_of(request) == {"contents": [{"role": "user", "parts": [{"text": "你好"}]}]}


def test_a_whole_answer_has_a_method_of_its_own() -> None:
    assert str(gemini.build(ENDPOINT, Request("models/gemini-2.5-flash", "a", stream=False)).url) == (
        f"{MODEL}:generateContent"
    )
    assert str(gemini.build(ENDPOINT, Request("a/../b?c", "a", stream=False)).url).endswith(
        "/models/a%2F..%2Fb%3Fc:generateContent"
    )


def test_the_conversation_with_its_images() -> None:
    history = (Message("user", "a", (Media(b"\x89PNG", "image/png"),)), Message("assistant", "b"), Message("user", ""))
    body = body_of(gemini.build(ENDPOINT, Request("m", "c", system="Brief.", history=history)))
    assert body["systemInstruction"] == {"parts": [{"text": "Brief."}]}
    assert body["contents"] == [
        {"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}}, {"text": "a"}]},
        {"role": "model", "parts": [{"text": "b"}]},
        {"role": "user", "parts": [{"text": "c"}]},
    ]


@pytest.mark.parametrize(
    ("params", "config", "beside"),
    [
        ({"temperature": 0, "topP": 1, "topK": 2, "maxOutputTokens": 3},
         {"temperature": 0, "topP": 1, "topK": 2, "maxOutputTokens": 3}, {}),
        ({"max_tokens": 3, "top_p": 1, "top_k": 2, "stop": "x"},
         {"maxOutputTokens": 3, "topP": 1, "topK": 2, "stopSequences": ["x"]}, {}),
        ({"max_tokens": 3, "maxOutputTokens": 4}, {"maxOutputTokens": 4}, {}),
        ({"generationConfig": {"seed": 1, "topK": 1}, "topK": 2}, {"seed": 1, "topK": 2}, {}),
        ({"thinkingConfig": {"thinkingBudget": 0}, "safetySettings": []},
         {"thinkingConfig": {"thinkingBudget": 0}}, {"safetySettings": []}),
        ({"contents": [], "model": "other", "generationConfig": 7}, None, {}),
    ],
)  # fmt: skip
def test_where_parameters_stand(params: Any, config: Any, beside: Any) -> None:
    body = body_of(gemini.build(ENDPOINT, Request("m", "c", params=params)))
    assert body.pop("contents") == [{"role": "user", "parts": [{"text": "c"}]}]
    assert body.pop("generationConfig", None) == config
    assert body == beside


def test_what_it_cannot_make_is_unfit() -> None:
    with pytest.raises(Unfit, match="not_in_protocol"):
        gemini.build(ENDPOINT, Request("m", "cat", "music"))
    assert STREAMS["gemini"] is LATER["gemini"] is gemini


# a stream


def test_a_stream_from_start_to_end() -> None:
    first = {"promptTokenCount": 8, "thoughtsTokenCount": 5, "totalTokenCount": 13}
    last = {"promptTokenCount": 8, "cachedContentTokenCount": 3, "candidatesTokenCount": 2, "thoughtsTokenCount": 5}
    assert events(
        chunk({"text": "hm", "thought": True}, usageMetadata=first),
        chunk({"text": "你"}, {"text": "好", "thoughtSignature": "x"}),
        chunk({"text": ""}, finish="STOP", usageMetadata=last),
    ) == [
        UsageSeen(Usage(8, None, None, 5, 5, calls=1), first),
        Reasoning("hm"),
        Text("你好"),
        UsageSeen(Usage(8, 3, None, 7, 5, calls=1), last),
        Finished("stop"),
    ]
    assert list(gemini.events("[DONE]")) == list(gemini.events(" ")) == []


def test_a_file_in_a_stream_is_made() -> None:
    part = {"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}}
    assert events(chunk(part, {"thought": True, **part})) == [MadeOne(Media(b"\x89PNG", "image/png"))]


@pytest.mark.parametrize("reason", ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "JAILBREAK"])
def test_a_refused_prompt_is_told_as_such(reason: str) -> None:
    body = {"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 4}}
    usage = UsageSeen(Usage(4, calls=1), {"promptTokenCount": 4})
    told = Said(200, code="prompt_blocked", message=f"blockReason: {reason}")
    assert events(body) == [usage, Fault(told)]
    outcome = gemini.read(httpx.Response(200, json=body), ASKED)
    assert (outcome.text, outcome.finished, outcome.usage, outcome.refused) == ("", "content_filter", usage, told)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("STOP", "stop"),
        ("MAX_TOKENS", "length"),
        ("SAFETY", "content_filter"),
        ("RECITATION", "content_filter"),
        ("PROHIBITED_CONTENT", "content_filter"),
        ("IMAGE_SAFETY", "content_filter"),
        ("SPII", "content_filter"),
        ("MALFORMED_FUNCTION_CALL", "other"),
    ],
)
def test_finish_words(word: str, meaning: Any) -> None:
    assert events(chunk(finish=word)) == [Finished(meaning)]


@pytest.mark.parametrize("word", ["", "FINISH_REASON_UNSPECIFIED", None])
def test_no_finish_word_is_no_finish_mark(word: Any) -> None:
    assert events({"candidates": [{"finishReason": word}]}) == []


FAULT = {"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED", "details": []}}
TOLD = Said(200, code="429", kind="RESOURCE_EXHAUSTED", message="Quota exceeded")


def test_a_fault_inside_a_stream() -> None:
    assert events(FAULT, {"message": "bad"}) == [Fault(TOLD), Fault(Said(200, message="bad"))]


@pytest.mark.parametrize("data", ['{"cand', "null", "[1]", "<html>", "[" * 100_000])
def test_what_is_no_chunk_is_unreadable(data: str) -> None:
    with pytest.raises(Unreadable):
        list(gemini.events(data))


def test_a_fault_in_a_list_is_read() -> None:  # wire.md 4: the stream's method may wrap it so
    with pytest.raises(Unreadable) as refused:
        list(gemini.events(json.dumps([FAULT])))
    assert refused.value.said == TOLD


# a whole answer


def test_a_whole_answer() -> None:
    usage = {"promptTokenCount": 3, "toolUsePromptTokenCount": 2, "candidatesTokenCount": 1}
    body = chunk({"text": "hm", "thought": True}, {"text": "42"}, finish="MAX_TOKENS", usageMetadata=usage)
    outcome = gemini.read(httpx.Response(200, json=body), ASKED)
    assert (outcome.text, outcome.reasoning, outcome.finished) == ("42", "hm", "length")
    assert outcome.usage == UsageSeen(Usage(5, output_tokens=1, calls=1), usage)


@pytest.mark.parametrize(
    ("response", "said"),
    [
        pytest.param(
            httpx.Response(400, json={"error": {"code": 400, "message": "API key not valid. Please pass a valid API "
                                                "key.", "status": "INVALID_ARGUMENT", "details": []}}),
            Said(400, code="400", kind="INVALID_ARGUMENT",
                 message="API key not valid. Please pass a valid API key."),
            id="wire.md 4: a bad key",
        ),
        pytest.param(
            httpx.Response(429, json=[FAULT]),
            Said(429, code="429", kind="RESOURCE_EXHAUSTED", message="Quota exceeded"),
            id="wire.md 4: in a list",
        ),
        pytest.param(
            httpx.Response(401, json={"error": {"message": "无效的令牌", "type": "new_api_error"}}),
            Said(401, kind="new_api_error", message="无效的令牌"),
            id="wire.md 1C: a relay's",
        ),
        pytest.param(httpx.Response(200, html="<title>New API</title>"), Said(200, message="New API", html=True)),
        pytest.param(httpx.Response(200, json={}), Said(200, empty=True)),
        pytest.param(httpx.Response(200, json={"choices": []}), Said(200, message='{"choices":[]}')),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_unreadable(response: httpx.Response, said: Said) -> None:
    with pytest.raises(Unreadable) as refused:
        gemini.read(response, ASKED)
    assert refused.value.said == said


# the model list


def test_the_model_list() -> None:
    request = gemini.models_request(ENDPOINT)
    assert str(request.url) == "https://relay.example/us/v1beta/models?pageSize=1000"
    assert request.headers["x-goog-api-key"] == "k-1"
    body = {
        "models": [
            {"name": "models/gemini-2.5-flash", "supportedGenerationMethods": ["generateContent", "countTokens"]},
            {"name": "gemini-2.5-flash"},  # wire.md Corrections: new-api's list has no prefix
            {"name": "glm-4-flash"},
            {"displayName": "?"},
            7,
        ],
        "nextPageToken": None,
    }
    assert gemini.read_models(httpx.Response(200, json=body)) == (
        KeyModel("gemini-2.5-flash"),
        KeyModel("glm-4-flash"),
    )
    assert gemini.read_models(httpx.Response(200, json={"models": None, "nextPageToken": None})) == ()


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, json={"object": "list", "data": []}),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(400, json=FAULT),
    ],
)
def test_no_list_is_refused(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        gemini.read_models(response)


# whatever comes


@settings(deadline=None)
@given(st.text() | JSON.map(json.dumps))
def test_no_event_breaks_the_reader(data: str) -> None:
    try:
        list(gemini.events(data))
    except Unreadable:
        return


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 400, 502]))
def test_no_answer_breaks_the_readers(content: bytes, status: int) -> None:
    for read in (partial(gemini.read, request=ASKED), gemini.read_models):
        try:
            read(httpx.Response(status, content=content))
        except Unreadable as refused:
            refused.said.message.encode()
