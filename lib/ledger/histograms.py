"""How calls are spread over what they took and cost: counted in buckets, each a quarter of a doubling wide (19 %).

A call that succeeded counts by its duration in milliseconds, one that was sent and whose cost is known by that cost in
10⁻⁹ of its currency. Kept beside the rollups: by model alone, and by everything that may be filtered. A quantile is
told by the middle of its bucket, so it is off by 9 % at most.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import count
from math import ceil, isqrt
from typing import Any, Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, literal_column, select

from lib.ledger import cells
from lib.ledger.cells import Cell, Sums
from lib.ledger.contribution import place_of
from lib.ledger.database import upsert_from
from lib.ledger.days import day_of
from lib.ledger.ids import between
from lib.ledger.row import CallRow
from lib.ledger.schema import calls, histogram_cross, histogram_gone, histogram_model
from lib.vocabulary import UNFINISHED

Measure = Literal["duration", "cost"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
Part: TypeAlias = tuple[str, datetime, datetime]
"""A day, or a piece of it: its name, from when, and until before when."""

OF_A_DOUBLING = 4
LARGEST = 63
"""Numbers are less than 2⁶³."""
BORDERS = tuple(sorted({ceil(Decimal(2) ** (Decimal(n) / OF_A_DOUBLING)) for n in range(LARGEST * OF_A_DOUBLING)}))
"""The first number of each bucket but that of nothing."""


def bucket(number: int) -> int:
    """In which a number falls; 0 is that of nothing."""
    return bisect_right(BORDERS, number)


def within(bucket: int) -> tuple[int, int]:
    """The least and the largest number of a bucket."""
    if not bucket:
        return 0, 0
    return BORDERS[bucket - 1], (BORDERS[bucket] if bucket < len(BORDERS) else 2**LARGEST) - 1


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many calls fell into each bucket."""

    counts: Mapping[int, int]

    @property
    def calls(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def paid(self) -> Histogram:
        """Without those of nothing."""
        return Histogram({place: number for place, number in self.counts.items() if place})

    def steps(self, limit: int) -> list[tuple[int, int, int]]:
        """At most so many steps, alike in their ratio, from the least to the largest number: both ends of each, and how
        many calls lie between them."""
        if not self.counts:
            return []
        first, last = min(self.counts), max(self.counts)
        width = next(width for width in count(OF_A_DOUBLING, OF_A_DOUBLING) if last // width - first // width < limit)
        return [self._step(begin, begin + width - 1) for begin in range(first - first % width, last + 1, width)]

    def _step(self, first: int, last: int) -> tuple[int, int, int]:
        calls = sum(number for place, number in self.counts.items() if first <= place <= last)
        return within(max(1, first))[0], within(min(last, len(BORDERS)))[1], calls

    def quantile(self, share: Decimal) -> int | None:
        """The number that so much of all calls don't exceed, as far as the buckets tell; None of no calls."""
        rank, passed = ceil(share * self.calls), 0
        for place in sorted(self.counts):
            passed += self.counts[place]
            if passed >= rank and passed:
                least, most = within(place)
                return isqrt(least * most)
        return None


def merged(parts: Iterable[Histogram]) -> Histogram:
    """All of some calls."""
    counts: Counter[int] = Counter()
    for part in parts:
        counts.update(part.counts)
    return Histogram(counts)


def moved(before: Iterable[CallRow], after: Iterable[CallRow], zone: ZoneInfo) -> dict[Cell, Sums]:
    """The cells of `histogram_cross` that a change of calls changes."""
    found: dict[Cell, Sums] = {}
    for rows, sign in ((after, 1), (before, -1)):
        for row in rows:
            for cell in _cells(row, zone):
                found.setdefault(cell, Counter())["calls"] += sign
    return found


def _cells(row: CallRow, zone: ZoneInfo) -> Iterator[Cell]:
    for measure, currency, number in _measured(row):
        yield (measure, day_of(row.created_at, zone), *place_of(row), currency, bucket(number))


def _measured(row: CallRow) -> Iterator[tuple[Measure, str, int]]:
    if row.status == "succeeded" and row.duration_ms is not None:
        yield "duration", "", row.duration_ms
    if row.sent_at is not None and row.cost is not None:
        yield "cost", row.cost.currency, row.cost.nano


def add(conn: Connection, cross: Mapping[Cell, Sums]) -> None:
    """Adds cells of `histogram_cross`, there and by model alone."""
    cells.add(conn, histogram_cross, cross)
    cells.add(conn, histogram_model, _by_model(cross))


def _by_model(cross: Mapping[Cell, Sums]) -> dict[Cell, Sums]:
    found: dict[Cell, Sums] = {}
    for (measure, day, _provider, model, *_rest, currency, place), sums in cross.items():
        found.setdefault((measure, day, model, currency, place), Counter()).update(sums)
    return found


def fill(conn: Connection, parts: Iterable[Part]) -> None:
    """Counts the calls of some days into the empty tables, and those that are gone; done by the database."""
    for part in parts:
        for measure in MEASURES:
            upsert_from(conn, histogram_cross, _counted(measure, part), add=("calls",))
    cells.add(conn, histogram_cross, cells.stored(conn, histogram_gone))
    columns = histogram_cross.c
    keys = [columns[name] for name in cells.keys_of(histogram_model)]
    query = select(*keys, func.sum(columns.calls)).group_by(*keys)
    conn.execute(histogram_model.insert().from_select([*histogram_model.columns.keys()], query))


def truth(conn: Connection, parts: Iterable[Part]) -> dict[Cell, Sums]:
    """What `fill` would make of some days, as cells of `histogram_cross`."""
    found: dict[Cell, Sums] = {}
    for part in parts:
        for measure in MEASURES:
            for *cell, number in conn.execute(_counted(measure, part)):
                found.setdefault(tuple(cell), Counter())["calls"] += number
    return found


def is_proven(conn: Connection, parts: Iterable[Part]) -> bool:
    """Whether what is kept is what the calls of some days say, with those that are gone."""
    meant = cells.together(truth(conn, parts), cells.stored(conn, histogram_gone))
    kept = cells.stored(conn, histogram_cross)
    return kept == meant and cells.stored(conn, histogram_model) == cells.nonzero(_by_model(meant))


_FINE = calls.c.status.in_(("succeeded", *UNFINISHED))
_CAUSE = case((_FINE, ""), else_=func.coalesce(calls.c.error_state, calls.c.status))


def in_bucket(number: ColumnElement[Any], first: int = 0, last: int = len(BORDERS)) -> ColumnElement[Any]:
    """`bucket` as the database reckons it: halves the borders until one bucket is left."""
    if first == last:
        return literal_column(str(first))
    middle = (first + last) // 2
    less = number < literal_column(str(BORDERS[middle]))
    return case((less, in_bucket(number, first, middle)), else_=in_bucket(number, middle + 1, last))


_OF: Mapping[Measure, tuple[ColumnElement[Any], ColumnElement[Any], ColumnElement[bool]]] = {
    "duration": (in_bucket(calls.c.duration_ms), literal_column("''"),
                 and_(calls.c.status == "succeeded", calls.c.duration_ms.is_not(None))),
    "cost": (in_bucket(calls.c.cost_nano), calls.c.cost_currency,
             and_(calls.c.sent_at.is_not(None), calls.c.cost_nano.is_not(None))),
}  # fmt: skip
"""The bucket, the currency and the calls of each measure, in the database."""


def _counted(measure: Measure, part: Part) -> Select[Any]:
    """The calls of a piece of a day in the cells of `histogram_cross`."""
    place, currency, which = _OF[measure]
    day, since, until = part
    own: Mapping[str, ColumnElement[Any]] = {
        "measure": literal(measure), "day": literal(day), "unit": func.coalesce(calls.c.unit, ""), "cause": _CAUSE,
        "currency": currency, "bucket": place,
    }  # fmt: skip
    named: dict[str, ColumnElement[Any]] = {**dict(calls.c.items()), **own}
    keys = [named[name].label(f"of_{name}") for name in cells.keys_of(histogram_cross)]
    groups = [key.name for key in keys if key.name not in ("of_measure", "of_day")]
    return select(*keys, func.count().label("calls")).where(which, *between(since, until)).group_by(*groups)
