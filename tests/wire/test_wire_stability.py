"""Stability's protocol: what is sent, and every form of answer (wire.md 8, Stability AI)."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from email import message_from_bytes
from io import BytesIO
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import SecretStr

from lib.vocabulary import Capability, Operation, Usage
from lib.wire import Endpoint, Media, Request, Said, Unfit, Unreadable, UsageSeen, stability
from lib.wire.protocols import AT_ONCE

ENDPOINT = Endpoint("https://api.stability.ai", SecretStr("sk-1234"))
PICTURE = Media(b"\x89PNG picture", "image/png", "cat.png")
MASK = Media(b"\x89PNG mask", "image/png")
ASKED = Request("stable-image-core", "a cat", "image")

FIELDS = ["name", "errors", "message", "id", "credits", "image"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
)


def edit(operation: Operation, model: str = "sd3.5-large", **fields: Any) -> Request:
    return Request(model, fields.pop("prompt", ""), "image_edit", operation, **fields)


def parts_of(request: httpx.Request) -> dict[str, tuple[str | None, bytes]]:
    """A form's parts by name: the file's name, None for a plain field, and what it holds."""
    told = request.headers["content-type"]
    assert told.startswith("multipart/form-data; boundary=")
    whole = message_from_bytes(b"Content-Type: " + told.encode() + b"\r\n\r\n" + request.read())
    parts = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        held = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(held, bytes):
            parts[name] = (part.get_filename(), held)
    return parts


def png(mode: str, *pixels: Any) -> bytes:
    image, made = Image.new(mode, (len(pixels), 1)), BytesIO()
    image.putdata(pixels)
    image.save(made, "PNG")
    return made.getvalue()


# what is sent


@pytest.mark.parametrize(
    ("model", "engine", "told"),
    [
        ("stable-image-core", "core", None),
        ("core", "core", None),
        ("stable-image-ultra", "ultra", None),
        ("ultra", "ultra", None),
        ("sd3.5-large-turbo", "sd3", b"sd3.5-large-turbo"),
        ("sd3", "sd3", None),
        ("a-model-of-tomorrow", "sd3", b"a-model-of-tomorrow"),
    ],
)
def test_the_path_goes_by_the_model(model: str, engine: str, told: bytes | None) -> None:
    request = stability.build(ENDPOINT, Request(model, "a cat", "image"))
    assert (request.method, request.url.path) == ("POST", f"/v2beta/stable-image/generate/{engine}")
    assert request.headers["authorization"] == "Bearer sk-1234"
    assert request.headers["accept"] == "image/*"
    parts = parts_of(request)
    assert parts.pop("model", (None, None))[1] == told
    assert parts == {"prompt": (None, b"a cat"), "none": ("none", b"")}


def test_parameters_are_strings_and_replace_nothing_of_the_call() -> None:
    params: dict[str, Any] = {"seed": 7, "aspect_ratio": "16:9", "tiled": True, "left_out": None}
    params |= {"prompt": "no", "model": "no", "image": "no"}
    parts = parts_of(stability.build(ENDPOINT, Request("core", "猫", "image", params=params)))
    assert {name: held for name, (_, held) in parts.items() if name != "none"} == {
        "seed": b"7",
        "aspect_ratio": b"16:9",
        "tiled": b"true",
        "prompt": "猫".encode(),
    }


def test_a_file_has_its_name_and_type() -> None:
    sent = stability.build(ENDPOINT, edit("remove_background", inputs=(PICTURE,))).read()
    assert b'name="image"; filename="cat.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG picture' in sent


@pytest.mark.parametrize(
    ("request_", "path", "parts"),
    [
        pytest.param(
            edit("edit", prompt="a dog", inputs=(PICTURE,)),
            "generate/sd3",
            {"image": PICTURE.data, "prompt": b"a dog", "model": b"sd3.5-large", "mode": b"image-to-image",
             "strength": b"0.7"},
            id="edit",
        ),
        pytest.param(
            edit("edit", "stable-image-ultra", prompt="a dog", inputs=(PICTURE,), params={"strength": 0.3}),
            "generate/ultra",
            {"image": PICTURE.data, "prompt": b"a dog", "strength": b"0.3"},
            id="edit by ultra",
        ),
        pytest.param(
            Request("sd3.5-medium", "a dog", "image", inputs=(PICTURE,)),
            "generate/sd3",
            {"image": PICTURE.data, "prompt": b"a dog", "model": b"sd3.5-medium", "mode": b"image-to-image",
             "strength": b"0.7"},
            id="made from an image",
        ),
        pytest.param(
            edit("inpaint", prompt="a hat", inputs=(PICTURE,), mask=MASK, params={"grow_mask": 5}),
            "edit/inpaint",
            {"image": PICTURE.data, "mask": MASK.data, "prompt": b"a hat", "grow_mask": b"5"},
            id="inpaint",
        ),
        pytest.param(
            edit("erase", inputs=(PICTURE,), mask=MASK),
            "edit/erase",
            {"image": PICTURE.data, "mask": MASK.data},
            id="erase",
        ),
        pytest.param(
            edit("remove_background", inputs=(PICTURE,)),
            "edit/remove-background",
            {"image": PICTURE.data},
            id="remove_background",
        ),
        pytest.param(
            edit("upscale", prompt="a cat", inputs=(PICTURE,), params={"output_format": "webp"}),
            "upscale/fast",
            {"image": PICTURE.data, "output_format": b"webp"},
            id="upscale",
        ),
        pytest.param(
            edit("upscale", prompt="a cat", inputs=(PICTURE,), params={"kind": "conservative"}),
            "upscale/conservative",
            {"image": PICTURE.data, "prompt": b"a cat"},
            id="upscale by words",
        ),
    ],
)
def test_what_each_operation_sends(request_: Request, path: str, parts: dict[str, bytes]) -> None:
    sent = stability.build(ENDPOINT, request_)
    assert sent.url.path == f"/v2beta/stable-image/{path}"
    assert {name: held for name, (_, held) in parts_of(sent).items()} == parts


@pytest.mark.parametrize(
    ("request_", "code", "params"),
    [
        (edit("edit", prompt="x"), "needs_input", {}),
        (edit("upscale"), "needs_input", {}),
        (edit("remove_background", inputs=(PICTURE, PICTURE)), "too_many_inputs", {"most": "1"}),
        (Request("core", "x", "image", inputs=(PICTURE,)), "too_many_inputs", {"most": "0"}),
        (edit("inpaint", prompt="x", inputs=(PICTURE,)), "needs_mask", {}),
        (edit("erase", inputs=(PICTURE,)), "needs_mask", {}),
        (edit("upscale", inputs=(PICTURE,), params={"kind": "conservative"}), "needs_param", {"name": "prompt"}),
        (
            edit("upscale", inputs=(PICTURE,), params={"kind": "creative"}),
            "not_in_protocol",
            {"capability": "image_edit", "operation": "upscale", "protocol": "stability"},
        ),
        (
            edit("edit", "stable-image-core", prompt="x", inputs=(PICTURE,)),
            "not_in_protocol",
            {"capability": "image_edit", "operation": "edit", "protocol": "stability"},
        ),
        (
            edit("zoom", inputs=(PICTURE,)),
            "not_in_protocol",
            {"capability": "image_edit", "operation": "zoom", "protocol": "stability"},
        ),
    ],
)
def test_what_cannot_be_sent(request_: Request, code: str, params: dict[str, str]) -> None:
    with pytest.raises(Unfit) as unfit:
        stability.build(ENDPOINT, request_)
    assert (unfit.value.code, unfit.value.params) == (code, params)


@pytest.mark.parametrize(
    ("mask", "sent"),
    [  # ours: transparent where it may change; Stability's: white
        (png("RGBA", (0, 0, 0, 0), (0, 0, 0, 255), (255, 255, 255, 155)), [255, 0, 100]),
        (png("LA", (9, 0), (9, 255), (9, 255)), [255, 0, 0]),
        (png("L", 255, 0, 9), [255, 0, 9]),
    ],
)
def test_a_mask_is_white_where_ours_is_transparent(mask: bytes, sent: list[int]) -> None:
    request = edit("erase", inputs=(PICTURE,), mask=Media(mask, "image/png"))
    held = parts_of(stability.build(ENDPOINT, request))["mask"][1]
    assert list(Image.open(BytesIO(held)).convert("L").tobytes()) == sent


@settings(deadline=None)
@given(st.binary() | st.integers(0, 40).map(lambda length: png("RGBA", (0, 0, 0, 0))[:length]))
def test_a_mask_that_cannot_be_read_is_sent_as_it_is(mask: bytes) -> None:
    request = edit("erase", inputs=(PICTURE,), mask=Media(mask, "image/png"))
    assert mask in stability.build(ENDPOINT, request).read()


def test_it_is_found_by_name() -> None:
    made: set[tuple[Capability, Operation]] = set(AT_ONCE["stability"].MAKES)
    assert made == {
        ("image", "generate"),
        ("image_edit", "edit"),
        ("image_edit", "inpaint"),
        ("image_edit", "erase"),
        ("image_edit", "remove_background"),
        ("image_edit", "upscale"),
    }


# what comes back


@pytest.mark.parametrize(
    ("told", "mime"),
    [("image/png", "image/png"), ("Image/WEBP; q=1", "image/webp"), ("", "application/octet-stream")],
)
def test_an_image(told: str, mime: str) -> None:
    response = httpx.Response(200, content=b"\x89PNG", headers={"content-type": told, "finish-reason": "SUCCESS"})
    outcome = stability.read(response, ASKED)
    assert (outcome.made, outcome.finished) == ((Media(b"\x89PNG", mime),), "stop")
    assert outcome.usage == UsageSeen(Usage(images=1, calls=1), {})


def test_a_blurred_image_is_none() -> None:
    headers = {"content-type": "image/png", "finish-reason": "CONTENT_FILTERED"}
    outcome = stability.read(httpx.Response(200, content=b"\x89PNG", headers=headers), ASKED)
    assert (outcome.made, outcome.finished) == ((), "content_filter")


@pytest.mark.parametrize(
    ("response", "said"),
    [
        pytest.param(
            httpx.Response(402, json={"id": "a1", "name": "payment_required", "errors": ["You lack credits"]}),
            Said(402, kind="payment_required", message="You lack credits"),
            id="not enough credits",
        ),
        pytest.param(
            httpx.Response(403, json={"id": "a1", "name": "content_moderation", "errors": ["Your request was flagged"]},
                           headers={"x-request-id": "r1"}),
            Said(403, kind="content_moderation", message="Your request was flagged", request_id="r1"),
            id="prompt filtered",
        ),
        pytest.param(
            httpx.Response(401, json={"id": "a1", "name": "unauthorized", "message": "invalid key"}),
            Said(401, kind="unauthorized", message="invalid key"),
            id="v1",
        ),
        pytest.param(
            httpx.Response(200, json={"name": "internal_error", "errors": ["x"]}),
            Said(200, kind="internal_error", message="x"),
            id="a fault in a 200",
        ),
        pytest.param(httpx.Response(200), Said(200, empty=True), id="nothing at all"),
        pytest.param(httpx.Response(200, html="<html><title>x</title>"), Said(200, message="x", html=True), id="page"),
    ],
)
def test_what_is_no_image_is_unreadable(response: httpx.Response, said: Said) -> None:
    with pytest.raises(Unreadable) as refused:
        stability.read(response, ASKED)
    assert refused.value.said == said


def test_the_balance_is_in_credits() -> None:
    request = stability.balance_request(ENDPOINT)
    assert (request.method, str(request.url)) == ("GET", "https://api.stability.ai/v1/user/balance")
    assert request.headers["authorization"] == "Bearer sk-1234"
    answer = httpx.Response(200, text='{"credits": 0.6336833840314097}')
    assert stability.read_balance(answer) == Decimal("0.6336833840314097")


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200),
        httpx.Response(200, json={"credits": None}),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(401, json={"credits": 1, "name": "unauthorized", "message": "no"}),
    ],
)
def test_no_balance_is_refused(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        stability.read_balance(response)


@settings(deadline=None)
@given(
    st.binary() | JSON.map(lambda body: json.dumps(body).encode()),
    st.sampled_from([200, 402, 403]),
    st.sampled_from(["application/json", "image/png", "text/html", ""]),
)
def test_no_answer_breaks_the_readers(content: bytes, status: int, told: str) -> None:
    response = httpx.Response(status, content=content, headers={"content-type": told})
    readers: list[Callable[[httpx.Response], object]] = [lambda one: stability.read(one, ASKED), stability.read_balance]
    for read in readers:
        try:
            read(response)
        except Unreadable as refused:
            refused.said.message.encode()
