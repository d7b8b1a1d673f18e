"""How connections come in from a file; and where their keys are kept and looked after."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.connections.store import plan_import, planned
from lib.engine import Engine
from lib.errors import WrongUse
from lib.i18n import N_
from lib.providers import presets, provider
from lib.vocabulary import KeyStore
from ui.chips import facts
from ui.engine import door
from ui.markdown import code, literal
from ui.uploads import in_language
from ui.words import t, told

PASTED = "import_text"
FILE = "import_file"
ROUND = "import_round"
OUTCOME = "import_outcome"
SAVED = "saved"

KEPT: Mapping[KeyStore, str] = {
    "keyring": N_("Keys are kept in your system's keychain ({where})."),
    "file": N_("Keys are kept in a file that only you can read ({where})."),
    "env": N_("Keys come from environment variables ({where}); none are saved."),
}
NOT_YET = N_("Keys will be kept in your system's keychain where it works, else in a file that only you can read.")

EXAMPLE = """{"relays": [{"id": "gptbest", "name": "GPTBest", "preset": "gptbest"}],
 "connections": [{"id": "chat", "provider": "zhipu", "relay": "gptbest", "key": "sk-…"}]}"""


def console(engine: Engine, connection_id: str | None, maker: str) -> str | None:
    """Where a connection's key is topped up, renewed or permitted: its relay's console, the maker's, the demo's page.

    Of a relay without preset the console stands where its API does, as new-api and one-api have it.
    """
    if connection_id is None:
        return None
    if door().is_demo:
        return door().demo_page
    configuration = engine.configuration()
    name = configuration.connection(connection_id).relay
    if name is None:
        return provider(maker).keys_url
    relay = configuration.relay(name)
    preset = presets().get(relay.preset or "")
    return preset.keys_url if preset else relay.chosen.base_url


def set_up() -> None:
    """The form in a dialog."""
    st.session_state.pop(OUTCOME, None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # new fields: what was pasted before may hold keys
    st.dialog(t(N_("Import connections")), width="large")(form)()


def form() -> None:
    """A file or pasted text, and a button that saves it. Saving sends nothing."""
    if st.session_state.get(OUTCOME) == SAVED:
        st.rerun()
    st.markdown(t(N_("Paste the text of an import file or choose the file. Saving sends nothing; the keys stay on "
                     "this machine.")))
    st.text_area(t(N_("Import text (JSON)")), key=_field(PASTED), height=150, placeholder=EXAMPLE)
    st.file_uploader(t(N_("Or a file")), type=["json"], key=_field(FILE))
    in_language(_field(FILE), ("json",))
    facts(_changes())
    if problem := st.session_state.pop(OUTCOME, None):
        st.error(problem, icon=":material/error:")
    st.button(t(N_("Save connections")), key="import_save", type="primary", icon=":material/save:", on_click=_save)
    st.caption(where_keys_are())
    st.caption(t(N_("The same on the command line: {command}"), command="`python -m lib connections import FILE`"))


def _changes() -> tuple[str, ...]:
    """What saving would add and replace; nothing for a text that isn't in order, which saving says."""
    configuration = door().own.configuration()
    try:
        plan = plan_import(_given())
        after = planned(plan, configuration)
    except WrongUse:
        return ()
    there = {one.id for one in configuration.connections}
    wanted = [one.id for one in plan.connections]
    had = {relay.id for relay in configuration.relays}
    lists = (
        (N_("Adds {names}"), [id for id in wanted if id not in there]),
        (N_("Replaces {names}"), [id for id in wanted if id in there]),
        (N_("New relays: {names}"), [relay.name for relay in after.relays if relay.id not in had]),
        (N_("Changed relays: {names}"), [relay.name for relay in plan.relays if relay.id in had]),
    )
    return tuple(t(words, names=literal(", ".join(names))) for words, names in lists if names)


def where_keys_are() -> str:
    """Where keys are kept, and how well."""
    keys = door().own.keys
    kept = t(KEPT[keys.kind], where=code(keys.where)) if keys.kind else t(NOT_YET)
    return f":material/lock: {kept}"


def _save() -> None:
    """Saves what was given; the pasted keys don't stay in the page once they are saved."""
    try:
        door().own.import_(_given())
    except WrongUse as error:
        st.session_state[OUTCOME] = told(error)
        return
    st.session_state.pop(_field(PASTED), None)
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state[OUTCOME] = SAVED


def notice() -> None:
    """Says once, on the page, that connections were saved: a toast beside an open dialog breaks Streamlit's page."""
    if st.session_state.get(OUTCOME) == SAVED:
        del st.session_state[OUTCOME]
        st.toast(t(N_("Saved. Next: check what works, free of charge.")), icon=":material/check:")


def _field(name: str) -> str:
    """The key of one of the form's fields: another each time the form is opened."""
    return f"{name}_{st.session_state.get(ROUND, 0)}"


def _given() -> str:
    """What was pasted, or chosen as a file. Raises `WrongUse` for both and for neither."""
    state = st.session_state
    pasted, chosen = (state.get(_field(PASTED)) or "").strip(), state.get(_field(FILE))
    if bool(pasted) is bool(chosen):
        raise WrongUse(N_("Paste the text or choose a file, one of the two."))
    return str(chosen.getvalue(), "utf-8", "replace") if chosen else pasted
