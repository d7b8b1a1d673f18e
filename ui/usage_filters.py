"""The filters of usage and cost. The address is their only memory: a change of a field or a click changes it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.causes import CAPABILITY_NAMES
from lib.i18n import N_
from lib.ledger.contribution import Dimension
from lib.ledger.usage import OTHER
from ui import charts
from ui.days import FIRST_DAY, LAST_DAY
from ui.markdown import literal
from ui.theme import BILLING, STATES, STATUSES
from ui.usage_view import BY, RANGES, Range, View, read
from ui.words import maker, t

KEY = "usage_"
RANGE_NAMES: Mapping[Range, str] = {
    "today": N_("Today"),
    "7d": N_("Last 7 days"),
    "30d": N_("Last 30 days"),
    "month": N_("This month"),
    "last_month": N_("Last month"),
    "all": N_("All time"),
    "dates": N_("Days of your choice"),
}
NAMES: Mapping[Dimension, str] = {
    "provider": N_("Provider"),
    "model": N_("Model"),
    "capability": N_("Capability"),
    "connection": N_("Connection"),
    "unit": N_("Billing"),
    "cause": N_("Error"),
}
WORDED: Mapping[Dimension, Mapping[str, str]] = {
    "capability": CAPABILITY_NAMES,
    "unit": {**BILLING, "": N_("without a price")},
    "model": {"": N_("without a model")},
    "cause": {
        **{one: look.word for one, look in STATUSES.items()},
        **{one: look.word for one, look in STATES.items()},
        "": N_("No error"),
    },
}
"""The words for values that are the contract's, as message ids."""


def name(dimension: Dimension, value: str) -> str:
    """What a value is called, as plain text."""
    if value == OTHER:
        return t(N_("Everything else"))
    if dimension == "provider":
        return maker(value)
    known = WORDED.get(dimension, {})
    return t(known[value]) if value in known else value


def filters(view: View) -> None:
    """Days and what spend is split by; below, what alone is shown and how to be rid of it."""
    state = st.session_state
    state[KEY + "range"], state[KEY + "by"] = view.range, view.by
    with st.container(horizontal=True, vertical_alignment="bottom", key="usage_filters"):
        st.selectbox(
            t(N_("Days")), RANGES, key=KEY + "range", format_func=lambda one: t(RANGE_NAMES[one]), on_change=_take,
            width=190,
        )
        if view.range == "dates":
            _dates(view)
        st.segmented_control(
            t(N_("Split by")), BY, key=KEY + "by", format_func=lambda one: t(NAMES[one]), on_change=_take,
            required=True,
        )
    if view.where:
        _chips(view)


def _dates(view: View) -> None:
    for field, label, day in (("since", N_("From"), view.since), ("until", N_("Up to and with"), view.until)):
        st.session_state[KEY + field] = day
        st.date_input(
            t(label), value=None, key=KEY + field, on_change=_take, min_value=FIRST_DAY, max_value=LAST_DAY,
            format="YYYY-MM-DD", width=150,
        )


def _chips(view: View) -> None:
    with st.container(horizontal=True, gap="xsmall", key="usage_only"):
        for one, value in view.where.items():
            words = f"{t(NAMES[one])}: {name(one, value)}"
            st.button(literal(words), key=f"usage_drop_{one}", icon=":material/close:", on_click=drop, args=(one,))
        st.button(t(N_("Clear filters")), key="usage_clear", type="tertiary", on_click=clear)


def put(view: View) -> None:
    """Makes a view the one that is shown."""
    st.query_params.from_dict(view.address)


def _take() -> None:
    """Puts the fields' values into the address."""
    state, view = st.session_state, read(st.query_params)
    days = {one: state.get(KEY + one) for one in ("since", "until")}
    put(View(state[KEY + "range"], days["since"], days["until"], state[KEY + "by"], view.where))


def drop(dimension: Dimension) -> None:
    """Shows everything of a dimension again."""
    put(read(st.query_params).without(dimension))


def clear() -> None:
    """Shows everything of these days."""
    view = read(st.query_params)
    put(View(view.range, view.since, view.until, view.by))


def all_time() -> None:
    """Shows the same of all days there are."""
    view = read(st.query_params)
    put(View("all", by=view.by, where=view.where))


def only(dimension: Dimension, value: str) -> None:
    """Shows one thing alone; all that has no name of its own can't be."""
    if value != OTHER:
        put(read(st.query_params).only(dimension, value))


def take_bar(key: str, dimension: Dimension) -> None:
    """Shows alone what the clicked bar of a chart stands for."""
    value = charts.clicked(key)
    if value is not None:
        only(dimension, value)


def take_row(key: str, dimension: Dimension, values: list[str]) -> None:
    """Shows alone what the chosen row of a table stands for."""
    for row in st.session_state[key]["selection"]["rows"]:
        only(dimension, values[row])
