"""The call log's filters: a change of a field changes the address, and the address fills the fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.causes import CAPABILITY_NAMES
from lib.connections.model import Configuration
from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.contribution import By
from ui.addressed import clear, drop, take
from ui.days import FIRST_DAY, LAST_DAY
from ui.log_view import CAUSES, STATUSES, View
from ui.markdown import literal
from ui.theme import STATES
from ui.theme import STATUSES as LOOKS
from ui.words import maker, t

KEY = "log_by_"
NAMES: Mapping[str, str] = {
    "text": N_("Text in the prompt"),
    "since": N_("From"),
    "until": N_("Up to and with"),
    "connection": N_("Connection"),
    "provider": N_("Provider"),
    "model": N_("Model"),
    "capability": N_("Capability"),
    "line": N_("Line"),
    "status": N_("Status"),
    "cause": N_("Cause of the error"),
    "unknown_cost": N_("Unknown cost only"),
}
CHOSEN: Mapping[str, By | None] = {
    "connection": "connection", "provider": "provider", "model": "model", "capability": "capability",
    "status": None, "cause": None, "line": None,
}  # fmt: skip
"""The filters that are a choice, and the dimension of the rollups that knows what there is to choose."""
SEARCH, UNKNOWN = "text", "unknown_cost"
OTHER = frozenset(CHOSEN) | {UNKNOWN}
"""What is folded away."""
USED = "log_filters_used"
"""That any of them was set in this session: from then on they stay unfolded."""
WORDED: Mapping[str, Mapping[str, str]] = {
    "capability": dict(CAPABILITY_NAMES),
    "status": {status: look.word for status, look in LOOKS.items()},
    "cause": {state: look.word for state, look in STATES.items()},
}
"""The words for the values of a filter that are the contract's, as message ids."""


def filters(engine: Engine, view: View) -> None:
    """Search and days at once, all else folded away; below, what is set and how to be rid of it."""
    for name in NAMES:
        st.session_state[KEY + name] = getattr(view, name)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _name(SEARCH), key=KEY + SEARCH, on_change=take, args=(SEARCH, KEY + SEARCH), icon=":material/search:",
            placeholder=t(N_("Two characters are enough")), width=240,
        )
        for name in ("since", "until"):
            st.date_input(
                _name(name), value=None, key=KEY + name, on_change=take, args=(name, KEY + name), min_value=FIRST_DAY,
                max_value=LAST_DAY, format="YYYY-MM-DD", width=150,
            )
    used = st.session_state[USED] = st.session_state.get(USED, False) or bool(OTHER & set(view.filters))
    with st.expander(t(N_("More filters")), icon=":material/filter_list:", expanded=used):
        _more(engine, view)
    if view.filters:
        _set(engine.configuration(), view)


def _more(engine: Engine, view: View) -> None:
    configuration = engine.configuration()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, by in CHOSEN.items():
            chosen = getattr(view, name)
            found = list(filter(None, engine.log.keys(by))) if by else _known(name, configuration)
            st.selectbox(
                _name(name), found if chosen in (None, *found) else [*found, chosen], index=None, key=KEY + name,
                format_func=lambda value, name=name: worded(name, value, configuration), on_change=take,
                args=(name, KEY + name), placeholder=t(N_("All")), width=210,
            )
        st.toggle(_name(UNKNOWN), key=KEY + UNKNOWN, on_change=take, args=(UNKNOWN, KEY + UNKNOWN))


def _known(name: str, configuration: Configuration) -> Sequence[str]:
    lines = [f"{relay.id}.{line.id}" for relay in configuration.relays for line in relay.lines]
    return {"status": STATUSES, "cause": CAUSES, "line": lines}[name]


def worded(name: str, value: str, configuration: Configuration) -> str:
    """A filter's value as the reader knows it."""
    if name in WORDED:
        return t(WORDED[name][value])
    if name == "provider":
        return maker(value)
    lines = {f"{r.id}.{one.id}": f"{r.name} · {one.name}" for r in configuration.relays for one in r.lines}
    return lines.get(value, value) if name == "line" else value


def _set(configuration: Configuration, view: View) -> None:
    """What is set, each with a button that takes it away."""
    with st.container(horizontal=True, key="log_set", gap="xsmall"):
        for name in view.filters:
            value = getattr(view, name)
            shown = _name(name) if value is True else f"{_name(name)}: {worded(name, str(value), configuration)}"
            st.button(literal(shown), key=f"log_drop_{name}", icon=":material/close:", on_click=drop, args=(name,))
        st.button(t(N_("Clear filters")), key="log_clear", type="tertiary", on_click=clear, args=(View,))


def _name(name: str) -> str:
    return t(NAMES[name])
