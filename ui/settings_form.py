"""What the sections of Settings share: what was wrong stands at its field, and what was typed stays."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import streamlit as st
from babel.numbers import NumberFormatError, parse_decimal

from lib.errors import RelayscopeError, WrongUse
from lib.i18n import N_
from ui.words import t, told

PROBLEMS = "settings_problems"
SAVED = "settings_saved"
DIGITS = 18
"""The most that a rate or a budget is kept with."""


def problem(field: str) -> None:
    """What was wrong with a field when it was last to be saved, beneath it."""
    if words := st.session_state.get(PROBLEMS, {}).get(field):
        st.markdown(f":red[:material/error: {words}]")


def failed(problems: Mapping[str, RelayscopeError]) -> None:
    """Keeps what was wrong, by field, for the next run."""
    st.session_state[PROBLEMS] = {field: told(error) for field, error in problems.items()}


def saved() -> None:
    """Everything was right; the next run says so."""
    st.session_state[PROBLEMS] = {}
    st.session_state[SAVED] = True


def notice() -> None:
    """Says once that something was saved."""
    if st.session_state.pop(SAVED, False):
        st.toast(t(N_("Saved.")), icon=":material/check:")


def decimal(text: str) -> Decimal:
    """A positive number with a decimal point; commas may part its thousands. Raises `WrongUse`."""
    try:
        value = parse_decimal(text.strip(), locale="en", strict=True)
    except (NumberFormatError, InvalidOperation):  # the latter for more digits than Babel can set in groups
        value = Decimal(0)
    fits = value.is_finite() and Decimal("1e-9") <= value < Decimal("1e9") and len(value.as_tuple().digits) <= DIGITS
    if not fits:
        raise WrongUse(N_("Write a number above 0 with a decimal point, such as 7.12. A comma may only separate "
                          "thousands, as in 1,000."))  # fmt: skip
    return value
