"""What a user has typed and not yet sent: it outlives a change of page.

Streamlit forgets a widget's value as soon as a run doesn't draw it. It is kept apart here, and put back into a widget
that comes back; not into one that is there already: the browser may hold more by now than it has sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

PREFIX = "draft_"
KEPT = "kept_drafts"
FIELDS, DRAWN, NOW = "fields_of_drafts", "drawn_drafts", "drawn_drafts_now"
"""The fields ever drawn; those the browser has (of the last whole run, or drawn since); those of this run."""


def keep_drafts() -> None:
    """At the beginning of a run: keeps what was typed, and gives it to whoever asks the session for it.

    Of a field that isn't drawn the session may remember only what it began with, so there what was kept counts.
    """
    state = st.session_state
    kept, hidden = state.setdefault(KEPT, {}), state.get(FIELDS, set()) - state.get(DRAWN, set())
    typed = [key for key in state if isinstance(key, str) and key.startswith(PREFIX)]
    kept |= {key: state[key] for key in typed if key not in hidden}
    for key in hidden & kept.keys():
        state[key] = kept[key]
    state[NOW] = set()


def put(values: Mapping[str, Any]) -> None:
    """Fills fields, also those that aren't drawn."""
    st.session_state.setdefault(KEPT, {}).update(values)
    for key, value in values.items():
        st.session_state[key] = value


def field(key: str) -> str:
    """The key of a field that is drawn now, with what was typed there before if the browser no longer has it."""
    state = st.session_state
    fields, drawn, now = (state.setdefault(name, set()) for name in (FIELDS, DRAWN, NOW))
    if key not in drawn and key in state:
        state[key] = state[key]
    for known in (fields, drawn, now):
        known.add(key)
    return key


def all_drawn() -> None:
    """At the end of a whole run: what it hasn't drawn, the browser has no longer."""
    st.session_state[DRAWN] = st.session_state[NOW]


def forget(prefix: str) -> None:
    """Forgets what was typed under keys that begin so. For a callback."""
    for values in (st.session_state, st.session_state.get(KEPT, {})):
        for key in [key for key in values if isinstance(key, str) and key.startswith(prefix)]:
            del values[key]
