"""Usage and cost: what was spent, on what, and what nobody knows the cost of. Opening it sends nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from lib.i18n import N_
from ui import usage_charts, usage_parts
from ui.engine import door
from ui.links import go
from ui.usage_csv import downloads
from ui.usage_data import Seen, look
from ui.usage_filters import all_time, clear, filters
from ui.usage_view import View, read
from ui.words import t

engine = door().engine


def empty() -> None:
    """No call was ever made: what to do."""
    st.markdown(t(N_("No call has been made yet, so nothing was spent. What you make shows here at once.")))
    if st.button(t(N_("Write a prompt")), key="usage_begin", type="primary", icon=":material/chat:"):
        go("text")


def nothing(view: View) -> None:
    """No call in these days or of this kind: how to see more."""
    st.markdown(t(N_("No call was made in these days that is of this kind.")) if view.where
                else t(N_("No call was made in these days.")))  # fmt: skip
    with st.container(horizontal=True):
        if view.where:
            st.button(t(N_("Clear filters")), key="usage_nothing_clear", on_click=clear)
        if view.range != "all":
            st.button(t(N_("Show all time")), key="usage_all", icon=":material/date_range:", on_click=all_time)


def answer(seen: Seen) -> None:
    """From the sums down to single calls."""
    models = seen.by("model")
    usage_parts.headline(seen)
    usage_parts.budget()
    usage_parts.unknown(seen, models)
    usage_charts.spend(seen)
    usage_parts.table(seen)
    downloads(seen)
    usage_parts.units(seen)
    usage_charts.tokens(seen)
    usage_charts.costs(seen)
    left, right = st.columns(2, gap="large")
    with left:
        usage_parts.failures(seen)
    with right:
        usage_charts.times(seen, models)
    usage_parts.dearest(seen)
    usage_parts.figures(seen)


st.title(t(N_("Usage and cost")))
first = engine.log.first_day()
if first is None:
    empty()
else:
    view = read(st.query_params)
    today = datetime.now(UTC).astimezone(ZoneInfo(engine.ledger.zone)).date()
    seen = look(engine, door().own.conversion(), view, today, first)
    filters(view)
    st.caption(usage_parts.period(seen))
    usage_parts.deleted(seen)
    if seen.total.calls:
        answer(seen)
    else:
        nothing(view)
