"""Sends what is typed, once, however often its button is pressed, and says how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

import streamlit as st

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.errors import RelayscopeError, WrongUse
from ui.budget import warning
from ui.engine import door
from ui.follow import runs
from ui.format import head
from ui.links import TITLES, here
from ui.markdown import literal
from ui.result import appearance
from ui.sent import is_in_the_way, offer, sent
from ui.words import t, told

DOUBLE_CLICK_S = 1.0
"""So soon the same again is the second click of two, also where the first call has ended by then."""
SCRIPT = """
const first = { arrived: false };
const second = (event) => {
  const sends = Boolean(event.target.closest?.("[class*='st-key-'][class*='_send_'] button"));
  if (event.detail > 1 && sends && first.arrived) {
    event.stopImmediatePropagation();
    event.preventDefault();
  } else {
    first.arrived = sends;
  }
};
export default function () {
  document.addEventListener("click", second, true);
  return () => document.removeEventListener("click", second, true);
}
"""
"""The browser counts clicks by when they were made (DOM's `detail`). A busy one delivers the second of two late, to the
button drawn since, where no clock of ours tells it from a wish to send the same again. Where the first met no button,
as it was just being drawn anew, the second is the one that sends.
"""


def once() -> None:
    """Once a run, in the sidebar: in the browser a double click on a button to send is one."""
    st.components.v2.component("relayscope_sending", html="<i hidden></i>\n", js=SCRIPT)(key="once", width=1, height=1)


def key_of(page: str) -> str:
    """The key of a page's button to send."""
    return f"{page}_send_{sent(page).times}"


def just_sent(page: str) -> bool:
    """Whether a click now may be the second of two."""
    return monotonic() - sent(page).at < DOUBLE_CLICK_S


def _asked(drafts: Sequence[CallDraft]) -> list[CallDraft]:
    """What makes two the same. Between two clicks an answer may come, and with it the next turn begin: what a draft
    goes on from and the files chosen have changed then, and not by the user's hand.
    """
    return [replace(one, after=None, inputs=(), mask=None) for one in drafts]


def send(engine: Engine, page: str, times: int, drafts: Sequence[CallDraft], *, several: bool = False) -> None:
    """Submits drafts, all at once, unless this is the second click of two.

    `times`: what `sent` had when the button that is pressed was drawn. Nor does it while what was sent last still runs,
    but where `several` may run at once. Why one could not even be logged is kept in `fault`: from the first submission
    to the last note nothing of Streamlit's is touched, which could end the run between them.
    """
    last = sent(page)
    second = times != last.times or (_asked(drafts) == _asked(last.drafts) and just_sent(page))
    if second or (not several and any(runs(engine, one) for one in last.calls)):
        return
    found = door().ask(_submitted(engine, drafts))
    last.calls = tuple(one for one in found if isinstance(one, str))
    last.fault = next((told(one) for one in found if isinstance(one, RelayscopeError)), None)
    last.drafts, last.at, last.times, last.unseen = tuple(drafts), monotonic(), last.times + 1, bool(last.calls)
    last.waiting |= {*last.calls}


async def _submitted(engine: Engine, drafts: Sequence[CallDraft]) -> list[str | RelayscopeError]:
    """The calls' ids; in the place of one that could not be logged, why."""
    found = await asyncio.gather(*map(engine.submit, drafts), return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, RelayscopeError):
            raise one
    return [one for one in found if isinstance(one, str | RelayscopeError)]


def refuse(page: str, why: str) -> None:
    """Keeps why what is typed on a page isn't sent, in the reader's words, until `problem` says it."""
    sent(page).fault = why


def problem(page: str, ready: object) -> None:
    """Says why nothing was sent, once; else why what is typed can't be: that is `ready`, where it is a sentence.

    Before that, how near the budgets are to their ends, unless one of them is why: that says so itself.
    """
    if not is_in_the_way(ready):
        warning()
    last = sent(page)
    kept, last.fault = last.fault, None
    if why := kept or (ready if isinstance(ready, str) else None):
        st.markdown(f":blue[:material/lock: {why}]")
    offer(page, ready)


def notice(engine: Engine) -> None:
    """At the beginning of a run: says of what this session sent how it ended, unless its own page is about to."""
    for page in TITLES:
        last = sent(page)
        for call in [call for call in sorted(last.waiting) if not runs(engine, call)]:
            last.waiting.discard(call)
            if page != here():
                _tell(engine, page, call)


def _tell(engine: Engine, page: str, call: str) -> None:
    """A toast."""
    try:
        row, payload = engine.log.call(call)
    except WrongUse:
        return
    shown = appearance(row)
    what = literal(head(payload.prompt, 40)) or literal(row.model)
    st.toast(f"**{t(TITLES[page])}** · {what}: {t(shown.word)}", icon=shown.symbol)
