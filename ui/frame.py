"""What stands around every page: above it the demo's banner; beside it relay, line, spend, running calls, language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from lib.connections.model import Relay
from lib.engine import Engine
from lib.i18n import LANGUAGES, N_, Language
from lib.ledger.report import total
from lib.vocabulary import Money
from ui.chips import facts
from ui.connect import set_up
from ui.engine import door
from ui.markdown import literal
from ui.words import LANGUAGE, NAMES, count, language, money, t

CHOICE = "language_choice"


def banner() -> None:
    """Says that this is the demo, and how to leave it."""
    if not door().is_demo:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="demo_banner"):
        words = t(N_("You are looking at the demo relay: three keys, nothing real, nothing spent."))
        st.markdown(f":material/science: {words}", width="stretch")
        if st.button(t(N_("Set up your own")), key="banner_set_up", icon=":material/key:"):
            set_up()
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
            format_func=lambda one: NAMES[one],
            key=CHOICE,
            on_change=_keep_language,
            label_visibility="collapsed",
        )


def place(relay: Relay | None) -> str:
    """The current relay and its line; empty where there is none."""
    if relay is None:
        return ""
    name, line = (f"**{literal(one)}**" for one in (relay.name, relay.chosen.name))
    return t(N_("Relay {relay}, line {line}"), relay=name, line=line)


def _figures(engine: Engine) -> None:
    facts((place(next(iter(engine.configuration().relays), None)),))
    amounts = " + ".join(money(amount) for amount in spent_today(engine).values())
    st.caption(t(N_("Spent today: {amount}"), amount=amounts or t(N_("nothing"))))
    if running := len(engine.unfinished()):
        st.caption(":material/progress_activity: " + t(N_("Running calls: {n}"), n=count(running)))


def spent_today(engine: Engine) -> Mapping[str, Money]:
    """What was spent since midnight of the user's day, by currency."""
    zone = engine.ledger.zone
    today = datetime.now(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return total(engine.report("day", today.astimezone(UTC), None, zone)).cost


def _keep_language() -> None:
    chosen: Language = st.session_state[CHOICE]
    door().keep(LANGUAGE, chosen)
