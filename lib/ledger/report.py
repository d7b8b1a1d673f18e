"""What was spent and used, as rows of sums: one for each key of a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from lib.ledger.cells import Sums
from lib.ledger.contribution import TOKENS
from lib.vocabulary import Money

Found: TypeAlias = tuple[str, str, Sums]
"""Key, currency and their sums."""
Figure = Literal["cost", "estimated", "billed", "official"]
Pair = Literal["checked", "compared"]

PAIRS: Mapping[Pair, tuple[str, str]] = {"checked": ("estimated", "billed"), "compared": ("cost", "official")}
"""Figures that are known together of some calls, in one currency, so that their difference means something."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two figures of the same calls."""

    calls: int
    first: Money
    second: Money

    @property
    def share(self) -> float | None:
        """By how much of itself the first is more than the second: 0.1 is a tenth more; None where that is nothing."""
        return float((self.first.amount - self.second.amount) / self.second.amount) if self.second.amount else None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The sums of one key by currency, "" for what has no amount. `cost` is billed where known, else estimated."""

    key: str
    sums: Mapping[str, Sums]

    def count(self, name: str) -> int:
        """One of the sums that isn't money, over all currencies."""
        return sum(sums[name] for sums in self.sums.values())

    @property
    def calls(self) -> int:
        """All of them."""
        return self.count("calls")

    @property
    def failed(self) -> int:
        """Those that failed."""
        return self.count("failed")

    @property
    def unknown_cost_calls(self) -> int:
        """Those nobody knows the cost of."""
        return self.count("unknown_cost_calls")

    @property
    def tokens(self) -> dict[str, int]:
        """By kind."""
        return {name: self.count(name) for name in TOKENS}

    @property
    def cost(self) -> dict[str, Money]:
        """What it cost as far as known; a known cost of nothing is told as 0, which isn't unknown."""
        return self._amounts("cost", known="calls")

    def figure(self, figure: Figure) -> dict[str, Money]:
        """One of a call's figures, where any call has it."""
        return self.cost if figure == "cost" else self._amounts(figure, known=f"{figure}_calls")

    @property
    def saved(self) -> dict[str, Money]:
        """What the cache saved by the prices the calls were settled by, where it made a difference."""
        found = sorted(self.sums.items())
        return {c: Money.of_nano(sums["saved_nano"], c) for c, sums in found if sums["saved_nano"]}

    def known(self, figure: Figure) -> int:
        """Of how many calls a figure is known."""
        return self.count("calls") - self.unknown_cost_calls if figure == "cost" else self.count(f"{figure}_calls")

    def difference(self, pair: Pair) -> dict[str, Difference]:
        """Two figures over the calls that have both, by currency."""
        first, second = (f"{pair}_{name}_nano" for name in PAIRS[pair])
        return {
            currency: Difference(calls, Money.of_nano(sums[first], currency), Money.of_nano(sums[second], currency))
            for currency, sums in sorted(self.sums.items())
            if (calls := sums[f"{pair}_calls"])
        }

    def average(self, name: Literal["duration", "first_byte"]) -> float | None:
        """Milliseconds a call that succeeded took in the middle; None where none was timed."""
        timed = self.count("timed_calls" if name == "duration" else "first_byte_calls")
        return self.count(f"{name}_ms") / timed if timed else None

    def _amounts(self, figure: str, *, known: str) -> dict[str, Money]:
        found = sorted(self.sums.items())
        return {c: Money.of_nano(sums[f"{figure}_nano"], c) for c, sums in found if c and sums[known]}

    def json(self) -> dict[str, Any]:
        """The contract's form of a row."""
        return {
            "key": self.key,
            "calls": self.calls,
            "failed": self.failed,
            "cost": {currency: money.plain for currency, money in self.cost.items()},
            "unknown_cost_calls": self.unknown_cost_calls,
            "tokens": self.tokens,
        }


def report_rows(found: Iterable[Found]) -> list[ReportRow]:
    """The rows of sums by key and currency."""
    keys: dict[str, dict[str, Sums]] = {}
    for key, currency, sums in found:
        keys.setdefault(key, {}).setdefault(currency, Counter()).update(sums)
    rows = [ReportRow(key, by_currency) for key, by_currency in keys.items()]
    return [row for row in rows if row.calls]  # what was moved elsewhere leaves cells of nothing behind


def total(rows: Iterable[ReportRow]) -> ReportRow:
    """The sum of some rows, under the key ""."""
    sums: dict[str, Sums] = {}
    for row in rows:
        for currency, part in row.sums.items():
            sums.setdefault(currency, Counter()).update(part)
    return ReportRow("", sums)
