"""The permission rung, pure: what a key may use of what it lists, and what its connection is meant for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lib.calls.guard import bound, default_model
from lib.connections.model import Connection
from lib.providers import capabilities_of, maker_of, says_nothing
from lib.vocabulary import Capability
from lib.wire import KeyModel
from lib.wire.newapi import ListedApi, beside

ANY = "custom"
"""The provider that says nothing of who makes the models."""
EVERY_GROUP = "all"
"""new-api's own word in `enable_groups` for a model that every group may use."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One (capability, model) a connection is judged for; `listed`: the key's own list has it.

    `model` is empty where nobody knows one: no connection goes without a verdict.
    """

    capability: Capability
    model: str
    listed: bool


def wanted(
    connection: Connection,
    key_models: Sequence[KeyModel] | None,
    listing: Mapping[str, ListedApi],
    called: Collection[str] = (),
) -> tuple[Wanted, ...]:
    """What a connection is judged for: its named models, else all of its key's list that its capabilities cover.

    Where its key's list wasn't read yet, what it may be for; without named ones also the models it was `called` with. A
    capability it is bound to that no model of its serves is judged by the model that would be used.
    """
    told = beside(key_models, listing)
    capabilities = bound(connection, told)
    listed = {entry.model: entry for entry in told}
    open_to = listed if key_models is not None else _likely(connection, listing)
    found = [
        Wanted(capability, model, model in listed)
        for model in connection.models or dict.fromkeys((*open_to, *called))
        for capability in _makes(model, listed, listing, capabilities)
        if capability in capabilities
    ]
    served = {item.capability for item in found}
    for capability in capabilities:
        model = default_model(connection, capability, told) or ""
        by_hand = connection.capabilities is not None
        if capability not in served and (by_hand or (model and not found)):
            found.append(Wanted(capability, model, model in listed))
    return tuple(found or (Wanted(capability, "", listed=False) for capability in capabilities[:1]))


def _likely(connection: Connection, listing: Mapping[str, ListedApi]) -> Iterator[str]:
    """What a key whose own list nobody has read may be for: all that its provider makes of what its relay lists."""
    return (api.model for api in listing.values() if connection.provider in (ANY, maker_of(api.model, api.vendor)))


def _makes(
    model: str,
    listed: Mapping[str, KeyModel],
    listing: Mapping[str, ListedApi],
    capabilities: Sequence[Capability],
) -> Sequence[Capability]:
    """What a model is for; a name that says nothing is for what its connection is first for."""
    api = listing.get(model)
    entry = listed.get(model) or (api.entry if api else KeyModel(model))
    return capabilities[:1] if says_nothing(*entry) else capabilities_of(*entry)


def group_allows(connection: Connection, api: ListedApi | None) -> bool:
    """Whether the connection's group may use a model. Without a named group the key's own list is the proof."""
    if connection.group is None or api is None or not api.groups:
        return True
    return connection.group in api.groups or EVERY_GROUP in api.groups
