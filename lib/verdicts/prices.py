"""What everything judged costs: each listed API here and at its maker, each cell from its cheapest to its dearest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lib.connections.model import Connection
from lib.cost.book import PriceBook, markup
from lib.cost.conversion import Conversion
from lib.cost.price import Price
from lib.cost.relay import Unpriced
from lib.verdicts.judged import Judged
from lib.verdicts.views import Members, Pair, Row
from lib.vocabulary import BillingUnit

BookOf = Callable[[str, Connection | None], PriceBook]
"""The prices that hold at a place: for a connection there, or for nobody's group in particular."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A listed API and what it costs. `price`: for the connection that reaches it best, if one does. None: unknown.

    `unpriced`: why the relay's list tells none.
    """

    row: Row
    price: Price | None
    official: Price | None
    markup: Decimal | None
    unpriced: Unpriced | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """From the cheapest to the dearest of so many models; by token, the price of a million of input."""

    unit: BillingUnit
    currency: str
    least: Decimal
    most: Decimal
    models: int


class Prices:
    """Made for one day and one basis; a place is priced when it is first asked for."""

    def __init__(self, judged: Judged, book_of: BookOf, at: datetime, conversion: Conversion) -> None:
        self._judged = judged
        self._book_of = book_of
        self._at = at
        self._conversion = conversion
        self._places: dict[str, tuple[Priced, ...]] = {}
        self._ranges: dict[str | None, Mapping[Pair, tuple[Range, ...]]] = {}

    def catalogue(self, place: str) -> tuple[Priced, ...]:
        """Every API listed at a place, with its prices."""
        if place not in self._places:
            rows, connections = self._judged.catalogue(place), self._judged.facts.configuration.connections
            ids = {row.connection for row in rows}
            books = {one.id: self._book_of(place, one) for one in connections if one.id in ids}
            nobodys = self._book_of(place, None)
            self._places[place] = tuple(self._priced(row, books.get(row.connection or "", nobodys)) for row in rows)
        return self._places[place]

    def _priced(self, row: Row, book: PriceBook) -> Priced:
        price, official = book.price(row.model, self._at), book.official(row.model, self._at)
        more = markup(price, official, self._conversion) if price and official else None
        return Priced(row, price, official, more, book.unpriced(row.model))

    def ranges(self, place: str | None = None) -> Mapping[Pair, tuple[Range, ...]]:
        """For each cell of the matrix what its models cost; of one place alone where it is named."""
        if place not in self._ranges:
            places = self._judged.facts.places if place is None else (place,)
            known = [{one.row.model: one.price for one in self.catalogue(name)} for name in places]
            cells = self._judged.members(place)
            self._ranges[place] = {pair: ranges(_prices(found, known)) for pair, found in cells.items()}
        return self._ranges[place]


def _prices(members: Members, known: Sequence[Mapping[str, Price | None]]) -> Iterable[Price]:
    """The prices of a cell's models: of those that work, where some do."""
    for model in members.usable or members.models:
        yield from (price for prices in known if (price := prices.get(model)))


def ranges(prices: Iterable[Price]) -> tuple[Range, ...]:
    """One range for each unit and currency, the one of the most models first."""
    found: dict[tuple[BillingUnit, str], list[Decimal]] = {}
    for price in prices:
        if (rate := price.rates[0]) is not None:
            found.setdefault((price.unit, price.currency), []).append(rate)
    made = (Range(*kind, min(rates), max(rates), len(rates)) for kind, rates in found.items())
    return tuple(sorted(made, key=lambda one: -one.models))
