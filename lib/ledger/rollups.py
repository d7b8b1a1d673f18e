"""Sums by the user's day, kept beside the calls: one table for each dimension alone, one for all of them together.

They are moved in the transaction that changes a call, by the difference of what the row contributed before and
contributes now; `rebuild` makes them anew, `prove` compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Connection, Row, func, literal, select, type_coerce

from lib.ledger import cells, histograms, settings
from lib.ledger.cells import Cell, Sums
from lib.ledger.contribution import (
    DIMENSIONS,
    Alike,
    By,
    Dimension,
    Kind,
    Numbers,
    alone,
    contribution,
    dated,
    place_of,
    summed,
)
from lib.ledger.database import hold_still
from lib.ledger.days import day_of, days_between, is_border, zone_named
from lib.ledger.ids import between
from lib.ledger.report import Found, ReportRow, report_rows, total
from lib.ledger.row import LET_IN, CallRow
from lib.ledger.schema import (
    MICROSECOND,
    SUMS,
    calls,
    histogram_cross,
    histogram_gone,
    histogram_model,
    rollup_cross,
    rollup_gone,
    rollups,
)

__all__ = ["By", "ReportRow", "contribution", "keys", "move", "prove", "rebuild", "report", "stored_zone", "total"]

ZONE = "zone"
"""The setting that names the zone of the rollups' days."""

TABLES = (rollups, rollup_cross, histogram_model, histogram_cross)

Told: TypeAlias = Callable[[int], None]

_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    **dict(calls.c.items()),
    "sent": calls.c.sent_at.is_not(None),
    "timed": calls.c.duration_ms.is_not(None),
    "began": calls.c.first_byte_ms.is_not(None),
    "let_in": func.coalesce(calls.c.error_code, "") == LET_IN,
    "seconds_micro": type_coerce(calls.c.seconds, BigInteger),
}
"""What the fields of `Kind` and `Numbers` are in the database; but for `calls`, which it counts."""
_KIND = tuple(_COLUMNS[f.name].label(f"of_{f.name}") for f in fields(Kind))
_NUMBERS = tuple(func.count() if f.name == "calls" else func.sum(_COLUMNS[f.name]) for f in fields(Numbers))


def unheard(_read: int) -> None:
    """Nobody wants to know."""


def move(conn: Connection, before: Sequence[CallRow], after: Sequence[CallRow]) -> None:
    """Takes away what calls contributed and adds what they contribute now."""
    if [_place(row) for row in before] == [_place(row) for row in after]:
        return  # most steps of a call's life; spares them the question of the zone
    zone = zone_named(stored_zone(conn))
    moved = summed(dated(after, zone))
    for cell, sums in summed(dated(before, zone)).items():
        moved.setdefault(cell, Counter()).subtract(sums)
    _add(conn, moved)
    histograms.add(conn, histograms.moved(before, after, zone))


def rebuild(conn: Connection, zone: str, told: Told = unheard) -> None:
    """Makes the rollups anew from the calls, by the days of that zone; raises `WrongUse` for an unknown zone.

    Calls that are gone count on the days they counted on when they went, whatever the zone.
    `told` hears again and again how many calls have been read.
    """
    days = zone_named(zone)
    hold_still(conn, calls)
    for table in TABLES:
        conn.execute(table.delete())
    settings.put(conn, ZONE, zone)
    cells.add(conn, rollup_cross, summed(_told(_by_day(conn, None, None, days), told)))
    cells.add(conn, rollup_cross, cells.stored(conn, rollup_gone))
    for by in DIMENSIONS:
        _fill_alone(conn, by)
    histograms.fill(conn, _days(conn, None, None, days))


def keep(conn: Connection, rows: Sequence[CallRow]) -> None:
    """Keeps apart what calls have added that are about to go, so that the rollups stay what they are."""
    zone = zone_named(stored_zone(conn))
    cells.add(conn, rollup_gone, summed(dated(rows, zone)))
    cells.add(conn, histogram_gone, histograms.moved((), rows, zone))


def days(conn: Connection) -> Iterator[tuple[str, datetime, datetime]]:
    """The days on which there may be calls: each as it is named, from when, and until before when."""
    return _days(conn, None, None, zone_named(stored_zone(conn)))


def _fill_alone(conn: Connection, by: Dimension) -> None:
    """What `alone` does, done by the database."""
    columns = rollup_cross.c
    keys = (literal(by).label("dimension"), columns.day, columns[by].label("key"), columns.currency)
    query = select(*keys, *(func.sum(columns[name]) for name in SUMS))
    query = query.group_by(columns.day, columns[by], columns.currency)
    conn.execute(rollups.insert().from_select([*rollups.primary_key.columns.keys(), *SUMS], query))


