"""Zhipu's embeddings: OpenAI's at another path (wire.md 6; docs.bigmodel.cn, embeddings)."""

from __future__ import annotations

import httpx

from lib.wire import Endpoint, Makes, Request
from lib.wire.openai import embeddings
from lib.wire.openai.embeddings import read
from lib.wire.zhipu.address import root

__all__ = ["MAKES", "build", "read"]

MAKES: Makes = embeddings.MAKES


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """Asks for the prompt's vector."""
    body = {**request.params, "model": request.model, "input": request.prompt}
    return httpx.Request("POST", f"{root(endpoint)}/embeddings", headers=endpoint.bearer, json=body)
