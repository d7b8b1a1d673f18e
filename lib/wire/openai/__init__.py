"""OpenAI's API, as OpenAI, relays and local servers speak it (wire.md 1A, 1C, 3, 9): a part for each kind of answer.

The base URL is without `/v1`; a path it carries is kept, and a version that this ends in holds.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from lib.vocabulary import Capability
from lib.wire import Endpoint, Makes, Outcome, Part, Request, refuse_others
from lib.wire.answers import said
from lib.wire.openai import audio, chat, embeddings, images
from lib.wire.openai.chat import events
from lib.wire.openai.models import models_request, read_models

__all__ = ["MAKES", "build", "events", "models_request", "read", "read_models", "said"]

PARTS: Mapping[Capability, Part] = {
    "text": chat, "image": images, "image_edit": images, "speech": audio, "transcription": audio,
    "embedding": embeddings,
}  # fmt: skip
MAKES: Makes = frozenset(pair for part in PARTS.values() for pair in part.MAKES)


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "openai")
    return PARTS[request.capability].build(endpoint, request)


def read(response: httpx.Response, request: Request) -> Outcome:
    """A whole answer; raises `Unreadable`."""
    return PARTS[request.capability].read(response, request)
