"""Judges what one ledger knows, and prices it; nothing is judged or priced twice on the same basis. Sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from weakref import WeakKeyDictionary

from lib.calls.dialect import protocol_of
from lib.calls.known import Known
from lib.calls.route import Route, place_of
from lib.connections.model import Connection
from lib.cost.book import PriceBook
from lib.cost.conversion import Conversion
from lib.ledger import evidence
from lib.verdicts.judged import Judged
from lib.verdicts.judging import Facts
from lib.verdicts.planning import Offer, offers
from lib.verdicts.prices import Prices
from lib.vocabulary import Capability, Verdict

PricesKey = tuple[Judged, tuple[datetime | None, ...], date, Conversion]
"""What prices hold for: the basis, each list's time, the day, and the rates they are compared by."""


class Judge:
    """Of one data folder. May be asked from any thread."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._judged: Judged | None = None
        self._prices: tuple[PricesKey, Prices] | None = None
        self._offers: WeakKeyDictionary[Prices, dict[Capability, tuple[Offer, ...]]] = WeakKeyDictionary()

    def facts(self) -> Facts:
        """All that verdicts rest on, from the ledger."""
        known = self._known
        configuration = known.configuration()
        with known.ledger.read() as db:
            seen = evidence.newest(db)
        models = {one.id: known.key_models(one.id) for one in configuration.connections}
        places = dict.fromkeys(
            [*(f"relay:{relay.id}" for relay in configuration.relays), *map(place_of, configuration.connections)]
        )
        listings = {place: known.listing(place) for place in places}
        return Facts(
            now=datetime.now(UTC),
            configuration=configuration,
            evidence=seen,
            key_models={name: (found.at, found.value) for name, found in models.items() if found},
            listings={place: found.value.by_name for place, found in listings.items() if found},
            elsewhere=[
                one.id
                for one in configuration.connections
                if known.keys.is_elsewhere(one, configuration.address(one))
            ],
            fetched_at=min((found.at for found in listings.values() if found), default=None),
        )

    def judged(self) -> Judged:
        """The facts as they stand and what is concluded of them."""
        facts, before = self.facts(), self._judged
        if before is not None and before.basis == facts.basis:
            return before
        self._judged = judged = Judged(facts)
        return judged

    def prices(self, conversion: Conversion) -> Prices:
        """What everything judged costs today, compared by these rates."""
        judged, now = self.judged(), datetime.now(UTC)
        listed = tuple(found.at if found else None for found in map(self._known.listing, judged.facts.places))
        key, before = (judged, listed, now.date(), conversion), self._prices
        if before is not None and before[0] == key:
            return before[1]
        prices = Prices(judged, self._book, now, conversion)
        self._prices = key, prices
        return prices

    def offers(self, capability: Capability, conversion: Conversion) -> tuple[Offer, ...]:
        """What can be used for a capability, and what is left buys of it; made once for what prices are made for."""
        made = self._offers.setdefault(self.prices(conversion), {})
        if capability not in made:
            now, known = datetime.now(UTC), self._known
            made[capability] = offers(self.judged(), capability, known.book, self._spoken(capability), now, conversion)
        return made[capability]

    def _spoken(self, capability: Capability) -> Callable[[Verdict], str]:
        """What tells the protocol of a usable model; a connection's way out is found once."""
        routes: dict[str, Route] = {}

        def spoken(verdict: Verdict) -> str:
            if verdict.connection not in routes:
                routes[verdict.connection] = self._known.route(verdict.connection)
            route = routes[verdict.connection]
            listed = self._known.dialects(route.connection, verdict.model)
            return protocol_of(route, capability, "generate", verdict.model, *listed)

        return spoken

    def _book(self, place: str, connection: Connection | None) -> PriceBook:
        return self._known.book(connection) if connection else self._known.book_of(place)
