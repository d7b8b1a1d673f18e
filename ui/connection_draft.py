"""What is typed in a connection's form, and the document that import reads made of it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lib.connections.addresses import base_url
from lib.connections.model import Configuration, Connection, OwnPrice
from lib.errors import WrongUse
from lib.i18n import N_
from lib.providers import capabilities_of, maker_of, presets, provider
from lib.vocabulary import Capability

RELAY, PRESET = "relay:", "preset:"
NEW, OFFICIAL, OWN = "new", "official", "own"
"""The ways to a provider: a relay there is, one known by name, one by its base URL; the provider's address, another."""
ANY = "custom"
PRICE_FIELDS = ("model", "unit", "amount", "input", "output", "cached_input", "currency", "valid_from")
REST = "rest"
"""What the table of own prices doesn't show of a price (tiers, rarer kinds of tokens), as JSON; it is kept."""
NEEDS_ADDRESS = N_("Type the base URL that requests go to, such as https://api.example.com.")
LONGEST_ID = 40
MODELS_OFFERED = 500
"""A longer list is slow in the browser; any other name can be typed."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The form's fields. `name`: of a relay that is new. The key is in no representation."""

    id: str
    provider: str
    way: str
    address: str = ""
    name: str = ""
    key: str = field(default="", repr=False)
    capabilities: tuple[Capability, ...] = ()
    models: tuple[str, ...] = ()
    group: str = ""
    protocol: str = ""
    prices: tuple[Mapping[str, Any], ...] = ()


def ways(maker: str, configuration: Configuration) -> list[str]:
    """The ways to a provider, those there are already first."""
    known, there = provider(maker), {relay.id for relay in configuration.relays}
    return [
        *(RELAY + relay.id for relay in configuration.relays),
        *(PRESET + name for name in presets() if name not in there),
        NEW,
        *([OFFICIAL] if known.base_url else []),
        *([] if known.relay_only else [OWN]),
    ]


def first_way(maker: str, configuration: Configuration) -> str:
    """Where a new form begins: with a relay there is, else with the base URL that a relay gave its user."""
    return RELAY + configuration.relays[0].id if configuration.relays else NEW


def of(connection: Connection) -> Draft:
    """A connection as the form shows it, without its key."""
    own = provider(connection.provider).base_url
    by_address = OFFICIAL if connection.base_url == own else OWN
    return Draft(
        id=connection.id,
        provider=connection.provider,
        way=RELAY + connection.relay if connection.relay else by_address,
        address=connection.base_url or "" if by_address == OWN else "",
        capabilities=connection.capabilities or (),
        models=connection.models or (),
        group=connection.group or "",
        protocol=connection.protocol or "",
        prices=tuple(map(_as_row, connection.prices)),
    )


def _as_row(price: OwnPrice) -> dict[str, str]:
    told = price.model_dump(mode="json", exclude_none=True)
    rest = {name: told.pop(name) for name in tuple(told) if name not in PRICE_FIELDS}
    return {**told, REST: json.dumps(rest)} if rest else told


def document(draft: Draft, configuration: Configuration, line_name: str) -> dict[str, Any]:
    """The draft as an import file; a relay that is new comes with it, its only line called `line_name`.

    Raises `WrongUse` for an address that is none.
    """
    made = _new_relay(draft, configuration, line_name) if draft.way == NEW else None
    optional = {
        "key": draft.key.strip(),
        "capabilities": list(draft.capabilities),
        "models": [model for model in map(str.strip, draft.models) if model],
        "group": draft.group.strip(),
        "protocol": draft.protocol,
        "prices": [price for _, price in filled(draft.prices)],
    }
    connection = {
        "id": draft.id.strip(), "provider": draft.provider, **_where(draft, configuration, made),
        **{name: value for name, value in optional.items() if value},
    }
    return {"relays": [made] if made else [], "connections": [connection]}


def _where(draft: Draft, configuration: Configuration, made: Mapping[str, Any] | None) -> dict[str, str]:
    if draft.way == OFFICIAL:
        return {}
    if draft.way == OWN:
        return {"base_url": cleaned(draft.address)}
    if draft.way != NEW:
        return {"relay": draft.way.partition(":")[2]}
    return {"relay": made["id"] if made else relay_at(cleaned(draft.address), configuration)}


def cleaned(address: str) -> str:
    """The base URL meant. Raises `WrongUse`."""
    if not address.strip():
        raise WrongUse(NEEDS_ADDRESS)
    return base_url(address)


def relay_at(address: str, configuration: Configuration) -> str:
    """The id of the relay, there or known by name, that has a line at an address; empty where none has."""
    known = [(one.id, line.base_url) for one in configuration.relays for line in one.lines]
    known += [(one.id, line.base_url) for one in presets().values() for line in one.lines]
    return next((id for id, at in known if at == address), "")


def _new_relay(draft: Draft, configuration: Configuration, line_name: str) -> dict[str, Any] | None:
    address = cleaned(draft.address)
    if relay_at(address, configuration):
        return None
    parts = urlsplit(address)
    taken = {relay.id for relay in configuration.relays} | set(presets())
    name = draft.name.strip() or parts.netloc + parts.path
    return {
        "id": free_id(relay_id(address), taken),
        "name": name,
        "lines": [{"id": "main", "name": line_name, "base_url": address}],
    }


def relay_id(address: str) -> str:
    """An id made of an address: `https://api.example.com` is `example_com`."""
    parts = urlsplit(address)
    host = re.sub(r"^(www|api)\.", "", parts.netloc)
    words = re.sub("[^a-z0-9]+", "_", (host + parts.path).lower()).strip("_")
    return (words if words[:1].isalpha() else f"relay_{words}")[:LONGEST_ID]


def free_id(wanted: str, taken: Collection[str]) -> str:
    """An id nobody has: the one wanted, else with the first free number."""
    numbered = (f"{wanted[: LONGEST_ID - 4]}_{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (wanted[:LONGEST_ID], *numbered) if one not in taken)


def filled(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows of own prices with anything in them, each with its number in the table (from 1)."""
    for number, row in enumerate(rows, 1):
        told = {name: str(row[name]).strip() for name in PRICE_FIELDS if row.get(name) not in (None, "")}
        if any(name not in ("unit", "currency") for name in told):
            yield number, {**told, **json.loads(row.get(REST) or "{}")}


def offered(names: Sequence[str], maker: str, wanted: Collection[Capability], chosen: Sequence[str]) -> list[str]:
    """The models to choose from: those chosen, then what the provider makes for what is wanted, then the others."""

    def fits(model: str) -> bool:
        made_here = maker in (ANY, maker_of(model, ""))
        return made_here and (not wanted or bool(set(wanted) & set(capabilities_of(model, ()))))

    return list(dict.fromkeys((*chosen, *sorted(names, key=lambda one: not fits(one)))))[:MODELS_OFFERED]


def needs_key(draft: Draft, saved: Connection | None, address: str) -> bool:
    """Whether a key must be typed: there is none yet, or it was saved for other addresses than the one in use.

    A provider that asks for no key needs none.
    """
    if draft.key.strip() or provider(draft.provider).auth == "none":
        return False
    return saved is None or address not in saved.bound
