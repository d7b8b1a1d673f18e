"""The permission rung, pure: what a key may use of what it lists, and what its connection is meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.calls.guard import bound, default_model
from lib.connections.model import Connection
from lib.providers import capabilities_of
from lib.vocabulary import Capability
from lib.wire import KeyModel
from lib.wire.newapi import ListedApi

EVERY_GROUP = "all"
"""new-api's own word in `enable_groups` for a model that every group may use."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One (capability, model) a connection is judged for; `listed`: the key's own list has it."""

    capability: Capability
    model: str
    listed: bool


def wanted(
    connection: Connection, key_models: Sequence[KeyModel] | None, listing: Mapping[str, ListedApi]
) -> tuple[Wanted, ...]:
    """What a connection is judged for: its named models, else all of its key's list that its capabilities cover.

    A capability it is bound to that no model of its serves is judged by the model that would be used.
    """
    capabilities = bound(connection, key_models)
    listed = {entry.model: entry.endpoints for entry in key_models or ()}
    found = [
        Wanted(capability, model, model in listed)
        for model in connection.models or listed
        for capability in _makes(model, listed, listing)
        if capability in capabilities
    ]
    served = {item.capability for item in found}
    for capability in capabilities:
        model = default_model(connection, capability, key_models)
        if capability not in served and model and not (connection.capabilities is None and found):
            found.append(Wanted(capability, model, model in listed))
    return tuple(found)


def _makes(
    model: str, listed: Mapping[str, tuple[str, ...]], listing: Mapping[str, ListedApi]
) -> tuple[Capability, ...]:
    api = listing.get(model)
    endpoints = api.endpoints if api else listed.get(model, ())
    return capabilities_of(model, endpoints, api.vendor if api else "")


def group_allows(connection: Connection, api: ListedApi | None) -> bool:
    """Whether the connection's group may use a model. Without a named group the key's own list is the proof."""
    if connection.group is None or api is None or not api.groups:
        return True
    return connection.group in api.groups or EVERY_GROUP in api.groups
