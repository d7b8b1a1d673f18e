"""Connections: your relays, lines and keys: set up, test without spending, change."""

from __future__ import annotations

import json

import streamlit as st

from lib.engine import Engine
from lib.errors import WrongUse
from lib.i18n import N_
from lib.verdicts.judging import best_of
from ui import climb, connection_actions, connection_form, connection_removal, history, new_keys, opened, relays
from ui.checking import ask, checking
from ui.chips import facts
from ui.connect import set_up, where_keys_are
from ui.connection_cards import cards
from ui.engine import door
from ui.links import comes
from ui.markdown import literal
from ui.tries import tries
from ui.words import t, told

ID, NEW = "id", "new"
CHECKS = "connections"
UNKNOWN = "connection_unknown"

engine = door().own
state, view = st.session_state, st.query_params


def settle() -> None:
    """Takes up what the address asks for; coming back from another page, what was open before."""
    came_back = comes()
    if came_back:
        state.pop(connection_form.PROBLEM, None)
        connection_form.clear_secret()  # a field of another name: the browser keeps the text of one by its name
    asked, shown = view.get(ID, ""), connection_form.opened()
    if NEW in view:
        connection_form.begin(engine, view.pop(NEW))
        view.pop(ID, None)
    elif gone(shown):
        new() if connection_removal.REMOVED in state else begin(shown)
    elif connection_form.PROVIDER not in state or (asked and asked != shown):
        begin(asked)
    elif came_back and shown:
        view[ID] = shown


def gone(id: str) -> bool:
    """Whether what is open has been removed."""
    return bool(id) and all(one.id != id for one in engine.configuration().connections)


def begin(id: str) -> None:
    """Opens a connection, or an empty form where there is none of that id."""
    try:
        connection_form.edit(engine, id) if id else connection_form.begin(engine)
    except WrongUse as error:
        state[UNKNOWN] = told(error)
        connection_form.begin(engine)
        view.pop(ID, None)


def new() -> None:
    """An empty form."""
    connection_form.begin(engine)
    view.pop(ID, None)


def copy(id: str) -> None:
    """A new connection like this one; where that has been removed, `settle` says so."""
    if not gone(id):
        connection_form.copy(engine, id)
        view.pop(ID, None)


def show(engine: Engine, id: str) -> None:
    """Opens one of the list; one that was removed meanwhile is told, and the form left as it is."""
    try:
        connection_actions.show(engine, id)
    except WrongUse as error:
        state[UNKNOWN] = told(error)


def head(count: int) -> None:
    """What can be done with all of them."""
    with st.container(horizontal=True, vertical_alignment="center", key="connections_head"):
        st.markdown(t(N_("Your relays, lines and keys: set up, test without spending, change.")), width="stretch")
        if count:
            st.button(t(N_("Check all")), key="connections_check", icon=":material/refresh:", on_click=ask,
                      args=(CHECKS,), type="tertiary")  # fmt: skip
        if st.button(t(N_("Import")), key="connections_import", icon=":material/upload:", type="tertiary"):
            set_up()
        if count:
            st.download_button(
                t(N_("Export")), json.dumps(engine.configuration().export(), ensure_ascii=False, indent=2),
                file_name="relayscope-connections.json", mime="application/json", key="connections_export",
                icon=":material/download:", on_click="ignore", type="tertiary",
                help=t(N_("All relays and connections, without their keys, as import reads them.")),
            )


def first_steps() -> None:
    """What to do where nothing is set up yet."""
    st.subheader(t(N_("Your first connection")))
    st.markdown(t(N_(
        "1. Choose whose API it is, and type the base URL your relay gave you.\n"
        "2. Paste the key and test it: free, and nothing is saved yet.\n"
        "3. Save. Overview then shows what works with it."
    )))  # fmt: skip
    if door().is_demo:
        facts((t(N_("You are looking at the demo; once you save a connection of your own, you see your own data.")),))


def failure(id: str) -> None:
    """Why a connection can't be used and what to do, with the report for support; nothing for one that can."""
    best = best_of([one for one in engine.verdicts() if one.connection == id])
    if best and best.state not in ("usable", "untested"):
        opened.verdict(best.state, best.proof, best.reason)
        opened.report(engine, id, {(best.model, best.capability)}, best.reason, CHECKS)


def form() -> None:
    """The form, with what can be done with the connection that is open."""
    id = connection_form.opened()
    with st.container(horizontal=True, vertical_alignment="center", key="form_head"):
        title = t(N_("Connection {id}"), id=literal(id)) if id else t(N_("New connection"))
        st.subheader(title, width="stretch", anchor=False)
        if id:
            st.button(t(N_("Check")), key="connection_check", icon=":material/refresh:", type="tertiary",
                      on_click=connection_actions.check, args=(engine, id))  # fmt: skip
            st.button(t(N_("Copy")), key="connection_copy", icon=":material/content_copy:", type="tertiary",
                      on_click=copy, args=(id,))  # fmt: skip
            if st.button(t(N_("Remove")), key="connection_remove", icon=":material/delete:", type="tertiary"):
                connection_removal.ask(engine, id)
    if id:
        failure(id)
    connection_form.fields(engine)
    connection_actions.problem()
    connection_actions.buttons(engine, climbing=climbing)
    climb.draw(climbing=climbing)
    if id:
        tries(engine, id, [one for one in engine.verdicts() if one.connection == id], CHECKS)
    st.caption(where_keys_are())
    if id:
        history.draw(engine, id, "connection")


settle()
climbing = climb.climbing()
st.title(t(N_("Connections")))
connections = engine.configuration().connections
head(len(connections))
if problem := state.pop(UNKNOWN, None):
    facts((f":blue[:material/link_off: {problem}]",))
if removed := state.pop(connection_removal.REMOVED, None):
    st.toast(t(N_("{connection} is removed."), connection=literal(removed)), icon=":material/delete:")
checking(engine, CHECKS)
left, right = st.columns([2, 3], gap="large")
with left:
    if connections:
        st.button(t(N_("New connection")), key="connection_new", icon=":material/add:", on_click=new)
        cards(engine, connection_form.opened(), show)
    else:
        first_steps()
with right:
    form()
relays.section(door().engine)
new_keys.section(door().engine)
