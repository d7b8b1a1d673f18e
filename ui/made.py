"""What a call made: pictures, films and sounds shown, vectors described, each to be downloaded or used further."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from lib.calls.draft import CallDraft, draft_of
from lib.calls.files import JSON
from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.media import Kept
from lib.ledger.row import CallRow
from lib.vocabulary import FollowUp
from ui import format as figures
from ui import support
from ui.asking import OPERATIONS, USE, fill
from ui.chips import chip, copyable, facts
from ui.engine import door
from ui.follow import draw
from ui.gallery_preview import preview
from ui.links import elsewhere, go, link
from ui.markdown import code, literal
from ui.result import appearance, figures_of, problem
from ui.words import count, duration, language, money, t

FETCHABLE = ("not_fetched", "task_lost", "server_gone", "no_answer")
"""Causes after which the result of a task may still be had."""
SUBTITLES = ("srt", "vtt")
"""Forms of a transcript that are files of their own."""
NUMBERS_SHOWN, HEAD = 8, 80
"""Numbers of a vector, and characters of a prompt, that are shown."""


def made(engine: Engine, row: CallRow, payload: Payload, line: str) -> None:
    """A call that has ended, with everything it made."""
    if row.status != "succeeded":
        chip(appearance(row))
        problem(row)
    kept = engine.artifacts([row.id]).get(row.id, ())
    if payload.text and not kept:
        _text(row, payload)
    if row.status == "succeeded" and not kept and not payload.text:
        facts((t(N_("What it made has been deleted.")),))
    with st.container(key="made_files" if len(kept) > 1 else "made_file"):
        for number, one in enumerate(kept, 1):
            with st.container(key=f"made_{number}"):
                _one(engine, row, one, number, figures.head(payload.prompt, HEAD))
    if payload.text and kept:
        with st.expander(t(N_("What the model said")), icon=":material/notes:"):
            draw(payload.text)
    _figures(row, len(kept))
    figures_of(row, line)
    if row.task_id:
        facts((t(N_("task {id}"), id=code(row.task_id)),))
    _next(engine, row, payload, kept)


def _text(row: CallRow, payload: Payload) -> None:
    """Words that were made, line by line as they came: to be copied, or kept as a file."""
    with st.container(key="made_text"):
        copyable(payload.text)
    ending = draft_of(row, payload).params.get("response_format")
    st.download_button(
        t(N_("Download")), payload.text, file_name=f"{row.id}.{ending if ending in SUBTITLES else 'txt'}",
        mime="text/plain", key="made_text_download", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def files(engine: Engine, row: CallRow, payload: Payload) -> int:
    """Only the files that a call made, shown; how many there are."""
    kept = engine.artifacts([row.id]).get(row.id, ())
    for number, one in enumerate(kept, 1):
        with st.container(key=f"made_{row.id}_{number}"):
            _shown(engine, row, one, number, figures.head(payload.prompt, HEAD))
    return len(kept)


def _shown(engine: Engine, row: CallRow, kept: Kept, number: int, words: str) -> None:
    path = engine.files.path(kept)
    if kept.mime != JSON or not path.exists():
        preview(engine.files, kept, words, f"{row.id}_{number}")
    else:
        _vectors(path.read_text(encoding="utf-8"))


def _one(engine: Engine, row: CallRow, kept: Kept, number: int, words: str) -> None:
    _shown(engine, row, kept, number, words)
    path = engine.files.path(kept)
    if not path.exists():
        return
    name = f"{row.model.rpartition('/')[2]}-{row.id}-{number}{path.suffix}"
    label = t(N_("Download")) if number == 1 else t(N_("Download {n}"), n=count(number))
    st.download_button(
        label, path.read_bytes, file_name=name, mime=kept.mime, key=f"download_{row.id}_{number}",
        icon=":material/download:", on_click="ignore", help=figures.size(kept.bytes, language()),
    )  # fmt: skip


def _vectors(text: str) -> None:
    """How long each vector is and what is largest in it; what isn't a vector is only downloaded."""
    for vector in vectors(text):
        shown = " · ".join(f"{place}: {value:.4f}" for place, value in largest(vector))
        st.markdown(t(N_("A vector of {n} numbers"), n=count(len(vector))))
        st.caption(t(N_("The largest, by their place in it:")))
        st.code(shown, language=None, wrap_lines=True)


