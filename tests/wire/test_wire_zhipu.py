"""Zhipu's protocol: what is sent, every form of answer, and how its videos' tasks stand (wire.md 6)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Capability, Usage
from lib.wire import (
    Endpoint,
    Fault,
    Finished,
    KeyModel,
    Link,
    Media,
    Request,
    Said,
    Task,
    TaskState,
    Text,
    Unfit,
    Unreadable,
    UsageSeen,
    zhipu,
)
from lib.wire.protocols import LATER, STREAMS

ENDPOINT = Endpoint("https://open.bigmodel.cn/api/paas/v4", SecretStr("id.secret"))
PNG = Media(b"\x89PNG", "image/png", "a.png")
PNG_URI = "data:image/png;base64," + base64.b64encode(PNG.data).decode()
TASK = Task("8868902201637896192")

FIELDS = ["choices", "data", "url", "id", "task_status", "video_result", "usage", "error", "code", "message",
          "embedding", "content_filter", "role"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["SUCCESS", "FAIL"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
)


def asked(capability: Capability, model: str = "m", prompt: str = "猫", **fields: Any) -> Request:
    return Request(model, prompt, capability, **fields)


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content)


# where it goes


@pytest.mark.parametrize(
    ("base_url", "root"),
    [
        ("https://open.bigmodel.cn/api/paas/v4", "https://open.bigmodel.cn/api/paas/v4"),
        ("https://api.z.ai", "https://api.z.ai/api/paas/v4"),
        ("https://api.z.ai/api/coding/paas/v4", "https://api.z.ai/api/coding/paas/v4"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/api/paas/v4"),
    ],
)
@pytest.mark.parametrize(
    ("capability", "path"),
    [
        ("text", "/chat/completions"),
        ("image", "/images/generations"),
        ("video", "/videos/generations"),
        ("embedding", "/embeddings"),
    ],
)
def test_every_address_has_the_apis_path_once(base_url: str, root: str, capability: Capability, path: str) -> None:
    request = zhipu.build(Endpoint(base_url, SecretStr("id.secret")), asked(capability))
    assert (request.method, str(request.url)) == ("POST", root + path)
    assert request.headers["authorization"] == "Bearer id.secret"


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (zhipu.models_request(ENDPOINT), "/api/paas/v4/models"),
        (zhipu.poll(ENDPOINT, TASK), "/api/paas/v4/async-result/8868902201637896192"),
        (zhipu.poll(ENDPOINT, Task("a/../b")), "/api/paas/v4/async-result/a%2F..%2Fb"),
    ],
)
def test_what_is_asked_for_free(request_: httpx.Request, path: str) -> None:
    assert (request_.method, request_.url.raw_path.decode()) == ("GET", path)
    assert request_.headers["authorization"] == "Bearer id.secret"


def test_what_was_made_is_fetched_without_the_key() -> None:
    request = zhipu.fetch(ENDPOINT, Link("https://cdn.example/v.mp4"))
    assert (request.method, str(request.url)) == ("GET", "https://cdn.example/v.mp4")
    assert "authorization" not in request.headers
    assert zhipu.cancel(ENDPOINT, TASK) is None


def test_it_streams_and_finishes_later_by_name() -> None:
    assert (STREAMS["zhipu"], LATER["zhipu"]) == (zhipu, zhipu)


@pytest.mark.parametrize(
    ("capability", "operation"), [("speech", "generate"), ("image_edit", "edit"), ("video", "extend")]
)
def test_what_it_does_not_do(capability: Any, operation: Any) -> None:
    with pytest.raises(Unfit) as unfit:
        zhipu.build(ENDPOINT, asked(capability, operation=operation))
    assert unfit.value.code == "not_in_protocol"


# text


@pytest.mark.parametrize(
    ("params", "options"),
    [({}, None), ({"stream_options": {"include_usage": True}}, {"include_usage": True})],
)
def test_a_stream_asks_for_no_options_of_its_own(params: dict[str, Any], options: Any) -> None:
    body = body_of(zhipu.build(ENDPOINT, asked("text", "glm-4-flash", "你好", params=params)))
    assert body.pop("stream_options", None) == options
    assert body == {"model": "glm-4-flash", "messages": [{"role": "user", "content": "你好"}], "stream": True}


def test_a_stream_from_start_to_end() -> None:
    def chunk(finish: str | None = None, **delta: Any) -> dict[str, Any]:
        return {"id": "1", "model": "glm-4-flash", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    last = chunk("stop") | {"usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}}
    chunks = [chunk(role="assistant", content="你"), last]
    seen = [event for one in chunks for event in zhipu.events(json.dumps(one))]
    usage = UsageSeen(Usage(input_tokens=9, output_tokens=1, calls=1), last["usage"])
    assert seen == [Text("你"), usage, Finished("stop")]
    assert list(zhipu.events("[DONE]")) == []


@pytest.mark.parametrize(
    ("word", "meaning"),
    [("sensitive", "content_filter"), ("model_context_window_exceeded", "length"), ("network_error", "other")],
)
def test_finish_words(word: str, meaning: str) -> None:
    body = {"choices": [{"index": 0, "finish_reason": word, "message": {"role": "assistant", "content": "x"}}]}
    assert zhipu.read(httpx.Response(200, json=body), asked("text")).finished == meaning


def test_a_fault_in_a_stream_has_its_digits() -> None:
    data = json.dumps({"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容"}})
    assert list(zhipu.events(data)) == [
        Fault(Said(200, code="1301", message="系统检测到输入或生成内容可能包含不安全或敏感内容"))
    ]


@pytest.mark.parametrize("capability", ["text", "image", "video", "embedding"])
@pytest.mark.parametrize(
    ("status", "code", "message"),
    [
        (429, "1113", "您的账户已欠费，请充值后重试"),
        (401, "1003", "Authorization Token已过期"),
        (400, "1211", "模型不存在，请检查模型代码。"),
        (200, "1301", "敏感内容"),
    ],
)
def test_a_fault_is_read_alike_everywhere(capability: Capability, status: int, code: str, message: str) -> None:
    with pytest.raises(Unreadable) as refused:
        zhipu.read(httpx.Response(status, json={"error": {"code": code, "message": message}}), asked(capability))
    assert refused.value.said == Said(status, code=code, message=message)


def test_the_models_of_a_key() -> None:
    response = httpx.Response(200, json={"object": "list", "data": [{"id": "glm-4.7-flash", "object": "model"}]})
    assert zhipu.read_models(response) == (KeyModel("glm-4.7-flash"),)


# images


@pytest.mark.parametrize(
    ("model", "params", "size"),
    [
        ("cogview-4", {}, "1024x1024"),
        ("cogview-3-flash", {"size": "720x1440", "model": "no", "prompt": "no"}, "720x1440"),
        ("glm-image", {}, "1280x1280"),
    ],
)
def test_an_image_has_a_size(model: str, params: dict[str, Any], size: str) -> None:
    body = body_of(zhipu.build(ENDPOINT, asked("image", model, params=params)))
    assert body == {"model": model, "prompt": "猫", "size": size}


def test_an_image_is_made_from_words_alone() -> None:
    with pytest.raises(Unfit) as unfit:
        zhipu.build(ENDPOINT, asked("image", inputs=(PNG,)))
    assert (unfit.value.code, unfit.value.params) == ("too_many_inputs", {"most": "0"})


def test_where_an_image_is() -> None:
    body = {"created": 1, "data": [{"url": "https://cdn.example/a.png"}],
            "content_filter": [{"role": "user", "level": 3}]}
    outcome = zhipu.read(httpx.Response(200, json=body), asked("image"))
    assert outcome.made == (Link("https://cdn.example/a.png"),)
    assert (outcome.usage, outcome.finished) == (UsageSeen(Usage(images=1, calls=1), {}), "stop")


def test_an_image_that_was_filtered() -> None:
    body = {"created": 1, "data": [], "content_filter": [{"role": "assistant", "level": 0}]}
    outcome = zhipu.read(httpx.Response(200, json=body), asked("image"))
    assert (outcome.made, outcome.finished) == ((), "content_filter")


# embeddings


def test_a_vector() -> None:
    assert body_of(zhipu.build(ENDPOINT, asked("embedding", "embedding-3", params={"dimensions": 256}))) == {
        "model": "embedding-3",
        "input": "猫",
        "dimensions": 256,
    }
    raw = {"prompt_tokens": 4, "completion_tokens": 0, "total_tokens": 4}
    body = {"object": "list", "data": [{"index": 0, "object": "embedding", "embedding": [0.5, -1]}], "usage": raw}
    outcome = zhipu.read(httpx.Response(200, json=body), asked("embedding", "embedding-3"))
    assert [(json.loads(one.data), one.mime) for one in outcome.made if isinstance(one, Media)] == [
        ({"model": "embedding-3", "embeddings": [[0.5, -1]]}, "application/json")
    ]
    assert outcome.usage == UsageSeen(Usage(input_tokens=4, output_tokens=0, calls=1), raw)


# videos


@pytest.mark.parametrize(
    ("prompt", "inputs", "told"),
    [
        ("猫", (), {"prompt": "猫"}),
        ("猫", (PNG,), {"prompt": "猫", "image_url": PNG_URI}),
        ("", (PNG, PNG), {"image_url": [PNG_URI, PNG_URI]}),
    ],
)
def test_a_video_of_words_and_frames(prompt: str, inputs: tuple[Media, ...], told: dict[str, Any]) -> None:
    request = asked("video", "cogvideox-flash", prompt, inputs=inputs, params={"duration": 5, "model": "no"})
    assert body_of(zhipu.build(ENDPOINT, request)) == {"model": "cogvideox-flash", "duration": 5, **told}


def test_a_video_has_two_frames_at_most() -> None:
    with pytest.raises(Unfit) as unfit:
        zhipu.build(ENDPOINT, asked("video", inputs=(PNG, PNG, PNG)))
    assert (unfit.value.code, unfit.value.params) == ("too_many_inputs", {"most": "2"})


def test_a_video_is_accepted() -> None:
    body = {"id": TASK.id, "request_id": "r", "model": "cogvideox-flash", "task_status": "PROCESSING"}
    outcome = zhipu.read(httpx.Response(200, json=body), asked("video"))
    assert (outcome.task, outcome.finished, outcome.made) == (TASK, None, ())


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (
            {"model": "cogvideox-flash", "request_id": "r", "task_status": "PROCESSING"},
            TaskState("running", words="PROCESSING"),
        ),
        (
            {"model": "cogvideox-flash", "task_status": "SUCCESS",
             "video_result": [{"url": "https://cdn.example/v.mp4", "cover_image_url": "https://cdn.example/c.png"}]},
            TaskState("succeeded", words="SUCCESS", made=(Link("https://cdn.example/v.mp4"),)),
        ),
        ({"task_status": "SUCCESS", "video_result": []}, TaskState("succeeded", words="SUCCESS")),
        ({"task_status": "FAIL"}, TaskState("failed", words="FAIL", said=Said(200, message="FAIL"))),
        (
            {"task_status": "FAIL", "error": {"code": "1301", "message": "敏感内容"}},
            TaskState("failed", words="FAIL", said=Said(200, code="1301", message="敏感内容")),
        ),
    ],
)
def test_how_a_task_stands(body: dict[str, Any], state: TaskState) -> None:
    assert zhipu.read_poll(httpx.Response(200, json=body), TASK) == state


@pytest.mark.parametrize(("status", "message"), [(404, "not found"), (400, "任务不存在")])
def test_a_task_that_nobody_knows(status: int, message: str) -> None:
    response = httpx.Response(status, json={"error": {"code": "1214", "message": message}})
    assert zhipu.read_poll(response, TASK) == TaskState("unknown", said=Said(status, code="1214", message=message))


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(404, html="<html></html>"),
        httpx.Response(404),
        httpx.Response(401, json={"error": {"code": "1002", "message": "no"}}),
        httpx.Response(403, json={"error": {"code": "1220", "message": "no access to model"}}),
        httpx.Response(500, json={"task_status": "FAIL"}),
        httpx.Response(200, json={"error": {"code": "1234", "message": "network"}}),
        httpx.Response(200, json={"task_status": "RESTING"}),
        httpx.Response(200, json={}),
        httpx.Response(200),
    ],
)
def test_what_says_nothing_of_the_task(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        zhipu.read_poll(response, TASK)


@pytest.mark.parametrize("capability", ["text", "image", "video", "embedding"])
@pytest.mark.parametrize("body", [{}, {"data": [{"url": ""}]}, {"task_status": "PROCESSING"}, {"id": ""}])
def test_an_answer_without_what_was_asked_is_unreadable(capability: Capability, body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        zhipu.read(httpx.Response(200, json=body), asked(capability))


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 404, 429]))
def test_no_answer_breaks_the_readers(content: bytes, status: int) -> None:
    response = httpx.Response(status, content=content)
    made: tuple[Capability, ...] = ("text", "image", "video", "embedding")
    readers: list[Callable[[httpx.Response], object]] = [partial(zhipu.read, request=asked(one)) for one in made]
    for read in (*readers, lambda one: zhipu.read_poll(one, TASK), zhipu.read_models):
        try:
            read(response)
        except Unreadable as refused:
            refused.said.message.encode()
