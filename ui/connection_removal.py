"""Removing a connection: first what depends on it, then the button."""

from __future__ import annotations

import streamlit as st

from lib.connections.model import Connection
from lib.engine import Engine
from lib.errors import WrongUse
from lib.i18n import N_
from ui.connection_cards import calls_of, dependents
from ui.markdown import literal
from ui.words import count, first, t

REMOVED = "connection_removed"
WITH_RELAY = "connection_with_relay"
NAMED = 5
"""Other connections named; of more, the number."""


def ask(engine: Engine, id: str) -> None:
    """The dialog."""
    st.session_state.pop(WITH_RELAY, None)
    st.dialog(t(N_("Remove {connection}?"), connection=literal(id)))(_question)(engine, id)


def _question(engine: Engine, id: str) -> None:
    configuration = engine.configuration()
    one = next((one for one in configuration.connections if one.id == id), None)
    if one is None:  # removed just now, or in another tab: the dialog closes
        st.rerun()
    st.markdown("\n".join(f"- {line}" for line in depends(engine, one)))
    alone = one.relay is not None and not dependents(one, configuration)
    if alone:
        st.checkbox(t(N_("Also remove this relay with its lines")), key=WITH_RELAY)
    with st.container(horizontal=True):
        st.button(t(N_("Remove")), key="remove_yes", type="primary", icon=":material/delete:", on_click=_remove,
                  args=(engine, one, alone))  # fmt: skip
        if st.button(t(N_("Keep it")), key="remove_no"):
            st.rerun()


def depends(engine: Engine, one: Connection) -> list[str]:
    """What goes with a connection and what stays, as sentences."""
    configuration = engine.configuration()
    said = [t(N_("Its saved key is deleted here; at the provider it stays valid."))] if one.key_tail else []
    said.append(t(N_("What was seen of it (checks, its models) is deleted.")))
    calls = calls_of(engine, [one.id])[one.id]
    said.append(t(N_("Its calls stay in the log: {n}."), n=count(calls)))
    if one.relay is not None:
        relay, others = literal(configuration.relay(one.relay).name), dependents(one, configuration)
        names = first(list(map(literal, others)), NAMED)
        said.append(
            t(N_("The relay {relay} stays; also used by: {connections}."), relay=relay, connections=names)
            if others
            else t(N_("Nothing else uses the relay {relay}."), relay=relay)
        )
    return said


def _remove(engine: Engine, one: Connection, alone: bool) -> None:
    """Removes it, once; with its relay where that was wanted and nothing else uses it."""
    try:
        engine.remove_connection(one.id)
        if alone and one.relay is not None and st.session_state.get(WITH_RELAY):
            engine.remove_relay(one.relay)
    except WrongUse:
        return  # what another click or tab has changed meanwhile is shown as it is now
    st.session_state[REMOVED] = one.id
