"""Zhipu's chat completions: OpenAI's at another path (wire.md 6)."""

from __future__ import annotations

import httpx

from lib.wire import Endpoint, Makes, Request
from lib.wire.openai import chat
from lib.wire.openai.chat import events, read
from lib.wire.zhipu.address import root

__all__ = ["MAKES", "build", "events", "read"]

MAKES: Makes = chat.MAKES


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The chat completion that would be sent. Usage comes unasked, in the last chunk: Zhipu has no `stream_options`."""
    body = chat.body_of(request)
    if "stream_options" not in request.params:
        body.pop("stream_options", None)
    return httpx.Request("POST", f"{root(endpoint)}/chat/completions", headers=endpoint.bearer, json=body)
