"""What a key is for, and the refusal of anything else before a byte is sent. The relay converts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from lib.causes import CAUSES
from lib.connections.model import Connection
from lib.errors import Refused, RefusedState
from lib.providers import capabilities_of, provider, providers, says_nothing, spoken
from lib.vocabulary import CAPABILITIES, Capability
from lib.wire import KeyModel


def bound(connection: Connection, key_models: Sequence[KeyModel] | None) -> tuple[Capability, ...]:
    """The capabilities a connection's key is for, in the vocabulary's order.

    What the user bound it to; else what the key's own model list shows; else what its provider does. Where the list
    has names that say nothing, its provider's main capability is one of them.
    """
    if connection.capabilities:
        return tuple(connection.capabilities)
    offers = provider(connection.provider).capabilities
    shown = {c for entry in key_models or () for c in capabilities_of(*entry)}
    if any(says_nothing(*entry) for entry in key_models or ()):
        shown.add(next(iter(offers)))
    return tuple(c for c in CAPABILITIES if c in (shown or offers))


def default_model(connection: Connection, capability: Capability, key_models: Sequence[KeyModel] | None) -> str | None:
    """The model used where none is named: the connection's first that is for it, else the provider's default.

    Where the key's own list doesn't have that, another provider's default that it has, else the first it has for it.
    """
    listed = {entry.model: entry for entry in key_models or ()}
    mine, others = provider(connection.provider), providers().values()
    defaults = [one.capabilities[capability].default_model for one in (mine, *others) if capability in one.capabilities]
    if connection.models:
        fitting = [m for m in connection.models if _may_be_for(capability, listed.get(m, KeyModel(m)))]
        return fitting[0] if fitting else None
    if not listed:
        return defaults[0] if capability in mine.capabilities else None
    known = [model for model in defaults if model in listed]
    found = (model for model, entry in listed.items() if capability in capabilities_of(*entry))
    return known[0] if known else next(found, defaults[0])


def _may_be_for(capability: Capability, entry: KeyModel) -> bool:
    return says_nothing(*entry) or capability in capabilities_of(*entry)


def served_by(capability: Capability, allowed: Sequence[Capability], model: str | None = None) -> Capability:
    """The capability that does it: a text model translates when asked to, unless it is made for that.

    Where no model is named, one made for it is used if the key may.
    """
    by_words = capability == "translation" and "text" in allowed
    made_for_it = "translation" in (allowed if model is None else capabilities_of(model))
    return "text" if by_words and not made_for_it else capability


def refusal(code: str, **params: str) -> Refused:
    """The refusal that a row of the table of causes words."""
    cause = CAUSES[code]
    return Refused(cast(RefusedState, cause.state), code, cause.message, **params)


def guard(
    connection: Connection, capability: Capability, model: str | None, key_models: Sequence[KeyModel] | None
) -> None:
    """Raises `Refused` where this key is not for this capability or model; the cause names the setting that says so."""
    allowed = bound(connection, key_models)
    name, capability = connection.id, served_by(capability, allowed, model)
    if capability not in allowed:
        raise refusal("wrong_capability", connection=name, allowed=", ".join(allowed) or "-", capability=capability)
    if model is None and connection.models:
        model = connection.models[0]  # none of them is for it: the first says what they are for
    if model is None:
        raise refusal("no_model_known", connection=name, capability=capability)
    if connection.models and model not in connection.models:
        raise refusal("wrong_model", connection=name, models=", ".join(connection.models), model=model)
    listed = next((entry for entry in key_models or () if entry.model == model), KeyModel(model))
    if not spoken(listed.endpoints):
        raise refusal("protocol_unknown", protocol=", ".join(listed.endpoints))
    makes = capabilities_of(*listed)
    if makes and capability not in makes:
        raise refusal("model_makes_other", model=model, makes=", ".join(makes), capability=capability)
