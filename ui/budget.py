"""The budgets, where they matter: a line for each that the day or month comes near to; and all of them as bars."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.calls.spending import Spending
from lib.cost.budget import Budget, Of, Period, State
from lib.i18n import N_
from lib.vocabulary import Money
from ui.engine import door
from ui.markdown import literal
from ui.words import money, t

LOOKS: Mapping[State, tuple[str, str]] = {
    "near": ("orange", ":material/savings:"),
    "over": ("red", ":material/savings:"),
    "unknown": ("gray", ":material/help:"),
}
SAID: Mapping[tuple[Period, State], str] = {
    ("month", "fine"): N_("{spent} of this month's budget of {budget} are spent."),
    ("month", "near"): N_("{spent} of this month's budget of {budget} are spent."),
    ("month", "over"): N_("This month's budget of {budget} is used up: {spent} are spent."),
    ("month", "unknown"): N_("How this month stands to its budget of {budget} can't be told: there is no rate for "
                             "{missing}."),
    ("day", "fine"): N_("{spent} of today's budget of {budget} are spent."),
    ("day", "near"): N_("{spent} of today's budget of {budget} are spent."),
    ("day", "over"): N_("Today's budget of {budget} is used up: {spent} are spent."),
    ("day", "unknown"): N_("How today stands to its budget of {budget} can't be told: there is no rate for {missing}."),
}  # fmt: skip
PLACES: Mapping[Of, str] = {
    "all": N_("Everything"),
    "connection": N_("Connection {name}"),
    "provider": N_("Provider {name}"),
    "model": N_("Model {name}"),
}


def place(budget: Budget) -> str:
    """What a budget is for."""
    return t(PLACES[budget.of], name=budget.name)


def said(found: Spending) -> str:
    """How a budget stands, as sentences that Markdown obeys nowhere."""
    budget, stands = found.budget, found.standing
    words = [] if budget.of == "all" else [f"{place(budget)}:"]
    words.append(t(SAID[budget.period, stands.state], spent=money(stands.spent), budget=money(budget.money),
                   missing=", ".join(stands.missing)))  # fmt: skip
    if budget.stops and stands.state in ("near", "over"):
        words.append(t(N_("A call that would break it isn't sent.")))
    return literal(" ".join(words))


def warning() -> None:
    """Says so of each budget that is near to its end; nothing otherwise. No caption: those are faint."""
    for found in door().own.spendings():
        if (state := found.standing.state) in LOOKS:
            colour, icon = LOOKS[state]
            st.markdown(f":{colour}[{icon} {said(found)}]")


def bar(found: Spending, forecast: Money | None) -> None:
    """How much of a budget is spent, and what its month comes to at this pace, where that is known."""
    budget, spent = found.budget, found.standing.spent
    st.progress(min(1.0, float(spent.amount / budget.amount)), said(found))
    if forecast is not None:
        st.caption(t(N_("At the pace of this month's whole days so far: {amount} by its end."),
                     amount=literal(money(forecast))))  # fmt: skip
