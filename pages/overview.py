"""Overview: what can I use right now, what not and why, what is left, what was spent. Opening it sends nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from lib.i18n import N_
from lib.verdicts.overview import Api, Overview
from ui import rows, spend
from ui.checking import ask, checking
from ui.chips import facts
from ui.choices import WORTH_TRYING
from ui.connect import console
from ui.engine import door
from ui.frame import place
from ui.links import go
from ui.relays import switcher
from ui.words import ago, count, first, t

TOP, QUOTA = "top", "quota"
"""Where a check may be drawn, besides the row that asked for it."""
OLD = timedelta(hours=1)
NAMED = 5
"""Connections called by name where more wait."""

engine = door().engine


def headline(seen: Overview) -> str:
    """The answer in one sentence."""
    listed = count(seen.listed)
    if not seen.evidence:
        n = count(len(engine.configuration().connections))
        return t(N_("Connections not checked yet: **{n}**. The check is free."), n=n)
    if not seen.listed:
        return t(N_("Nothing is known yet of what your relay lists."))
    if seen.usable == 1:
        return t(N_("**1** of {listed} listed APIs works with your keys."), listed=listed)
    return t(N_("**{usable}** of {listed} listed APIs work with your keys."), usable=count(seen.usable), listed=listed)


def ages(seen: Overview) -> None:
    """Relays, their lines, and how old all this is."""
    checks = {one.connection: one.at for one in sorted(seen.evidence, key=lambda one: one.at)}.values()
    listed = t(N_("list fetched {ago}"), ago=ago(seen.fetched_at)) if seen.fetched_at else ""
    checked = t(N_("oldest check {ago}"), ago=ago(min(checks))) if checks else t(N_("nothing checked yet"))
    old = bool(checks) and datetime.now(UTC) - min(checks) > OLD
    warning = t(N_("over an hour old: check again"))
    facts((*map(place, seen.relays), listed, checked, f":orange[:material/schedule: {warning}]" if old else ""))
    for relay in seen.relays:
        if len(relay.lines) > 1:
            switcher(engine, relay, TOP)


def unchecked(seen: Overview) -> None:
    """The connections that came after the last check of all, and their next step."""
    known = {one.connection for one in seen.evidence}
    names = [one.id for one in engine.configuration().connections if one.id not in known]
    if not names or not known:  # where none is checked, the headline says so
        return
    with st.container(horizontal=True, vertical_alignment="center", key="unchecked"):
        words = t(N_("Not checked yet: {connections}"), connections=first(names, NAMED))
        st.markdown(f":blue[:material/help: {words}]", width="content")
        st.button(
            t(N_("Check these")), key="check_unchecked", icon=":material/refresh:", on_click=ask, args=(TOP, names),
            help=t(N_("Free: asks for the line, the key, its quota and its models. No call is made.")),
        )


def empty() -> None:
    """Nothing is set up: exactly what to do."""
    st.markdown(t(N_("You have no connection yet. A connection is a base URL and a key; testing it is free.")))
    with st.container(horizontal=True):
        if st.button(t(N_("Set up a connection")), key="empty_set_up", type="primary", icon=":material/key:"):
            go("connections")
        st.button(
            t(N_("Look at the demo")), key="enter_demo", type="tertiary", icon=":material/science:",
            on_click=door().enter_demo,
        )


def answer() -> None:
    """The sentence, both tables, what is left and what was spent."""
    seen = engine.overview()
    with st.container(horizontal=True, vertical_alignment="center", key="answer"):
        st.markdown(f"#### {headline(seen)}", width="stretch")
        if not door().is_demo and st.button(t(N_("Add connections")), key="add_connections", icon=":material/key:"):
            go("connections")
        st.button(
            t(N_("Check now")), key="check_all", icon=":material/refresh:", type="primary", on_click=ask, args=(TOP,),
            help=t(N_("Free: asks for the line, the key, its quota and its models. No call is made.")),
        )
    ages(seen)
    unchecked(seen)
    checking(engine, TOP)
    tables(seen)
    left, right = st.columns([2, 1], gap="large")
    with left:
        st.subheader(t(N_("Quota")))
        rows.quotas(seen.quotas, [one.id for one in engine.configuration().connections])
        st.button(t(N_("Refresh")), key="refresh_quota", icon=":material/refresh:", on_click=ask, args=(QUOTA,))
        checking(engine, QUOTA)
    with right:
        st.subheader(t(N_("Spend")))
        spend.figures(engine)


def usable(api: Api) -> bool:
    """Whether there is something to be gained by trying."""
    return bool(api.models) and api.state in WORTH_TRYING


def fails(api: Api) -> None:
    """A row that doesn't work, and below it the check that was asked for there."""
    rows.fails(engine, api, ask, console(engine, api.connection, api.provider), usable(api))
    checking(engine, rows.key_of(api))


def tables(seen: Overview) -> None:
    """What works, and what doesn't with its next step."""
    st.subheader(t(N_("Works now")))
    if not seen.works:
        facts((t(N_("Nothing yet. See below for what each API waits for.")),))
    rows.listed(seen.works, "works", lambda api: rows.works(engine, api, usable(api)))
    st.subheader(t(N_("Doesn't yet")))
    rows.listed(seen.fails, "fails", fails)


st.title(t(N_("Overview")))
if engine.configuration().connections:
    answer()
else:
    empty()
