"""What the page of usage and cost shows, as its address says it; and the arithmetic of it. Pure.

An address may be old, or typed by hand: what isn't understood is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeVar, get_args

from lib.cost.conversion import Conversion
from lib.ledger.contribution import Dimension
from lib.ledger.report import ReportRow
from lib.ledger.usage import OTHER, Asked, Key
from lib.vocabulary import Money
from ui.days import named

Range = Literal["today", "7d", "30d", "month", "last_month", "all", "dates"]
RANGES: tuple[Range, ...] = get_args(Range)
BY: tuple[Dimension, ...] = ("provider", "model", "capability", "connection")
"""What spend is shown by."""
FILTERS: tuple[Dimension, ...] = (*BY, "unit", "cause")
INTO: Mapping[Dimension, Dimension] = {
    "provider": "model", "capability": "model", "connection": "model", "model": "connection",
}  # fmt: skip
"""What tells more, once only one of a kind is shown."""
TOP = 7
"""So many are shown by name, the rest as one: the colours that are told apart."""
MONTHLY = 186
"""Days from which on a bar stands for a month."""
DEFAULT_RANGE: Range = "30d"
NONE = "-"
"""In an address: that of which the ledger says nothing (no unit, no cause)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends shown. `of_month`: a month, as far as it has come."""

    first: date
    last: date
    of_month: bool = False

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Span:
        """The days before, as many; of a month the same days of the month before, of a whole one the whole."""
        if self.of_month:
            end = self.first - timedelta(days=1)
            whole = (self.last + timedelta(days=1)).day == 1
            first = end.replace(day=1)
            return Span(first, end if whole else min(end, first + (self.last - self.first)), of_month=True)
        return Span(self.first - timedelta(days=self.length), self.first - timedelta(days=1))

    @property
    def step(self) -> Key:
        """What one bar stands for."""
        return "day" if self.length <= MONTHLY else "month"

    @property
    def steps(self) -> list[str]:
        """Every bar there is to be, also where nothing was spent."""
        days = (self.first + timedelta(days=n) for n in range(self.length))
        return list(dict.fromkeys(day.isoformat()[: 10 if self.step == "day" else 7] for day in days))


@dataclass(frozen=True, slots=True)
class View:
    """Which days (`since` and `until` where `range` is "dates"), split by what, and of what alone."""

    range: Range = DEFAULT_RANGE
    since: date | None = None
    until: date | None = None
    by: Dimension = "provider"
    where: Mapping[Dimension, str] = field(default_factory=dict)

    @property
    def address(self) -> dict[str, str]:
        """The inverse of `read`."""
        days = {name: day.isoformat() for name, day in (("since", self.since), ("until", self.until)) if day}
        plain = {"range": self.range, "by": self.by} | (days if self.range == "dates" else {})
        return plain | {name: value or NONE for name, value in self.where.items()}

    def only(self, name: Dimension, value: str) -> View:
        """Of one thing alone; what is shown is then split by what tells more."""
        by = INTO.get(name, self.by) if name == self.by else self.by
        return replace(self, by=by, where={**self.where, name: value})

    def without(self, name: Dimension) -> View:
        """Of everything again."""
        return replace(self, where={one: value for one, value in self.where.items() if one != name})

    def span(self, today: date, first: date | None) -> Span:
        """The days, where the first call was made on the day `first`."""
        begin = today.replace(day=1)
        ends: Mapping[Range, tuple[date, date]] = {
            "today": (today, today),
            "7d": (today - timedelta(days=6), today),
            "30d": (today - timedelta(days=29), today),
            "month": (begin, today),
            "last_month": ((begin - timedelta(days=1)).replace(day=1), begin - timedelta(days=1)),
            "all": (min(first or today, today), today),
            "dates": (self.since or min(first or today, today), self.until or today),
        }
        one, other = ends[self.range]
        return Span(min(one, other), max(one, other), of_month=self.range in ("month", "last_month"))

    def asked(self, span: Span) -> Asked:
        """The question to the ledger."""
        return Asked(span.first, span.last, self.where)


def read(params: Mapping[str, str]) -> View:
    """The view of an address."""
    wanted = params.get("range", "")
    since, until = (named(params.get(name, "")) for name in ("since", "until"))
    range: Range = next((one for one in RANGES if one == wanted), "dates" if since or until else DEFAULT_RANGE)
    by: Dimension = next((one for one in BY if one == params.get("by")), "provider")
    where = {name: "" if params[name] == NONE else params[name] for name in FILTERS if params.get(name)}
    dates = range == "dates"
    return View(range, since if dates else None, until if dates else None, by, where)


def change(now: Decimal | float | None, before: Decimal | float | None) -> float | None:
    """By how much of what was before there is more now: 0.1 is a tenth more. None where there was nothing."""
    return float(now) / float(before) - 1 if now is not None and before else None


def share(part: float, whole: float) -> float:
    """0.1 is a tenth; of nothing, nothing."""
    return part / whole if whole else 0.0


def shown_cost(row: ReportRow | None, conversion: Conversion) -> dict[str, Money]:
    """What it cost as it is to be shown: by currency, added only where a rate says how."""
    return conversion.total(row.cost.values()) if row else {}


def currencies(rows: Iterable[ReportRow], conversion: Conversion) -> list[str]:
    """Those in which something was spent: the one wanted first, then those of most calls; one at least."""
    calls: Counter[str] = Counter()
    for row in rows:
        for currency, money in row.cost.items():
            if money.amount:
                calls[conversion.view(money).currency] += row.sums[currency]["calls"]
    spent = sorted(calls, key=lambda one: (one != conversion.currency, -calls[one], one))
    return spent or [conversion.currency or "USD"]


def top(rows: Mapping[str, ReportRow], conversion: Conversion, currency: str) -> list[str]:
    """The keys to be shown by name: those that cost most in a currency, then those called most."""

    def weight(key: str) -> tuple[Decimal, int]:
        money = shown_cost(rows[key], conversion).get(currency)
        return (money.amount if money else Decimal(0), rows[key].calls)

    ranked = sorted(sorted(rows), key=weight, reverse=True)
    return ranked if len(ranked) <= TOP + 1 else ranked[:TOP]


def in_order(found: Iterable[str], named: Sequence[str]) -> list[str]:
    """The keys that have something to show, as `named` has them, the rest last."""
    there = set(found)
    return [key for key in named if key in there] + ([OTHER] if OTHER in there else [])


def uncached(row: ReportRow) -> int:
    """Input tokens that were neither read from nor written to the cache."""
    tokens = row.tokens
    return max(0, tokens["input_tokens"] - tokens["cached_input_tokens"] - tokens["cache_write_tokens"])


def round_to_two(amount: Decimal) -> Decimal:
    """To two figures that count."""
    return round(amount, 1 - amount.adjusted()) if amount else amount


def digits(amounts: Iterable[Decimal]) -> int:
    """How many decimals a column needs so that its smallest amount isn't told as nothing; 2 to 9."""
    places = [1 - amount.adjusted() for amount in amounts if amount]
    return min(9, max([2, *places]))
