"""What stands around every page: above it the demo's banner; beside it relay, line, spend, running calls, language."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import streamlit as st

from lib.connections.model import Relay
from lib.engine import Engine
from lib.i18n import LANGUAGES, N_, Language
from ui import checking, climb, navigation, sending
from ui.budget import warning
from ui.chips import facts
from ui.engine import door
from ui.links import go, link
from ui.markdown import literal, option
from ui.spend import spend, words
from ui.words import LANGUAGE, NAMES, count, language, money, t

CHOICE = "language_choice"
LOOKS_EVERY_S = 1.0
OUTLINE_PX = 480


def waited() -> Engine:
    """The engine that is shown; while the demo starts, the outline of a page. Raises `DemoFailed` if it can't."""
    if door().is_ready:
        return door().engine
    place = st.empty()
    try:
        with place.container(), st.spinner(t(N_("Starting the demo relay on this machine…"))):
            st.skeleton(height=OUTLINE_PX)
            return door().engine
    finally:
        place.empty()


def own_words() -> None:
    """Gives page.css words in the reader's language for what Streamlit says in English only."""
    taken_up = json.dumps(t(N_("Counts once you click elsewhere")), ensure_ascii=False)
    st.html(f"<style>:root {{ --taken-up: {taken_up}; }}</style>")


def banner() -> None:
    """Says that this is the demo, and how to leave it."""
    if not door().is_demo:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="demo_banner"):
        words = t(N_("You are looking at the demo relay: three keys, nothing real, and what they spend is play money."))
        st.markdown(f":material/science: {words}", width="stretch")
        if st.button(t(N_("Set up your own")), key="banner_set_up", icon=":material/key:"):
            go("connections")
        st.button(t(N_("Leave the demo")), key="banner_leave", type="tertiary", on_click=door().leave_demo)


def beside(engine: Engine) -> None:
    """The sidebar below the navigation."""
    with st.sidebar:
        _figures(engine)
        st.segmented_control(
            t(N_("Language")),
            LANGUAGES,
            default=language(),
            required=True,
            format_func=lambda one: option(NAMES[one]),
            key=CHOICE,
            on_change=_keep_language,
            label_visibility="collapsed",
        )
        navigation.mend()
        sending.once()


def place(relay: Relay) -> str:
    """A relay and its line in use."""
    name, line = (f"**{literal(one)}**" for one in (relay.name, relay.chosen.name))
    return t(N_("Relay {relay}, line {line}"), relay=name, line=line)


def _figures(engine: Engine) -> None:
    for relay in engine.configuration().relays_in_use:
        facts((place(relay),))
    today = spend(engine, datetime.now(UTC)).today
    for amount in map(money, today.cost.values()) if today.cost else [words(today)]:  # a link's line isn't broken
        link("usage", t(N_("Spent today: {amount}"), amount=amount), range="today")
    warning()
    checking.aside(engine)
    climb.aside()
    if engine.log.unfinished():
        _running(engine)


@st.fragment(run_every=LOOKS_EVERY_S)
def _running(engine: Engine) -> None:
    """How many calls run, until none does; then the whole page is drawn once more, with what they cost."""
    running = len(engine.log.unfinished())
    if not running:
        st.rerun()
    st.caption(":material/progress_activity: " + t(N_("Running calls: {n}"), n=count(running)))


def _keep_language() -> None:
    chosen: Language = st.session_state[CHOICE]
    door().keep(LANGUAGE, chosen)
