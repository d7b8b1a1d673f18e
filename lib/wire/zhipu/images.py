"""Zhipu's images, of CogView and GLM-Image (wire.md 6). Their addresses hold for 30 days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import httpx

from lib.vocabulary import Usage
from lib.wire import Endpoint, Link, Makes, Outcome, Request, Unfit, Unreadable, UsageSeen
from lib.wire.answers import Answer, Objects, Words, document, said
from lib.wire.zhipu.address import root

MAKES: Makes = frozenset({("image", "generate")})

SIZES: Mapping[str, str] = {"glm-image": "1280x1280"}
"""By model; all others take the first of CogView's."""
SIZE = "1024x1024"


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The image that would be asked for. Raises `Unfit`: images are made from words alone."""
    if request.inputs:
        raise Unfit("too_many_inputs", most="0")
    size = SIZES.get(request.model, SIZE)
    body = {"size": size, **request.params, "model": request.model, "prompt": request.prompt}
    return httpx.Request("POST", f"{root(endpoint)}/images/generations", headers=endpoint.bearer, json=body)


def read(response: httpx.Response, _request: Request) -> Outcome:
    """Where the images are. Raises `Unreadable` where there is none, unless it was filtered."""
    told = _Images.model_validate(document(response))
    made = tuple(Link(one.url) for one in told.data if one.url)
    if made:
        return Outcome(usage=UsageSeen(Usage(images=len(made), calls=1), {}), made=made)
    if told.content_filter:
        return Outcome(finished="content_filter")
    raise Unreadable(said(response))


class _Image(Answer):
    url: Words = ""


class _Filter(Answer):
    role: Words = ""


class _Images(Answer):
    data: Annotated[tuple[_Image, ...], Objects] = ()
    content_filter: Annotated[tuple[_Filter, ...], Objects] = ()
