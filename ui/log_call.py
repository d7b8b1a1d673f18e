"""One call of the log, whole: when, what was asked, what came, what it cost and why, what to do next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from lib.calls.draft import UNPAID, Drafted, draft_of
from lib.causes import CAPABILITY_NAMES
from lib.cli.documents import call_document
from lib.connections.model import Configuration
from lib.engine import Engine
from lib.errors import RelayscopeError
from lib.http import body_shown, redact
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.media import Kept
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED
from ui import log_cost, made, result, support
from ui.asking import fill
from ui.chips import chip, facts
from ui.engine import door
from ui.follow import draw, follow, thoughts
from ui.links import go, link
from ui.log_beside import another
from ui.markdown import code, literal
from ui.thread import thumbnails
from ui.words import duration, maker, moment, t, told

LONG = 600
"""Characters from which on a prompt scrolls in a box of its own."""
BOX = 220


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a call's life. `name` is a message id; `after_ms` since the step before."""

    name: str
    at: datetime
    after_ms: int | None = None


def timeline(row: CallRow) -> tuple[Step, ...]:
    """What happened when, as far as it has."""
    first = row.sent_at + timedelta(milliseconds=row.first_byte_ms) if row.sent_at and row.first_byte_ms else None
    named = (
        (N_("Logged"), row.created_at), (N_("Sent"), row.sent_at), (N_("First word"), first),
        (N_("Ended"), row.finished_at),
    )  # fmt: skip
    steps: list[Step] = []
    for name, at in named:
        if at is not None:
            since = (at - steps[-1].at) / timedelta(milliseconds=1) if steps else None
            steps.append(Step(name, at, None if since is None else max(0, round(since))))
    return tuple(steps)


def very(engine: Engine, row: CallRow) -> Drafted | str:
    """The very request a call made, at the address it was made to; where it can't be made any more, why."""
    try:
        ready = engine.draft(engine.draft_again(row.id))
    except RelayscopeError as error:
        return told(error)
    if ready.request is None:
        return told(ready.refused) if ready.refused else ""
    return ready.at(row.base_url)


def _given(engine: Engine, row: CallRow) -> tuple[Kept, ...]:
    return engine.artifacts([row.id], "input").get(row.id, ())


def document(row: CallRow, payload: Payload) -> str:
    """The contract's document of a call, without keys."""
    told = call_document(row, payload.text, t, unpriced=payload.unpriced)
    return redact(json.dumps(told, ensure_ascii=False, indent=2))


def call(engine: Engine, row: CallRow, payload: Payload) -> None:
    """Everything that is known of a call."""
    ready = very(engine, row)
    with st.container(horizontal=True, vertical_alignment="center"):
        chip(result.appearance(row))
        facts((literal(row.model), row.connection, moment(row.created_at)))
    _actions(engine, row, payload, ready)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _asked(payload, ready)
        thumbnails(engine.files, [one for one in _given(engine, row) if one.mime.startswith("image/")], payload.prompt)
        _answer(engine, row, payload)
    with right:
        _times(row)
        st.subheader(t(N_("Cost")))
        log_cost.costs(row, payload)
        _used(row, payload)
        _origin(engine.configuration(), row)


