"""Files that were uploaded: kept while their page is left, when the browser's own list of them is gone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TypeAlias

import streamlit as st

from lib.i18n import N_
from ui.chips import facts
from ui.given import LARGEST
from ui.markdown import literal
from ui.words import count, t

Upload: TypeAlias = tuple[str, bytes]
"""A file's name and its bytes."""


def uploader(name: str, label: str, endings: Sequence[str], *, several: bool) -> None:
    """The field for files, and those that were given before the page was left; `label` in the reader's language."""
    st.file_uploader(
        label, type=list(endings), accept_multiple_files=several, key=_field(name), on_change=_take, args=(name,)
    )
    in_language(_field(name), endings)
    if given(name) and not st.session_state.get(_field(name)):
        with st.container(horizontal=True, vertical_alignment="center", key=f"{name}_still"):
            facts((t(N_("Still given: {names}"), names=", ".join(literal(one) for one, _ in given(name))),))
            st.button(
                t(N_("Don't use it")), key=f"{name}_forget", type="tertiary", icon=":material/close:", on_click=_forget,
                args=(name,),
            )


def in_language(key: str, endings: Sequence[str]) -> None:
    """Gives the field under that key words in the reader's language, for page.css: Streamlit has its own in English."""
    limit = t(N_("Up to {most} MB each: {endings}"), most=count(LARGEST >> 20), endings=", ".join(endings).upper())
    choose, most = (json.dumps(one, ensure_ascii=False) for one in (t(N_("Choose files")), limit))
    st.html(f"<style>.st-key-{key} {{ --choose: {choose}; --limit: {most}; }}</style>")


def given(name: str) -> list[Upload]:
    """What is given there now."""
    found: list[Upload] = st.session_state.get(_given(name), [])
    return found


def _take(name: str) -> None:
    """The files as they have just been chosen, or taken away."""
    found = st.session_state[_field(name)]
    files = found if isinstance(found, list) else [found] if found else []
    st.session_state[_given(name)] = [(one.name, one.getvalue()) for one in files]


def _forget(name: str) -> None:
    st.session_state.pop(_given(name), None)


def _field(name: str) -> str:
    return f"{name}_upload"


def _given(name: str) -> str:
    return f"{name}_given"
