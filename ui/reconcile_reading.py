"""Choosing a relay and days, and reading the relay's own log: by a button, in the background, out of its ration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.checks.log_runs import LogRun
from lib.checks.relay_log import Told
from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.relay_log import ACCOUNT, Pulled
from ui.engine import door
from ui.markdown import literal
from ui.mishaps import show_error
from ui.reconcile_view import DAYS, View
from ui.words import ago, count, first, moment, t, worded

LOOKS_EVERY_S = 0.5
KEY = "reconcile_"
YOUR_ACCOUNT = N_("your account")
NAMED = 4
"""Connections that are named; of more, how many."""


def controls(engine: Engine, view: View, relays: Sequence[str]) -> None:
    """Which relay and days, and the button that reads the log; while it is read, how far that is."""
    st.session_state[KEY + "relay"], st.session_state[KEY + "days"] = view.relay, view.days
    names = {relay.id: relay.name for relay in engine.configuration().relays_in_use}
    run = engine.runs.logs.get(view.relay)
    with st.container(horizontal=True, vertical_alignment="bottom", key="reconcile_controls"):
        st.selectbox(t(N_("Relay")), relays, key=KEY + "relay", format_func=lambda one: names[one], on_change=_take,
                     width=220)  # fmt: skip
        st.selectbox(t(N_("Days")), list(DAYS), key=KEY + "days", format_func=lambda one: t(DAYS[one]),
                     on_change=_take, width=190)  # fmt: skip
        st.button(
            t(N_("Fetch the relay's log")), key="reconcile_fetch", type="primary", icon=":material/sync:",
            on_click=_begin, args=(view.relay,), disabled=run is not None and not run.ended,
            help=t(N_("Free: asks for your account's log, where you give access, and for that of every other key.")),
        )
    if run is not None and not run.ended:
        _follow(run, view.relay)


def _take() -> None:
    state = st.session_state
    before = st.query_params.get("why", "")
    st.query_params.from_dict(View(state[KEY + "relay"], state[KEY + "days"], before).address)


def _begin(relay: str) -> None:
    door().ask(door().engine.runs.begin_log(relay))


def _cancel(relay: str) -> None:
    door().ask(door().engine.runs.cancel_log(relay))


def _follow(run: LogRun, relay: str) -> None:
    """How far it is, until it ends; then the page runs once more."""
    st.button(t(N_("Cancel")), key="reconcile_cancel", icon=":material/stop_circle:", on_click=_cancel, args=(relay,))

    @st.fragment(run_every=LOOKS_EVERY_S)
    def fragment() -> None:
        if run.ended:
            st.rerun()
        told, keys = sum(bool(one.connections) for one in run.progress.told), run.progress.keys
        words = t(N_("Reading the relay's log: {n} of {all} keys"), n=count(told), all=count(keys))
        st.progress(told / max(1, keys), text=words)

    fragment()


def never() -> None:
    """The log was never read: what it takes."""
    st.markdown(t(N_("This relay's log has not been read yet. Fetch it: for each key it tells what every call was "
                     "billed, those of other programs too. Nothing is spent.")))  # fmt: skip


def told(engine: Engine, view: View, known: Mapping[str, Pulled]) -> None:
    """When the log was read last and since when it is known, and of which keys it couldn't be."""
    newest = max(one.at for one in known.values())
    anew = {one.id: one.anew_since for one in engine.configuration().connections}
    begins = [one.since for name, one in known.items() if one.since and one.since != anew.get(name)]
    words = [t(N_("Read {ago}."), ago=ago(newest))]
    words += _ways(known)
    if begins:
        words.append(t(N_("The relay shows the newest rows only: known since {at}."), at=moment(max(begins))))
    st.caption(literal(" ".join(words)))
    run = engine.runs.logs.get(view.relay)
    if run is None or not run.ended:
        return
    if run.broke is not None:
        show_error(run.broke)
    for why, names in _unread(run.progress.told).items():
        st.caption(literal(f"{first(names, NAMED)}: {why}"))


def _ways(known: Mapping[str, Pulled]) -> list[str]:
    """By which way it was read, as sentences; nothing where the user gave no access to his account."""
    account = known.get(ACCOUNT)
    if account is None:
        return []
    names = sorted(known.keys() - {ACCOUNT})
    by_account = [name for name in names if known[name].at == account.at]
    ways = (
        (N_("By your account: {names}."), by_account),
        (N_("By key: {names}."), [name for name in names if name not in by_account]),
    )
    return [t(words, names=first(found, NAMED)) for words, found in ways if found]


def _unread(found: Sequence[Told]) -> dict[str, list[str]]:
    """By why a log couldn't be read the connections whose it is."""
    unread: dict[str, list[str]] = {}
    for one in found:
        if one.why is not None:
            words = worded(one.why)
            said = words.message if one.connections else f"{words.message} {words.remedy}"
            unread.setdefault(said, []).extend(one.connections or [t(YOUR_ACCOUNT)])
    return unread
