"""Midjourney's protocol: what is submitted for each operation, and how its tasks were seen to stand (wire.md 7)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import FollowUp, Usage
from lib.wire import Endpoint, Link, Media, Request, Said, Task, TaskState, Unfit, Unreadable
from lib.wire import midjourney as mj
from lib.wire.protocols import LATER

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("sk-1234"))
ASKED = Request("mj_imagine", "a cat", "image")
PNG = Media(b"\x89PNG", "image/png")
URI = "data:image/png;base64,iVBORw=="
URL = "https://cdn.example/grid.png"
MP4 = "https://cdn.example/a.mp4"
CUSTOM = "MJ::Outpaint::50::1::hash"


def edit(operation: Any, images: int = 0, **params: Any) -> Request:
    return Request("mj_edit", "p", "image_edit", operation, inputs=(PNG,) * images, params=params)


def polled(body: Any, kind: str = "generate", status: int = 200) -> TaskState:
    return mj.read_poll(httpx.Response(status, json=body), Task("1730", kind))


# what is sent


@pytest.mark.parametrize(
    ("request_", "path", "body"),
    [
        (ASKED, "imagine", {"prompt": "a cat"}),
        (Request("mj_imagine", "a cat", "image", inputs=(PNG,)), "imagine", {"prompt": "a cat", "base64Array": [URI]}),
        (Request("niji_imagine", "a cat", "image"), "imagine", {"prompt": "a cat", "botType": "NIJI_JOURNEY"}),
        (Request("mj_imagine", "a cat", "image", params={"botType": "NIJI_JOURNEY", "state": "s", "prompt": "x"}),
         "imagine", {"prompt": "a cat", "botType": "NIJI_JOURNEY", "state": "s"}),
        (edit("upscale", task_id="1730", index=2), "change", {"taskId": "1730", "action": "UPSCALE", "index": 2}),
        (edit("variation", task_id=1730, index="4"), "change", {"taskId": "1730", "action": "VARIATION", "index": 4}),
        (edit("zoom", task_id="1730", custom_id=CUSTOM), "action", {"taskId": "1730", "customId": CUSTOM}),
        (edit("upscale", task_id="1730", index=2, custom_id="MJ::JOB::upsample::1::h"),
         "action", {"taskId": "1730", "customId": "MJ::JOB::upsample::1::h"}),
        (edit("blend", 2, dimensions="SQUARE"), "blend", {"base64Array": [URI, URI], "dimensions": "SQUARE"}),
        (edit("describe", 1), "describe", {"base64": URI}),
        (Request("mj_video", "it runs", "video", inputs=(PNG,)), "video",
         {"prompt": "it runs", "image": URI, "motion": "low"}),
        (Request("mj_video", "it runs", "video", inputs=(PNG,), params={"motion": "high"}), "video",
         {"prompt": "it runs", "image": URI, "motion": "high"}),
    ],
)
def test_what_is_sent(request_: Request, path: str, body: Any) -> None:
    request = mj.build(ENDPOINT, request_)
    assert (request.method, str(request.url)) == ("POST", f"https://relay.example/us/mj/submit/{path}")
    assert request.headers["authorization"] == "Bearer sk-1234"
    assert json.loads(request.content) == body


@pytest.mark.parametrize(
    ("mode", "prefix"),
    [("fast", "mj-fast/mj"), ("turbo", "mj-turbo/mj"), ("relax", "mj-relax/mj"), ("RELAX", "mj-relax/mj"), ("", "mj")],
)
def test_the_mode_is_in_the_path(mode: str, prefix: str) -> None:  # wire.md, GPTBest docs FAQ
    request = mj.build(ENDPOINT, Request("mj_imagine", "a cat", "image", params={"mode": mode}))
    assert request.url.path == f"/us/{prefix}/submit/imagine"
    assert json.loads(request.content) == {"prompt": "a cat"}


@pytest.mark.parametrize(
    ("request_", "code", "params"),
    [
        (edit("upscale", task_id="1730"), "needs_param", {"name": "index"}),
        (edit("upscale", task_id="1730", index=5), "needs_param", {"name": "index"}),
        (edit("variation", task_id="1730", index=True), "needs_param", {"name": "index"}),
        (edit("upscale", index=1), "needs_param", {"name": "task_id"}),
        (edit("zoom", task_id="1730"), "needs_param", {"name": "custom_id"}),
        (edit("zoom", custom_id=CUSTOM), "needs_param", {"name": "task_id"}),
        (edit("blend", 1), "needs_input", {}),
        (edit("blend", 6), "too_many_inputs", {"most": "5"}),
        (edit("describe"), "needs_input", {}),
        (edit("describe", 2), "too_many_inputs", {"most": "1"}),
        (Request("mj_video", "p", "video"), "needs_input", {}),
        (Request("mj_imagine", "p", "image", params={"mode": "warp"}), "needs_param", {"name": "mode"}),
        (edit("erase", 1), "not_in_protocol",
         {"capability": "image_edit", "operation": "erase", "protocol": "midjourney"}),
    ],
)
def test_what_cannot_be_asked_for(request_: Request, code: str, params: dict[str, str]) -> None:
    with pytest.raises(Unfit) as refused:
        mj.build(ENDPOINT, request_)
    assert (refused.value.code, refused.value.params) == (code, params)


def test_how_a_task_is_asked_for() -> None:
    request = LATER["midjourney"].poll(ENDPOINT, Task("17/30"))
    assert (request.method, str(request.url)) == ("GET", "https://relay.example/us/mj/task/17%2F30/fetch")
    assert request.headers["authorization"] == "Bearer sk-1234"
    assert mj.cancel(ENDPOINT, Task("1")) is None  # type: ignore[func-returns-value]
    assert "authorization" not in mj.fetch(ENDPOINT, Link(URL)).headers


# what is accepted


@pytest.mark.parametrize("code", [1, 21, 22, "1"])
@pytest.mark.parametrize("result", ["1730", 1730])
def test_accepted(code: Any, result: Any) -> None:
    answer = {"code": code, "description": "Submit success", "result": result, "properties": {}}
    outcome = mj.read(httpx.Response(200, json=answer), ASKED)
    assert (outcome.task, outcome.finished) == (Task("1730", "generate"), None)


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, {"code": 3, "description": "可用账号不存在", "result": ""},
         Said(200, code="3", message="可用账号不存在")),
        (200, {"code": 24, "description": "可能包含敏感词", "properties": {"bannedWord": "x"}, "result": "1730"},
         Said(200, code="24", message="可能包含敏感词")),
        (400, {"code": 4, "description": "quota_not_enough", "type": "upstream_error"},
         Said(400, code="4", kind="upstream_error", message="quota_not_enough")),
        (429, {"code": 30, "description": "当前分组负载已饱和", "type": "upstream_error"},
         Said(429, code="30", kind="upstream_error", message="当前分组负载已饱和")),
        (200, {"code": 1, "description": "ok", "result": None}, Said(200, code="1", message="ok")),
    ],
)
def test_not_accepted(status: int, answer: Any, said: Said) -> None:
    with pytest.raises(Unreadable) as refused:
        mj.read(httpx.Response(status, json=answer), ASKED)
    assert refused.value.said == said


# how a task stands


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("", "queued"), ("NOT_START", "queued"), ("SUBMITTED", "queued"), ("MODAL", "running"),
        ("IN_PROGRESS", "running"), ("FAILURE", "failed"), ("SUCCESS", "succeeded"), ("CANCEL", "cancelled"),
    ],
)
def test_every_word_for_a_state(word: str, status: str) -> None:
    state = polled({"id": "1730", "action": "IMAGINE", "status": word, "progress": "45%", "failReason": None})
    assert (state.status, state.words, state.progress, state.made) == (status, word, 45, ())


def test_a_draft_counts_for_nothing() -> None:
    assert polled({"id": "1730", "status": "IN_PROGRESS", "imageUrl": URL}).made == ()


@pytest.mark.parametrize(
    ("custom", "label", "operation"),
    [
        # wire.md 7 and midjourney-proxy's public examples
        ("MJ::JOB::upsample::2::3f0d", "U2", "upscale"),
        ("MJ::JOB::upsample_v6_2x_subtle::1::3f0d::SOLO", "Upscale (Subtle)", "upscale"),
        ("MJ::JOB::variation::4::3f0d", "V4", "variation"),
        ("MJ::JOB::high_variation::1::3f0d::SOLO", "Vary (Strong)", "variation"),
        ("MJ::Outpaint::50::1::3f0d::SOLO", "Zoom Out 2x", "zoom"),
        ("MJ::CustomZoom::3f0d", "Custom Zoom", None),
        ("MJ::Inpaint::1::3f0d::SOLO", "Vary (Region)", None),
        ("MJ::JOB::reroll::0::3f0d::SOLO", "", None),
        (None, None, None),
    ],
)
def test_what_can_be_done_next(custom: Any, label: Any, operation: Any) -> None:
    button = {"customId": custom, "emoji": "", "label": label, "type": 2, "style": 2}
    state = polled({"id": "1730", "status": "SUCCESS", "imageUrl": URL, "buttons": [button, "x"]})
    assert state.follow_ups == ((FollowUp(operation, custom, label),) if operation else ())


def test_an_image() -> None:
    state = polled({"id": "1730", "action": "IMAGINE", "status": "SUCCESS", "progress": "100%", "imageUrl": URL,
                    "prompt": "a cat", "properties": {"finalPrompt": "a cat --v 6"}})
    assert (state.status, state.made, state.text, state.progress) == ("succeeded", (Link(URL),), "", 100)
    assert state.usage is not None
    assert state.usage.usage == Usage(images=1, calls=1)


@pytest.mark.parametrize(
    "told",
    [{"videoUrl": MP4}, {"videoUrls": [MP4]}, {"videoUrls": [{"url": MP4}]}, {"videoUrls": None, "videoUrl": MP4}],
)
def test_a_video(told: Any) -> None:
    assert polled({"id": "1730", "status": "SUCCESS", "imageUrl": URL, **told}, "video").made == (Link(MP4),)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"prompt": "1️⃣ a cat"}, "describe"),
        ({"properties": {"finalPrompt": "1️⃣ a cat"}, "prompt": "x"}, "describe"),
        ({"promptEn": "1️⃣ a cat", "prompt": "", "properties": None}, "describe"),
        ({"prompt": "1️⃣ a cat", "action": "DESCRIBE"}, ""),
    ],
)
def test_a_description_is_text(told: Any, kind: str) -> None:
    state = polled({"id": "1730", "status": "SUCCESS", "imageUrl": URL, **told}, kind)
    assert (state.text, state.made) == ("1️⃣ a cat", ())


def test_why_it_failed() -> None:
    state = polled({"id": "1730", "status": "FAILURE", "failReason": "Banned prompt", "description": "Submit success"})
    assert state.said == Said(200, message="Banned prompt")


@pytest.mark.parametrize("words", ["task_no_found", "task_no_found "])  # wire.md 7, Addendum
def test_a_task_the_server_does_not_know(words: str) -> None:
    state = polled({"code": 4, "description": words, "type": "upstream_error"}, status=400)
    assert state.status == "unknown"


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200), httpx.Response(200, text="null"), httpx.Response(200, html="<html>"),
        httpx.Response(401, json={"description": "无效的令牌", "type": "new_api_error", "code": 4}),
        httpx.Response(503, json={"description": "task_no_found", "code": 4}),
        httpx.Response(200, json={"code": 4, "description": "get_channel_failed"}),
    ],
)
def test_an_answer_that_says_nothing_of_the_task(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        mj.read_poll(response, Task("1730"))


# whatever comes

BODY = st.dictionaries(
    st.sampled_from(
        ["code", "description", "result", "id", "status", "imageUrl", "videoUrls", "properties", "prompt", "failReason"]
    ),
    st.recursive(
        st.none() | st.integers() | st.text() | st.sampled_from(["SUCCESS", "FAILURE", "1", URL, "http://["]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["url", "finalPrompt"]), inner),
    ),
)


@settings(deadline=None)
@given(
    st.binary() | BODY.map(lambda body: json.dumps(body).encode()),
    st.sampled_from([200, 400, 502]),
    st.sampled_from(["", "describe", "video"]),
)
def test_no_answer_breaks_the_readers(content: bytes, status: int, kind: str) -> None:
    response = httpx.Response(status, content=content)
    try:
        task = mj.read(response, ASKED).task
        assert task is not None
        mj.poll(ENDPOINT, task)
    except Unreadable as refused:
        refused.said.message.encode()
    try:
        for made in mj.read_poll(response, Task("1", kind)).made:
            assert isinstance(made, Link)
            mj.fetch(ENDPOINT, made)
    except Unreadable as refused:
        refused.said.message.encode()
