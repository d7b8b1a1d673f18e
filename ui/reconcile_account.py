"""Access to the user's account at a relay, which he may give: typed in, tested without spending, removed."""

from __future__ import annotations

import os
from concurrent.futures import Future

import streamlit as st
from pydantic import SecretStr

from lib.connections import accounts
from lib.connections.accounts import Access, stored_as
from lib.connections.keys import key_variable
from lib.connections.model import Relay
from lib.engine import Engine
from lib.errors import RelayscopeError, WrongUse
from lib.i18n import N_
from lib.vocabulary import Reason
from ui.drafts import PREFIX, field, put
from ui.engine import door
from ui.markdown import code, literal
from ui.words import t, told, worded

NUMBER, TOKEN, ROUND = PREFIX + "account_number_", "account_token", "account_round"
PROBLEM, TEST = "account_problem", "account_test"
LOOKS_EVERY_S = 0.3
OFF, ANOTHER = "off", "new-password"
"""To a browser: fill in nothing; least of all a password kept for a web site."""


def section(engine: Engine, relay: Relay) -> None:
    """The form, folded up: it isn't needed."""
    with st.expander(t(N_("By account (optional)")), key="reconcile_account"):
        st.markdown(t(N_("With your user number and a system access token the relay tells of all your keys at once, "
                         "those of other programs too. Both stand in the relay's personal settings.")))  # fmt: skip
        st.markdown(":orange[:material/warning:] " + t(N_(
            "The token may do all that you may there: spend, make keys, change the account. It is kept where your keys "
            "are, goes to this relay's addresses only, and is used for the log alone. Without it each key is asked for."
        )))  # fmt: skip
        variable = key_variable(stored_as(relay.id))
        if os.environ.get(variable):
            st.markdown(t(N_("{variable} holds it, and wins over what is saved here."), variable=code(variable)))
            if engine.keys.first_used_elsewhere(stored_as(relay.id), relay.chosen.base_url):
                st.markdown(t(N_("It was first used for other addresses than {address}."),
                              address=code(relay.chosen.base_url)))  # fmt: skip
                st.button(t(N_("I trust this address: use it here")), key="account_use_here",
                          icon=":material/check:", on_click=_use_here, args=(engine, relay))  # fmt: skip
            st.button(t(N_("Test")), key="account_test_it", icon=":material/network_check:", on_click=_test,
                      args=(engine, relay))  # fmt: skip
        elif engine.keys.kind == "env":
            st.markdown(t(N_("Keys come from environment variables here: set {variable} to number:token, then start "
                             "again."), variable=code(variable)))  # fmt: skip
        else:
            _form(engine, relay)
        _outcome(relay)


def _form(engine: Engine, relay: Relay) -> None:
    kept, number = engine.account(relay.id), NUMBER + relay.id
    if kept and relay.chosen.base_url not in kept.bound:
        st.markdown(t(N_("The token was saved for other addresses than {address}: enter it again, if you trust that."),
                      address=code(relay.chosen.base_url)))  # fmt: skip
    st.session_state.setdefault(number, kept.number if kept else "")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t(N_("User number (ID)")), key=field(number), width=180, autocomplete=OFF)
        st.text_input(t(N_("System access token")), key=_token(), type="password", width=320, autocomplete=ANOTHER,
                      placeholder=_hint(kept))  # fmt: skip
    with st.container(horizontal=True):
        given = (engine, relay)
        st.button(t(N_("Save and test")), key="account_save", icon=":material/save:", on_click=_save, args=given)
        if kept:
            st.button(t(N_("Test")), key="account_test_it", icon=":material/network_check:", on_click=_test, args=given)
            st.button(t(N_("Remove")), key="account_remove", icon=":material/delete:", on_click=_remove, args=given)


def _hint(kept: Access | None) -> str:
    return t(N_("•••• {tail}: leave empty to keep it"), tail=kept.tail) if kept else ""


def _token() -> str:
    """The key of the token's field: another after each saving, so that it is empty again."""
    return f"{TOKEN}_{st.session_state.get(ROUND, 0)}"


def _save(engine: Engine, relay: Relay) -> None:
    state = st.session_state
    typed = state.get(_token(), "")
    try:
        engine.save_account(relay.id, state.get(NUMBER + relay.id, ""), SecretStr(typed) if typed else None)
    except WrongUse as error:
        _say(told(error))
        return
    _cleared()
    _test(engine, relay)


def _remove(engine: Engine, relay: Relay) -> None:
    try:
        engine.forget_account(relay.id)
    except WrongUse as error:
        _say(told(error))
        return
    put({NUMBER + relay.id: ""})
    _cleared()


def _use_here(engine: Engine, relay: Relay) -> None:
    accounts.use_here(engine.ledger, relay.id)
    _test(engine, relay)


def _test(engine: Engine, relay: Relay) -> None:
    st.session_state.pop(PROBLEM, None)
    st.session_state[TEST] = (relay.id, door().begin(engine.try_account(relay.id)))


def _cleared() -> None:
    """The token's field is empty again, and nothing is said of what was before."""
    state = st.session_state
    state[ROUND] = state.get(ROUND, 0) + 1
    _say("")


def _say(problem: str) -> None:
    st.session_state.pop(TEST, None)
    st.session_state[PROBLEM] = problem


def _outcome(relay: Relay) -> None:
    """What was wrong with what was typed, or what the test came to."""
    if problem := st.session_state.get(PROBLEM):
        st.markdown(f":red[:material/error: {problem}]")
    asked: tuple[str, Future[Reason | None]] | None = st.session_state.get(TEST)
    if asked is None or asked[0] != relay.id:
        return
    if asked[1].done():
        st.markdown(_came_to(asked[1]))
    else:
        _waiting(asked[1])


@st.fragment(run_every=LOOKS_EVERY_S)
def _waiting(test: Future[Reason | None]) -> None:
    if test.done():
        st.rerun()
    st.caption(t(N_("Asking the relay…")))


def _came_to(test: Future[Reason | None]) -> str:
    error = test.exception()
    if isinstance(error, RelayscopeError):
        return f":red[:material/error: {told(error)}]"
    why = test.result()
    if why is None:
        return ":green[:material/check_circle: " + t(N_("The relay tells your log. Fetch it above.")) + "]"
    words = worded(why)
    return f":red[:material/error: {literal(f'{words.message} {words.remedy}')}]"