def prove(conn: Connection) -> bool:
    """Whether the rollups are what a rebuild would make."""
    zone = zone_named(stored_zone(conn))
    truth = cells.together(summed(_by_day(conn, None, None, zone)), cells.stored(conn, rollup_gone))
    return (
        cells.stored(conn, rollup_cross) == truth
        and cells.stored(conn, rollups) == cells.nonzero(alone(truth))
        and histograms.is_proven(conn, _days(conn, None, None, zone))
    )


def stored_zone(conn: Connection) -> str:
    """The zone of the rollups' days."""
    return settings.get(conn, ZONE) or "UTC"


def report(conn: Connection, by: By, since: datetime | None, until: datetime | None, zone: str) -> list[ReportRow]:
    """Sums of the calls made at `since` or later and before `until` (None: no border): days in order, else most calls
    first. Read from the rollups where the range is whole days of their zone, else from the calls; both give the same.

    Raises `WrongUse` for an unknown zone.
    """
    days = zone_named(zone)
    whole = zone == stored_zone(conn) and is_border(since, days) and is_border(until, days)
    found = (_rolled_up if whole else _scanned)(conn, by, since, until, days)
    return sorted(report_rows(found), key=lambda row: row.key if by == "day" else (-row.calls, row.key))


def keys(conn: Connection, by: By) -> list[str]:
    """Every key that calls were made under, in order."""
    columns = rollups.c
    query = select(columns.key).where(columns.dimension == by).group_by(columns.key)
    return list(conn.scalars(query.having(func.sum(columns.calls) > 0).order_by(columns.key)))


def _told(found: Iterator[tuple[str, Alike]], told: Told) -> Iterator[tuple[str, Alike]]:
    read, now = 0, ""
    for day, alike in found:
        if now != day:
            told(read)
        read, now = read + alike[1].calls, day
        yield day, alike
    told(read)


def _place(row: CallRow) -> tuple[object, ...]:
    return (row.created_at, place_of(row), contribution(row))


def _by_day(
    conn: Connection, since: datetime | None, until: datetime | None, zone: ZoneInfo
) -> Iterator[tuple[str, Alike]]:
    """The calls of a range with their days, those of a day and kind added up by the database."""
    query = select(*_KIND, *_NUMBERS).group_by(*(column.name for column in _KIND))
    for day, begin, end in _days(conn, since, until, zone):
        for row in conn.execute(query.where(*between(begin, end))):
            yield day, _alike(row)


def _days(
    conn: Connection, since: datetime | None, until: datetime | None, zone: ZoneInfo
) -> Iterator[tuple[str, datetime, datetime]]:
    """The days of a range on which there may be calls, each with its part of the range."""
    at = select(calls.c.created_at).limit(1)
    first, last = (conn.scalar(at.order_by(order)) for order in (calls.c.id, calls.c.id.desc()))
    if first is None or last is None:
        return
    since, until = max(since or first, first), min(until or last + MICROSECOND, last + MICROSECOND)
    yield from days_between(since, until, zone)


def _alike(row: Row[Any]) -> Alike:
    numbers = (int(number or 0) for number in row[len(_KIND) :])
    return Kind(*row[: len(_KIND)]), Numbers(*numbers)


def _add(conn: Connection, cross: Mapping[Cell, Sums]) -> None:
    for table, found in ((rollup_cross, cross), (rollups, alone(cross))):
        cells.add(conn, table, found)


def _rolled_up(
    conn: Connection, by: By, since: datetime | None, until: datetime | None, zone: ZoneInfo
) -> Iterator[Found]:
    columns = rollups.c
    query = select(columns.key, columns.currency, *(func.sum(columns[name]).label(name) for name in SUMS))
    query = query.where(columns.dimension == by).group_by(columns.key, columns.currency)
    if since is not None:
        query = query.where(columns.day >= day_of(since, zone))
    if until is not None:
        query = query.where(columns.day < day_of(until, zone))
    for row in conn.execute(query).mappings():
        yield row["key"], row["currency"], Counter({name: int(row[name]) for name in SUMS})


def _scanned(
    conn: Connection, by: By, since: datetime | None, until: datetime | None, zone: ZoneInfo
) -> Iterator[Found]:
    gone = cells.stored(conn, rollup_gone, _named_within(since, until, zone))
    found = alone(cells.together(summed(_by_day(conn, since, until, zone)), gone))
    for (dimension, _, key, currency), sums in found.items():
        if dimension == by:
            yield key, currency, sums


def _named_within(since: datetime | None, until: datetime | None, zone: ZoneInfo) -> ColumnElement[bool]:
    """Gone days whose name is that of a day of a range; a day of which the range has a part is there whole."""
    first = day_of(since, zone) if since else ""
    last = day_of(until - MICROSECOND, zone) if until else date.max.isoformat()
    return rollup_gone.c.day.between(first, last)
