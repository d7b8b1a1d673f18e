"""What was spent, as rows of one dimension."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lib.ledger.contribution import TOKENS, Sums
from lib.vocabulary import Money

Found: TypeAlias = tuple[str, str, Sums]
"""Key, currency and their sums."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The sums of one key. Amounts are by currency; `cost` is billed where known, else estimated."""

    key: str
    calls: int
    failed: int
    unknown_cost_calls: int
    cost: Mapping[str, Money]
    estimated: Mapping[str, Money]
    official: Mapping[str, Money]
    tokens: Mapping[str, int]
    duration_ms: int

    def json(self) -> dict[str, Any]:
        """The contract's form of a row."""
        return {
            "key": self.key,
            "calls": self.calls,
            "failed": self.failed,
            "cost": {currency: money.plain for currency, money in self.cost.items()},
            "unknown_cost_calls": self.unknown_cost_calls,
            "tokens": dict(self.tokens),
        }


def report_rows(found: Iterable[Found]) -> list[ReportRow]:
    """The rows of sums by key and currency."""
    rows = [_row(key, sums) for key, sums in _by_key(found).items()]
    return [row for row in rows if row.calls]  # what was moved elsewhere leaves cells of nothing behind


def total(rows: Iterable[ReportRow]) -> ReportRow:
    """The sum of some rows, under the key ""."""
    rows = tuple(rows)
    return ReportRow(
        key="",
        calls=sum(row.calls for row in rows),
        failed=sum(row.failed for row in rows),
        unknown_cost_calls=sum(row.unknown_cost_calls for row in rows),
        cost=_money_sum(row.cost for row in rows),
        estimated=_money_sum(row.estimated for row in rows),
        official=_money_sum(row.official for row in rows),
        tokens={name: sum(row.tokens[name] for row in rows) for name in TOKENS},
        duration_ms=sum(row.duration_ms for row in rows),
    )


def _money_sum(amounts: Iterable[Mapping[str, Money]]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for money in (money for row in amounts for money in row.values()):
        before = sums.get(money.currency, Money(0 * money.amount, money.currency))
        sums[money.currency] = Money(before.amount + money.amount, money.currency)
    return dict(sorted(sums.items()))


def _by_key(found: Iterable[Found]) -> dict[str, dict[str, Sums]]:
    keys: dict[str, dict[str, Sums]] = {}
    for key, currency, sums in found:
        keys.setdefault(key, {}).setdefault(currency, Counter()).update(sums)
    return keys


def _row(key: str, sums: Mapping[str, Sums]) -> ReportRow:
    def amounts(figure: str, *, known: str) -> dict[str, Money]:
        return {c: Money.of_nano(s[figure], c) for c, s in sorted(sums.items()) if c and s[known]}

    counts: Sums = Counter()
    for part in sums.values():
        counts.update(part)
    return ReportRow(
        key=key,
        calls=counts["calls"],
        failed=counts["failed"],
        unknown_cost_calls=counts["unknown_cost_calls"],
        cost=amounts("cost_nano", known="calls"),  # a known cost of nothing is told as 0, which isn't unknown
        estimated=amounts("estimated_nano", known="estimated_nano"),
        official=amounts("official_nano", known="official_nano"),
        tokens={name: counts[name] for name in TOKENS},
        duration_ms=counts["duration_ms"],
    )
