"""What an opened cell of the matrix and an opened row of the catalogue both have: verdict, what to do, evidence."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.spells import Called
from lib.providers import provider
from lib.vocabulary import OF_A_MODEL, Capability, Evidence, Proof, Reason, State, Verdict
from ui import chips, history, support
from ui.checking import ask, checking
from ui.choices import ONLY_A_CALL_TELLS, WORTH_TRYING, worth_trying
from ui.connect import console
from ui.links import go
from ui.theme import look
from ui.words import t, worded

NEWEST = 12
"""Requests that are shown of a connection."""


def verdict(state: State, proof: Proof | None, why: Reason) -> None:
    """The state, why it is so, whose move it is and what that would be; the server's own words, where it had some."""
    chips.chip(look(state, proof))
    st.markdown(chips.advice(worded(why)))
    if why.said:
        chips.quote(why.said)


def add_a_key(maker: str, where: str) -> None:
    """What to do where nothing is set up."""
    with st.container(horizontal=True):
        if st.button(t(N_("Add a key")), key=f"{where}_add", type="primary", icon=":material/key:"):
            go("connections", new=maker)
        if url := provider(maker).keys_url:
            st.link_button(t(N_("Get a key")), url, icon=":material/open_in_new:")


def actions(engine: Engine, found: Verdict, maker: str, where: str) -> None:
    """Use it, check it, look after its connection; a check is drawn below."""
    worth = worth_trying(found) and bool(found.model)
    if found.only_a_call_tells:
        st.caption(t(ONLY_A_CALL_TELLS))
    with st.container(horizontal=True):
        if worth:
            _use(found.capability, found, where)
        st.button(
            t(N_("Check")), key=f"{where}_check", icon=":material/refresh:",
            on_click=ask, args=(where, found.connection),
            help=t(N_("Free: asks for line, key, quota and models of this connection.")),
        )
        if st.button(t(N_("Connection")), key=f"{where}_connection", icon=":material/settings:"):
            go("connections", id=found.connection)
        if found.state not in WORTH_TRYING and (url := console(engine, found.connection, maker)):
            st.link_button(t(N_("Open console")), url, icon=":material/open_in_new:")
        report(engine, found.connection, {(found.model, found.capability)}, found.reason, where)
    checking(engine, where)


def report(engine: Engine, connection: str, called: Called, why: Reason, where: str) -> None:
    """The report for support of the newest request that showed the fault; nothing where none did."""
    seen = behind(engine.judged().facts.evidence, connection, called)
    if failed := next((one for one in seen if one.reason and one.reason.code == why.code and not one.ok), None):
        support.of_a_request(engine, failed, f"{where}_support")


def _use(page: Capability, found: Verdict, where: str) -> None:
    if st.button(t(N_("Use")), key=f"{where}_use", type="primary", icon=":material/arrow_forward:"):
        go(page, connection=found.connection, model=found.model)


def rests_on(engine: Engine, connection: str, called: Called, where: str) -> None:
    """The newest requests behind what is known of some models of one connection, and how they stood before."""
    chips.heading(t(N_("What it rests on")))
    with st.container(gap="xsmall"):
        chips.evidence(behind(engine.judged().facts.evidence, connection, called)[:NEWEST])
    history.draw(engine, connection, where, called)


def behind(evidence: Sequence[Evidence], connection: str, called: Called) -> list[Evidence]:
    """What is known of some models of one connection, newest first: its rungs, and the real calls of those models."""
    mine = (
        one
        for one in evidence
        if one.connection == connection and (one.step not in OF_A_MODEL or (one.model or "", one.capability) in called)
    )
    return sorted(mine, key=lambda one: one.at, reverse=True)
