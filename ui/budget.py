"""The month's budget, where it matters: a line once the month comes near to it. It stops nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import streamlit as st

from lib.cost.budget import Budget, Standing, State, standing
from lib.i18n import N_
from ui.engine import door
from ui.markdown import literal
from ui.spend import spend
from ui.words import money, t

LOOKS: Mapping[State, tuple[str, str, str]] = {
    "near": ("orange", ":material/savings:", N_("{spent} of this month's budget of {budget} are spent.")),
    "over": ("red", ":material/savings:", N_("This month's budget of {budget} is used up: {spent} are spent.")),
    "unknown": ("gray", ":material/help:", N_("How this month stands to its budget of {budget} can't be told: there "
                                              "is no rate for {missing}.")),
}  # fmt: skip


def this_month() -> Standing | None:
    """How the user's own spending of this month stands to his budget; None where he has none."""
    own = door().own
    budget = own.budget()
    if budget is None:
        return None
    return standing(spend(own, datetime.now(UTC)).month.cost.values(), budget, own.conversion())


def said(found: Standing, budget: Budget) -> str:
    """How the month stands, as a sentence that Markdown obeys nowhere."""
    words = LOOKS[found.state if found.state in LOOKS else "near"][2]
    return literal(t(words, spent=money(found.spent), budget=money(budget.money), missing=", ".join(found.missing)))


def warning() -> None:
    """Says so, where the month comes near to its budget; nothing otherwise. No caption: those are faint."""
    found, budget = this_month(), door().own.budget()
    if found is None or budget is None or found.state not in LOOKS:
        return
    colour, icon, _ = LOOKS[found.state]
    st.markdown(f":{colour}[{icon} {said(found, budget)}]")
