"""A table whose cells are buttons, whose head and first column stay put; where it is narrow, a list of cards.

Streamlit has no such thing: columns of buttons scroll away from their heads and break at half a screen's width, and a
dataframe's cells are pictures that have no icons and that no screen reader sees. Style and script are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import streamlit as st

FOLDER = Path(__file__).parent
HTML = '<div class="scroll">\n<table></table>\n</div>'


@dataclass(frozen=True, slots=True)
class Button:
    """One cell. `name`: its column's, for where there are no columns. `told`: whether `why` is shown or only hovers."""

    id: str
    name: str
    icon: str
    word: str
    colour: str
    quiet: bool
    notes: tuple[str, ...]
    why: str
    told: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row. In place of a button: None where there is no such cell, "" where it isn't shown."""

    name: str
    cells: Sequence[Button | Literal[""] | None]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together."""

    name: str
    rows: Sequence[Line]


def grid(label: str, head: Sequence[str], groups: Sequence[Group], key: str, opened: Callable[[str], None]) -> None:
    """Draws it; `opened` is called with the id of a cell that was pressed, before the page is drawn again."""
    data = {"label": label, "head": list(head), "groups": [asdict(group) for group in groups]}
    _table()(key=key, data=data, on_open_change=lambda: opened(st.session_state[key].open))


def _table() -> Callable[..., object]:
    """The component; registered on every run, since each server (and each test) has a register of its own."""
    return st.components.v2.component("relayscope_grid", html=HTML, css=_read("css"), js=_read("js"))


@cache
def _read(suffix: str) -> str:
    return (FOLDER / f"grid.{suffix}").read_text("utf-8")
