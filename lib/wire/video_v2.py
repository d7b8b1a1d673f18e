"""Video by `/v2/videos/generations`, GPTBest's and its siblings' own dialect (wire.md 2C and its addendum)."""

from __future__ import annotations

import re
from urllib.parse import quote

import httpx

from lib.wire import Endpoint, Json, Makes, Request, Task, refuse_others
from lib.wire.answers import data_uri, said
from lib.wire.tasks import cancel, fetch, read, read_poll

__all__ = ["MAKES", "build", "cancel", "fetch", "poll", "read", "read_poll", "said"]

MAKES: Makes = frozenset({("video", "generate")})

SHORTEST = "10"
"""Seconds, as a string."""
FIXED_LENGTH = re.compile(r"(?:^|[/_-])veo")
"""Models whose bodies have no `duration`."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "video_v2")
    length: dict[str, Json] = {} if FIXED_LENGTH.search(request.model) else {"duration": SHORTEST}
    body: dict[str, Json] = {**length, **request.params, "model": request.model, "prompt": request.prompt}
    if request.inputs:
        body["images"] = [data_uri(image) for image in request.inputs]
    return httpx.Request("POST", f"{endpoint.base_url}/v2/videos/generations", headers=endpoint.bearer, json=body)


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands."""
    url = f"{endpoint.base_url}/v2/videos/generations/{quote(task.id, safe='')}"
    return httpx.Request("GET", url, headers=endpoint.bearer)
