"""Video by `/v1/video/create`, the "unified" dialect of closed relays (wire.md 2B)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import httpx

from lib.wire import Endpoint, Json, Makes, Request, Task, Unfit, refuse_others
from lib.wire.answers import data_uri, said
from lib.wire.tasks import cancel, fetch, read, read_poll

__all__ = ["MAKES", "build", "cancel", "fetch", "poll", "read", "read_poll", "said"]

MAKES: Makes = frozenset({("video", "generate")})

MOST_IMAGES: Sequence[tuple[re.Pattern[str], int]] = (
    (re.compile(r"veo.*-frames"), 2),
    (re.compile(r"veo.*-components"), 3),
)
"""How many images a model takes: first and last frame, or what is to be in the picture."""

NEEDS_SIZE = re.compile(r"(?:^|[/_-])sora")
SMALLEST = "720P"


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "video_create")
    most = next((most for name, most in MOST_IMAGES if name.search(request.model)), None)
    if most is not None and len(request.inputs) > most:
        raise Unfit("too_many_inputs", most=str(most))
    size: dict[str, Json] = {"size": SMALLEST} if NEEDS_SIZE.search(request.model) else {}
    body: dict[str, Json] = {**size, **request.params, "model": request.model, "prompt": request.prompt}
    if request.inputs:
        body["images"] = [data_uri(image) for image in request.inputs]
    return httpx.Request("POST", f"{endpoint.base_url}/v1/video/create", headers=endpoint.bearer, json=body)


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands. Its id may have a colon: it goes encoded."""
    url = httpx.URL(f"{endpoint.base_url}/v1/video/query", params={"id": task.id})
    return httpx.Request("GET", url, headers=endpoint.bearer)
