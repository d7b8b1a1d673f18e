"""Settings of the month's budget."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from lib.cost.budget import Budget
from lib.errors import WrongUse
from lib.i18n import N_
from ui.budget import this_month, warning
from ui.engine import door
from ui.settings_form import decimal, failed, problem, saved
from ui.settings_view import currencies
from ui.words import money, t

AMOUNT, CURRENCY, SHARE = "budget_amount", "budget_currency", "budget_share"


def budget() -> None:
    """The amount, its currency and from which share of it on to warn."""
    own, state = door().own, st.session_state
    kept, conversion = own.budget(), own.conversion()
    state.setdefault(AMOUNT, f"{kept.amount:f}" if kept else "")
    state.setdefault(CURRENCY, kept.currency if kept else conversion.currency or "USD")
    state.setdefault(SHARE, int(kept.warn_at * 100) if kept else 80)
    st.caption(t(N_("What your own connections may cost in a month. You are warned in the sidebar and where you write; "
                    "nothing is stopped.")))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t(N_("Budget for a month")), key=AMOUNT, placeholder="20", width=150)
        st.selectbox(
            t(N_("Currency")), list(dict.fromkeys((*currencies(conversion), state[CURRENCY]))), key=CURRENCY, width=110
        )
        st.slider(t(N_("Warn from (%)")), 10, 100, step=5, key=SHARE, width=200)
    problem(AMOUNT)
    with st.container(horizontal=True):
        st.button(t(N_("Save the budget")), key="budget_save", icon=":material/save:", on_click=_save)
        if kept:
            st.button(t(N_("No budget")), key="budget_none", type="tertiary", on_click=_none)
    if found := this_month():
        st.caption(t(N_("Spent this month: {amount}"), amount=money(found.spent)))
    warning()


def _save() -> None:
    state = st.session_state
    try:
        amount = decimal(state[AMOUNT])
    except WrongUse as error:
        failed({AMOUNT: error})
        return
    share = Decimal(state[SHARE]) / 100
    door().own.keep_budget(Budget(amount=amount, currency=state[CURRENCY], warn_at=share))
    saved()


def _none() -> None:
    door().own.keep_budget(None)
    st.session_state[AMOUNT] = ""
    saved()
