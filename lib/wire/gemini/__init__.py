"""Gemini's own API, as Google and relays speak it (wire.md 4, 1C): a part for each kind of answer.

The base URL is without `/v1beta`; a path it carries is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from lib.vocabulary import Capability
from lib.wire import Endpoint, Makes, Outcome, Part, Request, refuse_others
from lib.wire.answers import said
from lib.wire.gemini import chat, embeddings, images, speech, videos
from lib.wire.gemini.chat import events
from lib.wire.gemini.models import models_request, read_models
from lib.wire.gemini.videos import cancel, fetch, poll, read_poll

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

PARTS: Mapping[Capability, Part] = {
    "text": chat,
    "image": images,
    "image_edit": images,
    "speech": speech,
    "embedding": embeddings,
    "video": videos,
}
MAKES: Makes = frozenset(pair for part in PARTS.values() for pair in part.MAKES)


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "gemini")
    return PARTS[request.capability].build(endpoint, request)


def read(response: httpx.Response, request: Request) -> Outcome:
    """A whole answer; raises `Unreadable`."""
    return PARTS[request.capability].read(response, request)
