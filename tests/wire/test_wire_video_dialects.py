"""The relays' three dialects of video: how each is asked, and every form in which their tasks were seen to stand."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Usage
from lib.wire import Endpoint, Later, Link, Media, Request, Said, Task, TaskState, Unfit, Unreadable
from lib.wire import video_create as create
from lib.wire import video_generations as generations
from lib.wire import video_v2 as v2
from lib.wire.protocols import LATER

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("sk-1234"))
ASKED = Request("sora-2", "一只猫", "video")
TASK = Task("t1")
FRAME = Media(b"\x89PNG", "image/png")
FRAME_URI = "data:image/png;base64,iVBORw=="
MP4 = "https://cdn.example/a.mp4"
DIALECTS: list[Later] = [create, generations, v2]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
WORDS = st.sampled_from(["SUCCESS", "failed", "", "queued", "success", "t1", "https://[", MP4, "45%"])
SHAPED = st.recursive(
    WORDS | st.none() | st.integers(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["code", "data", "status", "id", "task_id", "fail_reason", "error", "output", "url", "detail", "progress"]
        ),
        inner,
    ),
)


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content)


def polled(body: Any, status: int = 200, dialect: Later = v2) -> TaskState:
    return dialect.read_poll(httpx.Response(status, json=body), TASK)


# what is sent


@pytest.mark.parametrize(
    ("dialect", "path", "extra"),
    [
        (create, "/us/v1/video/create", {"size": "720P"}),  # wire.md 2B: sora-2 needs a size
        (generations, "/us/v1/video/generations", {}),
        (v2, "/us/v2/videos/generations", {"duration": "10"}),  # wire.md 2C: seconds as a string
    ],
)
def test_what_is_sent(dialect: Later, path: str, extra: dict[str, Any]) -> None:
    request = dialect.build(ENDPOINT, ASKED)
    assert (request.method, request.url.path) == ("POST", path)
    assert request.headers["authorization"] == "Bearer sk-1234"
    assert body_of(request) == {"model": "sora-2", "prompt": "一只猫", **extra}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_parameters_pass_and_replace_only_defaults(dialect: Later) -> None:
    params = {"size": "1080P", "duration": "15", "hd": True, "model": "x", "prompt": "y", "images": ["z"]}
    body = body_of(dialect.build(ENDPOINT, Request("sora-2", "p", "video", inputs=(FRAME,), params=params)))
    assert body == {
        "size": "1080P", "duration": "15", "hd": True, "model": "sora-2", "prompt": "p", "images": [FRAME_URI]
    }


@pytest.mark.parametrize(
    ("dialect", "model"),
    [(create, "veo3.1-fast"), (v2, "veo3.1-fast")],  # wire.md 2B, 2C addendum: veo's bodies have neither
)
def test_veo_has_neither_size_nor_duration(dialect: Later, model: str) -> None:
    assert set(body_of(dialect.build(ENDPOINT, Request(model, "p", "video")))) == {"model", "prompt"}


@pytest.mark.parametrize(
    ("model", "given", "most"),
    [("veo3-pro-frames", 3, "2"), ("veo3.1-components", 4, "3")],  # wire.md 2B
)
def test_too_many_images(model: str, given: int, most: str) -> None:
    with pytest.raises(Unfit) as refused:
        create.build(ENDPOINT, Request(model, "p", "video", inputs=(FRAME,) * given))
    assert (refused.value.code, refused.value.params) == ("too_many_inputs", {"most": most})


@pytest.mark.parametrize("name", ["video_create", "video_generations", "video_v2"])
def test_only_video_is_made(name: str) -> None:
    with pytest.raises(Unfit) as refused:
        LATER[name].build(ENDPOINT, Request("sora-2", "p", "image"))
    assert refused.value.code == "not_in_protocol"
    assert refused.value.params == {"capability": "image", "operation": "generate", "protocol": name}


@pytest.mark.parametrize(
    ("dialect", "url"),
    [
        (create, "https://relay.example/us/v1/video/query?id=veo3.1-fast%3A1770350082-x"),  # wire.md 2B
        (generations, "https://relay.example/us/v1/video/generations/veo3.1-fast%3A1770350082-x"),
        (v2, "https://relay.example/us/v2/videos/generations/veo3.1-fast%3A1770350082-x"),
    ],
)
def test_how_a_task_is_asked_for(dialect: Later, url: str) -> None:
    request = dialect.poll(ENDPOINT, Task("veo3.1-fast:1770350082-x"))
    assert (request.method, str(request.url)) == ("GET", url)
    assert request.headers["authorization"] == "Bearer sk-1234"
    assert dialect.cancel(ENDPOINT, TASK) is None


def test_a_link_is_fetched_without_the_key_unless_it_is_the_relays_own() -> None:
    plain = v2.fetch(ENDPOINT, Link(MP4))
    assert (str(plain.url), "authorization" in plain.headers) == (MP4, False)
    own = v2.fetch(ENDPOINT, Link("https://elsewhere.example/v1/videos/task_1/content", keyed=True))
    assert str(own.url) == "https://relay.example/us/v1/videos/task_1/content"
    assert own.headers["authorization"] == "Bearer sk-1234"


# what is accepted


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"id": "t1", "status": "pending", "status_update_time": 1}, id="wire.md 2B"),
        pytest.param({"task_id": "t1", "id": "other"}, id="wire.md 2A: task_id before id"),
        pytest.param({"code": "success", "message": "", "data": {"task_id": "t1"}}, id="wire.md 2B: very old"),
        pytest.param({"code": "success", "message": "", "data": "t1"}, id="wire.md 1B: data is the id"),
        pytest.param({"task_id": "t1", "status": "SUBMITTED", "progress": "0%"}, id="wire.md 2C"),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_accepted(dialect: Later, body: Any) -> None:
    outcome = dialect.read(httpx.Response(200, json=body), ASKED)
    assert (outcome.task, outcome.made, outcome.finished) == (TASK, (), None)


def test_new_api_tells_the_seconds_it_bills() -> None:  # wire.md 2A
    headers = {"X-New-Api-Other-Ratios": '{"seconds":4,"size":1}'}
    usage = generations.read(httpx.Response(200, json={"task_id": "t1"}, headers=headers), ASKED).usage
    assert usage is not None
    assert usage.usage == Usage(seconds=4, calls=1)  # type: ignore[arg-type]
    assert usage.raw == {"x-new-api-other-ratios": '{"seconds":4,"size":1}'}


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, {"code": "quota_not_enough", "message": "用户额度不足", "data": None}, "quota_not_enough"),  # wire.md 2A
        (200, {"code": "quota_not_enough", "message": "用户额度不足", "data": "x"}, "quota_not_enough"),
        (200, {"error": {"message": "no", "code": "model_not_found"}, "id": "t1"}, "model_not_found"),
        (200, {"fail_reason": "内容违规"}, ""),  # wire.md 2C
        (200, {}, ""),
        (503, {"id": "t1"}, ""),
    ],
)
def test_not_accepted(status: int, body: Any, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        v2.read(httpx.Response(status, json=body), ASKED)
    assert (refused.value.said.status, refused.value.said.code) == (status, code)


# how a task stands


@pytest.mark.parametrize(
    ("word", "status"),
    [  # wire.md 2A, 2B, 2C
        ("NOT_START", "queued"), ("SUBMITTED", "queued"), ("QUEUED", "queued"), ("pending", "queued"), ("", "queued"),
        ("IN_PROGRESS", "running"), ("processing", "running"), ("video_generating", "running"),
        ("video_upsampling", "running"), ("UNKNOWN", "running"), ("something new", "running"),
        ("SUCCESS", "succeeded"), ("success", "succeeded"), ("succeeded", "succeeded"), ("completed", "succeeded"),
        ("FAILURE", "failed"), ("failed", "failed"), ("error", "failed"), ("video_generation_failed", "failed"),
        ("video_upsampling_failed", "failed"), ("CANCEL", "cancelled"),
        # makers' own, which relays pass on (public documentation: Kling, MiniMax, Suno's feed, Runway)
        ("succeed", "succeeded"), ("complete", "succeeded"), ("Finished", "succeeded"), ("done", "succeeded"),
        ("Fail", "failed"), ("rejected", "failed"), ("canceled", "cancelled"),
    ],
)
def test_every_word_for_a_state(word: str, status: str) -> None:
    state = polled({"id": "t1", "status": word})
    assert (state.status, state.words, state.made) == (status, word, ())


@pytest.mark.parametrize(
    ("told", "percent"),
    [("45%", 45), ("45", 45), (45, 45), (45.9, 45), ("0%", 0), ("250%", 100), ("", None), (None, None), (-1, None),
     ("soon", None), ("1234567", None), ([], None)],
)
def test_progress(told: Any, percent: int | None) -> None:
    assert polled({"task_id": "t1", "status": "IN_PROGRESS", "progress": told}).progress == percent


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"id": "t1", "status": "completed", "video_url": MP4, "thumbnail_url": "https://x.example/t.png"},
                     id="wire.md 2B: video_url"),
        pytest.param({"id": "t1", "status": "success", "video_url": None, "url": MP4}, id="wire.md 2B: url"),
        pytest.param({"id": "t1", "status": "completed", "result_url": MP4}, id="wire.md 2B: result_url"),
        pytest.param({"id": "t1", "status": "completed", "video_url": "", "detail": {"video_url": MP4}},
                     id="wire.md 2B: detail"),
        pytest.param({"task_id": "t1", "status": "SUCCESS", "fail_reason": "", "data": {"output": MP4}},
                     id="wire.md 2C: data.output"),
        pytest.param({"task_id": "t1", "status": "SUCCESS", "data": {"outputs": [MP4, MP4]}},
                     id="wire.md 2C: data.outputs"),
        pytest.param({"task_id": "t1", "status": "SUCCESS", "data": {"outputs": [{"url": MP4}]}}, id="objects"),
        pytest.param({"code": "success", "message": "", "data": {"task_id": "t1", "status": "SUCCESS",
                      "fail_reason": MP4, "progress": "100%", "data": {"created": 1}}},
                     id="wire.md 2A: older builds, in fail_reason"),
        pytest.param({"code": "success", "data": {"status": "SUCCESS", "result_url": MP4, "fail_reason": ""}},
                     id="wire.md 2A: result_url"),
        pytest.param({"code": "success", "data": {"task_id": "t1", "status": "succeeded", "url": MP4, "format": "mp4",
                      "metadata": {}, "error": None}}, id="wire.md 2A: Gemini channels"),
        pytest.param({"task_id": "t1", "status": "succeeded", "url": MP4}, id="wire.md 2A: unwrapped, the docs' form"),
        pytest.param({"id": "t1", "status": "completed", "metadata": {"url": MP4}}, id="wire.md 2A: metadata.url"),
        pytest.param({"id": "t1", "status": "succeeded", "content_url": MP4}, id="users.md: content_url"),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_where_the_video_is(dialect: Later, body: Any) -> None:
    state = polled(body, dialect=dialect)
    assert (state.status, state.made, state.said, state.usage) == ("succeeded", (Link(MP4),), None, None)


def test_a_relays_own_address_needs_the_key() -> None:  # wire.md 2A: download with key auth
    url = "https://relay.example/v1/videos/task_1/content"
    assert polled({"task_id": "t1", "status": "SUCCESS", "result_url": url}).made == (Link(url, keyed=True),)


@pytest.mark.parametrize("output", [None, "", "soon", "/a.mp4", "ftp://x/a.mp4", "https://", 7])
def test_success_without_an_address_yet(output: Any) -> None:  # wire.md 2C addendum: keep polling
    state = polled({"task_id": "t1", "status": "SUCCESS", "data": {"output": output}})
    assert (state.status, state.made) == ("succeeded", ())


def test_no_address_counts_before_success() -> None:
    assert polled({"id": "t1", "status": "processing", "video_url": MP4}).made == ()


def test_what_the_server_says_it_used() -> None:
    usage = polled({"task_id": "t1", "status": "SUCCESS", "quota": 50000, "seconds": "4"}).usage
    assert usage is not None
    assert (usage.usage, usage.raw) == (Usage(seconds=4, calls=1), {"seconds": "4", "quota": 50000})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param({"task_id": "t1", "status": "FAILURE", "fail_reason": "真人", "data": None},
                     Said(200, message="真人"), id="wire.md 2C: fail_reason"),
        pytest.param({"id": "t1", "status": "failed", "error": "no"}, Said(200, message="no"), id="wire.md 2B: string"),
        pytest.param({"id": "t1", "status": "failed", "error": {"code": "moderation_blocked", "message": "no"}},
                     Said(200, code="moderation_blocked", message="no"), id="wire.md 2B: object"),
        pytest.param({"code": "success", "data": {"status": "FAILURE", "fail_reason": "task not exist"}},
                     Said(200, message="task not exist"), id="the task's own words are no gateway's"),
        pytest.param({"id": "t1", "status": "failed", "detail": {"message": "x"}}, Said(200, message="x"), id="detail"),
        pytest.param({"id": "t1", "status": "failed"}, Said(200), id="no words"),
    ],
)
def test_why_it_failed(body: Any, said: Said) -> None:
    state = polled(body)
    assert (state.status, state.said) == ("failed", said)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"code": "task_not_exist", "message": "task_not_exist", "data": None}),  # wire.md 2A
        (200, {"code": "task_not_exist", "message": "", "data": None}),
        (404, {"error": {"message": "Task not found", "type": "invalid_request_error"}}),  # wire.md 2A
        (400, {"message": "任务不存在"}),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_task_the_server_does_not_know(dialect: Later, status: int, body: Any) -> None:
    state = polled(body, status, dialect)
    assert state.status == "unknown"
    assert state.said is not None
    assert state.said.status == status


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500, json={"code": "get_task_failed", "message": "task not found in cache"}),
        httpx.Response(401, json={"error": {"message": "无效的令牌"}}),
        httpx.Response(403, json={"error": {"message": "该令牌无权访问模型 sora-2"}}),
        httpx.Response(404, json={"error": {"message": "Invalid URL (GET /v1/video/query)"}}),  # wire.md 1A
        httpx.Response(404, html="<html><title>task not found</title></html>"),
        httpx.Response(200, html="<!doctype html>"),
        httpx.Response(200, json={"status": "error", "message": "rate limited"}),
        httpx.Response(200, json={"error": {"message": "当前分组上游负载已饱和"}}),
        httpx.Response(502, json={"id": "t1", "status": "failed"}),
        httpx.Response(200, json=[]),
        httpx.Response(200),
        httpx.Response(429),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_that_says_nothing_of_the_task(dialect: Later, response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        dialect.read_poll(response, TASK)


# whatever comes


def test_nesting_without_end_is_no_trouble() -> None:
    body = '{"id": "t1", "status": "SUCCESS", "data": {"outputs": ' + "[" * 900 + "]" * 900 + "}}"
    assert v2.read_poll(httpx.Response(200, text=body), TASK).made == ()


@settings(deadline=None)
@given(
    st.binary() | (JSON | SHAPED).map(lambda body: json.dumps(body).encode()),
    st.sampled_from([200, 400, 404, 502]),
    st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\r\n\0")),
)
def test_no_answer_breaks_the_readers(content: bytes, status: int, ratios: str) -> None:
    headers = [(b"x-new-api-other-ratios", ratios.encode("latin-1"))]
    response = httpx.Response(status, content=content, headers=headers)
    for dialect in DIALECTS:
        try:
            task = dialect.read(response, ASKED).task
            assert task is not None
            dialect.poll(ENDPOINT, task)
        except Unreadable as refused:
            refused.said.message.encode()
        try:
            for link in dialect.read_poll(response, TASK).made:
                assert isinstance(link, Link)
                dialect.fetch(ENDPOINT, link)
        except Unreadable as refused:
            refused.said.message.encode()
