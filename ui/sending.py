"""Sends what is typed, once, however often its button is pressed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import monotonic

import streamlit as st

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.errors import WrongUse
from lib.vocabulary import CAPABILITIES, Capability
from ui.engine import door
from ui.follow import runs
from ui.format import head
from ui.links import TITLES, here
from ui.markdown import literal
from ui.result import appearance
from ui.words import t

DOUBLE_CLICK_S = 2.0
"""So soon the same again is the second click of two, also where the first call has ended by then."""


@dataclass(slots=True)
class Sent:
    """What this session sent last for a capability. `unseen`: the page has not yet made it the call it shows.

    A value of our own, changed in place: any touch of Streamlit's state ends the run where the browser has asked for
    another, as the second click of two does; what has been sent must be known all the same.
    """

    call: str | None = None
    draft: CallDraft | None = None
    at: float = 0.0
    unseen: bool = False
    waiting: set[str] = field(default_factory=set)
    """Calls that the user hasn't been told the end of."""


def sent(capability: Capability) -> Sent:
    """What was sent last, if anything was."""
    found: Sent = st.session_state.setdefault(f"{capability}_sent", Sent())
    return found


def just_sent(capability: Capability) -> bool:
    """Whether a click now may be the second of two."""
    return monotonic() - sent(capability).at < DOUBLE_CLICK_S


def _same(draft: CallDraft, last: CallDraft | None) -> bool:
    """Whether both ask for the same. Between two clicks an answer may come, and with it the next turn begin: what a
    draft goes on from and the files chosen have changed then, and not by the user's hand.
    """
    return last is not None and _asked(draft) == _asked(last)


def _asked(draft: CallDraft) -> CallDraft:
    return replace(draft, after=None, inputs=(), mask=None)


def send(engine: Engine, draft: CallDraft, *, several: bool = False) -> None:
    """Submits a draft, unless this is the second click of two, or the last one still runs; `several` may run at once.

    Raises `WrongUse`.
    """
    last, ask = sent(draft.capability), door().ask
    if (_same(draft, last.draft) and just_sent(draft.capability)) or (not several and runs(engine, last.call)):
        return
    last.call = ask(engine.submit(draft))
    last.draft, last.at, last.unseen = draft, monotonic(), True
    last.waiting.add(last.call)


def notice(engine: Engine) -> None:
    """At the beginning of a run: says of what this session sent how it ended, unless its own page is about to."""
    for capability in CAPABILITIES:
        last = sent(capability)
        for call in [call for call in sorted(last.waiting) if not runs(engine, call)]:
            last.waiting.discard(call)
            _tell(engine, call)


def _tell(engine: Engine, call: str) -> None:
    """A toast, where the page that is drawn doesn't show the result itself."""
    try:
        row, payload = engine.log.call(call)
    except WrongUse:
        return
    if here() == row.capability:
        return
    shown = appearance(row)
    what = literal(head(payload.prompt, 40)) or literal(row.model)
    st.toast(f"**{t(TITLES[row.capability])}** · {what}: {t(shown.word)}", icon=shown.symbol)
