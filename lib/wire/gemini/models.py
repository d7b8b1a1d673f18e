"""The key's own model list (wire.md 4; Corrections: a relay leaves out the prefix of the names)."""

from __future__ import annotations

from typing import Annotated

import httpx

from lib.wire import Endpoint, KeyModel, Unreadable
from lib.wire.answers import Answer, Objects, Words, document, said
from lib.wire.gemini.asking import bare, key

MOST_LISTED = "1000"
"""The longest page of the list (ai.google.dev/api/models; not in wire.md)."""


def models_request(endpoint: Endpoint) -> httpx.Request:
    """Asks for the key's own model list; costs nothing."""
    address = f"{endpoint.base_url}/v1beta/models"
    return httpx.Request("GET", address, params={"pageSize": MOST_LISTED}, headers=key(endpoint))


def read_models(response: httpx.Response) -> tuple[KeyModel, ...]:
    """The key's own model list, which may be empty; raises `Unreadable`.

    `supportedGenerationMethods` name methods of this protocol, no endpoint types: they are left out.
    """
    body = document(response)
    if not isinstance(body.get("models", ""), list | None):
        raise Unreadable(said(response))
    names = (bare(entry.name) for entry in _ModelList.model_validate(body).models)
    return tuple(KeyModel(name) for name in dict.fromkeys(names) if name)


class _ModelEntry(Answer):
    name: Words = ""


class _ModelList(Answer):
    models: Annotated[tuple[_ModelEntry, ...], Objects] = ()
