"""What a user has typed and not yet sent: it outlives a change of page."""

from __future__ import annotations

import streamlit as st

PREFIX = "draft_"
KEPT = "kept_drafts"


def keep_drafts() -> None:
    """Streamlit forgets a widget's value when a page without it is shown; what was typed is kept apart and put back."""
    state = st.session_state
    typed = {key: state[key] for key in state if isinstance(key, str) and key.startswith(PREFIX)}
    state[KEPT] = state.get(KEPT, {}) | typed
    for key, value in state[KEPT].items():
        state[key] = value  # on every run: what an earlier run has set doesn't reach a widget that comes back


def forget(prefix: str) -> None:
    """Forgets what was typed under keys that begin so. For a callback."""
    for values in (st.session_state, st.session_state.get(KEPT, {})):
        for key in [key for key in values if isinstance(key, str) and key.startswith(prefix)]:
            del values[key]
