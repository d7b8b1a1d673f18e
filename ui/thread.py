"""What was said before in a conversation, in short: each turn's prompt with its images, and its answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.calls.conversation import Turn
from lib.calls.files import Files
from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.media import Kept
from ui.chips import facts
from ui.follow import draw
from ui.format import head
from ui.markdown import literal
from ui.words import count, money, t

NEAREST = 2
"""The last turns, which are shown; those before them are folded away."""
ASKED, LONG, BEGINNING = 300, 240, 80
"""Characters of a prompt; those from which on an answer is folded; those of it that are seen then."""
WIDTH = 96


def earlier(engine: Engine, turns: Sequence[Turn]) -> None:
    """The turns before the one that is shown, oldest first."""
    old = turns[:-NEAREST]
    if old:
        with st.expander(t(N_("Earlier in this conversation: {n}"), n=count(len(old))), icon=":material/history:"):
            for turn in old:
                _turn(engine, turn)
    for turn in turns[-NEAREST:]:
        _turn(engine, turn)


def asked(files: Files, prompt: str, given: Sequence[Kept]) -> None:
    """What was asked: the beginning of a prompt and the images with it."""
    words = head(prompt, ASKED)
    st.markdown(f":gray[:material/person:] {literal(words)}")
    thumbnails(files, given, words)


def thumbnails(files: Files, given: Sequence[Kept], words: str) -> None:
    """The images a call was given, small. `words`: what they were given with, for who can't see them."""
    if given:
        with st.container(horizontal=True, gap="small"):
            for kept in given:
                _thumbnail(files, kept, words)


def _turn(engine: Engine, turn: Turn) -> None:
    with st.container(key=f"thread_{turn.row.id}", gap="xsmall"):
        asked(engine.files, turn.payload.prompt, turn.given)
        _answer(turn.payload.text)
        facts((literal(turn.row.model), money(turn.row.cost)))


def _answer(text: str) -> None:
    if len(text) < LONG:
        draw(text)
        return
    with st.expander(literal(head(text, BEGINNING))):
        draw(text)


def _thumbnail(files: Files, kept: Kept, words: str) -> None:
    from PIL.Image import DecompressionBombError

    try:
        st.image(str(files.path(kept)), width=WIDTH, alt=words)
    except (OSError, ValueError, DecompressionBombError):
        gone = t(N_("This picture can't be shown here; it can be downloaded.")) if files.path(kept).exists() else t(
            N_("The file is gone from the data folder.")
        )  # fmt: skip
        facts((f":material/broken_image: {gone}",))
