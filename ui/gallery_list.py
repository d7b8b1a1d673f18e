"""The gallery's cards: a file, what made it and at what cost, and what can be done with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

import streamlit as st

from lib.calls.draft import draft_of
from lib.calls.files import fits_input
from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.media import MadeFile, MadePage
from lib.vocabulary import Capability
from ui import addressed
from ui import format as figures
from ui.asking import USE, fill
from ui.chips import facts
from ui.gallery_chosen import ask, is_chosen, pick
from ui.gallery_names import name
from ui.gallery_preview import preview, type_name
from ui.links import CALL, go
from ui.markdown import literal
from ui.parameters import label
from ui.result import wordless
from ui.words import ago, capability, duration, language, money, t, zone

HEAD = 110
"""Characters of a prompt that a card shows."""
TOLD, VALUE = 4, 24
"""The parameters that a card shows, and the characters of each one's value."""
EDIT: Capability = "image_edit"
"""Where a file that is used as input goes."""
OCTETS = "application/octet-stream"
"""What a browser never draws, whatever the bytes are."""


def cards(engine: Engine, files: Sequence[MadeFile]) -> None:
    """A page of cards, as many side by side as there is room for."""
    with st.container(key="gallery_grid"):
        for file in files:
            with st.container(border=True, key=f"gallery_card_{_key(file)}", gap="small"):
                _card(engine, file)


def _key(file: MadeFile) -> str:
    return f"{file.row.id}_{file.number}"


def _card(engine: Engine, file: MadeFile) -> None:
    said = figures.head(file.prompt, HEAD)
    preview(engine.files, file.kept, said or capability(file.row.capability), _key(file))
    with st.container(gap=None, key=f"gallery_what_{_key(file)}"):
        st.markdown(literal(said) or wordless(file.row))
        facts((literal(file.row.model), file.row.connection, _cost(file), *_times(file)))
        facts(_params(file))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        key = f"gallery_pick_{_key(file)}"
        st.session_state[key] = is_chosen(file.name)
        st.checkbox(t(N_("Select")), key=key, on_change=pick, args=(file.name, key))
        facts((type_name(file.kept), figures.size(file.kept.bytes, language())))
        if st.button(t(N_("Delete…")), key=f"gallery_delete_{_key(file)}", type="tertiary", icon=":material/delete:"):
            ask(engine, [file.name])
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"gallery_do_{_key(file)}"):
        _actions(engine, file)


def _cost(file: MadeFile) -> str:
    """What the call cost, which may have made other files too."""
    return t(N_("cost unknown")) if file.row.cost is None else money(file.row.cost)


def _times(file: MadeFile) -> tuple[str, ...]:
    return (duration(file.row.duration_ms) if file.row.duration_ms else "", ago(file.row.created_at))


def _params(file: MadeFile) -> list[str]:
    """The first parameters it was asked with; the others are in the call's details."""
    told = [f"{label(one)}: {literal(_value(value))}" for one, value in file.params.items()]
    return told[:TOLD] + ([f"+{len(told) - TOLD}"] if len(told) > TOLD else [])


def _value(value: object) -> str:
    plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return figures.head(plain, VALUE)


def _actions(engine: Engine, file: MadeFile) -> None:
    key, row = _key(file), file.row
    there = engine.files.path(file.kept).exists()
    st.download_button(
        t(N_("Download")), partial(engine.files.read, file.kept), file_name=name(file, zone()), mime=OCTETS,
        key=f"gallery_get_{key}", type="tertiary", icon=":material/download:", on_click="ignore", disabled=not there,
    )
    if st.button(t(N_("Details")), key=f"gallery_show_{key}", type="tertiary", icon=":material/chevron_right:"):
        go("log", **{CALL: row.id})
    if st.button(
        t(N_("Again")), key=f"gallery_again_{key}", type="tertiary", icon=":material/replay:",
        help=t(N_("Puts this request into the form; nothing is sent yet.")),
    ):
        fill(draft_of(*engine.log.call(row.id)))
        go(row.capability)
    if fits_input(EDIT, file.kept.mime) and st.button(
        t(N_("Use as input")), key=f"gallery_use_{key}", type="tertiary", icon=":material/brush:", disabled=not there
    ):
        st.session_state[USE] = file.kept
        go(EDIT)


def turn(page: MadePage) -> None:
    """The buttons to newer and to older files."""
    for key, words, icon, place, cursor in (
        ("newer", t(N_("Newer")), "chevron_left", addressed.BEFORE, page.newer),
        ("older", t(N_("Older")), "chevron_right", addressed.AFTER, page.next),
    ):
        st.button(words, key=f"gallery_{key}", icon=f":material/{icon}:", disabled=cursor is None,
                  on_click=addressed.turn, args=(place, cursor))  # fmt: skip
