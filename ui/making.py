"""A page that makes something: form left, result right, the last results below. One shape for all but text.

What runs goes on in the engine; several may run at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import streamlit as st

from lib.calls.dialect import ANY
from lib.calls.draft import needs_words
from lib.calls.guard import refusal
from lib.engine import Engine
from lib.errors import RelayscopeError
from lib.i18n import N_
from lib.providers import providers
from lib.vocabulary import UNFINISHED, Capability
from lib.wire.protocols import later_for
from ui import asking, made, result, sending, text_form
from ui.chips import facts
from ui.choices import Choices, choices
from ui.engine import door
from ui.follow import known, runs
from ui.format import head
from ui.links import TITLES, go
from ui.markdown import code, literal
from ui.sent import sent
from ui.theme import STATUSES
from ui.words import count, t, told

ANSWERS: Mapping[Capability, str] = {
    "image": N_("Make pictures with the models your keys may use."),
    "image_edit": N_("Change pictures: by words, in part, enlarged, without their background."),
    "video": N_("Make films. It takes minutes; you may leave this page, and come back."),
    "speech": N_("Have a text spoken."),
    "transcription": N_("Turn a recording into text."),
    "music": N_("Make music and lyrics. It takes minutes; you may leave this page, and come back."),
    "embedding": N_("Turn a text into a vector."),
    "translation": N_("Translate: by an API made for it, or by any model that writes text."),
}
"""What each page is for, in one line."""
LOOKS_EVERY_S = 1.0
ADDRESS = "call"


def page(capability: Capability) -> None:
    """Draws the whole page."""
    engine = door().engine
    st.title(t(TITLES[capability]))
    st.markdown(t(ANSWERS[capability]))
    asking.begin_with(capability, st.query_params)
    _show_what_was_sent(capability)
    offered = choices(engine.verdicts(), capability)
    call_id = _current(engine, capability)
    left, right = st.columns(2, gap="medium")
    with left:
        if offered.connections(st.session_state.get(asking.key(capability, "connection"))):
            _form(engine, capability, offered, call_id)
        else:
            _none(capability)
        text_form.others(engine, offered.refused, capability)
        _recover(engine, capability, offered)
    with right:
        if call_id:
            _answer(engine, call_id)
        elif offered.offered:
            facts((t(N_("The result appears here.")),))
    result.before(engine, capability, call_id, _show)


def _none(capability: Capability) -> None:
    """No key may do this: who makes it, and the way to set one up."""
    makers = [one.name for one in providers().values() if capability in one.capabilities and one.id != ANY]
    st.markdown(t(N_("None of your keys may do this yet.")))
    if makers:
        facts((t(N_("Made by: {names}"), names=", ".join(map(literal, makers))),))
    if st.button(t(N_("Set up your own")), key="making_set_up", icon=":material/key:"):
        go("connections")


def _show(call_id: str) -> None:
    st.query_params[ADDRESS] = call_id


def _show_what_was_sent(capability: Capability) -> None:
    last = sent(capability)
    if last.unseen:
        _show(last.calls[0])
        last.unseen = False


def _current(engine: Engine, capability: Capability) -> str | None:
    """The call to show: the one in the address, else one that runs, else the newest."""
    named = st.query_params.get(ADDRESS)
    if named and not known(engine, named, capability):
        del st.query_params[ADDRESS]
        named = None
    if named:
        return named
    running = [row.id for row in engine.log.unfinished() if row.capability == capability]
    newest = [row.id for row in engine.log.page(limit=1, capability=capability).rows]
    return next(iter((*reversed(running), *newest)), None)


def _send(capability: Capability, times: int) -> None:
    try:
        asked = asking.draft(door().engine, capability)
        if needs_words(capability, asked.operation) and not asked.prompt.strip():
            raise refusal("empty_prompt")
        sending.send(door().engine, capability, times, [asked], several=True)
    except RelayscopeError as error:
        sending.refuse(capability, told(error))


def _form(engine: Engine, capability: Capability, offered: Choices, call_id: str | None) -> None:
    asking.choose(engine, capability, offered)
    asking.fields(engine, capability)
    ready = asking.quoted(engine, capability)
    running = runs(engine, call_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text_form.label(ready), key=sending.key_of(capability), type="primary", icon=":material/send:",
            on_click=_send, args=(capability, sent(capability).times), disabled=isinstance(ready, str),
            help=text_form.why_unpriced(ready),
        )
        if running and call_id and engine.live(call_id):
            st.button(
                t(N_("Stop")), key=f"{capability}_stop", icon=":material/stop_circle:",
                on_click=lambda: door().ask(engine.cancel(call_id)),
            )
        if not isinstance(ready, str):
            result.code(ready, f"{capability}_code")
    sending.problem(capability, ready)


def _recover(engine: Engine, capability: Capability, offered: Choices) -> None:
    """The way to a task that was submitted elsewhere, or lost in a crash."""
    if not offered.offered or later_for(asking.spoken(engine, capability), capability) is None:
        return
    with st.popover(t(N_("Recover a task")), type="tertiary", icon=":material/history:", key=f"{capability}_recover"):
        st.caption(t(N_("Follows a task by its id, with the connection and model chosen here. Nothing is made again.")))
        task = st.text_input(t(N_("Task id")), key=f"{capability}_task")
        if st.button(t(N_("Follow it")), key=f"{capability}_follow", disabled=not task.strip()):
            try:
                asked = asking.draft(engine, capability)
                _show(door().ask(engine.recover_task(asked, task.strip())))
            except RelayscopeError as error:
                sending.refuse(capability, told(error))
            st.rerun()


def _answer(engine: Engine, call_id: str) -> None:
    row, payload = engine.log.call(call_id)
    if payload.prompt:
        st.caption(literal(head(payload.prompt, 160)))
    if row.status in UNFINISHED:
        _follow(engine, call_id)
        return
    made.made(engine, row, payload, result.line_of(engine, row))


@st.fragment(run_every=LOOKS_EVERY_S)
def _follow(engine: Engine, call_id: str) -> None:
    """How far the work is, until it has ended; then the page once more."""
    row, _ = engine.log.call(call_id)
    if row.status not in UNFINISHED:
        st.rerun()
    record = engine.task(call_id)
    seconds = int((datetime.now(UTC) - row.created_at).total_seconds())
    words = t(STATUSES[row.status].word) + (f" · {literal(record.words)}" if record.words else "")
    if record.progress is None:
        st.markdown(f":shimmer[{words}…] :gray[{count(seconds)} s]")
    else:
        st.progress(min(100, record.progress) / 100, text=f"{words} · {count(record.progress)} % · {count(seconds)} s")
    if row.task_id:
        facts((t(N_("task {id}"), id=code(row.task_id)),))
