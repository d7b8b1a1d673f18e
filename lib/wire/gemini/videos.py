"""Veo's videos: accepted at once, made later (wire.md 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from lib.vocabulary import Usage
from lib.wire import (
    Endpoint,
    Json,
    Link,
    Made,
    Makes,
    Media,
    Outcome,
    Request,
    Said,
    Task,
    TaskState,
    Unfit,
    Unreadable,
    UsageSeen,
)
from lib.wire.addresses import Path, is_address, values
from lib.wire.answers import amount, document, fault, parsed, plain, said
from lib.wire.gemini.asking import bare, image_bytes, key, named, post
from lib.wire.media import of_base64

MAKES: Makes = frozenset({("video", "generate")})

MOST_INPUTS = 2
"""A first frame, or a first and a last."""
OTHER_NAMES: Mapping[str, str] = {
    "aspect_ratio": "aspectRatio",
    "negative_prompt": "negativePrompt",
    "duration": "durationSeconds",
    "seconds": "durationSeconds",
}
DECIDED = ("model", "instances", "parameters")
SHORTEST_S: Mapping[str, int] = {"veo-2": 5, "veo-3": 4}
"""Seconds by how a model's name begins (ai.google.dev/gemini-api/docs/video; not in wire.md). Sent where nothing that
asks for the longest is: a resolution, or frames to start from.
"""
NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9_.~/@-]+")
"""What an operation's name may be: it becomes a path."""

ROOTS: Sequence[Path] = (("response", "generateVideoResponse"), ("response",))
"""Where the result stands at Google, and in older answers and other clients' copies of them."""
SAMPLES: Sequence[Path] = (("generatedSamples", "video"), ("generatedVideos", "video"), ("videos",))
FILTERED, FILTERED_COUNT = "raiMediaFilteredReasons", "raiMediaFilteredCount"
"""Why none came, and how many were held back, which may be told alone (python-genai, types.GenerateVideosResponse)."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The video that would be asked for, by words, by frames or both. Raises `Unfit`."""
    if len(request.inputs) > MOST_INPUTS:
        raise Unfit("too_many_inputs", most=str(MOST_INPUTS))
    instance: dict[str, Json] = {"prompt": request.prompt}
    instance |= {name: _frame(frame) for name, frame in zip(("image", "lastFrame"), request.inputs, strict=False)}
    body: dict[str, Json] = {"instances": [instance], "parameters": _parameters(request)}
    return post(endpoint, request.model, "predictLongRunning", body)


def read(response: httpx.Response, request: Request) -> Outcome:
    """The task that will make it, by its operation's name, and the seconds asked for. Raises `Unreadable`."""
    name = plain(document(response).get("name"))
    if not NAME.fullmatch(name):
        raise Unreadable(said(response))
    seconds = amount(_parameters(request).get("durationSeconds"))
    return Outcome(finished=None, task=Task(name), usage=UsageSeen(Usage(seconds=seconds, calls=1), {}))


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands."""
    return httpx.Request("GET", f"{endpoint.base_url}/v1beta/{quote(task.id, safe='/')}", headers=key(endpoint))


def read_poll(response: httpx.Response, _task: Task) -> TaskState:
    """How it stands; raises `Unreadable` where the answer says nothing of it.

    No source names the answer for an operation that isn't known: a 404 with Google's NOT_FOUND is taken for it.
    """
    try:
        body = parsed(response.content)
    except ValueError:
        raise Unreadable(said(response)) from None
    if not response.is_success or not isinstance(body, dict) or not body.keys() & {"name", "done"}:
        return _not_told(response)
    if body.get("done") is not True:
        return TaskState("running")
    if body.get("error"):
        return TaskState("failed", 100, said=fault(body) or Said(200))
    return _ended(body)


def fetch(endpoint: Endpoint, link: Link) -> httpx.Request:
    """Fetches a video. The key goes to no address but the one it is for."""
    own = link.keyed and _origin(link.url) == _origin(endpoint.base_url)
    return httpx.Request("GET", link.url, headers=key(endpoint) if own else {})


def cancel(_endpoint: Endpoint, _task: Task) -> httpx.Request | None:
    """None: an operation can't be stopped."""
    return None


def _parameters(request: Request) -> dict[str, Json]:
    told = named(request.params, OTHER_NAMES)
    given = told.pop("parameters", None)
    own = {name: value for name, value in told.items() if name not in DECIDED}
    parameters = {**(given if isinstance(given, Mapping) else {}), **own}
    shortest = next((s for start, s in SHORTEST_S.items() if bare(request.model).startswith(start)), None)
    if shortest is not None and not request.inputs and "resolution" not in parameters:
        return {"durationSeconds": shortest, **parameters}
    return parameters


def _frame(media: Media) -> Json:
    return {"bytesBase64Encoded": image_bytes(media), "mimeType": media.mime}


def _not_told(response: httpx.Response) -> TaskState:
    told = said(response)
    if told.status == httpx.codes.NOT_FOUND and told.kind == "NOT_FOUND":
        return TaskState("unknown", said=told)
    raise Unreadable(told)


def _ended(body: Mapping[str, Any]) -> TaskState:
    made = next((found for root in ROOTS for path in SAMPLES if (found := _made(body, (*root, *path)))), ())
    reasons = [plain(one) for root in ROOTS for one in values(body, (*root, FILTERED))]
    counts = [amount(one) for root in ROOTS for one in values(body, (*root, FILTERED_COUNT))]
    if not made and any((*reasons, *counts)):
        filtered = Said(200, code="content_filter", message="; ".join(filter(None, reasons)))
        return TaskState("failed", 100, said=filtered)
    return TaskState("succeeded", 100, made=made)


def _made(body: Mapping[str, Any], path: Path) -> tuple[Made, ...]:
    """What stands on a path: addresses that want the key, or the files themselves."""
    found = (_one(video) for video in values(body, path) if isinstance(video, dict))
    return tuple(one for one in found if one is not None)


def _one(video: Mapping[str, Any]) -> Made | None:
    uri = plain(video.get("uri"))
    if is_address(uri):
        return Link(uri, keyed=True)
    encoded = next((told for name in ("encodedVideo", "bytesBase64Encoded") if (told := plain(video.get(name)))), "")
    return of_base64(encoded, plain(video.get("mimeType")) or "video/mp4")


def _origin(address: str) -> tuple[str, str, int | None]:
    url = httpx.URL(address)
    return url.scheme, url.host, url.port
