"""Settings of the way out to the network: proxy and time-outs. They hold at once, and on the command line."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from pydantic import SecretStr

from lib.connections.network import CONNECT_S, READ_S, WHOLE_S
from lib.errors import RelayscopeError, WrongUse
from lib.http import Outward, Proxy, Timeouts, read_proxy
from lib.i18n import N_
from ui.engine import door
from ui.markdown import option
from ui.settings_form import failed, problem, saved
from ui.words import t

MODE, ADDRESS, USER = "net_mode", "net_address", "net_user"
NONE, OWN, ENVIRONMENT = "none", "own", "environment"
MODES: Mapping[str, str] = {
    NONE: N_("No proxy"),
    OWN: N_("This proxy"),
    ENVIRONMENT: N_("The environment's"),
}
OFF, ANOTHER = "off", "new-password"
"""To a browser: fill in nothing; least of all a password kept for a web site."""
PASSWORD, ROUND = "net_password", "net_round"
WAITS: Mapping[str, tuple[str, str, tuple[int, int]]] = {
    "connect": (N_("To connect (s)"), N_("How long a line may take to answer at all."), CONNECT_S),
    "read": (N_("Between two pieces (s)"), N_("How long a model may think before its first word, or pause."), READ_S),
    "whole": (N_("For a whole answer (s)"), N_("For lists, quotas and checks, with all repetitions."), WHOLE_S),
}


def network() -> None:
    """The fields, filled with what holds, and one button that saves them."""
    _begin(door().own.outward)
    state = st.session_state
    st.segmented_control(
        t(N_("Proxy")), list(MODES), key=MODE, format_func=lambda one: option(t(MODES[one])), required=True,
    )
    if state[MODE] == OWN:
        _proxy()
    elif state[MODE] == ENVIRONMENT:
        st.caption(t(N_("Whatever {names} or the system's settings say for each address; {but} is honoured."),
                     names="`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`", but="`NO_PROXY`"))  # fmt: skip
    st.caption(t(N_("Addresses of this machine never go through a proxy; nor does the demo.")))
    with st.container(horizontal=True):
        for name, (label, meaning, _) in WAITS.items():
            with st.container(width=190, gap="xsmall"):
                # without bounds: a browser would not send what is outside them, and nobody could say so
                st.number_input(t(label), value=None, step=1, key=f"net_{name}")
                st.caption(t(meaning))
    for name in WAITS:
        problem(f"net_{name}")
    st.button(t(N_("Save proxy and time-outs")), key="net_save", icon=":material/save:", on_click=_save)
    problem(MODE)


def _begin(outward: Outward) -> None:
    """Fills the fields, once a visit."""
    state, proxy = st.session_state, outward.proxy
    state.setdefault(MODE, ENVIRONMENT if outward.by_environment else OWN if proxy else NONE)
    state.setdefault(ADDRESS, proxy.url if proxy else "")
    state.setdefault(USER, proxy.user if proxy else "")
    for name in WAITS:
        state.setdefault(f"net_{name}", round(getattr(outward.timeouts, name)))


def _proxy() -> None:
    kept = door().own.outward.proxy
    has_password = kept is not None and bool(kept.password.get_secret_value())
    st.text_input(t(N_("Proxy address")), key=ADDRESS, placeholder="http://127.0.0.1:7890", width=420)
    problem(ADDRESS)
    with st.container(horizontal=True):
        st.text_input(t(N_("User name, if it wants one")), key=USER, width=200, autocomplete=OFF)
        st.text_input(
            t(N_("Password, if it wants one")), key=_secret(), type="password", width=200, autocomplete=ANOTHER,
            placeholder=t(N_("kept; type to change it")) if has_password else "",
        )
    problem(USER)
    st.caption(t(N_("HTTP and HTTPS proxies; SOCKS isn't spoken. The password is kept where your keys are.")))


def _secret() -> str:
    """The key of the password's field: another after each saving, so that it is empty again."""
    return f"{PASSWORD}_{st.session_state.get(ROUND, 0)}"


def _save() -> None:
    state = st.session_state
    problems: dict[str, RelayscopeError] = {}
    proxy = None
    if state[MODE] == OWN:
        try:
            proxy = _typed()
        except WrongUse as error:
            problems[ADDRESS] = error
    waits = {name: state[f"net_{name}"] for name in WAITS}
    problems |= _wrong(waits)
    if not problems:
        problems |= _kept(Outward(proxy, state[MODE] == ENVIRONMENT, Timeouts(**waits)))
    if problems:
        failed(problems)
        return
    state[ROUND] = state.get(ROUND, 0) + 1
    for key in (ADDRESS, USER):
        state.pop(key, None)  # filled anew: an address may have been typed with its password
    saved()


def _wrong(waits: Mapping[str, float | None]) -> dict[str, RelayscopeError]:
    """What is wrong with time-outs that are empty, too short or too long, by field."""
    problems: dict[str, RelayscopeError] = {}
    for name, (label, _, (least, most)) in WAITS.items():
        seconds = waits[name]
        if seconds is None or not least <= seconds <= most:
            words = N_("{name} must be from {least} to {most}.")
            problems[f"net_{name}"] = WrongUse(words, name=t(label), least=str(least), most=str(most))
    return problems


def _kept(outward: Outward) -> dict[str, RelayscopeError]:
    try:
        door().ask(door().own.go_out(outward))
    except RelayscopeError as error:
        return {MODE: error}
    return {}


def _typed() -> Proxy:
    """The proxy as typed. Raises `WrongUse`. An empty password is the kept one's, for the same proxy and user only."""
    state, before = st.session_state, door().own.outward.proxy
    found = read_proxy(state.get(ADDRESS, ""))
    user = found.user or state.get(USER, "").strip()
    password = found.password.get_secret_value() or state.get(_secret(), "")
    if not password and before is not None and (before.url, before.user) == (found.url, user):
        return before
    return Proxy(found.url, user, SecretStr(password if user else ""))
