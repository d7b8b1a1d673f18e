"""The key's own model list (wire.md 1A, 1C, 3)."""

from __future__ import annotations

from typing import Annotated

import httpx

from lib.wire import Endpoint, KeyModel, Unreadable
from lib.wire.answers import Answer, Names, Objects, Words, document, said


def models_request(endpoint: Endpoint) -> httpx.Request:
    """Asks for the key's own model list; costs nothing."""
    return httpx.Request("GET", endpoint.at("/v1/models"), headers=endpoint.bearer)


def read_models(response: httpx.Response) -> tuple[KeyModel, ...]:
    """The key's own model list, which may be empty; raises `Unreadable`.

    new-api adds `supported_endpoint_types` to each model; an empty list comes as `[]` or null (wire.md, Corrections).
    """
    body = document(response)
    if not isinstance(body.get("data", ""), list | None):
        raise Unreadable(said(response))
    models = {entry.id: entry for entry in _ModelList.model_validate(body).data if entry.id}
    return tuple(KeyModel(entry.id, entry.supported_endpoint_types) for entry in models.values())


class _ModelEntry(Answer):
    id: Words = ""
    supported_endpoint_types: Names = ()


class _ModelList(Answer):
    data: Annotated[tuple[_ModelEntry, ...], Objects] = ()
