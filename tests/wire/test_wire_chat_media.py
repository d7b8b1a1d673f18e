"""Images and video by chat completions: what is found in a model's words, and what isn't."""

from __future__ import annotations

import json
import time
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
    Link,
    Made,
    Media,
    Progress,
    Reasoning,
    Request,
    Said,
    Text,
    Unfit,
    Unreadable,
    chat_image,
    chat_video,
)
from lib.wire.protocols import AT_ONCE, CONCLUDES, STREAMS

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("sk-1234"))
IMAGE = Request("gemini-2.5-flash-image", "一只猫", "image")
VIDEO = Request("sora_video2", "一只猫", "video")
PNG = Media(b"\x89PNG", "image/png")
PNG_URI = "data:image/png;base64,iVBORw=="
URL = "https://cdn.example/a.png"
MP4 = "https://cdn.example/a.mp4"


def completion(content: Any, finish: str | None = "stop", **message: Any) -> httpx.Response:
    message = {"role": "assistant", "content": content, **message}
    return httpx.Response(200, json={"choices": [{"index": 0, "message": message, "finish_reason": finish}]})


def events(*pieces: str) -> list[Any]:
    chunks = ({"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces)
    return [event for chunk in chunks for event in chat_video.events(json.dumps(chunk))]


# images: what is sent


def test_an_image_is_asked_for_in_one_piece() -> None:
    request = chat_image.build(ENDPOINT, Request("m", "cat", "image", params={"stream": True, "temperature": 1}))
    assert str(request.url) == "https://relay.example/us/v1/chat/completions"
    assert json.loads(request.content) == {
        "model": "m", "messages": [{"role": "user", "content": "cat"}], "temperature": 1
    }


def test_an_image_is_edited_by_showing_it() -> None:  # wire.md 2D: image_url parts
    asked = Request("m", "add a hat", "image_edit", "edit", inputs=(PNG, PNG))
    shown = {"type": "image_url", "image_url": {"url": PNG_URI}}
    assert json.loads(chat_image.build(ENDPOINT, asked).content)["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "add a hat"}, shown, shown]}
    ]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Request("m", "p", "image_edit", "edit"), "needs_input"),
        (Request("m", "p", "image_edit", "inpaint", inputs=(PNG,)), "not_in_protocol"),
        (VIDEO, "not_in_protocol"),
    ],
)
def test_what_cannot_be_asked_for(asked: Request, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        chat_image.build(ENDPOINT, asked)
    assert refused.value.code == code


# images: what is found (wire.md 4)


@pytest.mark.parametrize(
    ("content", "text", "made"),
    [
        pytest.param(f"![image]({PNG_URI})", "", (PNG,), id="new-api: a data URI in Markdown"),
        pytest.param(f"Here:\n\n![a cat]({URL})\nDone.", "Here:\n\n\nDone.", (Link(URL),), id="http in Markdown"),
        pytest.param(f'![]( <{URL}?a=1&b=2> "title")', "", (Link(f"{URL}?a=1&b=2"),), id="Markdown with a title"),
        pytest.param(f"ok {PNG_URI}", "ok", (PNG,), id="a bare data URI"),
        pytest.param(f"Here it is: {URL}。", "Here it is: 。", (Link(URL),), id="a bare image URL"),
        pytest.param(f" {URL[:-4]} ", "", (Link(URL[:-4]),), id="a URL that is all there is"),
        pytest.param(f"![1]({URL}) [download]({URL})", "", (Link(URL),), id="once each, also as a link"),
        pytest.param(f"![1]({URL})![2]({PNG_URI})", "", (Link(URL), PNG), id="two, in order"),
        pytest.param([{"type": "text", "text": "ok"}, {"type": "image_url", "image_url": {"url": URL}}],
                     "ok", (Link(URL),), id="a list of parts"),
        pytest.param(f"See [it](https://docs.example/b) https://docs.example/help ![]({URL})",
                     "See [it](https://docs.example/b) https://docs.example/help", (Link(URL),), id="other links"),
        pytest.param(f"![a]({URL}) ![b](data:image/png;base64,%%%)", "![b](data:image/png;base64,%%%)", (Link(URL),),
                     id="what is no base64 stays words"),
    ],
)
def test_where_images_are(content: Any, text: str, made: tuple[Made, ...]) -> None:
    outcome = chat_image.read(completion(content), IMAGE)
    assert (outcome.text, outcome.made, outcome.finished) == (text, made, "stop")
    assert outcome.usage is not None
    assert outcome.usage.usage == Usage(images=len(made), calls=1)


@pytest.mark.parametrize(
    "images",
    [[{"type": "image_url", "image_url": {"url": PNG_URI}}], [{"url": PNG_URI}]],
)
def test_images_beside_the_words(images: Any) -> None:  # wire.md 4: OpenRouter-like
    outcome = chat_image.read(completion("A cat.", images=images), IMAGE)
    assert (outcome.text, outcome.made) == ("A cat.", (PNG,))


def test_tokens_and_images_are_counted() -> None:
    body = completion(f"![]({URL})").json() | {"usage": {"prompt_tokens": 3, "completion_tokens": 1290}}
    usage = chat_image.read(httpx.Response(200, json=body), IMAGE).usage
    assert usage is not None
    assert usage.usage == Usage(input_tokens=3, output_tokens=1290, images=1, calls=1)


def test_a_missing_finish_word_is_no_matter_where_an_image_came() -> None:
    assert chat_image.read(completion(f"![]({URL})", None), IMAGE).finished == "stop"


@pytest.mark.parametrize(
    "response",
    [completion("I can't do that.", "content_filter"), completion(None, refusal="I can't do that.")],
)
def test_a_refusal_is_an_answer(response: httpx.Response) -> None:
    outcome = chat_image.read(response, IMAGE)
    assert (outcome.text, outcome.made, outcome.finished) == ("I can't do that.", (), "content_filter")


@pytest.mark.parametrize(
    ("response", "words"),
    [
        (completion("See https://docs.example/help please."), "See https://docs.example/help please."),
        (completion("![](https://) ![](ftp://x/a.png)"), "![](https://) ![](ftp://x/a.png)"),
        (httpx.Response(503, json={"error": {"message": "无可用渠道"}}), "无可用渠道"),
        (httpx.Response(200, html="<title>New API</title>"), "New API"),
    ],
)
def test_words_without_an_image_are_no_answer(response: httpx.Response, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        chat_image.read(response, IMAGE)
    assert refused.value.said.message == words


@pytest.mark.parametrize(
    "text", ["![](data:image/" * 50_000, "![" * 200_000, "![](https://a" * 50_000, f"![]({PNG_URI[:-2]}" + "A" * 10**6]
)
def test_megabytes_are_read_at_once(text: str) -> None:
    started = time.monotonic()
    chat_image.images_in(text)
    chat_video.conclude(text)
    assert time.monotonic() - started < 2


# video: what is sent


def test_a_video_is_always_a_stream() -> None:  # wire.md 2D
    asked = Request("sora_video2", "一只猫", "video", inputs=(PNG,), stream=False)
    body = json.loads(chat_video.build(ENDPOINT, asked).content)
    assert (body["model"], body["stream"]) == ("sora_video2", True)
    assert body["messages"][0]["content"][1] == {"type": "image_url", "image_url": {"url": PNG_URI}}
    with pytest.raises(Unfit):
        chat_video.build(ENDPOINT, IMAGE)


def test_the_tables_know_them() -> None:
    assert "chat_image" in AT_ONCE
    assert "chat_video" in STREAMS
    assert CONCLUDES["chat_video"].conclude(MP4) == ((Link(MP4),), None)


# video: a stream (wire.md 2D)


@pytest.mark.parametrize(
    ("piece", "progress"),
    [
        ("进度 76..", Progress(76, "进度 76..")),
        ("🏃 进度：36.0%\n", Progress(36, "🏃 进度：36.0%")),
        ("79..", Progress(79, "79..")),
        ("进度 10.. 进度 20..", Progress(20, "进度 10.. 进度 20..")),
        (" 80.5% ", Progress(80, "80.5%")),
        ("> 排队中.", Progress(None, "> 排队中.")),
        ("任务正在队列中", Progress(None, "任务正在队列中")),
        ("生成中..", Progress(None, "生成中..")),
    ],
)
def test_progress_in_words(piece: str, progress: Progress) -> None:
    assert events(piece) == [Text(piece), progress]


@pytest.mark.parametrize(
    "piece",
    ['{"prompt": "100% wool"}', "2025", "> ID: `task_01k`", "生成完成 ✅", f"进度：100% [看]({MP4})", "..", "3"],
)
def test_words_that_tell_no_progress(piece: str) -> None:
    assert events(piece) == [Text(piece)]


def test_everything_else_is_as_in_a_chat() -> None:
    chunks = [
        {"choices": [{"index": 0, "delta": {"reasoning_content": "进度 5.."}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"error": {"message": "no"}},
    ]
    assert [event for chunk in chunks for event in chat_video.events(json.dumps(chunk))] == [
        Reasoning("进度 5.."), Progress(5, "进度 5.."), Finished("stop"), Fault(Said(200, message="no"))
    ]
    assert list(chat_video.events("[DONE]")) == []


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"生成完成 ✅\n[点击这里]({MP4})", MP4),
        (f"视频生成成功 {MP4}?sig=a%2Fb&x=1\n", f"{MP4}?sig=a%2Fb&x=1"),
        (f"[数据预览](https://asyncdata.example/web/task_1)|[原始数据](https://asyncdata.example/source/task_1)\n{MP4}",
         MP4),
        (f"[a](https://cdn.example/first.mp4) [在线观看]({MP4})", MP4),
        (f"{MP4} [预览](https://asyncdata.example/web/task_1)，如下载失败请重试", MP4),
        (f"生成失败 ❌ 重试\n进度 100..\n{MP4}", MP4),
        (f"> 进度 100..\n![video]({MP4})", MP4),
    ],
)
def test_the_last_film_is_what_was_made(text: str, url: str) -> None:
    assert chat_video.conclude(text) == ((Link(url),), None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("> 进度 10..\n生成失败 ❌\n原因：真人", "生成失败 ❌\n原因：真人"),
        (f"参考 {MP4}\n生成失败 ❌", "生成失败 ❌"),
        ("排队中\nError: content violates our policy", "Error: content violates our policy"),
        ("[数据预览](https://asyncdata.example/web/task_1)", "[数据预览](https://asyncdata.example/web/task_1)"),
        ("Sure, a cat!", "Sure, a cat!"),
        ("ftp://x/a.mp4 https://.mp4x", "ftp://x/a.mp4 https://.mp4x"),
    ],
)
def test_without_a_film_it_has_failed(text: str, words: str) -> None:
    assert chat_video.conclude(text) == ((), Said(200, message=words))


