"""Sends a comparison: each of its calls once, however often its button is pressed, all at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

import streamlit as st

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.errors import RelayscopeError
from ui.engine import door
from ui.follow import runs
from ui.sending import DOUBLE_CLICK_S

KEY = "compare_sent"


@dataclass(slots=True)
class Sent:
    """What this session compared last. A value of our own, changed in place, for the reason in `ui.sending.Sent`.

    `unseen`: the page has not yet made it the comparison it shows. `fault`: why one could not even be logged.
    """

    calls: tuple[str, ...] = ()
    drafts: tuple[CallDraft, ...] = ()
    at: float = 0.0
    unseen: bool = False
    fault: RelayscopeError | None = None


def sent() -> Sent:
    """What was compared last, if anything was."""
    found: Sent = st.session_state.setdefault(KEY, Sent())
    return found


def send(engine: Engine, drafts: tuple[CallDraft, ...]) -> None:
    """Submits all drafts, unless this is the second click of two, or one of the last still runs.

    From the first submission to the last note nothing of Streamlit's is touched: it could end the run between them.
    """
    last, ask = sent(), door().ask
    again = drafts == last.drafts and monotonic() - last.at < DOUBLE_CLICK_S
    if again or any(runs(engine, one) for one in last.calls):
        return
    found = ask(_submitted(engine, drafts))
    last.calls = tuple(one for one in found if isinstance(one, str))
    last.fault = next((one for one in found if isinstance(one, RelayscopeError)), None)
    last.drafts, last.at, last.unseen = drafts, monotonic(), True


async def _submitted(engine: Engine, drafts: Sequence[CallDraft]) -> list[str | RelayscopeError]:
    """The calls' ids; in the place of one that could not be logged, why."""
    found = await asyncio.gather(*map(engine.submit, drafts), return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, RelayscopeError):
            raise one
    return [one for one in found if isinstance(one, str | RelayscopeError)]


def stop(engine: Engine, calls: Sequence[str]) -> None:
    """Ends calls at the user's wish; what came so far is kept."""
    door().ask(_stopped(engine, calls))


async def _stopped(engine: Engine, calls: Sequence[str]) -> None:
    await asyncio.gather(*map(engine.cancel, calls))
