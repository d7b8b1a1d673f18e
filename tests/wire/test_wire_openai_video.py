"""OpenAI's Videos API, as OpenAI had it and new-api answers it (wire.md 2A)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Usage
from lib.wire import Endpoint, Link, Media, Request, Said, Task, TaskState, Unfit, Unreadable, UsageSeen, openai_video
from lib.wire.protocols import LATER

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("sk-1234"))
ASKED = Request("sora-2", "a cat", "video")
FRAME = Media(b"\x89PNG\r\n\x1a\n", "image/png", "first.png")
TASK = Task("video_123")
CONTENT = Link("/v1/videos/video_123/content", keyed=True)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
SHAPED = st.dictionaries(
    st.sampled_from(["id", "task_id", "data", "status", "progress", "error", "code", "message", "metadata", "url",
                     "seconds", "usage", "fail_reason"]),
    JSON | st.sampled_from(["completed", "failed", "task_1"]),
)  # fmt: skip


def state(body: dict[str, Any], http_status: int = 200) -> TaskState:
    return openai_video.read_poll(httpx.Response(http_status, json=body), TASK)


def video(status: str, **more: Any) -> TaskState:
    body = {"id": "video_123", "object": "video", "model": "sora-2", "status": status, "created_at": 1758941485}
    return state(body | more)


# what is sent


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, {"seconds": "4"}),
        ({"seconds": 8, "size": "1280x720"}, {"seconds": "8", "size": "1280x720"}),
        ({"seconds": "12"}, {"seconds": "12"}),
        ({"seconds": None}, {"seconds": "4"}),
        ({"duration": 5, "metadata": {"a": 1}}, {"duration": 5, "metadata": {"a": 1}}),
        ({"model": "x", "prompt": "y"}, {"seconds": "4"}),
    ],
)
def test_a_film_is_asked_for_in_json(params: dict[str, Any], said: dict[str, Any]) -> None:
    built = openai_video.build(ENDPOINT, Request("sora-2", "a cat", "video", params=params))
    assert (built.method, str(built.url)) == ("POST", "https://relay.example/us/v1/videos")
    assert built.headers["authorization"] == "Bearer sk-1234"
    assert json.loads(built.content) == {"model": "sora-2", "prompt": "a cat", **said}


def test_a_first_frame_is_sent_in_a_form() -> None:
    asked = Request("sora-2", "a cat", "video", inputs=(FRAME,), params={"size": "720x1280", "input_reference": "x"})
    body = openai_video.build(ENDPOINT, asked).read().decode("latin-1")
    assert 'name="input_reference"; filename="first.png"\r\nContent-Type: image/png\r\n' in body
    assert body.count("input_reference") == 1
    for name, value in (("model", "sora-2"), ("prompt", "a cat"), ("seconds", "4"), ("size", "720x1280")):
        assert f'name="{name}"\r\n\r\n{value}\r\n' in body


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request("sora-2", "x", "video", inputs=(FRAME, FRAME)), "too_many_inputs"),
        (Request("sora-2", "x", "video", "extend"), "not_in_protocol"),
    ],
)
def test_what_cannot_be_asked(request_: Request, code: str) -> None:
    with pytest.raises(Unfit) as unfit:
        openai_video.build(ENDPOINT, request_)
    assert unfit.value.code == code


def test_the_ways_of_a_task() -> None:
    spoken = LATER["openai_video"]
    odd = Task("task:1/2")
    poll, cancel = spoken.poll(ENDPOINT, odd), spoken.cancel(ENDPOINT, odd)
    assert cancel is not None
    assert [(one.method, one.url.raw_path) for one in (poll, cancel)] == [
        ("GET", b"/us/v1/videos/task%3A1%2F2"),
        ("DELETE", b"/us/v1/videos/task%3A1%2F2"),
    ]
    assert poll.headers["authorization"] == cancel.headers["authorization"] == "Bearer sk-1234"


def test_the_key_goes_with_the_films_own_path_only() -> None:
    own = openai_video.fetch(ENDPOINT, CONTENT)
    assert str(own.url) == "https://relay.example/us/v1/videos/video_123/content"
    assert own.headers["authorization"] == "Bearer sk-1234"
    other = openai_video.fetch(ENDPOINT, Link("https://cdn.example/a.mp4"))
    assert str(other.url) == "https://cdn.example/a.mp4"
    assert "authorization" not in other.headers


# what is accepted


@pytest.mark.parametrize(
    ("body", "headers", "task", "usage"),
    [
        pytest.param(
            {"id": "video_123", "object": "video", "model": "sora-2", "status": "queued", "progress": 0,
             "created_at": 1758941485, "size": "1024x1792", "seconds": "8", "error": None},
            {}, "video_123",
            UsageSeen(Usage(seconds=Decimal(8), calls=1), {"seconds": "8", "size": "1024x1792"}),
            id="OpenAI",
        ),
        pytest.param(
            {"id": "task_abc", "task_id": "task_abc", "object": "video", "status": "queued"},
            {"X-New-Api-Other-Ratios": '{"seconds":4,"size":1}'}, "task_abc",
            UsageSeen(Usage(seconds=Decimal(4), calls=1), {"x-new-api-other-ratios": '{"seconds":4,"size":1}'}),
            id="new-api tells the seconds in a header",
        ),
        pytest.param({"task_id": "t", "id": ""}, {}, "t", UsageSeen(Usage(calls=1), {}), id="task_id alone"),
        pytest.param({"code": "success", "message": "", "data": {"task_id": "t"}}, {"X-New-Api-Other-Ratios": "?"},
                     "t", UsageSeen(Usage(calls=1), {}), id="in data"),
    ],
)  # fmt: skip
def test_what_was_accepted(body: dict[str, Any], headers: dict[str, str], task: str, usage: UsageSeen) -> None:
    outcome = openai_video.read(httpx.Response(200, json=body, headers=headers), ASKED)
    assert (outcome.task, outcome.usage, outcome.finished, outcome.made) == (Task(task), usage, None, ())


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(400, json={"code": "invalid_size", "message": "no", "data": None}),
        httpx.Response(200, json={"code": "invalid_size", "message": "no", "data": None}),
        httpx.Response(200, json={"id": "video_1", "status": "failed", "error": {"code": "x", "message": "no"}}),
        httpx.Response(200, json={"status": "queued"}),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200),
    ],
)
def test_what_was_not_accepted(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        openai_video.read(response, ASKED)


# how it stands


@pytest.mark.parametrize(
    ("word", "progress", "stands"),
    [
        ("queued", 0, TaskState("queued", 0, "queued")),
        ("in_progress", 33, TaskState("running", 33, "in_progress")),
        ("in_progress", "33%", TaskState("running", 33, "in_progress")),
        ("in_progress", 400, TaskState("running", 100, "in_progress")),
        ("unknown", None, TaskState("running", None, "unknown")),
        ("brewing", None, TaskState("running", None, "brewing")),
        ("cancelled", None, TaskState("cancelled", None, "cancelled")),
    ],
)
def test_a_film_in_the_making(word: str, progress: Any, stands: TaskState) -> None:
    assert video(word, progress=progress) == stands


def test_a_finished_film_is_fetched_with_the_key() -> None:
    done = video("completed", progress=100, seconds="4", size="720x1280")
    assert (done.status, done.progress, done.made) == ("succeeded", 100, (CONTENT,))
    assert done.usage == UsageSeen(Usage(seconds=Decimal(4), calls=1), {"seconds": "4", "size": "720x1280"})


@pytest.mark.parametrize(
    ("more", "made"),
    [
        ({"metadata": {"url": "https://cdn.example/a.mp4"}}, Link("https://cdn.example/a.mp4")),
        ({"metadata": {"url": ""}}, CONTENT),
        ({"metadata": "?"}, CONTENT),
        ({"metadata": {"url": "https://other.example/v1/videos/video_123/content"}},
         Link("https://other.example/v1/videos/video_123/content", keyed=True)),
        ({"video_url": "https://cdn.example/a.mp4"}, Link("https://cdn.example/a.mp4")),
    ],
)
def test_where_a_finished_film_is(more: dict[str, Any], made: Link) -> None:
    done = video("completed", **more)
    assert (done.made, done.usage) == ((made,), None)
    assert openai_video.fetch(ENDPOINT, made).url.host == ("relay.example" if made.keyed else "cdn.example")


def test_tokens_of_a_finished_film() -> None:
    raw = {"completion_tokens": 108900, "total_tokens": 108900}
    usage = video("completed", seconds="5", usage=raw).usage
    assert usage is not None
    assert (usage.usage.output_tokens, usage.usage.seconds) == (108900, Decimal(5))
    assert usage.raw == {"seconds": "5", **raw}


def test_a_task_of_new_apis_own_form() -> None:
    body = {"task_id": "t", "status": "SUCCESS", "progress": "100%", "fail_reason": "https://cdn.example/a.mp4"}
    done = state({"code": "success", "message": "", "data": body})
    assert (done.status, done.made) == ("succeeded", (Link("https://cdn.example/a.mp4"),))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"code": "moderation_blocked", "message": "no"}, Said(200, code="moderation_blocked", message="no")),
        ({"message": '{"error": {"message": "no", "code": "x"}}'}, Said(200, code="x", message="no")),
        ("no", Said(200, message="no")),
        (None, Said(200)),
    ],
)
def test_why_a_film_failed(error: Any, said: Said) -> None:
    failed = video("failed", error=error, progress=0)
    assert (failed.status, failed.words, failed.made, failed.said) == ("failed", "failed", (), said)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"code": "task_not_exist", "message": "task_not_exist", "data": None}),
        (200, {"code": "task_not_exist", "message": "task_not_exist", "data": None}),
        (404, {"error": {"message": "Task not found", "type": "invalid_request_error"}}),
    ],
)
def test_a_task_that_nobody_knows(status: int, body: dict[str, Any]) -> None:
    assert state(body, status).status == "unknown"


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(404, json={"error": {"message": "Invalid URL (GET /v1/videos/x)"}}),  # wire.md 1A
        httpx.Response(404, json={"error": {"message": "The model sora-2 does not exist", "code": "model_not_found"}}),
        httpx.Response(403, json={"error": {"message": "该令牌无权访问模型 sora-2"}}),
        httpx.Response(401, json={"error": {"message": "无效的令牌"}}),
        httpx.Response(500, json={"code": "get_task_failed", "message": "no", "data": None}),
        httpx.Response(502, html="<html>task not found</html>"),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200, json={}),
        httpx.Response(429),
    ],
)
def test_what_says_nothing_of_the_task(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        openai_video.read_poll(response, TASK)


@settings(deadline=None)
@given(st.binary() | (JSON | SHAPED).map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 404]))
def test_no_bytes_break_the_readers(content: bytes, status: int) -> None:
    response = httpx.Response(status, content=content)
    for read in (lambda: openai_video.read(response, ASKED), lambda: openai_video.read_poll(response, TASK)):
        try:
            read()
        except Unreadable as refused:
            refused.said.message.encode()
