"""What was left for a relay's keys over time, as the checks saw it: a chart for each currency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from lib.i18n import N_
from lib.ledger.balances import Balance
from ui import charts
from ui.charts import SERIES, Series
from ui.words import money, t, zone


def balances(found: Sequence[Balance]) -> None:
    """One line a connection; nothing where no check has told an amount."""
    st.subheader(t(N_("Balance over time")))
    if not found:
        st.markdown(t(N_("No check has told what is left for these keys. Each check that does adds to it.")))
        return
    st.caption(t(N_("As each check saw it; between two of them it held, or nobody asked.")))
    for currency in sorted({one.left.currency for one in found}):
        of_it = by_connection([one for one in found if one.left.currency == currency])
        figure = charts.steps([_times(seen) for seen in of_it.values()], series(of_it), currency)
        charts.draw(figure, f"reconcile_balance_{currency}", t(N_("Balance over time")))


def by_connection(found: Sequence[Balance]) -> dict[str, list[Balance]]:
    """The same by connection, in the order of time."""
    seen: defaultdict[str, list[Balance]] = defaultdict(list)
    for one in found:
        seen[one.connection].append(one)
    return dict(seen)


def series(found: dict[str, list[Balance]]) -> list[Series]:
    """A line a connection; beyond the colours that there are they repeat."""
    return [
        Series(
            name, name, [float(one.left.amount) for one in seen], [money(one.left) for one in seen],
            SERIES[n % len(SERIES)],
        )
        for n, (name, seen) in enumerate(found.items())
    ]  # fmt: skip


def _times(found: Sequence[Balance]) -> list[str]:
    return [_local(one.at) for one in found]


def _local(at: datetime) -> str:
    """A time of the browser's zone, as a chart has it that knows of no zones."""
    return at.astimezone(zone()).strftime("%Y-%m-%d %H:%M:%S")
