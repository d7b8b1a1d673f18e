"""Gemini's images, made and edited in words, and Imagen's, which have a method of their own (wire.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import httpx
from pydantic import Field

from lib.vocabulary import Usage
from lib.wire import Endpoint, Json, Makes, Outcome, Request, Unfit, Unreadable, UsageSeen
from lib.wire.answers import Answer, Objects, Words, document, said
from lib.wire.gemini.asking import bare, body_of, named, post
from lib.wire.gemini.told import Told, usage_of
from lib.wire.media import UNTOLD, of_base64

MAKES: Makes = frozenset({("image", "generate"), ("image_edit", "edit")})

IMAGEN = "imagen"
"""How the models begin that are asked by `predict`."""
PICTURE = ("aspectRatio", "imageSize")
"""Parameters that stand in `imageConfig`."""
OTHER_NAMES: Mapping[str, str] = {
    "aspect_ratio": "aspectRatio",
    "image_size": "imageSize",
}
IMAGEN_NAMES: Mapping[str, str] = {**OTHER_NAMES, "n": "sampleCount"}
DECIDED = ("model", "instances", "parameters")
MODALITIES: Json = ["TEXT", "IMAGE"]


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The image that would be asked for. Raises `Unfit`: an edit needs an image, and Imagen takes none."""
    imagen = _is_imagen(request)
    if imagen and request.capability == "image_edit":
        raise Unfit("not_in_protocol", capability=request.capability, operation=request.operation, protocol="gemini")
    if imagen and request.inputs:
        raise Unfit("too_many_inputs", most="0")
    if request.capability == "image_edit" and not request.inputs:
        raise Unfit("needs_input")
    return _predict(endpoint, request) if imagen else _generate(endpoint, request)


def read(response: httpx.Response, request: Request) -> Outcome:
    """The images. Raises `Unreadable` where there is none, unless prompt or images were filtered."""
    return _predicted(response) if _is_imagen(request) else _generated(response)


def _is_imagen(request: Request) -> bool:
    return bare(request.model).startswith(IMAGEN)


def _generate(endpoint: Endpoint, request: Request) -> httpx.Request:
    told = named(request.params, OTHER_NAMES)
    picture = {name: told.pop(name) for name in PICTURE if name in told}
    given = told.pop("imageConfig", None)
    config = {**(given if isinstance(given, Mapping) else {}), **picture}
    defaults: dict[str, Json] = {"responseModalities": MODALITIES, **({"imageConfig": config} if config else {})}
    return post(endpoint, request.model, "generateContent", body_of(request, defaults, told))


def _generated(response: httpx.Response) -> Outcome:
    body = document(response)
    told = Told.model_validate(body)
    made = told.media
    if not made and told.finished == "content_filter":
        return Outcome(told.text, told.thoughts, usage_of(body), "content_filter", refused=told.blocked)
    if not made:
        plain = said(response)
        raise Unreadable(replace(plain, message=told.why_nothing or plain.message))
    return Outcome(told.text, told.thoughts, usage_of(body, images=len(made)), made=made)


def _predict(endpoint: Endpoint, request: Request) -> httpx.Request:
    """One image unless more are asked for: the API's own default is four."""
    told = named(request.params, IMAGEN_NAMES)
    given = told.get("parameters")
    own = {name: value for name, value in told.items() if name not in DECIDED}
    parameters: Json = {"sampleCount": 1, **(given if isinstance(given, Mapping) else {}), **own}
    body: dict[str, Json] = {"instances": [{"prompt": request.prompt}], "parameters": parameters}
    return post(endpoint, request.model, "predict", body)


def _predicted(response: httpx.Response) -> Outcome:
    predictions = _Predicted.model_validate(document(response)).predictions
    found = (of_base64(one.data, one.mime or UNTOLD) for one in predictions)
    made = tuple(one for one in found if one is not None)
    if made:
        return Outcome(made=made, usage=UsageSeen(Usage(images=len(made), calls=1), {}))
    if any(one.filtered for one in predictions):
        return Outcome(finished="content_filter")
    raise Unreadable(said(response))


class _Prediction(Answer):
    """`raiFilteredReason` stands in place of an image (ai.google.dev/gemini-api/docs/imagen; not in wire.md)."""

    data: Words = Field("", validation_alias="bytesBase64Encoded")
    mime: Words = Field("", validation_alias="mimeType")
    filtered: Words = Field("", validation_alias="raiFilteredReason")


class _Predicted(Answer):
    predictions: Annotated[tuple[_Prediction, ...], Objects] = ()
