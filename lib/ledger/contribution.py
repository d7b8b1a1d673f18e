"""What calls add to the sums, as pure arithmetic. `contribution` alone decides; everything else adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from lib.ledger.days import day_of
from lib.ledger.row import CallRow
from lib.ledger.schema import SUMS, rollup_cross
from lib.vocabulary import UNFINISHED

By = Literal["provider", "model", "capability", "connection", "day"]
DIMENSIONS: tuple[By, ...] = ("provider", "model", "capability", "connection", "day")
TOKENS = tuple(name for name in SUMS if name.endswith("_tokens"))

Sums: TypeAlias = Counter[str]
"""Numbers by the names in `SUMS`."""
Cell: TypeAlias = tuple[str, ...]
"""Values of a rollup table's primary key, in its order."""

_CROSS = tuple(column.name for column in rollup_cross.primary_key)


def contribution(row: CallRow) -> dict[str, Sums]:
    """What a call adds, by currency; what isn't money counts once, under its cost's currency ("" if unknown).

    Unfinished calls count, but neither as failed nor as of unknown cost. A call of which nothing was sent (refused by
    the guard, cancelled before) costs nothing and counts in no error rate. Otherwise failed, interrupted and unknown
    ones have failed, cancelled ones have not; the cost is unknown if neither the biller nor the price book tells it.
    """
    cost, ended = row.cost, row.sent_at is not None and row.status not in UNFINISHED
    counts = {
        "calls": 1,
        "failed": int(ended and row.status in ("failed", "interrupted", "unknown")),
        "unknown_cost_calls": int(ended and cost is None),
        "duration_ms": row.duration_ms or 0,
        **{name: getattr(row.usage, name) or 0 for name in TOKENS},
    }
    sums = {cost.currency if cost else "": Counter(counts)}
    for name, money in (("cost_nano", cost), ("estimated_nano", row.estimated), ("official_nano", row.official)):
        if money is not None:
            sums.setdefault(money.currency, Counter())[name] += money.nano
    return sums


def summed(rows: Iterable[CallRow], zone: ZoneInfo) -> dict[Cell, Sums]:
    """The cells of `rollup_cross`."""
    cells: dict[Cell, Sums] = {}
    for row in rows:
        day = day_of(row.created_at, zone)
        for currency, sums in contribution(row).items():
            cell = (day, row.provider, row.model, row.capability, row.connection, currency)
            cells.setdefault(cell, Counter()).update(sums)
    return cells


def alone(cross: Mapping[Cell, Sums]) -> dict[Cell, Sums]:
    """The cells of `rollups` from those of `rollup_cross`."""
    cells: dict[Cell, Sums] = {}
    for cell, sums in cross.items():
        at = dict(zip(_CROSS, cell, strict=True))
        for by in DIMENSIONS:
            cells.setdefault((by, at["day"], at[by], at["currency"]), Counter()).update(sums)
    return cells
