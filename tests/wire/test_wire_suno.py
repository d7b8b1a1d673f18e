"""Suno's protocol: music from an idea, from lyrics, from an earlier clip; and how its tasks stand (wire.md 7)."""

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
from lib.wire import Endpoint, Link, Request, Said, Task, TaskState, Unfit, Unreadable, suno
from lib.wire.protocols import LATER

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("sk-1234"))
A, B = "https://cdn.example/a.mp3", "https://cdn.example/b.mp3"


def asked(operation: Any = "generate", model: str = "suno_music", **params: Any) -> Request:
    return Request(model, "雨夜", "music", operation, params=params)


def polled(data: Any, kind: str = "music", status: int = 200) -> TaskState:
    response = httpx.Response(status, json={"code": "success", "message": "", "data": data})
    return suno.read_poll(response, Task("t1", kind))


# what is sent


@pytest.mark.parametrize(
    ("request_", "kind", "body"),
    [
        (asked(), "music", {"gpt_description_prompt": "雨夜", "mv": "chirp-v4"}),
        (asked(make_instrumental=True, mv="chirp-v5"), "music",
         {"gpt_description_prompt": "雨夜", "mv": "chirp-v5", "make_instrumental": True}),
        (asked(model="chirp-auk"), "music", {"gpt_description_prompt": "雨夜", "mv": "chirp-auk"}),
        (asked(title="雨"), "music", {"prompt": "雨夜", "mv": "chirp-v4", "title": "雨"}),
        (asked(tags="pop"), "music", {"prompt": "雨夜", "mv": "chirp-v4", "tags": "pop"}),
        (asked(custom=True), "music", {"prompt": "雨夜", "mv": "chirp-v4"}),
        (asked(custom=False, tags="pop"), "music",
         {"gpt_description_prompt": "雨夜", "mv": "chirp-v4", "tags": "pop"}),
        (asked(prompt="x", gpt_description_prompt="y"), "music", {"gpt_description_prompt": "雨夜", "mv": "chirp-v4"}),
        (asked("extend", continue_clip_id="c1", continue_at=30.5, task_id="t0"), "music",
         {"prompt": "雨夜", "mv": "chirp-v4", "continue_clip_id": "c1", "continue_at": 30.5, "task_id": "t0"}),
        (asked("extend", continue_clip_id="c1", continue_at=0), "music",
         {"prompt": "雨夜", "mv": "chirp-v4", "continue_clip_id": "c1", "continue_at": 0}),
        (asked("lyrics", prompt="x"), "lyrics", {"prompt": "雨夜"}),
    ],
)
def test_what_is_sent(request_: Request, kind: str, body: Any) -> None:
    request = suno.build(ENDPOINT, request_)
    assert (request.method, str(request.url)) == ("POST", f"https://relay.example/us/suno/submit/{kind}")
    assert request.headers["authorization"] == "Bearer sk-1234"
    assert json.loads(request.content) == body
    accepted = suno.read(httpx.Response(200, json={"code": "success", "message": "", "data": "t1"}), request_)
    assert (accepted.task, accepted.finished) == (Task("t1", kind), None)


@pytest.mark.parametrize(
    ("request_", "code", "params"),
    [
        (asked("extend", continue_at=3), "needs_param", {"name": "continue_clip_id"}),
        (asked("extend", continue_clip_id="c1"), "needs_param", {"name": "continue_at"}),
        (Request("suno_music", "p", "speech"), "not_in_protocol",
         {"capability": "speech", "operation": "generate", "protocol": "suno"}),
    ],
)
def test_what_cannot_be_asked_for(request_: Request, code: str, params: dict[str, str]) -> None:
    with pytest.raises(Unfit) as refused:
        suno.build(ENDPOINT, request_)
    assert (refused.value.code, refused.value.params) == (code, params)


