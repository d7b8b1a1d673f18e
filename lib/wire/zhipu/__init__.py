"""Zhipu's own API (wire.md 6): a part for each kind of answer. Its base URL may carry the API's path or not."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from lib.vocabulary import Capability
from lib.wire import Endpoint, Makes, Outcome, Part, Request, refuse_others
from lib.wire.answers import said
from lib.wire.openai.models import read_models
from lib.wire.zhipu import chat, embeddings, images, videos
from lib.wire.zhipu.address import root
from lib.wire.zhipu.chat import events
from lib.wire.zhipu.videos import cancel, fetch, poll, read_poll

__all__ = [
    "MAKES",
    "build",
    "cancel",
    "events",
    "fetch",
    "models_request",
    "poll",
    "read",
    "read_models",
    "read_poll",
    "said",
]

PARTS: Mapping[Capability, Part] = {"text": chat, "image": images, "video": videos, "embedding": embeddings}
MAKES: Makes = frozenset(pair for part in PARTS.values() for pair in part.MAKES)


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "zhipu")
    return PARTS[request.capability].build(endpoint, request)


def read(response: httpx.Response, request: Request) -> Outcome:
    """A whole answer; raises `Unreadable`."""
    return PARTS[request.capability].read(response, request)


def models_request(endpoint: Endpoint) -> httpx.Request:
    """Asks for the key's own model list; costs nothing. Older builds answer 404 (wire.md 6)."""
    return httpx.Request("GET", f"{root(endpoint)}/models", headers=endpoint.bearer)
