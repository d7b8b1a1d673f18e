"""OpenAI's images: made, edited and varied."""

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
from lib.wire import Endpoint, Link, Media, Request, Unfit, Unreadable, UsageSeen, openai

ENDPOINT = Endpoint("https://relay.example/us", SecretStr("sk-1234"))
PNG = b"\x89PNG\r\n\x1a\n"
B64 = b64encode(PNG).decode()
IMAGE, MASK = Media(PNG, "image/png", "cat.png"), Media(PNG, "image/png")
ASKED = Request("gpt-image-1", "a cat", "image")
EDIT = Request("gpt-image-1", "a hat", "image_edit", "edit", inputs=(IMAGE,))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
IMAGES = st.fixed_dictionaries(
    {"data": JSON | st.lists(st.dictionaries(st.sampled_from(["url", "b64_json"]), JSON))},
    optional={"usage": JSON, "error": JSON, "output_format": JSON},
)


def sent(request: Request) -> tuple[str, str]:
    built = openai.build(ENDPOINT, request)
    return str(built.url), built.read().decode("latin-1")


def answer(*data: Any, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"created": 1713833628, "data": list(data), **more})


# what is sent


def test_an_image_is_asked_for_without_response_format() -> None:  # wire.md 3: gpt-image rejects it
    built = openai.build(ENDPOINT, Request("gpt-image-1", "a cat", "image", params={"size": "1024x1024", "n": 2}))
    assert (built.method, str(built.url)) == ("POST", "https://relay.example/us/v1/images/generations")
    assert built.headers["authorization"] == "Bearer sk-1234"
    assert json.loads(built.content) == {"model": "gpt-image-1", "prompt": "a cat", "size": "1024x1024", "n": 2}


def test_parameters_cannot_replace_what_is_asked() -> None:
    asked = Request("dall-e-3", "a cat", "image", params={"prompt": "a dog", "model": "x", "response_format": "url"})
    body = json.loads(openai.build(ENDPOINT, asked).content)
    assert body == {"model": "dall-e-3", "prompt": "a cat", "response_format": "url"}


def test_images_to_start_from_go_as_data_uris() -> None:  # wire.md 1B: nano-banana's body on a relay
    body = json.loads(openai.build(ENDPOINT, Request("nano-banana", "a cat", "image", inputs=(IMAGE,))).content)
    assert body["image"] == [f"data:image/png;base64,{B64}"]


def test_an_edit_is_a_form_with_the_file() -> None:
    url, body = sent(Request("gpt-image-1", "a hat", "image_edit", "edit", inputs=(IMAGE,), params={"n": 1}))
    assert url == "https://relay.example/us/v1/images/edits"
    assert 'name="image"; filename="cat.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG' in body
    assert 'name="model"\r\n\r\ngpt-image-1\r\n' in body
    assert 'name="prompt"\r\n\r\na hat\r\n' in body
    assert 'name="n"\r\n\r\n1\r\n' in body
    assert "mask" not in body
    assert "response_format" not in body


def test_several_images_and_a_mask() -> None:  # wire.md 3: "several as image[]"
    _, body = sent(Request("m", "x", "image_edit", "inpaint", inputs=(IMAGE, MASK), mask=MASK))
    assert body.count('name="image[]"') == 2
    assert 'name="mask"; filename="mask.png"' in body


def test_a_variation_has_no_words() -> None:
    url, body = sent(Request("dall-e-2", "ignored", "image_edit", "variation", inputs=(IMAGE,)))
    assert url.endswith("/v1/images/variations")
    assert "prompt" not in body
    assert 'name="image"; filename="cat.png"' in body


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"transparent": True}, 'name="transparent"\r\n\r\ntrue\r\n'),
        ({"svg": {"model": "m"}}, 'name="svg"\r\n\r\n{"model": "m"}\r\n'),
        ({"quality": "low"}, 'name="quality"\r\n\r\nlow\r\n'),
        ({"tags": ["a", 2]}, 'name="tags[]"\r\n\r\n2\r\n'),
    ],
)
def test_parameters_are_words_in_a_form(params: dict[str, Any], field: str) -> None:
    assert field in sent(Request("m", "x", "image_edit", "edit", inputs=(IMAGE,), params=params))[1]


