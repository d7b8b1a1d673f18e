"""Compare: one prompt to several models at once; their answers side by side, how fast they came and what they cost."""

from __future__ import annotations

import asyncio

import streamlit as st

from lib.calls.draft import draft_of
from lib.calls.guard import refusal
from lib.errors import RelayscopeError
from lib.i18n import N_
from ui import compare_answers, compare_form, sending, text_form
from ui.chips import facts
from ui.choices import Choices, choices
from ui.compare_answers import Compared
from ui.compare_view import address, calls
from ui.engine import door
from ui.follow import known
from ui.format import head
from ui.links import go
from ui.markdown import literal
from ui.screen import narrow
from ui.sent import sent
from ui.words import t, told

SHOWN, ADDRESS = "compare_calls", "calls"

engine = door().engine


def show_what_was_sent() -> None:
    """Makes the comparison that was just sent the one that is shown, here and after a reload."""
    last = sent("compare")
    if last.unseen:
        st.query_params[ADDRESS] = address(last.calls)
        last.unseen = False


def current() -> tuple[str, ...]:
    """The calls to compare: those in the address, else the session's; the address then names what is shown."""
    said = st.query_params.get(ADDRESS, "")
    shown = calls(said, there) or calls(address(st.session_state.get(SHOWN, ())), there)
    if said != address(shown):
        st.query_params.pop(ADDRESS, None)
    if shown:
        st.query_params[ADDRESS] = address(shown)
    st.session_state[SHOWN] = shown
    return shown


def there(call_id: str) -> bool:
    """Whether that is a call which can be compared."""
    return known(engine, call_id, "text")


def send(times: int) -> None:
    """Submits what is typed, once to each model; nothing without a prompt."""
    if not (st.session_state.get(compare_form.PROMPT) or "").strip():
        sending.refuse("compare", told(refusal("empty_prompt")))
        return
    try:
        sending.send(engine, "compare", times, compare_form.drafts())
    except RelayscopeError as error:
        sending.refuse("compare", told(error))


def stop(ids: list[str]) -> None:
    """Ends calls at the user's wish."""
    door().ask(_stopped(ids))


async def _stopped(ids: list[str]) -> None:
    await asyncio.gather(*map(engine.cancel, ids))


def form(offered: Choices, running: list[str]) -> None:
    """What is asked of whom, and the button."""
    compare_form.fields(offered)
    ready = compare_form.quoted(engine)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            compare_form.label(ready), key=sending.key_of("compare"), type="secondary" if running else "primary",
            icon=":material/compare_arrows:", on_click=send, args=(sent("compare").times,),
            disabled=bool(running) or isinstance(ready, str),
        )
        if any(map(engine.live, running)):  # beside, not in place of: a double click must not stop them
            st.button(
                t(N_("Stop all")), key="compare_stop_all", type="primary", icon=":material/stop_circle:",
                on_click=stop, args=(running,),
            )
    sending.problem("compare", ready)


def comparison(found: Compared) -> None:
    """What was asked, what each came to, and the answers."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(literal(head(found.prompt, compare_answers.HEAD)) if found.prompt else "")
        if not found.running:
            st.button(
                t(N_("Again")), key="compare_again", icon=":material/replay:", on_click=compare_form.fill,
                args=([draft_of(*one) for one in found.calls],),
                help=t(N_("Puts this request back into the form; nothing is sent yet.")),
            )
    on_phone = narrow()
    compare_answers.figures(found.rows, table=not on_phone)
    compare_answers.answers(engine, found, stop, told=on_phone)


st.title(t(N_("Compare")))
st.markdown(t(N_("One prompt to two, three or four models at once: their answers, their speed, what they cost.")))
show_what_was_sent()
offered = choices(engine.verdicts(), "text")
found = compare_answers.of_calls(engine, current())
if offered.offered:
    form(offered, found.running)
else:
    st.markdown(t(N_("None of your keys may write text yet.")))
    if st.button(t(N_("Set up your own")), key="compare_set_up", icon=":material/key:"):
        go("connections")
text_form.others(engine, offered.refused)
if found.calls:
    comparison(found)
elif offered.offered:
    facts((t(N_("The answers appear here, side by side.")),))
