"""The gallery's filters: a change of a field changes the address, and the address fills the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from lib.causes import CAPABILITY_NAMES
from lib.engine import Engine
from lib.i18n import N_
from ui.addressed import clear, drop, take
from ui.days import FIRST_DAY, LAST_DAY
from ui.gallery_view import View
from ui.markdown import literal
from ui.words import t

KEY = "gallery_by_"
NAMES: Mapping[str, str] = {
    "text": N_("Text in the prompt"),
    "since": N_("From"),
    "until": N_("Up to and with"),
    "kind": N_("Kind of file"),
    "capability": N_("Capability"),
    "model": N_("Model"),
}
KIND_NAMES: Mapping[str, str] = {
    "image": N_("Images"), "video": N_("Videos"), "audio": N_("Audio"), "other": N_("Other files")
}  # fmt: skip
SEARCH = "text"
WORDED: Mapping[str, Mapping[str, str]] = {"kind": KIND_NAMES, "capability": dict(CAPABILITY_NAMES)}
"""The words for the values of a filter that are ours, as message ids."""


def filters(engine: Engine, view: View) -> None:
    """Every filter in a row; below it what is set, and how to be rid of it."""
    for name in NAMES:
        st.session_state[KEY + name] = getattr(view, name)
    with st.container(horizontal=True, vertical_alignment="bottom", key="gallery_filters"):
        st.text_input(
            t(NAMES[SEARCH]), key=KEY + SEARCH, on_change=take, args=(SEARCH, KEY + SEARCH), icon=":material/search:",
            placeholder=t(N_("Two characters are enough")), width=225,
        )
        for name in ("since", "until"):
            st.date_input(
                t(NAMES[name]), value=None, key=KEY + name, on_change=take, args=(name, KEY + name),
                min_value=FIRST_DAY, max_value=LAST_DAY, format="YYYY-MM-DD", width=140,
            )
        _choice("kind", list(KIND_NAMES), view, 120)
        _choice("capability", list(View.WORDS["capability"]), view, 130)
        _choice("model", engine.gallery.models(), view, 160)
    if view.filters:
        _set(view)


def _choice(name: str, found: list[str], view: View, width: int) -> None:
    chosen = getattr(view, name)
    st.selectbox(
        t(NAMES[name]), found if chosen in (None, *found) else [*found, chosen], index=None, key=KEY + name,
        format_func=_worded(name), on_change=take, args=(name, KEY + name), placeholder=t(N_("All")), width=width,
    )


def _worded(name: str) -> Callable[[str], str]:
    """A filter's value as the reader knows it."""
    words = WORDED.get(name, {})
    return lambda value: t(words[value]) if value in words else value


def _set(view: View) -> None:
    with st.container(horizontal=True, key="gallery_set", gap="xsmall"):
        for name in view.filters:
            shown = f"{t(NAMES[name])}: {_worded(name)(str(getattr(view, name)))}"
            st.button(literal(shown), key=f"gallery_drop_{name}", icon=":material/close:", on_click=drop, args=(name,))
        st.button(t(N_("Clear filters")), key="gallery_clear", type="tertiary", on_click=clear, args=(View,))
