"""What this session sent last from each page, and whether it may be sent over a budget that stops."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from lib.calls.draft import CallDraft, Drafted
from lib.errors import Refused
from lib.i18n import N_
from ui.words import t, told


@dataclass(slots=True)
class Sent:
    """What this session sent last from a page.

    A value of our own, changed in place: any touch of Streamlit's state ends the run where the browser has asked for
    another, as the second click of two does; what has been sent must be known all the same.
    """

    calls: tuple[str, ...] = ()
    drafts: tuple[CallDraft, ...] = ()
    at: float = 0.0
    times: int = 0
    """How often it was sent from there. Each time the button is another one: a click on the one before, which a slow
    browser may still have, is the second of two."""
    unseen: bool = False
    """The page has not yet made it what it shows."""
    fault: str | None = None
    """Why nothing was sent, or one could not even be logged, in words not yet shown."""
    waiting: set[str] = field(default_factory=set)
    """Calls that the user hasn't been told the end of."""


def sent(page: str) -> Sent:
    """What was sent last from a page, if anything was."""
    found: Sent = st.session_state.setdefault(f"{page}_sent", Sent())
    return found


class OverBudget(str):
    """Why something isn't sent, where a budget alone is in the way."""


def why(refused: Refused) -> str:
    """Why a draft was refused, in the reader's words."""
    return (OverBudget if refused.state == "budget_exceeded" else str)(told(refused))


def over_budget(page: str) -> bool:
    """Whether the user wants the next one sent all the same."""
    return bool(st.session_state.get(_key(page)))


def offer(page: str, ready: object) -> None:
    """The way to go on where a budget is in the way: it holds for one call."""
    if is_in_the_way(ready) or over_budget(page):
        st.toggle(t(N_("Send it all the same, over the budget")), key=_key(page))


def is_in_the_way(ready: object) -> bool:
    """Whether a budget is, of what is made ready or of a part of it."""
    parts = ready if isinstance(ready, tuple) else ()
    refused = (one.refused for one in parts if isinstance(one, Drafted))
    return isinstance(ready, OverBudget) or any(one.state == "budget_exceeded" for one in refused if one)


def _key(page: str) -> str:
    return f"{page}_over_budget_{sent(page).times}"
