"""Text: write a prompt, see what it may cost, watch the answer come, and find what it did cost."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from lib.calls.conversation import after, holds
from lib.calls.draft import draft_of
from lib.calls.guard import refusal
from lib.errors import RelayscopeError
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from ui import result, sending, support, text_form, thread
from ui.chips import facts
from ui.choices import Choices, choices
from ui.engine import door
from ui.follow import follow, known, runs
from ui.links import elsewhere, go, link
from ui.sent import sent
from ui.words import t, told

SHOWN = "text_call"
GOING_ON = "text_going_on"
"""A turn of a conversation that was sent; once it is answered, the next goes on from it."""
ADDRESS = "call"

engine = door().engine


def show(call_id: str) -> None:
    """Makes a call the one that is shown, here and after a reload."""
    st.session_state[SHOWN] = call_id
    st.query_params[ADDRESS] = call_id


def show_what_was_sent() -> None:
    """Makes a call that was just sent the one that is shown."""
    last = sent("text")
    if last.unseen:
        show(last.calls[0])
        if last.drafts[0].after:
            st.session_state[GOING_ON], st.session_state[text_form.SAID] = last.calls[0], last.drafts[0].prompt
            text_form.put_images_away()
        last.unseen = False
    if (said := st.session_state.get(text_form.SAID)) and sending.just_sent("text"):  # each of two clicks brings it
        text_form.put_prompt_away([said])


def go_on_when_answered() -> None:
    """The next turn goes on from one that was answered; after one that failed, from where that did."""
    call_id, drafts = st.session_state.get(GOING_ON), sent("text").drafts
    if call_id is None or not drafts or runs(engine, call_id):
        return
    st.session_state[GOING_ON] = None
    if st.session_state.get(text_form.AFTER) == drafts[0].after and engine.conversation(call_id):
        text_form.go_on(call_id)


def go_on(row: CallRow, payload: Payload) -> None:
    """The form goes on from a call, as that was asked."""
    asked, typed = draft_of(row, payload), st.session_state.get(text_form.PROMPT) or ""
    text_form.fill(replace(asked, prompt=typed))
    text_form.put_prompt_away([asked.prompt, *(one.prompt for one in sent("text").drafts)])
    text_form.go_on(row.id)


def current() -> str | None:
    """The call to show: the one in the address, else the session's, else one that still runs, else the newest."""
    named = (st.query_params.get(ADDRESS), st.session_state.get(SHOWN))
    running = [row.id for row in reversed(engine.log.unfinished()) if row.capability == "text"]
    newest = [row.id for row in engine.log.page(limit=1, capability="text").rows]
    if named[0] and not known(engine, named[0], "text"):
        del st.query_params[ADDRESS]
    return next((one for one in (*named, *running, *newest) if one and known(engine, one, "text")), None)


def send(times: int) -> None:
    """Submits what is typed, once: a second click while a call runs does nothing, nor one without a prompt."""
    if not (st.session_state.get(text_form.PROMPT) or "").strip():
        if sending.just_sent("text"):  # the second of two clicks: the first was answered, and its prompt put away
            return
        sending.refuse("text", told(refusal("empty_prompt")))
        return
    if runs(engine, st.session_state.get(SHOWN)):
        return
    try:
        sending.send(engine, "text", times, [text_form.draft(engine)])
    except RelayscopeError as error:
        sending.refuse("text", told(error))


def stop(call_id: str) -> None:
    """Ends a call at the user's wish; what came so far is kept."""
    door().ask(engine.cancel(call_id))


def form(offered: Choices, call_id: str | None, running: bool) -> None:
    """The left side."""
    text_form.fields(engine, offered)
    ready = text_form.quoted(engine)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text_form.label(ready), key=sending.key_of("text"), type="secondary" if running else "primary",
            icon=":material/send:", on_click=send, args=(sent("text").times,),
            disabled=running or isinstance(ready, str), help=text_form.why_unpriced(ready),
        )
        if running and call_id and engine.live(call_id):  # beside, not in place of: a double click must not stop it
            st.button(
                t(N_("Stop")), key="text_stop", type="primary", icon=":material/stop_circle:", on_click=stop,
                args=(call_id,),
            )
        if not isinstance(ready, str):
            result.code(ready, "text_code")
    sending.problem("text", ready)


def answer(call_id: str, running: bool) -> None:
    """The right side: the call that runs or ran."""
    row, payload = engine.log.call(call_id)
    given = engine.artifacts([call_id], "input").get(call_id, ())
    thread.earlier(engine, engine.conversation(after(payload)))
    thread.asked(engine.files, payload.prompt, given)
    if running:
        follow(engine, call_id)
        return
    result.result(row, payload, result.line_of(engine, row))
    asked = draft_of(row, payload)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            t(N_("Download")), payload.text, file_name=f"{call_id}.md", mime="text/markdown", key="text_download",
            icon=":material/download:", on_click="ignore", disabled=not payload.text,
        )
        st.button(
            t(N_("Again")), key="text_again", icon=":material/replay:", on_click=text_form.fill,
            args=(asked, len(given)), help=again(len(given)),
        )
        link("log", t(N_("Run elsewhere")), **elsewhere(row.id))
        support.of_a_call(engine, row, "text_support")
        if holds(row, payload) and st.session_state.get(text_form.AFTER) != call_id:
            st.button(
                t(N_("Continue the conversation")), key="text_continue", icon=":material/forum:", on_click=go_on,
                args=(row, payload), help=t(N_("The next prompt goes on from this answer; nothing is sent yet.")),
            )


def again(images: int) -> str:
    """What the button to the same request does."""
    back = t(N_("Puts this request back into the form; nothing is sent yet."))
    return " ".join((back, t(N_("Its images must be chosen again.")))) if images else back


st.title(t(N_("Text")))
st.markdown(t(N_("Write with the models your keys may use; what it costs stands on the button.")))
text_form.begin_with(st.query_params)
show_what_was_sent()
offered = choices(engine.verdicts(), "text")
call_id = current()
st.session_state[SHOWN] = call_id  # also after Back: what the button goes by is what is shown
running = runs(engine, call_id)
go_on_when_answered()
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
