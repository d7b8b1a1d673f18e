"""From a connection to the way its requests go: which address, which key, through a relay or not.

A test goes the very way a generation goes, so both get their `Route` here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from pydantic import SecretStr

from lib.calls.guard import refusal
from lib.connections.keys import key_variable
from lib.connections.model import Configuration, Connection, Line, Relay
from lib.errors import BadKey, KeyElsewhere, Refused
from lib.providers import Provider, provider, providers
from lib.wire import Endpoint

KeyOf: TypeAlias = Callable[[Connection, str], SecretStr | None]
"""The key of a connection for an address; raises `KeyElsewhere` where it isn't for that, `BadKey` where it is none."""


@dataclass(frozen=True, slots=True)
class Route:
    """One connection's way out. `place` names what its relay says of itself in the snapshots.

    `keyless`: why no key goes there, None where one does.
    """

    connection: Connection
    provider: Provider
    relay: Relay | None
    line: Line | None
    endpoint: Endpoint
    place: str
    through_relay: bool
    keyless: Refused | None

    @property
    def protocol(self) -> str:
        """The protocol its free rungs are asked in: a relay's common one, else the user's choice or its provider's own.

        A provider by `base_url` keeps its own protocol, even where a relay answers there (contract.md, "Words"): that
        of text, else of its main capability. One without an address of its own has none.
        """
        offers = self.provider.capabilities
        offer = offers.get("text") or (next(iter(offers.values())) if self.provider.base_url else None)
        if self.relay is not None or offer is None:
            return "openai"
        return self.connection.protocol or offer.protocol


def place_of(connection: Connection) -> str:
    """The subject under which status and price list of a connection's relay (or own address) are kept."""
    return f"relay:{connection.relay}" if connection.relay else f"connection:{connection.id}"


def at_home(connection: Connection) -> bool:
    """Whether a connection leads to the provider's own address."""
    return not connection.relay and connection.base_url == provider(connection.provider).base_url


def retired(connection: Connection, model: str, today: date) -> tuple[str, date] | None:
    """Who no longer serves a model, where a connection leads to that provider's own address, and since when.

    Whatever the connection says it is: Sora at OpenAI's address is OpenAI.
    """
    served_there = (one for one in providers().values() if not connection.relay and one.base_url == connection.base_url)
    found = ((one.name, one.retired_on(model, today)) for one in served_there)
    return next(((name, since) for name, since in found if since is not None), None)


def asks_what_is_there(connection: Connection) -> bool:
    """Whether the address is a relay or may be one: a relay's line, or an address that isn't the provider's own."""
    return not at_home(connection)


def route(configuration: Configuration, key_of: KeyOf, connection_id: str, *, relay_seen: bool) -> Route:
    """The way of a connection. `relay_seen`: its address has answered as new-api or one-api.

    Raises `WrongUse` for an unknown id.
    """
    connection = configuration.connection(connection_id)
    relay = configuration.relay(connection.relay) if connection.relay else None
    address = configuration.address(connection)
    needs_key = provider(connection.provider).auth != "none"
    key, keyless = _key(key_of, connection, address, needs_key)
    return Route(
        connection=connection,
        provider=provider(connection.provider),
        relay=relay,
        line=configuration.line(connection),
        endpoint=Endpoint(address, key),
        place=place_of(connection),
        through_relay=relay_seen or (relay is not None and relay.preset is not None),
        keyless=keyless,
    )


def _key(
    key_of: KeyOf, connection: Connection, address: str, needs_key: bool
) -> tuple[SecretStr | None, Refused | None]:
    """The key for an address, or why there is none; some servers need none."""
    try:
        key = key_of(connection, address)
    except KeyElsewhere:
        return None, refusal("key_address", address=address)
    except BadKey:
        return None, refusal("key_malformed", variable=key_variable(connection.id))
    return key, None if key or not needs_key else refusal("no_key", connection=connection.id)
