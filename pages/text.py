"""Text: write a prompt, see what it may cost, watch the answer come, and find what it did cost."""

from __future__ import annotations

import streamlit as st

from lib.calls.draft import draft_of
from lib.calls.guard import refusal
from lib.errors import RelayscopeError
from lib.i18n import N_
from lib.ledger.row import CallRow
from ui import result, sending, text_form
from ui.budget import warning
from ui.chips import facts
from ui.choices import Choices, choices
from ui.engine import door
from ui.follow import follow, known, runs
from ui.format import head
from ui.links import go
from ui.markdown import literal
from ui.words import t, told

SHOWN = "text_call"
PROBLEM = "text_problem"
ADDRESS = "call"

engine = door().engine


def show(call_id: str) -> None:
    """Makes a call the one that is shown, here and after a reload."""
    st.session_state[SHOWN] = call_id
    st.query_params[ADDRESS] = call_id


def show_what_was_sent() -> None:
    """Makes a call that was just sent the one that is shown."""
    last = sending.sent("text")
    if last.unseen and last.call:
        show(last.call)
        last.unseen = False


def current() -> str | None:
    """The call to show: the one in the address, else the session's, else one that still runs, else the newest."""
    named = (st.query_params.get(ADDRESS), st.session_state.get(SHOWN))
    running = [row.id for row in reversed(engine.log.unfinished()) if row.capability == "text"]
    newest = [row.id for row in engine.log.page(limit=1, capability="text").rows]
    if named[0] and not known(engine, named[0], "text"):
        del st.query_params[ADDRESS]
    return next((one for one in (*named, *running, *newest) if one and known(engine, one, "text")), None)


def send() -> None:
    """Submits what is typed, once: a second click while a call runs does nothing, nor one without a prompt."""
    if not (st.session_state.get(text_form.PROMPT) or "").strip():
        st.session_state[PROBLEM] = told(refusal("empty_prompt"))
        return
    if runs(engine, st.session_state.get(SHOWN)):
        return
    try:
        sending.send(engine, text_form.draft())
    except RelayscopeError as error:
        st.session_state[PROBLEM] = told(error)


def stop(call_id: str) -> None:
    """Ends a call at the user's wish; what came so far is kept."""
    door().ask(engine.cancel(call_id))


def form(offered: Choices, call_id: str | None, running: bool) -> None:
    """The left side."""
    text_form.fields(engine, offered)
    ready = text_form.quoted(engine)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text_form.label(ready), key="text_generate", type="secondary" if running else "primary",
            icon=":material/send:", on_click=send, disabled=running or isinstance(ready, str),
        )
        if running and call_id and engine.live(call_id):  # beside, not in place of: a double click must not stop it
            st.button(
                t(N_("Stop")), key="text_stop", type="primary", icon=":material/stop_circle:", on_click=stop,
                args=(call_id,),
            )
        if not isinstance(ready, str):
            result.code(ready, "text_code")
    warning()
    if problem := st.session_state.pop(PROBLEM, None) or (ready if isinstance(ready, str) else None):
        st.markdown(f":blue[:material/lock: {problem}]")


def line_of(row: CallRow) -> str:
    """The name of the line a call went by, as it is called now; its id where it is gone."""
    lines = [line for relay in engine.configuration().relays if relay.id == row.relay for line in relay.lines]
    return next((line.name for line in lines if line.id == row.line), row.line or "")


def answer(call_id: str, running: bool) -> None:
    """The right side: the call that runs or ran."""
    row, payload = engine.log.call(call_id)
    st.caption(literal(head(payload.prompt, 160)))
    if running:
        follow(engine, call_id)
        return
    result.result(row, payload, line_of(row))
    asked = draft_of(row, payload)
    with st.container(horizontal=True):
        st.download_button(
            t(N_("Download")), payload.text, file_name=f"{call_id}.md", mime="text/markdown", key="text_download",
            icon=":material/download:", on_click="ignore", disabled=not payload.text,
        )
        st.button(
            t(N_("Again")), key="text_again", icon=":material/replay:", on_click=text_form.fill, args=(asked,),
            help=t(N_("Puts this request back into the form; nothing is sent yet.")),
        )


st.title(t(N_("Text")))
st.markdown(t(N_("Write with the models your keys may use; what it costs stands on the button.")))
text_form.begin_with(st.query_params)
show_what_was_sent()
offered = choices(engine.verdicts(), "text")
call_id = current()
st.session_state[SHOWN] = call_id  # also after Back: what the button goes by is what is shown
running = runs(engine, call_id)
left, right = st.columns(2, gap="medium")
with left:
    if offered.connections(st.session_state.get(text_form.CONNECTION)):
        form(offered, call_id, running)
    else:
        st.markdown(t(N_("None of your keys may write text yet.")))
        if st.button(t(N_("Set up your own")), key="text_set_up", icon=":material/key:"):
            go("connections")
    text_form.others(engine, offered.refused)
with right:
    if call_id:
        answer(call_id, running)
    else:
        facts((t(N_("The answer appears here.")),))
result.before(engine, "text", call_id, show)
