"""What the page of usage and cost knows at one look: a few questions to the rollups, however many calls there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lib.cost.conversion import Conversion
from lib.engine import Engine
from lib.ledger.contribution import Dimension
from lib.ledger.histograms import Histogram, Measure
from lib.ledger.report import ReportRow, total
from lib.ledger.row import CallRow
from lib.ledger.usage import Key
from lib.vocabulary import Money
from ui.usage_view import Span, View, currencies, top

DEAREST = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """The sums of the days shown: all in all, a bar each, and by what they are split; `before`: of the days before."""

    engine: Engine
    conversion: Conversion
    view: View
    span: Span
    total: ReportRow
    before: ReportRow | None
    steps: Mapping[str, ReportRow]
    split: Mapping[str, ReportRow]

    @property
    def currencies(self) -> list[str]:
        """In which there is something to show."""
        return currencies([self.total], self.conversion)

    def by(self, dimension: Dimension) -> dict[str, ReportRow]:
        """The sums by another dimension, those called most first."""
        found = self.engine.log.usage(self.view.asked(self.span), (dimension,))
        rows = {row.key: row for row in found.values()}
        return dict(sorted(rows.items(), key=lambda one: (-one[1].calls, one[0])))

    def over_time(self, by: Dimension, named: list[str]) -> dict[tuple[str, str], ReportRow]:
        """The sums by bar and key."""
        keys: tuple[Key, Key] = (self.span.step, by)
        found = self.engine.log.usage(self.view.asked(self.span), keys, {by: named})
        return {(step, key): row for (step, key), row in found.items()}

    def spread(self, measure: Measure) -> dict[tuple[str, str], Histogram]:
        """How the calls are spread over what they took or cost, by model and currency."""
        return self.engine.log.spread(self.view.asked(self.span), measure)

    def top(self, currency: str) -> list[str]:
        """The keys to be shown by name."""
        return top(self.split, self.conversion, currency)

    def dearest(self) -> list[tuple[Money, CallRow]]:
        """The calls that cost most, as it is to be shown; the currencies one after the other."""
        asked = self.view.asked(self.span)
        calls = [row for currency in self.total.cost for row in self.engine.log.dearest(asked, currency, DEAREST)]
        priced = [(self.conversion.view(row.cost), row) for row in calls if row.cost and row.cost.amount]
        priced.sort(key=lambda one: one[0].amount, reverse=True)
        by_currency = ([one for one in priced if one[0].currency == currency] for currency in self.currencies)
        return [one for found in by_currency for one in found[:DEAREST]]


def look(engine: Engine, conversion: Conversion, view: View, today: date, first: date) -> Seen:
    """Asks for what every part of the page needs."""
    span = view.span(today, first)
    steps = engine.log.usage(view.asked(span), (span.step,))
    split = engine.log.usage(view.asked(span), (view.by,))
    before = None if view.range == "all" else total(engine.log.usage(view.asked(span.before), ()).values())
    return Seen(
        engine=engine, conversion=conversion, view=view, span=span, total=total(steps.values()), before=before,
        steps={row.key: row for row in steps.values()}, split={row.key: row for row in split.values()},
    )  # fmt: skip
