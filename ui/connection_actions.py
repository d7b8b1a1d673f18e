"""What the buttons of a connection's form do: test what is typed, save it, and say at the form what is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import streamlit as st

from lib.connections.importing import plan_import
from lib.connections.model import BY_TOKEN, BY_UNIT
from lib.connections.store import planned
from lib.engine import Engine
from lib.errors import WrongUse
from lib.i18n import N_
from ui import climb
from ui.connection_draft import Draft, document, filled, needs_key
from ui.connection_form import PROBLEM, draft, opened
from ui.connection_form import edit as open_form
from ui.prices_table import HEADS
from ui.theme import BILLING
from ui.words import t, told

SAVE = "connection_save"
"""The button that is there whenever the form is."""
ADDRESS = "id"
"""What the page's address calls the connection that is open."""

PLACES: Mapping[str, str] = {
    "id": N_("Short name"),
    "provider": N_("Provider"),
    "relay": N_("Reached through"),
    "base_url": N_("Base URL"),
    "lines": N_("Base URL"),
    "name": N_("Name of the relay"),
    "key": N_("Key"),
    "capabilities": N_("Capabilities"),
    "models": N_("Models"),
    "group": N_("Group"),
    "prices": N_("Own prices"),
    "protocol": N_("Protocol"),
}
"""The fields of an import file as the form calls them."""
PRICED: Mapping[str, str] = {
    BY_TOKEN: N_("{where}: priced {unit}, it takes either {amount}, or {input} (and {output}, {cached_input})."),
    BY_UNIT: N_("{where}: priced {unit}, it takes {amount}; leave {input}, {output} and {cached_input} empty."),
}
"""What is said of a price in an import file, in the words of the form's table."""
FIELD = re.compile(r"^(?:connections|relays)\[0\]\.([a-z_]+)(?:\[(\d+)\])?(?:\.([a-z_]+))?")


def at_form(error: WrongUse, typed: Draft) -> str:
    """An error in words that name the form's field, not the import file's."""
    where = error.params.get("where", "")
    if not where:
        return told(error)
    params = {**error.params, "where": place(where, typed)}
    if error.message in PRICED:
        unit = t(BILLING[params.get("unit", "token")])
        params |= {**{name: t(head) for name, head in HEADS.items()}, "unit": unit}
    return told(WrongUse(PRICED.get(error.message, error.message), **params))


def place(where: str, typed: Draft) -> str:
    """`connections[0].prices[1].amount` as the form says it: the table's row, and its column."""
    found = FIELD.match(where)
    if found is None:
        return t(N_("Reached through"))
    name = t(PLACES.get(found[1], N_("Reached through")))
    if found[1] != "prices" or found[2] is None:
        return name
    rows = [number for number, _ in filled(typed.prices)]
    row = t(N_("Own prices, row {n}"), n=str(rows[int(found[2])]))
    return f"{row}, {t(HEADS[found[3]])}" if found[3] in HEADS else row


def composed(engine: Engine, typed: Draft) -> str:
    """What is typed as the text of an import file, found to be in order. Raises `WrongUse`."""
    configuration = engine.configuration()
    text = json.dumps(document(typed, configuration, t(N_("Main line"))))
    plan = plan_import(text)
    after = planned(plan, configuration)
    saved = next((one for one in configuration.connections if one.id == opened()), None)
    if opened() and saved is None:
        raise WrongUse(N_("There is no connection {id}."), id=opened())
    one = after.connection(typed.id.strip())
    by_environment = engine.keys.kind == "env" or engine.keys.of_environment(one.id) is not None
    if not by_environment and needs_key(typed, saved, after.address(one)):
        if saved and saved.bound:
            raise WrongUse(N_("Enter the key again: the saved one is for another address."))
        raise WrongUse(N_("Enter the key: a connection is tested and saved with one."))
    return text


def test(engine: Engine) -> None:
    """Begins the free test of what is typed; a second click while one runs does nothing."""
    if climb.climbing():
        return
    typed = draft()
    st.session_state.pop(PROBLEM, None)
    try:
        text = composed(engine, typed)
    except WrongUse as error:
        st.session_state[PROBLEM] = at_form(error, typed)
        return
    climb.try_out(engine, typed.id, text, typed.address)


def save(engine: Engine) -> None:
    """Saves what is typed and begins the free check of it; the key leaves the page."""
    typed = draft()
    st.session_state.pop(PROBLEM, None)
    try:
        engine.import_(composed(engine, typed), only_new=not opened())
    except WrongUse as error:
        st.session_state[PROBLEM] = at_form(error, typed)
        return
    show(engine, typed.id.strip())
    climb.check(engine, typed.id.strip())


def show(engine: Engine, id: str) -> None:
    """Opens a connection in the form, here and after a reload."""
    open_form(engine, id)
    st.query_params[ADDRESS] = id


def check(engine: Engine, id: str) -> None:
    """Begins the free check of a saved connection; a second click while one runs does nothing."""
    if not climb.climbing():
        climb.check(engine, id)


def problem() -> None:
    """What is wrong with what is typed, if that has been said."""
    if found := st.session_state.get(PROBLEM):
        st.error(found, icon=":material/error:")


def buttons(engine: Engine, *, climbing: bool) -> None:
    """Test and save. `climbing`: a test or check is under way."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t(N_("Save")), key=SAVE, type="primary", icon=":material/save:", on_click=save, args=(engine,),
        )
        st.button(
            t(N_("Test connection")), key="connection_test", icon=":material/network_check:", on_click=test,
            args=(engine,), disabled=climbing,
            help=t(N_("Free, and nothing is saved: asks for line, key, quota and models with what is typed.")),
        )
