"""What was spent: today and this month as sentences or figures, and the last days as a sparkline. From the rollups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.days import day_begins
from lib.ledger.report import ReportRow, total
from lib.vocabulary import Money
from ui.links import link
from ui.words import amounts, count, t

DAYS = 30
"""How many days the sparkline shows, today the last."""


@dataclass(frozen=True, slots=True)
class Spend:
    """The sums of today and of this month by the user's day, and each of the last days' (oldest first)."""

    today: ReportRow
    month: ReportRow
    days: tuple[Mapping[str, Money], ...]


def spend(engine: Engine, now: datetime) -> Spend:
    """One question to the rollups, however many calls there are."""
    zone = ZoneInfo(engine.ledger.zone)
    today = now.astimezone(zone).date()
    first = min(today.replace(day=1), today - timedelta(days=DAYS - 1))
    found = engine.log.report("day", day_begins(first, zone), None, zone.key)
    rows = {date.fromisoformat(row.key): row for row in found}
    shown = (rows.get(today - timedelta(days=back)) for back in reversed(range(DAYS)))
    return Spend(
        today=total(row for day, row in rows.items() if day == today),
        month=total(row for day, row in rows.items() if day >= today.replace(day=1)),
        days=tuple(row.cost if row else {} for row in shown),
    )


def words(sums: ReportRow) -> str:
    """What it came to, each currency by itself."""
    return amounts(sums.cost)


def figures(engine: Engine) -> None:
    """Today and this month, the last days beneath; what nobody knows the cost of is counted."""
    found = spend(engine, datetime.now(UTC))
    currency = next(iter(found.month.cost), "USD")
    line = [float(day[currency].amount) if currency in day else 0.0 for day in found.days]
    with st.container(horizontal=True, gap="medium", key="spend_figures"):
        st.metric(t(N_("Today")), words(found.today), width="content")
        st.metric(
            t(N_("This month")), words(found.month), width="stretch",
            chart_data=line if sum(map(bool, line)) > 1 else None, chart_type="bar",
        )
    link("usage", t(N_("What it was spent on")), range="month")
    if found.month.unknown_cost_calls:
        unknown = count(found.month.unknown_cost_calls)
        st.caption(t(N_("Calls of unknown cost this month: {n}. They are not in the sum."), n=unknown))
