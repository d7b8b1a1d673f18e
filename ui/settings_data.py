"""Settings of what is kept where: relays' lines, the demo, the data folder, keys; and which version this is."""

from __future__ import annotations

import platform

import streamlit as st

from lib import VERSION
from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.report import total
from ui import format as figures
from ui.checking import checking
from ui.chips import facts
from ui.connect import where_keys_are
from ui.engine import door
from ui.links import link
from ui.markdown import code, literal
from ui.relays import switcher
from ui.settings_form import saved
from ui.words import count, language, t

HERE = "settings"


def lines(engine: Engine) -> None:
    """The line each relay is reached by."""
    relays = [relay for relay in engine.configuration().relays if len(relay.lines) > 1]
    st.caption(t(N_("The line your requests take. It is switched by you only; then the relay's connections are "
                    "checked, free of charge.")))
    if not relays:
        st.markdown(t(N_("No relay with several lines is set up.")))
    for relay in relays:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(literal(relay.name), width="content")
            switcher(engine, relay, HERE)
    checking(engine, HERE)
    link("connections", t(N_("Race the lines, add or change one")))


def demo() -> None:
    """Whether the demo is shown, and the way in and out."""
    own = door().own.configuration().connections
    if door().is_demo:
        st.markdown(t(N_("The demo is shown.")))
        with st.container(horizontal=True):
            st.button(t(N_("Leave the demo")), key="settings_leave", icon=":material/logout:",
                      on_click=door().leave_demo)  # fmt: skip
            st.button(
                t(N_("Reset the demo")), key="settings_reset", type="tertiary", icon=":material/restart_alt:",
                on_click=_reset, help=t(N_("Forgets its calls and what was spent there. Nothing of yours is touched.")),
            )
        return
    if own:
        st.markdown(t(N_("The demo shows only where you have no connection of your own; you have {n}."),
                      n=count(len(own))))  # fmt: skip
    st.button(
        t(N_("Look at the demo")), key="settings_demo", icon=":material/science:", on_click=door().enter_demo,
        disabled=bool(own),
    )


def _reset() -> None:
    door().reset_demo()
    saved()


def data() -> None:
    """The folder, what lies in it, and where keys are."""
    own = door().own
    st.caption(t(N_("Everything of yours lies here; to take it along or to save a copy, copy this folder while the app "
                    "doesn't run.")))
    st.code(str(own.home), language=None, wrap_lines=True)
    sizes, summed = own.ledger.sizes(), total(own.log.report("provider", None, None, own.ledger.zone)).calls
    gone = own.log.deleted()
    calls = summed - (gone.calls if gone else 0)
    if own.ledger.database.file is None:
        where = own.ledger.database.url.render_as_string(hide_password=True)
        facts((t(N_("database {address}"), address=code(where)), t(N_("calls: {n}"), n=count(calls))))
    else:
        facts((
            t(N_("database {size}"), size=figures.size(sizes.database, language())),
            t(N_("not yet taken in (WAL) {size}"), size=figures.size(sizes.log, language())),
            t(N_("copies before updates {size}"), size=figures.size(sizes.backups, language())),
            t(N_("calls: {n}"), n=count(calls)),
        ))  # fmt: skip
    if gone is not None:
        st.caption(t(N_("Deleted, their sums kept: {n}."), n=count(gone.calls)))
    st.markdown(where_keys_are())
    st.caption(t(N_("A key goes only to the addresses it was saved for, and is in no log, export or error.")))


def about() -> None:
    """Which version this is."""
    facts((f"Relayscope {VERSION}", f"Python {platform.python_version()}", f"Streamlit {st.__version__}"))
    st.caption(t(N_("MIT licence. No account, no telemetry: requests go to the addresses you set up and nowhere "
                    "else.")))
