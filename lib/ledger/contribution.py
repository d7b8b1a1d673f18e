"""What calls add to the sums, as pure arithmetic. `added` alone decides; everything else adds up.

It decides by a call's kind, and adds what calls of one kind have in numbers: the same for one call as for many that
the database has added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from lib.ledger.cells import Cell, Sums
from lib.ledger.days import day_of
from lib.ledger.row import CallRow
from lib.ledger.schema import CROSS, MICRO, SUMS
from lib.vocabulary import UNFINISHED, Money

By = Literal["provider", "model", "capability", "connection", "day"]
Dimension = By | Literal["unit", "cause"]
DIMENSIONS: tuple[Dimension, ...] = ("provider", "model", "capability", "connection", "day", "unit", "cause")
FIGURES = ("estimated", "billed", "official")
TOKENS = tuple(name for name in SUMS if name.endswith("_tokens"))

_CROSS = (*CROSS, "currency")
_FAILED = ("failed", "interrupted", "unknown")


@dataclass(frozen=True, slots=True)
class Kind:
    """All that decides what a call counts as and where: its place, its outcome, and which of its numbers are known."""

    provider: str
    model: str
    capability: str
    connection: str
    unit: str | None
    status: str
    error_state: str | None
    estimated_currency: str | None
    billed_currency: str | None
    official_currency: str | None
    sent: bool
    timed: bool
    began: bool
    """Whether it is known when the first byte came."""
    let_in: bool
    """Whether it was refused as it had to be, unpaid: that says nothing of failures."""

    @property
    def cost(self) -> Literal["billed", "estimated"] | None:
        """The figure that tells what it cost, as `CallRow.cost` has it."""
        return "billed" if self.billed_currency else "estimated" if self.estimated_currency else None

    def currency(self, figure: str) -> str | None:
        """That of a figure; None where it is unknown."""
        known: str | None = getattr(self, f"{figure}_currency")
        return known


@dataclass(frozen=True, slots=True)
class Numbers:
    """What calls have in numbers; nothing where it is unknown."""

    calls: int
    estimated_nano: int
    billed_nano: int
    official_nano: int
    input_tokens: int
    cached_input_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int
    images: int
    seconds_micro: int
    characters: int
    duration_ms: int
    first_byte_ms: int
    saved_nano: int

    def nano(self, figure: str) -> int:
        """A figure's amount."""
        amount: int = getattr(self, f"{figure}_nano")
        return amount


Alike: TypeAlias = tuple[Kind, Numbers]
"""Calls of one kind: a single one, or any number added up."""

_SAME = ("provider", "model", "capability", "connection", "unit", "status", "error_state")


def contribution(row: CallRow) -> dict[str, Sums]:
    """What a single call adds, by currency."""
    return added(*alone_of_its_kind(row))


def alone_of_its_kind(row: CallRow) -> Alike:
    """A call as what it is and what it has in numbers."""
    figures: dict[str, Money | None] = {name: getattr(row, name) for name in FIGURES}
    usage, currencies = row.usage, {f"{name}_currency": money and money.currency for name, money in figures.items()}
    said: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    kind = Kind(
        **(said | currencies),
        sent=row.sent_at is not None, timed=row.duration_ms is not None, began=row.first_byte_ms is not None,
        let_in=row.let_in,
    )  # fmt: skip
    numbers = Numbers(
        calls=1,
        **{f"{name}_nano": money.nano if money else 0 for name, money in figures.items()},
        **{name: getattr(usage, name) or 0 for name in (*TOKENS, "images", "characters")},
        seconds_micro=int((usage.seconds or 0) * 10**MICRO),
        duration_ms=row.duration_ms or 0, first_byte_ms=row.first_byte_ms or 0, saved_nano=row.saved_nano or 0,
    )  # fmt: skip
    return kind, numbers