def test_nothing_at_all_is_empty() -> None:
    assert chat_video.conclude(" \n") == ((), Said(200, empty=True))


def test_a_whole_answer() -> None:
    outcome = chat_video.read(completion(f"生成完成 ✅ [看]({MP4})", None), VIDEO)
    assert (outcome.made, outcome.finished) == ((Link(MP4),), "stop")
    assert outcome.text.startswith("生成完成")
    assert chat_video.read(completion("no", "content_filter"), VIDEO).finished == "content_filter"
    with pytest.raises(Unreadable) as refused:
        chat_video.read(completion("生成失败 ❌"), VIDEO)
    assert refused.value.said == Said(200, message="生成失败 ❌")


# whatever comes

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.sampled_from([f"![]({URL})", PNG_URI, MP4, "http://["]),
    lambda inner: st.lists(inner)
    | st.dictionaries(
        st.sampled_from(["choices", "message", "images", "image_url", "url", "content", "refusal", "delta"]), inner
    ),
)


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 500]))
def test_no_answer_breaks_the_readers(content: bytes, status: int) -> None:
    response = httpx.Response(status, content=content)
    for module, asked in ((chat_image, IMAGE), (chat_video, VIDEO)):
        try:
            module.read(response, asked)
        except Unreadable as refused:
            refused.said.message.encode()


@settings(deadline=None)
@given(st.text() | JSON.map(json.dumps))
def test_no_words_break_the_readers(text: str) -> None:
    chat_image.images_in(text)
    chat_video.conclude(text)
    try:
        list(chat_video.events(text))
    except Unreadable as refused:
        refused.said.message.encode()