def test_parameters_cannot_replace_files() -> None:
    _, body = sent(Request("m", "x", "image_edit", "edit", inputs=(IMAGE,), params={"image": "other", "mask": None}))
    assert body.count('name="image"') == 1
    assert "mask" not in body


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request("m", "x", "image_edit", "edit"), "needs_input"),
        (Request("m", "x", "image_edit", "variation"), "needs_input"),
        (Request("m", "x", "image_edit", "inpaint", inputs=(IMAGE,)), "needs_mask"),
        (Request("m", "x", "image_edit", "edit", inputs=(IMAGE,) * 17), "too_many_inputs"),
        (Request("m", "x", "image_edit", "variation", inputs=(IMAGE,) * 2), "too_many_inputs"),
        (Request("m", "x", "image_edit", "upscale", inputs=(IMAGE,)), "not_in_protocol"),
    ],
)
def test_what_cannot_be_asked(request_: Request, code: str) -> None:
    with pytest.raises(Unfit) as unfit:
        openai.build(ENDPOINT, request_)
    assert unfit.value.code == code


# what comes


def test_bytes_with_their_tokens() -> None:  # wire.md 3: usage for gpt-image
    raw = {"input_tokens": 50, "output_tokens": 4160, "total_tokens": 4210,
           "input_tokens_details": {"text_tokens": 10, "image_tokens": 40}}
    outcome = openai.read(answer({"b64_json": B64}, output_format="jpeg", usage=raw), ASKED)
    assert outcome.made == (Media(PNG, "image/jpeg"),)
    seen = Usage(50, output_tokens=4160, images=1, calls=1, input_image_tokens=40, output_image_tokens=4160)
    assert outcome.usage == UsageSeen(seen, raw)
    assert outcome.finished == "stop"


def test_addresses_of_several() -> None:  # wire.md 3: dall-e, revised_prompt
    outcome = openai.read(answer({"url": "https://x.example/1.png", "revised_prompt": "y"},
                                 {"url": "https://x.example/2.png"}), ASKED)  # fmt: skip
    assert outcome.made == (Link("https://x.example/1.png"), Link("https://x.example/2.png"))
    assert outcome.text == ""
    assert outcome.usage == UsageSeen(Usage(images=2, calls=1), {})


def test_zeros_that_a_relay_fills_in_are_no_count() -> None:  # new-api serialises its usage without omitempty
    raw = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "input_tokens": 0, "output_tokens": 0}
    outcome = openai.read(answer({"url": "https://x.example/1.png"}, usage=raw), ASKED)
    assert outcome.usage is not None
    assert outcome.usage.usage == Usage(images=1, calls=1)


@pytest.mark.parametrize(
    ("image", "params", "made"),
    [
        ({"b64_json": B64}, {"output_format": "webp"}, Media(PNG, "image/webp")),
        ({"b64_json": B64}, {}, Media(PNG, "application/octet-stream")),
        ({"b64_json": f"data:image/webp;base64,{B64}"}, {}, Media(PNG, "image/webp")),
        ({"b64_json": B64.rstrip("=") + "\n"}, {"output_format": "jpg"}, Media(PNG, "image/jpeg")),
        ({"url": f"data:image/png;base64,{B64}"}, {}, Media(PNG, "image/png")),
        ({"url": "https://x.example/1.png", "b64_json": None}, {}, Link("https://x.example/1.png")),
        ({"url": "https://x.example/1.png", "b64_json": ""}, {}, Link("https://x.example/1.png")),
    ],
)
def test_every_form_of_an_image(image: dict[str, Any], params: dict[str, Any], made: object) -> None:
    assert openai.read(answer(image), Request("m", "x", "image", params=params)).made == (made,)


@pytest.mark.parametrize(
    "response",
    [
        answer(),
        answer({"revised_prompt": "y"}),
        answer({"b64_json": "%%%"}),
        answer({"url": "ftp://x"}),
        httpx.Response(200, json={"created": 1, "data": None}),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200),
        httpx.Response(400, json={"error": {"code": "moderation_blocked", "message": "no"}}),  # wire.md 3
    ],
)
@pytest.mark.parametrize("request_", [ASKED, EDIT])
def test_no_image_is_unreadable(response: httpx.Response, request_: Request) -> None:
    with pytest.raises(Unreadable):
        openai.read(response, request_)


@settings(deadline=None)
@given(st.binary() | (JSON | IMAGES).map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 400]))
def test_no_bytes_break_the_reader(content: bytes, status: int) -> None:
    try:
        assert openai.read(httpx.Response(status, content=content), ASKED).made
    except Unreadable as refused:
        refused.said.message.encode()