def added(kind: Kind, numbers: Numbers) -> dict[str, Sums]:
    """What calls add, by currency; what isn't money counts once, under their cost's currency ("" if unknown).

    Unfinished calls count, but neither as failed nor as of unknown cost. A call of which nothing was sent (refused by
    the guard, cancelled before) costs nothing and counts in no error rate; nor does one that was let in unpaid there.
    Otherwise failed, interrupted and unknown ones have failed, cancelled ones have not; the cost is unknown if neither
    the biller nor the price book tells it.
    Times are those of calls that succeeded: a refusal is quick and a time-out slow, whatever the model.
    """
    currency = kind.currency(kind.cost) if kind.cost else None
    sums = {currency or "": Counter(_counts(kind, numbers))}
    for currency, name, number in _amounts(kind, numbers):
        sums.setdefault(currency, Counter())[name] += number
    return sums


def cause(call: CallRow | Kind) -> str:
    """What a call that has ended without success is counted under: its error's state, else its status; or ""."""
    fine = call.status == "succeeded" or call.status in UNFINISHED
    return "" if fine else call.error_state or call.status


def _counts(kind: Kind, numbers: Numbers) -> dict[str, int]:
    ended, fine = kind.sent and kind.status not in UNFINISHED, kind.status == "succeeded"
    return {
        "calls": numbers.calls,
        "failed": numbers.calls * (ended and kind.status in _FAILED and not kind.let_in),
        "unknown_cost_calls": numbers.calls * (ended and kind.cost is None),
        **{name: getattr(numbers, name) for name in (*TOKENS, "images", "characters", "seconds_micro")},
        "duration_ms": numbers.duration_ms * fine,
        "timed_calls": numbers.calls * (fine and kind.timed),
        "first_byte_ms": numbers.first_byte_ms * fine,
        "first_byte_calls": numbers.calls * (fine and kind.began),
    }


def _amounts(kind: Kind, numbers: Numbers) -> Iterator[tuple[str, str, int]]:
    """Each figure in its own currency and how many sent calls have it; and pairs of figures, where both are known in
    one currency: estimated and billed are *checked*, cost and official *compared*."""
    told = {"cost": kind.cost, **{name: name for name in FIGURES}}
    for name, figure in told.items():
        if figure is not None and (currency := kind.currency(figure)) is not None:
            yield currency, f"{name}_nano", numbers.nano(figure)
            if name != "cost":
                yield currency, f"{name}_calls", numbers.calls * kind.sent
            if name == "estimated":
                yield currency, "saved_nano", numbers.saved_nano
    if kind.sent:
        yield from _pair(kind, numbers, "checked", estimated="estimated", billed="billed")
        yield from _pair(kind, numbers, "compared", cost=kind.cost, official="official")


def _pair(kind: Kind, numbers: Numbers, pair: str, **figures: str | None) -> Iterator[tuple[str, str, int]]:
    first, second = (kind.currency(figure) if figure else None for figure in figures.values())
    if first is None or first != second:
        return
    yield first, f"{pair}_calls", numbers.calls
    for name, figure in figures.items():
        yield first, f"{pair}_{name}_nano", numbers.nano(figure or "")


def summed(dated: Iterable[tuple[str, Alike]]) -> dict[Cell, Sums]:
    """The cells of `rollup_cross`, from calls by their day."""
    cells: dict[Cell, Sums] = {}
    for day, (kind, numbers) in dated:
        place = (day, *place_of(kind))
        for currency, sums in added(kind, numbers).items():
            _grow(cells, (*place, currency), sums)
    return cells


def dated(rows: Iterable[CallRow], zone: ZoneInfo) -> Iterator[tuple[str, Alike]]:
    """Each call by itself, with its day there."""
    return ((day_of(row.created_at, zone), alone_of_its_kind(row)) for row in rows)


def place_of(call: CallRow | Kind) -> Cell:
    """Where a call counts, but for day and currency."""
    return (call.provider, call.model, call.capability, call.connection, call.unit or "", cause(call))


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
