"""What has been fetched before: a relay's status and price list, a key's own models and figures, voices. Sends nothing.

The ledger keeps the raw answers; here they are read by the wire modules once for each time they were fetched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeAlias, TypeVar

import httpx
from pydantic import SecretStr

from lib.calls.files import Files
from lib.calls.route import Route, asks_what_is_there, place_of, route
from lib.connections.keys import KeyStore, key_for
from lib.connections.model import Configuration, Connection, OwnPrice
from lib.connections.store import load
from lib.cost.book import PriceBook
from lib.ledger import Ledger
from lib.ledger.snapshots import Kind, came_at, get, put
from lib.wire import Choice, KeyModel, Unreadable, deepl, elevenlabs, gemini, newapi, openai
from lib.wire.newapi import Listing, RelayStatus, TokenUsage, beside

T = TypeVar("T")
Read: TypeAlias = tuple[str, datetime | None, datetime | None]
"""Of which place, and when, a key's own list and that place's price list were read."""


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """Something that was true when it was fetched."""

    at: datetime
    value: T


def read_key_models(response: httpx.Response) -> tuple[KeyModel, ...]:
    """A key's own model list as OpenAI's API has it (Anthropic's and Zhipu's are alike), or as Gemini's does.

    Raises `Unreadable`.
    """
    try:
        return openai.read_models(response)
    except Unreadable:
        found = gemini.read_models(response)
        if not found:
            raise
        return found


def read_token_usage(response: httpx.Response) -> TokenUsage | None:
    """A key's own figures; None where the answer tells none."""
    try:
        return newapi.read_token_usage(response)
    except Unreadable:
        return None


READERS: dict[Kind, Callable[[httpx.Response], Any]] = {
    "status": newapi.read_status,
    "pricing": newapi.read_pricing,
    "models": read_key_models,
    "token": read_token_usage,
    "voices": elevenlabs.read_voices,
    "languages": deepl.read_languages,
}


class Known:
    """The ledger's snapshots, read; the configuration they belong to, and the files that calls were given."""

    def __init__(self, ledger: Ledger, keys: KeyStore, files: Files) -> None:
        self.ledger = ledger
        self.files = files
        self._read: dict[tuple[Kind, str], Dated[Any]] = {}
        self._joined: dict[str, tuple[Read, tuple[KeyModel, ...]]] = {}
        self.keys = keys

    def _snapshot(self, kind: Kind, subject: str) -> Dated[Any] | None:
        """What is stored, read again only where it is of another time than what was read last."""
        seen = self._read.get((kind, subject))
        with self.ledger.read() as db:
            at = came_at(db, kind, subject)
            stored = get(db, kind, subject) if at and (seen is None or seen.at != at) else None
        if stored is None:
            return seen if at else None
        return self._remember(kind, subject, stored.at, READERS[kind](httpx.Response(200, text=stored.body)))

    def _remember(self, kind: Kind, subject: str, at: datetime, value: Any) -> Dated[Any]:
        self._read[kind, subject] = dated = Dated(at, value)
        return dated

    async def keep(self, kind: Kind, subject: str, at: datetime, response: httpx.Response) -> Any:
        """Stores an answer that could be read and returns what it says; raises `Unreadable`, storing nothing."""
        value = await self._understood(kind, response)
        await self.ledger.awrite(lambda db: put(db, kind, subject, at, response.text))
        return self._remember(kind, subject, at, value).value

    async def _understood(self, kind: Kind, response: httpx.Response) -> Any:
        """What an answer says. A long list is read beside the loop: on it every running stream would wait."""
        return await asyncio.to_thread(READERS[kind], response)

    def status(self, connection_or_place: Connection | str) -> RelayStatus | None:
        """What the relay at a connection's address said of itself, if it is one."""
        place = connection_or_place if isinstance(connection_or_place, str) else place_of(connection_or_place)
        found = self._snapshot("status", place)
        return found.value if found else None

    def site(self, place: str) -> Dated[RelayStatus] | None:
        """The same with its date."""
        return self._snapshot("status", place)

    def listing(self, place: str) -> Dated[Listing] | None:
        """The price list of a place."""
        return self._snapshot("pricing", place)

    def key_models(self, connection_id: str) -> Dated[tuple[KeyModel, ...]] | None:
        """The models a key's own list showed."""
        return self._snapshot("models", connection_id)

    def models(self, connection: Connection) -> tuple[KeyModel, ...]:
        """The same with what the price list of its place says beside; () where neither was read."""
        place = place_of(connection)
        own, listing = self.key_models(connection.id), self.listing(place)
        read: Read = (place, own.at if own else None, listing.at if listing else None)
        kept = self._joined.get(connection.id)
        if kept is None or kept[0] != read:
            models = beside(own.value if own else (), listing.value.by_name if listing else {})
            kept = self._joined[connection.id] = read, models
        return kept[1]

    def token_usage(self, connection_id: str) -> Dated[TokenUsage | None] | None:
        """What the relay told of a key's figures when it was last asked; None within: it told nothing."""
        return self._snapshot("token", connection_id)

    def choices(self, connection_id: str, kind: Kind) -> tuple[Choice, ...]:
        """The voices or the languages that a key's server listed; () where it wasn't asked."""
        found = self._snapshot(kind, connection_id)
        return found.value if found else ()

    def dialects(self, connection: Connection, model: str) -> tuple[Sequence[str], Mapping[str, str]]:
        """What is listed of how a model is spoken to: its endpoint types, and the paths the relay names for them."""
        mine, listing = self.key_models(connection.id), self.listing(place_of(connection))
        own = next((one.endpoints for one in mine.value if one.model == model), ()) if mine else ()
        if listing is None:
            return own, {}
        return own or listing.value.endpoints(model), listing.value.paths

    def configuration(self) -> Configuration:
        """The user's relays and connections as they stand."""
        return load(self.ledger)

    def key(self, connection: Connection, address: str) -> SecretStr | None:
        """A connection's key for an address (see `lib.connections.keys.key_for`)."""
        return key_for(self.keys, connection, address)

    def route(self, connection_id: str, line: str | None = None) -> Route:
        """A connection's way out (see `lib.calls.route`); by another line of its relay than the one in use.

        Raises `WrongUse` where there is no such connection or line.
        """
        configuration = self.configuration()
        connection = configuration.connection(connection_id)
        if line is not None:
            configuration = configuration.by_line(connection, line)
        relay_seen = asks_what_is_there(connection) and self.status(connection) is not None
        return route(configuration, self.key, connection_id, relay_seen=relay_seen)

    def book(self, connection: Connection) -> PriceBook:
        """The prices that hold for a connection: the user's own, its relay's list, the official one."""
        return self.book_of(place_of(connection), connection.prices, connection.group)

    def book_of(self, place: str, own: Sequence[OwnPrice] = (), group: str | None = None) -> PriceBook:
        """The prices of a place's list beside the user's own and the official ones."""
        listing = self.listing(place)
        read_on = listing.at.astimezone(UTC).date() if listing else None
        return PriceBook(own, listing.value if listing else None, self.status(place), group, read_on)
