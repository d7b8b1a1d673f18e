"""What the page of usage and cost asks: sums by any dimensions, filtered by any others, how calls are spread over what
they took and cost, and the dearest calls.

Sums come from the rollups: where only one dimension is asked about, from those of one alone, else from those of all
together; the histograms likewise. The dearest calls come from the index by cost: a call's `period` cuts it into pieces
of some 25 days, each of which is read from its dear end, so that a range of time never passes over the calls of
another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from lib.ledger.cells import Cell, Sums
from lib.ledger.contribution import Dimension
from lib.ledger.days import day_begins, zone_named
from lib.ledger.histograms import Histogram, Measure
from lib.ledger.ids import between, first_id, periods
from lib.ledger.report import ReportRow, total
from lib.ledger.rollups import stored_zone
from lib.ledger.row import CallRow, of_record
from lib.ledger.schema import SUMS, calls, histogram_cross, histogram_model, rollup_cross, rollup_gone, rollups
from lib.vocabulary import UNFINISHED

Key: TypeAlias = Dimension | Literal["month"]

OTHER = "*"
"""The key of all that isn't asked for by name."""
FEW = 2_000
"""So many calls are sorted rather than looked for among those that cost most."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which calls: those of the user's days from `first` to `last` (None: no border), of what `where` says."""

    first: date | None = None
    last: date | None = None
    where: Mapping[Dimension, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deleted:
    """Calls that are gone while their sums stay: how many, and the last day that had any."""

    calls: int
    last: date


def deleted(conn: Connection) -> Deleted | None:
    """What is gone; None where nothing is."""
    number, last = conn.execute(select(func.sum(rollup_gone.c.calls), func.max(rollup_gone.c.day))).one()
    return Deleted(int(number), date.fromisoformat(last)) if last else None


def sums(
    conn: Connection, asked: Asked, keys: tuple[Key, ...], named: Mapping[Key, Collection[str]] | None = None
) -> dict[Cell, ReportRow]:
    """The sums of some calls by some keys. `named`: what a dimension's other values than these are, is `OTHER`."""
    columns, conditions = _place(asked, keys)
    names = [f"{key}_asked" for key in keys]  # grouped by name: a value bound twice isn't the same to PostgreSQL
    told = [_folded(columns[key], (named or {}).get(key)).label(name) for key, name in zip(keys, names, strict=True)]
    query = select(*told, columns["currency"], *(func.sum(columns[name]) for name in SUMS))
    query = query.where(*conditions, *_days(columns["day"], asked)).group_by(*names, columns["currency"])
    found: dict[Cell, dict[str, Sums]] = {}
    for row in conn.execute(query):
        key, (currency, *numbers) = tuple(row[: len(keys)]), row[len(keys) :]
        found.setdefault(key, {})[currency] = Counter({n: int(v) for n, v in zip(SUMS, numbers, strict=True) if v})
    rows = {key: ReportRow(key[-1] if key else "", by_currency) for key, by_currency in found.items()}
    return {key: row for key, row in rows.items() if row.calls}


def spread(conn: Connection, asked: Asked, measure: Measure) -> dict[tuple[str, str], Histogram]:
    """How some calls are spread over what they took or cost, by model and currency ("" of durations)."""
    table = histogram_cross if {*asked.where} - {"model"} else histogram_model
    columns = table.c
    keys = (columns.model, columns.currency, columns.bucket)
    query = select(*keys, func.sum(columns.calls)).group_by(*keys)
    query = query.where(columns.measure == measure, *_days(columns.day, asked))
    query = query.where(*(columns[name] == value for name, value in asked.where.items()))
    found: dict[tuple[str, str], dict[int, int]] = {}
    for model, currency, bucket, number in conn.execute(query):
        if number:
            found.setdefault((model, currency), {})[bucket] = int(number)
    return {key: Histogram(counts) for key, counts in found.items()}


def first_day(conn: Connection) -> date | None:
    """The day of the first call; None before there is one."""
    day = conn.scalar(select(func.min(rollups.c.day)).where(rollups.c.dimension == "day", rollups.c.calls > 0))
    return date.fromisoformat(day) if day else None


def dearest(conn: Connection, asked: Asked, currency: str, limit: int) -> list[CallRow]:
    """The calls that cost most in a currency, the dearest first, of the same cost the newest; none that are free."""
    everything = total(sums(conn, asked, ()).values())
    if currency not in everything.sums or not everything.sums[currency]["cost_nano"]:
        return []  # however many there are
    among = select(calls).where(calls.c.cost_currency == currency, calls.c.cost_nano > 0, *_between(conn, asked))
    among = among.order_by(calls.c.cost_nano.desc(), calls.c.id.desc()).limit(limit)
    if everything.calls <= FEW:
        return _rows(conn, among.where(*_where(asked.where)))
    among = among.where(*_where(asked.where, by_index=False))
    found: list[CallRow] = []
    for period in _periods(conn, asked):
        found = _best(found + _rows(conn, among.where(calls.c.period == period)), limit)
    return found


def _best(rows: list[CallRow], limit: int) -> list[CallRow]:
    return sorted(rows, key=lambda row: (row.cost.nano if row.cost else 0, row.id), reverse=True)[:limit]


def _rows(conn: Connection, query: Select[Any]) -> list[CallRow]:
    return [of_record(found) for found in conn.execute(query).mappings()]


def _place(asked: Asked, keys: tuple[Key, ...]) -> tuple[dict[str, ColumnElement[Any]], list[ColumnElement[bool]]]:
    """The columns of the narrowest table that tells, by name, and what its rows must be like."""
    dimensions = ({*keys, *asked.where} - {"day", "month"}) or {"day"}
    table = rollups if len(dimensions) == 1 else rollup_cross
    columns: dict[str, ColumnElement[Any]] = {"month": func.substr(table.c.day, 1, 7), **dict(table.c.items())}
    if table is rollups:
        (dimension,) = dimensions
        columns |= {dimension: table.c.key}
    conditions = [columns[name] == value for name, value in asked.where.items()]
    return columns, [table.c.dimension == dimension, *conditions] if table is rollups else conditions


def _folded(column: ColumnElement[Any], named: Collection[str] | None) -> ColumnElement[Any]:
    return column if named is None else case((column.in_(tuple(named)), column), else_=OTHER)


def _days(column: ColumnElement[Any], asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.first is not None:
        yield column >= asked.first.isoformat()
    if asked.last is not None:
        yield column <= asked.last.isoformat()


def _moments(conn: Connection, asked: Asked) -> tuple[datetime | None, datetime | None]:
    zone = zone_named(stored_zone(conn))
    since = day_begins(asked.first, zone) if asked.first else None
    until = day_begins(asked.last + timedelta(days=1), zone) if asked.last else None
    return since, until


def _between(conn: Connection, asked: Asked) -> Iterator[ColumnElement[bool]]:
    return between(*_moments(conn, asked))


def _periods(conn: Connection, asked: Asked) -> Iterator[str]:
    """The periods in which there are calls, the newest first."""
    ends = [conn.scalar(select(end(calls.c.id))) for end in (func.min, func.max)]
    if None in ends:
        return iter(())
    since, until = _moments(conn, asked)
    first = max(ends[0], first_id(since) if since else "")
    last = min(ends[1], first_id(until) if until else ends[1])
    return periods(first, last)


def _where(where: Mapping[Dimension, str], *, by_index: bool = True) -> Iterator[ColumnElement[bool]]:
    """The same calls by their own columns; `by_index`: these may be looked up in the columns' own indexes."""
    for name, value in where.items():
        if name == "unit":
            yield calls.c.unit == value if value else calls.c.unit.is_(None)
        elif name == "cause":
            yield _of_cause(value)
        elif name != "day":
            column = calls.c[name]
            yield (column if by_index else column.concat("")) == value


def _of_cause(cause: str) -> ColumnElement[bool]:
    fine = calls.c.status.in_(("succeeded", *UNFINISHED))
    if not cause:
        return fine
    nameless = and_(calls.c.error_state.is_(None), calls.c.status == cause)
    return and_(~fine, or_(calls.c.error_state == cause, nameless))
