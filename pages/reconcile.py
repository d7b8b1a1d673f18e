"""Reconcile: what calls through a relay were to cost, beside what it says it billed. Opening it sends nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from lib.i18n import N_
from ui import reconcile_account
from ui import reconcile_parts as parts
from ui import reconcile_reading as reading
from ui.engine import door
from ui.links import go
from ui.reconcile_balance import balances
from ui.reconcile_view import View
from ui.screen import narrow
from ui.words import t

engine = door().engine


def no_relay() -> None:
    """No connection goes through a relay: what to do."""
    st.markdown(t(N_("No connection goes through a relay, so there is no log to put beside yours.")))
    if st.button(t(N_("Connections")), key="reconcile_connect", type="primary", icon=":material/key:"):
        go("connections")


def beside(view: View) -> None:
    """Both logs: sums, mark-up, what differs and what only one of them has."""
    found = engine.reconciled(view.relay, view.since(datetime.now(UTC)))
    if not (found.matched or found.only_here or found.only_there):
        st.markdown(t(N_("Neither log has a call of these days.")))
        return
    on_phone = narrow()
    parts.sums(found)
    parts.markup(found)
    parts.differing(found, view, on_phone)
    parts.agreeing(found, on_phone)
    parts.only_here(found, on_phone)
    parts.only_there(found)
    parts.download(found, view)


st.title(t(N_("Reconcile")))
relays = [relay.id for relay in engine.configuration().relays_in_use]
if not relays:
    no_relay()
else:
    st.markdown(t(N_("Your log beside the relay's own: what calls were to cost, and what it says it billed.")))
    view = View.read(st.query_params, relays)
    reading.controls(engine, view, relays)
    known = engine.pulled(view.relay)
    if known:
        reading.told(engine, view, known)
    else:
        reading.never()
    reconcile_account.section(engine, engine.configuration().relay(view.relay))
    if known:
        beside(view)
    balances(engine.balances(view.relay, view.since(datetime.now(UTC))))