def test_how_a_task_is_asked_for() -> None:
    request = LATER["suno"].poll(ENDPOINT, Task("t/1", "music"))
    assert (request.method, str(request.url)) == ("GET", "https://relay.example/us/suno/fetch/t%2F1")
    assert request.headers["authorization"] == "Bearer sk-1234"


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (403, {"code": "quota_not_enough", "message": "用户额度不足", "data": None}, "quota_not_enough"),
        (400, {"code": "prompt_empty", "message": "prompt is empty", "data": None}, "prompt_empty"),
        (200, {"code": "invalid_request", "message": "no", "data": "x"}, "invalid_request"),
        (200, {"code": "success", "message": "", "data": ""}, "success"),
    ],
)
def test_not_accepted(status: int, answer: Any, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        suno.read(httpx.Response(status, json=answer), asked())
    assert refused.value.said.code == code


# how a task stands


@pytest.mark.parametrize(
    ("word", "status"),
    [("NOT_START", "queued"), ("SUBMITTED", "queued"), ("QUEUED", "queued"), ("IN_PROGRESS", "running"),
     ("SUCCESS", "succeeded"), ("FAILURE", "failed")],
)
def test_every_word_for_a_state(word: str, status: str) -> None:
    state = polled({"task_id": "t1", "action": "MUSIC", "status": word, "progress": "30%", "data": None})
    assert (state.status, state.words, state.progress, state.made) == (status, word, 30, ())


def test_all_clips_are_made() -> None:
    clips = [
        {"id": "1", "audio_url": A, "image_url": "https://cdn.example/a.png", "text": "la",
         "metadata": {"duration": 120.5}},
        {"id": "2", "audio_url": B, "metadata": {"duration": 99}},
        {"id": "3", "audio_url": "", "metadata": None},
    ]
    state = polled({"task_id": "t1", "action": "MUSIC", "status": "SUCCESS", "progress": "100%", "data": clips})
    assert (state.made, state.text) == ((Link(A), Link(B)), "")
    assert state.usage is not None
    assert state.usage.usage == Usage(seconds=Decimal("219.5"), calls=1)


def test_a_clip_that_still_streams_counts_for_nothing() -> None:
    clips = [{"id": "1", "audio_url": A, "status": "streaming"}]
    assert polled({"task_id": "t1", "status": "IN_PROGRESS", "data": clips}).made == ()


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"action": "LYRICS", "data": {"id": "1", "title": "雨", "text": "雨一直下", "status": "complete"}}, ""),
        ({"data": {"title": "雨", "text": "雨一直下"}}, "lyrics"),
        ({"data": [{"text": "雨一直下"}]}, "lyrics"),
    ],
)
def test_lyrics_are_text(told: Any, kind: str) -> None:
    state = polled({"task_id": "t1", "status": "SUCCESS", **told}, kind)
    assert (state.status, state.text, state.made) == ("succeeded", "雨一直下", ())


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"fail_reason": "违规", "data": None}, "违规"),
        ({"fail_reason": "", "data": [{"metadata": {"error_message": "Song Description contained artist name"}}]},
         "Song Description contained artist name"),
        ({}, ""),
    ],
)
def test_why_it_failed(told: Any, words: str) -> None:
    assert polled({"task_id": "t1", "status": "FAILURE", **told}).said == Said(200, message=words)


def test_a_task_the_server_does_not_know() -> None:
    answer = {"code": "task_not_exist", "message": "task_not_exist", "data": None}
    assert suno.read_poll(httpx.Response(400, json=answer), Task("t1", "music")).status == "unknown"


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500, json={"code": "get_task_failed", "message": "task not found", "data": None}),
        httpx.Response(200, json={"code": "success", "message": "", "data": None}),
        httpx.Response(401, json={"error": {"message": "无效的令牌"}}),
        httpx.Response(200, html="<html>"),
        httpx.Response(429),
    ],
)
def test_an_answer_that_says_nothing_of_the_task(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        suno.read_poll(response, Task("t1", "music"))


# whatever comes

INNER = st.recursive(
    st.none() | st.floats() | st.text() | st.sampled_from(["SUCCESS", "FAILURE", "success", A, "http://["]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["data", "status", "task_id", "audio_url", "text", "metadata", "duration", "fail_reason"]),
        inner,
    ),
)


@settings(deadline=None)
@given(
    st.binary() | st.dictionaries(st.sampled_from(["code", "data", "status", "id"]), INNER).map(
        lambda body: json.dumps(body).encode()
    ),
    st.sampled_from([200, 400, 502]),
    st.sampled_from(["music", "lyrics"]),
)
def test_no_answer_breaks_the_readers(content: bytes, status: int, kind: str) -> None:
    response = httpx.Response(status, content=content)
    try:
        task = suno.read(response, asked()).task
        assert task is not None
        suno.poll(ENDPOINT, task)
    except Unreadable as refused:
        refused.said.message.encode()
    try:
        for made in suno.read_poll(response, Task("1", kind)).made:
            assert isinstance(made, Link)
            suno.fetch(ENDPOINT, made)
    except Unreadable as refused:
        refused.said.message.encode()
