"""What calls add to the sums, as pure arithmetic. `contribution` alone decides; everything else adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from lib.ledger.days import day_of
from lib.ledger.row import CallRow
from lib.ledger.schema import MICRO, SUMS, rollup_cross
from lib.vocabulary import UNFINISHED, Money

By = Literal["provider", "model", "capability", "connection", "day"]
Dimension = By | Literal["unit", "cause"]
DIMENSIONS: tuple[Dimension, ...] = ("provider", "model", "capability", "connection", "day", "unit", "cause")
TOKENS = tuple(name for name in SUMS if name.endswith("_tokens"))

Sums: TypeAlias = Counter[str]
"""Numbers by the names in `SUMS`."""
Cell: TypeAlias = tuple[str, ...]
"""Values of a rollup table's primary key, in its order."""

_CROSS = tuple(column.name for column in rollup_cross.primary_key)
_FAILED = ("failed", "interrupted", "unknown")


def contribution(row: CallRow) -> dict[str, Sums]:
    """What a call adds, by currency; what isn't money counts once, under its cost's currency ("" if unknown).

    Unfinished calls count, but neither as failed nor as of unknown cost. A call of which nothing was sent (refused by
    the guard, cancelled before) costs nothing and counts in no error rate. Otherwise failed, interrupted and unknown
    ones have failed, cancelled ones have not; the cost is unknown if neither the biller nor the price book tells it.
    Times are those of calls that succeeded: a refusal is quick and a time-out slow, whatever the model.
    """
    sums = {row.cost.currency if row.cost else "": Counter(_counts(row))}
    for currency, name, number in _amounts(row):
        sums.setdefault(currency, Counter())[name] += number
    return sums


def cause(row: CallRow) -> str:
    """What a call that has ended without success is counted under: its error's state, else its status; or ""."""
    fine = row.status == "succeeded" or row.status in UNFINISHED
    return "" if fine else row.error_state or row.status


def _counts(row: CallRow) -> dict[str, int]:
    ended, usage = row.sent_at is not None and row.status not in UNFINISHED, row.usage
    times = (row.duration_ms, row.first_byte_ms) if row.status == "succeeded" else (None, None)
    return {
        "calls": 1,
        "failed": int(ended and row.status in _FAILED),
        "unknown_cost_calls": int(ended and row.cost is None),
        **{name: getattr(usage, name) or 0 for name in (*TOKENS, "images", "characters")},
        "seconds_micro": int((usage.seconds or 0) * 10**MICRO),
        "duration_ms": times[0] or 0,
        "timed_calls": int(times[0] is not None),
        "first_byte_ms": times[1] or 0,
        "first_byte_calls": int(times[1] is not None),
    }


def _amounts(row: CallRow) -> Iterator[tuple[str, str, int]]:
    """Each figure in its own currency and how many sent calls have it; and pairs of figures, where both are known in
    one currency: estimated and billed are *checked*, cost and official *compared*."""
    cost, sent = row.cost, int(row.sent_at is not None)
    figures = {"cost": cost, "estimated": row.estimated, "billed": row.billed, "official": row.official}
    for name, money in figures.items():
        if money is not None:
            yield money.currency, f"{name}_nano", money.nano
            if name != "cost":
                yield money.currency, f"{name}_calls", sent
    if sent:
        yield from _pair("checked", estimated=row.estimated, billed=row.billed)
        yield from _pair("compared", cost=cost, official=row.official)


def _pair(kind: str, **figures: Money | None) -> Iterator[tuple[str, str, int]]:
    first, second = figures.values()
    if first is None or second is None or first.currency != second.currency:
        return
    yield first.currency, f"{kind}_calls", 1
    for name, money in zip(figures, (first, second), strict=True):
        yield first.currency, f"{kind}_{name}_nano", money.nano


def summed(rows: Iterable[CallRow], zone: ZoneInfo) -> dict[Cell, Sums]:
    """The cells of `rollup_cross`."""
    cells: dict[Cell, Sums] = {}
    for row in rows:
        place = (day_of(row.created_at, zone), *place_of(row))
        for currency, sums in contribution(row).items():
            _grow(cells, (*place, currency), sums)
    return cells


def place_of(row: CallRow) -> Cell:
    """Where a call counts, but for day and currency."""
    return (row.provider, row.model, row.capability, row.connection, row.unit or "", cause(row))


def alone(cross: Mapping[Cell, Sums]) -> dict[Cell, Sums]:
    """The cells of `rollups` from those of `rollup_cross`."""
    cells: dict[Cell, Sums] = {}
    for cell, sums in cross.items():
        at = dict(zip(_CROSS, cell, strict=True))
        for by in DIMENSIONS:
            _grow(cells, (by, at["day"], at[by], at["currency"]), sums)
    return cells


def _grow(cells: dict[Cell, Sums], cell: Cell, sums: Sums) -> None:
    """Adds to a cell (`Counter.update` takes four times as long)."""
    if (there := cells.get(cell)) is None:
        cells[cell] = Counter(sums)
        return
    for name, number in sums.items():
        if number:
            there[name] += number
