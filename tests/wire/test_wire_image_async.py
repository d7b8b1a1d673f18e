"""Images made later, as relays of GPTBest's kind do it (wire.md 1B, 2C addendum)."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Usage
from lib.wire import Endpoint, Link, Media, Request, Said, Task, TaskState, Unfit, Unreadable, UsageSeen, image_async
from lib.wire.protocols import LATER

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("sk-1234"))
PNG = b"\x89PNG\r\n\x1a\n"
IMAGE = Media(PNG, "image/png")
ASKED = Request("nano-banana", "a cat", "image")
TASK = Task("t1")

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
STATE = st.dictionaries(
    st.sampled_from(["task_id", "status", "progress", "fail_reason", "data", "error"]),
    JSON | st.sampled_from(["SUCCESS", "FAILURE", "t"]),
)
SHAPED = st.fixed_dictionaries({"code": JSON | st.just("success"), "data": JSON | STATE | st.lists(STATE)})


def state(**data: Any) -> TaskState:
    body = {"code": "success", "message": "", "data": {"task_id": "t1", **data}}
    return image_async.read_poll(httpx.Response(200, json=body), TASK)


# what is sent


def test_an_image_is_asked_for_later() -> None:
    built = image_async.build(ENDPOINT, Request("nano-banana", "a cat", "image", params={"aspect_ratio": "1:1"}))
    assert (built.method, str(built.url)) == ("POST", "https://relay.example/us/v1/images/generations?async=true")
    assert built.headers["authorization"] == "Bearer sk-1234"
    assert json.loads(built.content) == {"model": "nano-banana", "prompt": "a cat", "aspect_ratio": "1:1"}


def test_an_edit_is_asked_for_later() -> None:
    built = image_async.build(ENDPOINT, Request("m", "a hat", "image_edit", "edit", inputs=(IMAGE,)))
    assert str(built.url) == "https://relay.example/us/v1/images/edits?async=true"
    assert b'name="image"; filename="image.png"' in built.read()


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request("m", "x", "image_edit", "edit"), "needs_input"),
        (Request("m", "x", "image_edit", "inpaint", inputs=(IMAGE,)), "needs_mask"),
        (Request("m", "x", "image_edit", "variation", inputs=(IMAGE,)), "not_in_protocol"),
    ],
)
def test_what_cannot_be_asked(request_: Request, code: str) -> None:
    with pytest.raises(Unfit) as unfit:
        image_async.build(ENDPOINT, request_)
    assert unfit.value.code == code


def test_the_ways_of_a_task() -> None:
    spoken = LATER["image_async"]
    poll = spoken.poll(ENDPOINT, Task("a:b"))
    assert (poll.method, poll.url.raw_path) == ("GET", b"/us/v1/images/tasks/a%3Ab")
    assert poll.headers["authorization"] == "Bearer sk-1234"
    assert spoken.cancel(ENDPOINT, TASK) is None
    assert "authorization" not in spoken.fetch(ENDPOINT, Link("https://cdn.example/1.png")).headers


# what is accepted


@pytest.mark.parametrize(
    "body",
    [  # wire.md 1B and its variants
        {"code": "success", "message": "", "data": "t1"},
        {"task_id": "t1"},
        {"id": "t1"},
        {"code": "success", "data": {"task_id": "t1"}},
    ],
)
def test_what_was_accepted(body: dict[str, Any]) -> None:
    outcome = image_async.read(httpx.Response(200, json=body), ASKED)
    assert (outcome.task, outcome.finished, outcome.made) == (TASK, None, ())


def test_a_server_that_answers_at_once() -> None:
    body = {"created": 1, "data": [{"url": "https://cdn.example/1.png"}]}
    outcome = image_async.read(httpx.Response(200, json=body), ASKED)
    assert (outcome.task, outcome.made, outcome.finished) == (None, (Link("https://cdn.example/1.png"),), "stop")


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, json={"code": "quota_not_enough", "message": "no", "data": ""}),
        httpx.Response(200, json={"code": "success", "message": "", "data": None}),
        httpx.Response(200, json={"data": []}),
        httpx.Response(503, json={"error": {"message": "当前分组上游负载已饱和，请稍后再试"}}),
        httpx.Response(200, html="<html></html>"),
    ],
)
def test_what_was_not_accepted(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        image_async.read(response, ASKED)


# how it stands


def test_an_image_in_the_making() -> None:
    assert state(status="IN_PROGRESS", progress="50%", fail_reason="") == TaskState("running", 50, "IN_PROGRESS")


@pytest.mark.parametrize(
    ("data", "made"),
    [
        ({"created": 1, "data": [{"url": "https://cdn.example/1.png"}, {"url": "https://cdn.example/2.png"}]},
         (Link("https://cdn.example/1.png"), Link("https://cdn.example/2.png"))),
        ({"data": [{"b64_json": b64encode(PNG).decode()}]}, (Media(PNG, "application/octet-stream"),)),
        ([{"url": "https://cdn.example/1.png"}], (Link("https://cdn.example/1.png"),)),
    ],
)
def test_finished_images(data: Any, made: tuple[object, ...]) -> None:
    done = state(status="SUCCESS", progress="100%", fail_reason="", data=data)
    assert (done.status, done.progress, done.made) == ("succeeded", 100, made)
    assert done.usage == UsageSeen(Usage(images=len(made), calls=1), {})


@pytest.mark.parametrize("data", [None, {}, {"data": []}, {"data": None}, "?"])
def test_finished_images_that_are_not_there_yet(data: Any) -> None:
    assert state(status="SUCCESS", data=data) == TaskState("succeeded", None, "SUCCESS")


def test_why_images_failed() -> None:
    failed = state(status="FAILURE", progress="0%", fail_reason="内容违规")
    assert (failed.status, failed.said) == ("failed", Said(200, message="内容违规"))


def test_a_task_that_nobody_knows() -> None:
    response = httpx.Response(400, json={"code": "task_not_exist", "message": "task_not_exist", "data": None})
    assert image_async.read_poll(response, TASK).status == "unknown"


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, json={"code": "success", "message": "", "data": None}),
        httpx.Response(404, json={"error": {"message": "Invalid URL (GET /v1/images/tasks/t1)"}}),
        httpx.Response(401, json={"error": {"message": "无效的令牌"}}),
        httpx.Response(502, html="<html></html>"),
        httpx.Response(429),
    ],
)
def test_what_says_nothing_of_the_task(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        image_async.read_poll(response, TASK)


@settings(deadline=None)
@given(st.binary() | (JSON | SHAPED).map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 404]))
def test_no_bytes_break_the_readers(content: bytes, status: int) -> None:
    response = httpx.Response(status, content=content)
    for read in (lambda: image_async.read(response, ASKED), lambda: image_async.read_poll(response, TASK)):
        try:
            read()
        except Unreadable as refused:
            refused.said.message.encode()
