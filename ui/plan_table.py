"""The planner's rows drawn: a table to sort where there is room, cards where there is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.i18n import N_
from lib.verdicts.planning import Offer
from lib.vocabulary import Quota
from ui.chips import facts
from ui.links import link
from ui.markdown import code, literal, whole
from ui.plan_words import amount, gap, good, price, told
from ui.tables import EMPTY, height
from ui.words import ago, count, quota, t

TABLE_PX = 560
CARDS = 20
"""Cards drawn at first, and more of with each press."""
MORE = "planner_cards"


def table(found: Sequence[Offer]) -> None:
    """All offers, in their order."""
    text = st.column_config.TextColumn
    columns: dict[str, Any] = {
        "model": text(t(N_("Model")), pinned=True, width=175),
        "connection": text(t(N_("Connection")), width=110),
        "buys": st.column_config.NumberColumn(t(N_("Buys")), format="localized", width=100),
        "of": text(t(N_("Of what, or why unknown")), width=200),
        "price": text(t(N_("Price")), width=200),
        "left": text(t(N_("Quota left")), alignment="right", width=110),
        "as_of": text(t(N_("As of")), width=110),
    }
    lines = [_line(one) for one in found]
    shown = [name for name in columns if any(line[name] not in ("", None) for line in lines)]
    st.dataframe(
        lines, column_config=columns, column_order=shown, hide_index=True, key="planner_table",
        height=height(len(found), TABLE_PX), placeholder=EMPTY,
    )


def _line(one: Offer) -> dict[str, object]:
    found = amount(one)
    return {
        "model": one.verdict.model,
        "connection": one.verdict.connection,
        "buys": None if found is None else float(found),
        "of": gap(one) or good(one.bought.good),
        "price": price(one),
        "left": whole(quota(one.left)),
        "as_of": _as_of(one.left),
    }


def _as_of(left: Quota | None) -> str:
    return whole(ago(left.as_of)) if left else ""


def cards(found: Sequence[Offer]) -> None:
    """The first offers, each a card, and a button for more."""
    shown = st.session_state.get(MORE, CARDS)
    for one in found[:shown]:
        with st.container(border=True, gap="xsmall"):
            st.markdown(code(one.verdict.model))
            st.markdown(f"**{literal(told(one))}**" if told(one) else literal(gap(one)))
            left = t(N_("{amount} left"), amount=literal(quota(one.left))) if one.left else ""
            facts((literal(one.verdict.connection), literal(price(one))))
            facts((left, _as_of(one.left)))
    if len(found) > shown:
        words = t(N_("Show more ({n} left)"), n=count(len(found) - shown))
        st.button(words, key="planner_more", on_click=_more, width="stretch")


def _more() -> None:
    st.session_state[MORE] = st.session_state.get(MORE, CARDS) + CARDS


def remedies(found: Sequence[Offer]) -> None:
    """What keeps counts from being known, each once and whole, and the ways to mend it."""
    unknown = [one for one in found if one.bought.gap not in (None, "free")]
    for why, n in Counter(map(gap, unknown)).items():
        facts((t(N_("{n} of unknown count: {why}"), n=count(n), why=literal(why)),))
    gaps = {one.bought.gap for one in unknown}
    with st.container(horizontal=True):
        if gaps & {"price", "balance"}:
            link("connections", t(N_("Check a connection or set a price")))
        if "rate" in gaps:
            link("settings", t(N_("Set a rate")))
