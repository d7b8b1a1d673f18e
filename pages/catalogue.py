"""Catalogue: every API your relay lists: what it does, what it costs, whether your keys may use it. Sends nothing."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from lib.i18n import N_
from lib.vocabulary import CAPABILITIES, STATES
from ui import catalogue_table, row_dialog
from ui.checking import ask, checking
from ui.chips import facts
from ui.engine import door
from ui.filters import Filters, nothing
from ui.links import go
from ui.listed import Listed, Wanted, file, fitting, listed
from ui.markdown import code, literal
from ui.screen import narrow
from ui.theme import BILLING
from ui.theme import STATES as LOOKS
from ui.words import ago, capability, count, later, maker, t

MODEL = "model"
CONNECTION = "connection:"
"""What a place begins with that is a connection of its own, not a relay."""
REFRESH = "catalogue"
ROUND = "catalogue_round"
"""Counts the dialogs closed: a table of another name has nothing ticked."""

engine = door().engine
judged = engine.judged()
prices = door().prices()


def show(model: str) -> None:
    """Opens a row, by the address."""
    st.query_params[MODEL] = model


def close() -> None:
    """The dialog was closed; no line is ticked any more, so that the same one can be opened again."""
    st.query_params.pop(MODEL, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def places() -> dict[str, str]:
    """Where something may be listed: relays, and the connections that go through none."""
    configuration = judged.facts.configuration
    relays = {relay.id: relay.name for relay in configuration.relays}
    return relays | {f"{CONNECTION}{one.id}": one.id for one in configuration.connections if one.relay is None}


def fetched_at(chosen: str) -> datetime | None:
    """When the list of a place was fetched."""
    if chosen.startswith(CONNECTION):
        return judged.facts.key_models.get(chosen.removeprefix(CONNECTION), (None, None))[0]
    found = engine.listing(chosen)
    return found.at if found else None


def refresh(chosen: str, label: str, kind: str = "secondary") -> None:
    """A button that fetches the list, free of charge: a relay's own, or what a connection's key lists."""
    icon, key = ":material/refresh:", "catalogue_refresh"
    free = t(N_("Free: no key is sent, no call is made."))
    if chosen.startswith(CONNECTION):
        st.button(label, key=key, icon=icon, on_click=ask, args=(REFRESH, chosen.removeprefix(CONNECTION)))
    elif st.button(label, key=key, icon=icon, type="primary" if kind == "primary" else "secondary", help=free):
        with st.spinner(t(N_("Fetching the list…"))):
            came = door().ask(engine.fresh_listing(chosen, again=True))
        if came:
            st.rerun()
        st.error(t(N_("The relay's list could not be fetched just now.")), icon=":material/error:")


def asked(filters: Filters, rows: tuple[Listed, ...]) -> Wanted:
    """The search, and below it the filters, each with what there is."""
    found = [row.one.row for row in rows]
    states, makers = {row.state for row in found}, {row.maker for row in found}
    named, units = {name for row in found for name in row.capabilities}, {row.billing for row in rows}
    with st.container(horizontal=True, vertical_alignment="center"):
        text = filters.typed("text", t(N_("Search")), t(N_("Model, provider or connection")))
        usable = filters.flag("usable", t(N_("Usable only")))
    with st.container(horizontal=True):
        return Wanted(
            text,
            filters.chosen("state", {one: t(LOOKS[one].word) for one in STATES if one in states}, t(N_("All states")),
                           t(N_("State"))),
            filters.chosen("capability", {one: capability(one) for one in CAPABILITIES if one in named},
                           t(N_("All capabilities")), t(N_("Capability"))),
            filters.chosen("maker", {one: maker(one) for one in sorted(makers)}, t(N_("All providers")),
                           t(N_("Provider"))),
            filters.chosen("billing", {one: t(word) for one, word in BILLING.items() if one in units},
                           t(N_("However it bills")), t(N_("Bills by"))),
            usable,
        )  # fmt: skip


def shown(filters: Filters, rows: tuple[Listed, ...], place: str, *, as_cards: bool) -> None:
    """Filters, the file, and the rows."""
    found = fitting(rows, asked(filters, rows))
    with st.container(horizontal=True, vertical_alignment="center"):
        # not over the right end of the table: its own tools appear there and would cover it
        st.download_button(
            t(N_("Download CSV")), later(lambda: file(found)), file_name="catalogue.csv", mime="text/csv",
            on_click="ignore", key="catalogue_csv", icon=":material/download:", disabled=not found,
        )
        hint = "" if as_cards else t(N_("Tick a line for its evidence and what to do."))
        facts((t(N_("{shown} of {all} shown"), shown=count(len(found)), all=count(len(rows))), hint))
    if not found:
        nothing(filters.clear, "catalogue_clear")
    elif as_cards:
        catalogue_table.cards(found, show)
    else:
        lines = hash((place, tuple(row.one.row.model for row in found), st.session_state.get(ROUND, 0)))
        catalogue_table.table(found, f"catalogue_table_{lines}", show)
    named = st.query_params.get(MODEL)
    if row := next((one for one in rows if one.one.row.model == named), None):
        st.dialog(code(row.one.row.model), width="large", on_dismiss=close)(row_dialog.draw)(engine, row, place)


def page(filters: Filters, offered: dict[str, str]) -> None:
    """One place's list."""
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = filters.one_of("relay", offered, t(N_("Relay"))) if len(offered) > 1 else next(iter(offered))
        at = fetched_at(chosen)
        place = chosen if chosen.startswith(CONNECTION) else f"relay:{chosen}"
        rows = listed(prices, place)
        if at:
            age = t(N_("list fetched {ago}"), ago=ago(at))
            facts((f"**{literal(offered[chosen])}**", t(N_("{n} listed"), n=count(len(rows))), age))
            refresh(chosen, t(N_("Refresh")))
        as_cards = narrow()
    checking(engine, REFRESH)
    if not at:
        st.markdown(t(N_("The list was never fetched. Fetching it costs nothing.")))
        refresh(chosen, t(N_("Fetch the list (free)")), "primary")
    if rows:
        shown(filters, rows, place, as_cards=as_cards)
    filters.keep()


st.title(t(N_("Catalogue")))
st.markdown(t(N_("Every API your relay lists: what it does, what it costs, whether your keys may use it.")))
if offered := places():
    page(Filters("catalogue", ["relay", "text"], ["state", "capability", "maker", "billing"], ["usable"]), offered)
else:
    st.markdown(t(N_("You have no relay and no connection yet. Add one, and what it lists is shown here.")))
    if st.button(t(N_("Add a connection")), key="catalogue_add", icon=":material/key:", type="primary"):
        go("connections")
