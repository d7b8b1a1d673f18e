"""Price again: what calls cost by the prices known today, beside what is stored. Billed figures are never touched.

A call is priced as at its end: by the price that holds for its own time, where prices are dated, and by what is stored
of its use; its official figure likewise. What nobody can price today keeps what it has. The price it had before goes
with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import nlargest
from typing import Any, TypeAlias

from lib.calls.known import Known
from lib.calls.quoting import by_second
from lib.calls.settle import estimate, saved
from lib.cost.book import PriceBook
from lib.cost.official import official_cost
from lib.cost.price import FORMER, Price, stored
from lib.errors import WrongUse
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED, Money, Usage
from lib.wire.tasks import times

AT_ONCE = 500
"""Calls that are read, and written in one transaction, at once."""
MOST = 10
"""The calls shown that change most."""
FOR_NOTHING = ("failed", "cancelled")
"""How a call ends that may not have been charged."""


@dataclass(frozen=True, slots=True)
class Repriced:
    """A call as it stands, and what it costs by a price known today."""

    row: CallRow
    price: Price
    estimated: Money
    official: Money | None

    @property
    def moved(self) -> int:
        """By how much its estimate changes, in 10⁻⁹; all of it where none was known, or another currency's."""
        had = self.row.estimated
        before = had.nano if had and had.currency == self.estimated.currency else 0
        return abs(self.estimated.nano - before)

    @property
    def changes(self) -> Mapping[str, Any]:
        """What changes in its row."""
        figures = {"estimated": self.estimated, "official": self.official}
        by = {"price_source": self.price.source, "unit": self.price.unit}
        return figures | by | {"saved_nano": saved(self.price, self.row.usage)}


def repriced(row: CallRow, payload: Payload, book: PriceBook | None) -> Repriced | None:
    """A call by the prices of today (`book` None: its connection is gone); None where its figures stay as they are."""
    params = (payload.request_json or {}).get("params", {})
    price = book.price(row.model, row.created_at, params) if book and charged(row) else None
    if price is None or (stored(payload.prices) is None and _multiplied(row, price)):
        return None
    estimated = _kept(estimate(price, row.usage, times(payload.raw_usage or {})))
    official = _kept(official_cost(row.model, row.usage, row.created_at, params)) or row.official
    if estimated is None or (estimated, official) == (row.estimated, row.official):
        return None
    return Repriced(row, price, estimated, official)


def charged(row: CallRow) -> bool:
    """Whether a call has ended that may have been charged for a use that is known."""
    if row.sent_at is None or row.status in UNFINISHED or row.let_in:
        return False
    if row.estimated is None:
        return row.status == "succeeded" or row.usage != Usage()
    return bool(row.estimated.amount) or row.status not in FOR_NOTHING


def _multiplied(row: CallRow, price: Price) -> bool:
    """Whether a relay told only at its submission, which was elsewhere, how often it bills a price."""
    return by_second(price, row.protocol)


def _kept(amount: Money | None) -> Money | None:
    """As a row has it: to 10⁻⁹."""
    return Money.of_nano(amount.nano, amount.currency) if amount else None


def record_of(again: Repriced, had: Mapping[str, Any] | None) -> dict[str, Any]:
    """The record of the price a call has now, with those it had before, newest last."""
    before = dict(had or {})
    former, figures = before.pop(FORMER, ()), {"estimated": again.row.estimated, "official": again.row.official}
    newest = {"price": before if stored(before) else None, **{name: _json(one) for name, one in figures.items()}}
    return {**again.price.to_record(), FORMER: [*former, newest]}


def _json(amount: Money | None) -> dict[str, str] | None:
    return amount.json() if amount else None


@dataclass(slots=True)
class Tally:
    """What pricing again comes to, as far as it has gone: amounts in 10⁻⁹ by currency."""

    stopped: bool = False
    """Set by who wants no more of it; what was done stays."""
    seen: int = 0
    changed: int = 0
    known: int = 0
    """Of those that change, how many had no estimate."""
    before: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    most: list[Repriced] = field(default_factory=list)

    def take(self, row: CallRow, again: Repriced | None) -> None:
        """Adds a call."""
        self.seen += 1
        _add(self.before, row.estimated)
        _add(self.after, again.estimated if again else row.estimated)
        if again is not None:
            self.changed += 1
            self.known += row.estimated is None
            moved = [one for one in (*self.most, again) if one.moved]
            self.most = nlargest(MOST, moved, key=lambda one: one.moved)


def _add(sums: dict[str, int], amount: Money | None) -> None:
    if amount is not None:
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.nano


Found: TypeAlias = Mapping[str, Repriced]
"""By id the calls that change."""
Batch: TypeAlias = Callable[[log.Connection], str | None]
"""Prices some calls; returns the cursor of those after them."""
Run: TypeAlias = Callable[[Batch], Awaitable[str | None]]
"""Runs one on the ledger."""


class Repricing:
    """Prices the calls that a question to the log finds, some at a time, and tells off in `tally` what that comes to.

    `write`: each batch is stored, in one transaction with the prices used and the rollups; else nothing is.
    """

    def __init__(self, known: Known, question: Mapping[str, Any], tally: Tally, *, write: bool) -> None:
        self._known = known
        self._question = question
        self._tally = tally
        self._price = self._stored if write else self._looked_at
        self._books: dict[str, PriceBook | None] = {}

    async def run(self, run: Run) -> None:
        """To the last call, or until the tally says stop."""
        after: str | None = ""
        while after is not None and not self._tally.stopped:
            after = await run(partial(self._batch, after=after or None))

    def _batch(self, db: log.Connection, after: str | None) -> str | None:
        page = log.page(db, **self._question, limit=AT_ONCE, after=after)
        ids = [row.id for row in page.rows]
        found = self._price(db, page.rows, dict.fromkeys(ids, Payload()) | log.settled_by(db, ids))
        for row in page.rows:
            self._tally.take(row, found.get(row.id))
        return page.next

    def _looked_at(self, _: log.Connection, rows: Sequence[CallRow], settled: Mapping[str, Payload]) -> Found:
        priced = ((row, self._again(row, settled)) for row in rows)
        return {row.id: one for row, one in priced if one is not None}

    def _stored(self, db: log.Connection, rows: Sequence[CallRow], settled: Mapping[str, Payload]) -> Found:
        found: dict[str, Repriced] = {}

        def changes(row: CallRow) -> Mapping[str, Any]:
            if (one := self._again(row, settled)) is None:
                return {}
            found[row.id] = one
            return one.changes

        if log.change(db, [row.id for row in rows], changes):
            log.keep_prices(db, {name: record_of(one, settled[name].prices) for name, one in found.items()})
        return found

    def _again(self, row: CallRow, settled: Mapping[str, Payload]) -> Repriced | None:
        return repriced(row, settled[row.id], self._book(row.connection))

    def _book(self, connection: str) -> PriceBook | None:
        """The prices of a connection, looked up once; None where it is gone."""
        if connection not in self._books:
            try:
                self._books[connection] = self._known.book(self._known.configuration().connection(connection))
            except WrongUse:
                self._books[connection] = None
        return self._books[connection]
