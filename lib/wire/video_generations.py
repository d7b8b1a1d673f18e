"""Video by new-api's own `/v1/video/generations` (wire.md 2A)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote

import httpx

from lib.wire import Endpoint, Json, Makes, Outcome, Request, Task, refuse_others, tasks
from lib.wire.answers import data_uri, said
from lib.wire.tasks import billed, cancel, fetch, read_poll

__all__ = ["MAKES", "build", "cancel", "fetch", "poll", "read", "read_poll", "said"]

MAKES: Makes = frozenset({("video", "generate")})


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "video_generations")
    body: dict[str, Json] = {**request.params, "model": request.model, "prompt": request.prompt}
    if request.inputs:
        body["images"] = [data_uri(image) for image in request.inputs]
    return httpx.Request("POST", f"{endpoint.base_url}/v1/video/generations", headers=endpoint.bearer, json=body)


def read(response: httpx.Response, request: Request) -> Outcome:
    """The task that was accepted, with the seconds it is billed by where the server tells; raises `Unreadable`."""
    return replace(tasks.read(response, request), usage=billed(response))


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands."""
    url = f"{endpoint.base_url}/v1/video/generations/{quote(task.id, safe='')}"
    return httpx.Request("GET", url, headers=endpoint.bearer)
