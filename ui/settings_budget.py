"""Settings of the budgets: those there are, and one to be added or to take another's place."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import get_args

import streamlit as st

from lib.calls.spending import Spending
from lib.cost.budget import Budget, Of, Period
from lib.errors import RelayscopeError, WrongUse
from lib.i18n import N_
from lib.vocabulary import Money
from ui.budget import bar, place
from ui.engine import door
from ui.markdown import literal
from ui.settings_form import decimal, failed, problem, saved
from ui.settings_view import currencies
from ui.words import money, t

AMOUNT, CURRENCY, SHARE = "budget_amount", "budget_currency", "budget_share"
PERIOD, OF, NAME, STOPS, LETS_UNKNOWN = "budget_period", "budget_of", "budget_name", "budget_stops", "budget_unknown"
PERIODS: Mapping[Period, str] = {"day": N_("Every day"), "month": N_("Every month")}
OFS: Mapping[Of, str] = {
    "all": N_("Everything"), "connection": N_("One connection"), "provider": N_("One provider"),
    "model": N_("One model"),
}  # fmt: skip
BEGINS: Mapping[str, object] = {
    AMOUNT: "", SHARE: 80, PERIOD: "month", OF: "all", NAME: None, STOPS: False, LETS_UNKNOWN: False,
}  # fmt: skip


def budget() -> None:
    """The budgets as they stand, and the form."""
    found, forecasts = door().own.spendings(), door().own.forecasts()
    st.caption(t(N_("What your own connections may cost in a day or a month. You are warned in the sidebar and where "
                    "you write; a budget that stops lets no call be sent that may break it.")))  # fmt: skip
    for number, one in enumerate(found):
        _kept(number, one, forecasts.get(one.budget.place))
    _form()


def _kept(number: int, found: Spending, forecast: Money | None) -> None:
    """One that there is."""
    one = found.budget
    with st.container(border=True, key=f"budget_{number}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            amount = literal(money(one.money))
            st.markdown(f"**{literal(place(one))}** · {t(_KINDS[one.period, one.stops], amount=amount)}")
            st.button(
                t(N_("Change")), key=f"budget_change_{number}", type="tertiary", icon=":material/edit:", on_click=_fill,
                args=(one,),
            )
            st.button(
                t(N_("Remove")), key=f"budget_remove_{number}", type="tertiary", icon=":material/delete:",
                on_click=_remove, args=(one,),
            )
        bar(found, forecast)


_KINDS = {
    ("day", False): N_("{amount} a day, warns"),
    ("day", True): N_("{amount} a day, stops"),
    ("month", False): N_("{amount} a month, warns"),
    ("month", True): N_("{amount} a month, stops"),
}


def _form() -> None:
    state, conversion = st.session_state, door().own.conversion()
    for key, value in BEGINS.items():
        state.setdefault(key, value)
    state.setdefault(CURRENCY, conversion.currency or "USD")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            t(N_("Begins anew")), get_args(Period), key=PERIOD, required=True, format_func=lambda one: t(PERIODS[one])
        )
        st.selectbox(t(N_("Of")), get_args(Of), key=OF, width=180, format_func=lambda one: t(OFS[one]))
        if state[OF] != "all":
            free = state[OF] == "model"
            st.selectbox(t(N_("Name")), _names(state[OF]), key=NAME, width=220, accept_new_options=free)
    problem(NAME)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t(N_("Budget")), key=AMOUNT, placeholder="20", width=150)
        st.selectbox(
            t(N_("Currency")), list(dict.fromkeys((*currencies(conversion), state[CURRENCY]))), key=CURRENCY, width=110
        )
        st.slider(t(N_("Warn from (%)")), 10, 100, step=5, key=SHARE, width=200)
    problem(AMOUNT)
    st.toggle(t(N_("Stop: send no call that may break it")), key=STOPS)
    if state[STOPS]:
        st.toggle(t(N_("Calls of unknown price may pass")), key=LETS_UNKNOWN)
    st.button(t(N_("Save the budget")), key="budget_save", icon=":material/save:", on_click=_save)


def _names(of: Of) -> list[str]:
    """What it may be for: what is configured, and what was called before."""
    own = door().own
    connections = own.configuration().connections
    there = {
        "connection": [one.id for one in connections],
        "provider": [one.provider for one in connections],
        "model": [name for one in connections for name in one.models or ()],
    }
    kept = [one.name for one in own.budgets() if one.of == of]
    used = own.log.keys(of) if of != "all" else []
    return sorted({*there.get(of, ()), *kept, *filter(None, used)})


def _fill(one: Budget) -> None:
    """Puts a budget into the form."""
    st.session_state.update({
        AMOUNT: f"{one.amount:f}", CURRENCY: one.currency, SHARE: int(one.warn_at * 100), PERIOD: one.period,
        OF: one.of, NAME: one.name or None, STOPS: one.stops, LETS_UNKNOWN: one.lets_unknown,
    })  # fmt: skip


def _save() -> None:
    state, problems = st.session_state, dict[str, RelayscopeError]()
    of, name = state[OF], "" if state[OF] == "all" else (state.get(NAME) or "").strip()
    if of != "all" and not name:
        problems[NAME] = WrongUse(N_("Choose what it is for."))
    try:
        amount = decimal(state[AMOUNT])
    except WrongUse as error:
        problems[AMOUNT] = error
    if problems:
        failed(problems)
        return
    one = Budget(
        amount=amount, currency=state[CURRENCY], warn_at=Decimal(state[SHARE]) / 100, period=state[PERIOD], of=of,
        name=name, stops=state[STOPS], lets_unknown=bool(state[STOPS] and state.get(LETS_UNKNOWN)),
    )  # fmt: skip
    door().own.keep_budgets([*_without(one), one])
    st.session_state.update(BEGINS)
    saved()


def _remove(one: Budget) -> None:
    door().own.keep_budgets(_without(one))
    saved()


def _without(one: Budget) -> list[Budget]:
    """All the others."""
    return [kept for kept in door().own.budgets() if kept.place != one.place]