def _actions(engine: Engine, row: CallRow, payload: Payload, ready: Drafted | str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if row.status in UNFINISHED and engine.live(row.id):
            st.button(t(N_("Stop")), key="log_stop", icon=":material/stop_circle:", type="primary", on_click=_stop,
                      args=(engine, row.id))  # fmt: skip
        if st.button(
            t(N_("Run again")), key="log_again", icon=":material/replay:",
            help=t(N_("Puts this request into the form; nothing is sent yet.")),
        ):
            fill(draft_of(row, payload), len(_given(engine, row)))
            go(row.capability)
        st.button(
            t(N_("Run elsewhere")), key="log_elsewhere", icon=":material/alt_route:", on_click=another,
            help=t(N_("The same asked of another model, connection or line, beside this one; nothing is sent yet.")),
        )
        if not isinstance(ready, str):
            result.code(ready, "log_code")
        request = None if isinstance(ready, str) else ready.request
        support.of_a_call(engine, row, "log_support", "POST", str(request.url) if request else "")
        if st.button(t(N_("Copy…")), key="log_copy", icon=":material/content_copy:"):
            _copies(row, payload)
        st.download_button(
            t(N_("Answer")), payload.text, file_name=f"{row.id}.md", mime="text/markdown", key="log_text",
            icon=":material/download:", on_click="ignore", disabled=not payload.text,
        )
        st.download_button(
            t(N_("Call (JSON)")), document(row, payload), file_name=f"{row.id}.json", mime="application/json",
            key="log_json", icon=":material/download:", on_click="ignore",
        )
    if isinstance(ready, str) and row.sent_at is not None:
        st.caption(t(N_("It can't be shown as code any more: {why}"), why=ready))


def _stop(engine: Engine, call_id: str) -> None:
    """Ends a call at the user's wish; what came so far is kept."""
    door().ask(engine.cancel(call_id))


def _copies(row: CallRow, payload: Payload) -> None:
    """The answer and the call in boxes that copy."""

    @st.dialog(t(N_("Copy")), width="large")
    def dialog() -> None:
        st.caption(t(N_("The button in the corner of each box copies it.")))
        for text, language in ((payload.text, None), (document(row, payload), "json")):
            if text:
                st.code(text, language=language, wrap_lines=True, height=260)

    dialog()


def _asked(payload: Payload, ready: Drafted | str) -> None:
    st.subheader(t(N_("Prompt")))
    _text(payload.prompt or t(N_("(no prompt)")))
    more: Mapping[str, Any] = payload.request_json or {}
    if UNPAID in more:
        st.caption(t(N_("Sent without what it must have, so that it be refused unpaid.")))
    if more.get("system"):
        st.caption(t(N_("System prompt")))
        _text(more["system"])
    if isinstance(ready, str) or ready.request is None:
        body = json.dumps(more, ensure_ascii=False, indent=2)
    else:
        body = json.dumps(body_shown(ready.request), ensure_ascii=False, indent=2)
    with st.expander(t(N_("Request (JSON)")), icon=":material/outbound:"):
        st.code(redact(body), language="json", wrap_lines=True)


def _text(text: str) -> None:
    """Words as they were written, to be copied."""
    st.code(text, language=None, wrap_lines=True, height=BOX if len(text) > LONG else "content")


def _answer(engine: Engine, row: CallRow, payload: Payload) -> None:
    st.subheader(t(N_("Answer")))
    if row.status in UNFINISHED:
        follow(engine, row.id)
        return
    if row.status != "succeeded":
        result.problem(row)
    thoughts(payload.reasoning)
    draw(payload.text)
    if not made.files(engine, row, payload) and not payload.text:
        st.caption(t(N_("Nothing came.")))
    result.cut(row)


def _times(row: CallRow) -> None:
    st.subheader(t(N_("Timeline")))
    with st.container(gap="xsmall"):
        for step in timeline(row):
            after = "" if step.after_ms is None else t(N_("after {duration}"), duration=duration(step.after_ms))
            facts((f"**{t(step.name)}**", moment(step.at), after))


def _used(row: CallRow, payload: Payload) -> None:
    st.subheader(t(N_("Usage")))
    facts(log_cost.tokens(row))
    if row.usage_source is None:
        st.caption(t(N_("The server said nothing of it.")))
    elif row.usage_source == "approximate":
        st.caption(t(N_("Approximated by us from the length of the texts: the server said nothing of it.")))
    if payload.raw_usage:
        with st.expander(t(N_("As the server told it")), icon=":material/data_object:"):
            st.code(redact(json.dumps(payload.raw_usage, ensure_ascii=False, indent=2)), language="json")


def _origin(configuration: Configuration, row: CallRow) -> None:
    st.subheader(t(N_("Where it went")))
    lines = {(relay.id, line.id): line.name for relay in configuration.relays for line in relay.lines}
    line = lines.get((row.relay or "", row.line or ""), row.line or "")
    with st.container(gap="xsmall"):
        _went(row, line)
    if row.relay in {relay.id for relay in configuration.relays_in_use}:
        link("reconcile", t(N_("Beside the relay's own log")), relay=row.relay or "")


def _went(row: CallRow, line: str) -> None:
    facts((t(CAPABILITY_NAMES[row.capability]), maker(row.provider), row.connection, row.relay or "", literal(line)))
    facts((code(row.base_url), code(row.protocol), f"HTTP {row.http_status}" if row.http_status else ""))
    facts((
        t(N_("request id {id}"), id=code(row.request_id)) if row.request_id else "",
        t(N_("task id {id}"), id=code(row.task_id)) if row.task_id else "",
        t(N_("retries: {n}"), n=str(row.retries)), code(row.id),
    ))  # fmt: skip