def largest(vector: Sequence[float]) -> list[tuple[int, float]]:
    """The numbers of a vector that are farthest from 0, with their places from 1, in the order of these."""
    placed = sorted(enumerate(vector, 1), key=lambda one: -abs(one[1]))
    return sorted(one for one in placed[:NUMBERS_SHOWN] if one[1])


def vectors(text: str) -> list[list[float]]:
    """The vectors in a file of them; none where it is something else."""
    try:
        body = json.loads(text)
    except ValueError:
        return []
    found = body.get("embeddings") if isinstance(body, dict) else None
    rows = [one for one in found if isinstance(one, list)] if isinstance(found, list) else []
    return [row for row in rows if row and all(isinstance(n, int | float) for n in row)]


def _figures(row: CallRow, files: int) -> None:
    usage = row.usage
    told = (
        (N_("Files"), count(files) if files else ""),
        (N_("Seconds"), f"{usage.seconds.normalize():f}" if usage.seconds else ""),
        (N_("Characters"), count(usage.characters) if usage.characters else ""),
        (N_("Took"), duration(row.duration_ms) if row.duration_ms else ""),
    )
    with st.container(horizontal=True, key="made_figures", gap="medium"):
        st.metric(t(N_("Cost")), money(row.cost), width="content")
        for label, figure in told:
            if figure:
                st.metric(t(label), figure, width="content")


def _next(engine: Engine, row: CallRow, payload: Payload, kept: tuple[Kept, ...]) -> None:
    """What can be done with it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t(N_("Again")), key="made_again", icon=":material/replay:", on_click=fill, args=(draft_of(row, payload),),
            help=t(N_("Puts this request back into the form; nothing is sent yet.")),
        )
        if row.error_code in FETCHABLE and row.task_id:
            st.button(
                t(N_("Fetch it again")), key="made_fetch", icon=":material/download:",
                on_click=lambda: door().ask(engine.fetch_again(row.id)),
            )
        link("log", t(N_("Run elsewhere")), **elsewhere(row.id))
        support.of_a_call(engine, row, "made_support")
        pictures = [one for one in kept if one.mime.startswith("image/")]
        if follow_ups := engine.task(row.id).follow_ups:
            _go_on(row, follow_ups)
        for number, picture in enumerate(pictures, 1):
            words = t(N_("Use as input")) if number == 1 else t(N_("Use {n} as input"), n=count(number))
            if st.button(words, key=f"made_use_{number}", icon=":material/brush:"):
                st.session_state[USE] = picture
                go("image_edit")


def _go_on(row: CallRow, follow_ups: Sequence[FollowUp]) -> None:
    """What its server can do next with the result: into the form of image editing, where it is sent from."""
    with st.popover(t(N_("Go on with it")), icon=":material/grid_view:", key="made_go_on"):
        for operation, group in groupby(sorted(follow_ups, key=lambda one: one.operation), lambda one: one.operation):
            st.caption(t(OPERATIONS[operation]))
            with st.container(horizontal=True):
                for one in group:
                    name = literal(one.name) or t(OPERATIONS[operation])
                    if st.button(name, key=f"made_{one.value}", on_click=fill, args=(_follow_up(row, one),)):
                        go("image_edit")


def _follow_up(row: CallRow, one: FollowUp) -> CallDraft:
    return CallDraft(
        row.connection, "image_edit", "", f"mj_{one.operation}", one.operation, protocol=row.protocol,
        params={"task_id": row.task_id or "", "custom_id": one.value},
    )  # fmt: skip
