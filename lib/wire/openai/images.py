"""Images made, edited and varied (wire.md 1B, 3, Addendum).

`response_format` is never sent unasked: gpt-image models refuse it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any

import httpx

from lib.vocabulary import Operation, Usage
from lib.wire import Endpoint, Json, Made, Makes, Media, Outcome, Request, Unfit, Unreadable, UsageSeen
from lib.wire.answers import Answer, Objects, Words, data_uri, document, plain, said
from lib.wire.forms import form, part
from lib.wire.media import UNTOLD, of_address, of_base64
from lib.wire.openai.tokens import raw_usage, tokens

MAKES: Makes = frozenset({
    ("image", "generate"), ("image_edit", "edit"), ("image_edit", "inpaint"), ("image_edit", "variation"),
})  # fmt: skip

GENERATIONS, EDITS, VARIATIONS = "/v1/images/generations", "/v1/images/edits", "/v1/images/variations"
MOST_IMAGES = 16
"""That can be edited at once (openai-python, image_edit_params)."""
MIMES: Mapping[str, str] = {"jpg": "image/jpeg", "svg": "image/svg+xml"}
"""Output formats whose type has another name."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit` for what lacks an image or a mask, and for too many images."""
    if request.capability == "image":
        return _generation(endpoint, request)
    _check(request)
    return _EDITS.get(request.operation, _edit)(endpoint, request)


def read(response: httpx.Response, request: Request) -> Outcome:
    """The images of a whole answer. Raises `Unreadable` for one without any."""
    body = document(response)
    made = made_images(body, request)
    if not made:
        raise Unreadable(said(response))
    raw = raw_usage(body)
    return Outcome(made=made, usage=UsageSeen(image_tokens(raw, len(made)), raw))


def image_tokens(raw: Mapping[str, Any], made: int) -> Usage:
    """What so many images took; output that is not told apart is all images (openai-python, ImageGenCompletedEvent)."""
    told = replace(tokens(raw), images=made)
    return told if told.output_image_tokens is not None else replace(told, output_image_tokens=told.output_tokens)


def made_images(body: Mapping[str, Any], request: Request | None = None) -> tuple[Made, ...]:
    """What `data` holds: addresses, or bytes of the format that the answer tells, else of the one asked for."""
    answer = _Images.model_validate(body)
    mime = _mime(answer.output_format or plain(request.params.get("output_format") if request else ""))
    found = (of_base64(one.b64_json, mime) or of_address(one.url, mime) for one in answer.data)
    return tuple(one for one in found if one is not None)


def _generation(endpoint: Endpoint, request: Request) -> httpx.Request:
    """Images to start from go along as data URIs, as relays take them for nano-banana (wire.md 1B)."""
    body: dict[str, Json] = {**request.params, "model": request.model, "prompt": request.prompt}
    if request.inputs:
        body["image"] = [data_uri(image) for image in request.inputs]
    return httpx.Request("POST", endpoint.at(GENERATIONS), headers=endpoint.bearer, json=body)


def _check(request: Request) -> None:
    most = 1 if request.operation == "variation" else MOST_IMAGES
    if not request.inputs:
        raise Unfit("needs_input")
    if len(request.inputs) > most:
        raise Unfit("too_many_inputs", most=str(most))
    if request.operation == "inpaint" and request.mask is None:
        raise Unfit("needs_mask")


def _edit(endpoint: Endpoint, request: Request) -> httpx.Request:
    name = "image" if len(request.inputs) == 1 else "image[]"
    files = [part(name, image) for image in request.inputs]
    if request.mask is not None:
        files.append(part("mask", request.mask))
    fields = {**_own(request), "model": request.model, "prompt": request.prompt}
    return form(endpoint, EDITS, fields, files)


def _variation(endpoint: Endpoint, request: Request) -> httpx.Request:
    """Of dall-e-2, and of what else a relay serves there; without words."""
    image: Media = request.inputs[0]
    return form(endpoint, VARIATIONS, {**_own(request), "model": request.model}, [part("image", image)])


_EDITS: Mapping[Operation, Callable[[Endpoint, Request], httpx.Request]] = {"variation": _variation}


def _own(request: Request) -> dict[str, Json]:
    """The parameters without those that would put other files in place of the given ones."""
    return {name: value for name, value in request.params.items() if name not in ("image", "image[]", "mask")}


def _mime(output_format: str) -> str:
    name = output_format.lower()
    return MIMES.get(name, f"image/{name}") if name else UNTOLD


class _Image(Answer):
    b64_json: Words = ""
    url: Words = ""


class _Images(Answer):
    data: Annotated[tuple[_Image, ...], Objects] = ()
    output_format: Words = ""
