"""Planner: what the balance left buys, model by model, and where a prompt costs least. Opening it sends nothing."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from lib.verdicts.planning import serving
from lib.vocabulary import CAPABILITIES, Capability
from ui.chips import facts
from ui.engine import door
from ui.filters import Filters
from ui.links import go
from ui.plan_prompt import prompt
from ui.plan_table import cards, remedies, table
from ui.plan_words import ORDERS, ordered
from ui.screen import narrow
from ui.words import capability, count, t

engine = door().engine


def page(able: list[Capability]) -> None:
    """One capability's offers."""
    filters = Filters("planner", ["capability", "sort"], [])
    with st.container(horizontal=True, vertical_alignment="bottom", key="planner_filters"):
        named = filters.one_of("capability", {one: capability(one) for one in able}, t(N_("Capability")))
        order = filters.one_of("sort", {one: t(word) for one, word in ORDERS.items()}, t(N_("Order")))
        as_cards = narrow()
    chosen = next(one for one in able if one == named)
    conversion = door().own.conversion()
    found = engine.offers(chosen, conversion)
    prompt(engine, chosen, found, conversion)
    rows = ordered(found, order, conversion)
    models = t(N_("{n} can be used now"), n=count(len(rows)))
    facts((models, t(N_("by today's prices; what was spent since a balance was read isn't taken off"))))
    (cards if as_cards else table)(rows)
    remedies(rows)
    filters.keep()


st.title(t(N_("Planner")))
st.markdown(t(N_("What is left on your keys buys so much of each model; and where a prompt costs least.")))
if able := [one for one in CAPABILITIES if serving(engine.verdicts(), one)]:
    page(able)
else:
    st.markdown(t(N_("No connection can be used yet, so there is nothing to plan with.")))
    if st.button(t(N_("Set up your own")), key="planner_set_up", type="primary", icon=":material/key:"):
        go("connections")
