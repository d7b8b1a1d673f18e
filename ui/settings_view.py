"""Settings of how things are shown: language, time zone, currency and rates."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from time import sleep
from zoneinfo import ZoneInfo

import streamlit as st

from lib.cost.conversion import Conversion, Rate
from lib.errors import WrongUse
from lib.i18n import LANGUAGES, N_, choose
from lib.ledger.days import zones
from ui import frame
from ui.days import FIRST_DAY, LAST_DAY
from ui.engine import door
from ui.markdown import literal
from ui.settings_form import decimal, failed, problem, saved
from ui.words import LANGUAGE, NAMES, t

BROWSER = ""
OWN = ""
COMMON = ("USD", "CNY", "EUR", "GBP", "HKD", "JPY", "KRW", "SGD", "TWD", "AUD", "CAD")
"""Currencies offered; any other may be written."""
LANGUAGE_KEY, ZONE_KEY, CURRENCY_KEY = "settings_language", "settings_zone", "settings_currency"
WANTED = "settings_zone_wanted"
NEW, RATE, AS_OF = "settings_rate_currency", "settings_rate", "settings_rate_day"
LOOKS_EVERY_S = 0.1


def language() -> None:
    """The language of everything that is said."""
    st.session_state[LANGUAGE_KEY] = door().setting(LANGUAGE) or BROWSER
    st.selectbox(
        t(N_("Language")), [BROWSER, *LANGUAGES], key=LANGUAGE_KEY, on_change=_keep_language, width=320,
        format_func=lambda one: NAMES[one] if one else t(N_("As the browser has it")),
    )


def _keep_language() -> None:
    chosen = st.session_state[LANGUAGE_KEY]
    door().keep(LANGUAGE, chosen)
    st.session_state[frame.CHOICE] = choose(chosen or os.environ.get("RELAYSCOPE_LANG") or st.context.locale)


def zone() -> None:
    """The zone whose days the sums go by; another one is taken at once, however many calls must be added up anew."""
    now = door().own.ledger.zone
    names = zones()
    wanted = st.session_state.pop(WANTED, None)
    st.session_state[ZONE_KEY] = wanted or now
    st.selectbox(
        t(N_("Time zone")), names if now in names else (now, *names), key=ZONE_KEY, format_func=_zone, width=320,
        on_change=_want, help=t(N_("Type to search, such as Shanghai or Berlin.")),
    )
    st.caption(t(N_("Days and months in reports, budgets and filters begin by it. Times of day are shown in your "
                    "browser's zone.")))
    if wanted not in (None, now):
        _change(wanted)


def _want() -> None:
    st.session_state[WANTED] = st.session_state[ZONE_KEY]


def _zone(name: str) -> str:
    offset = datetime.now(UTC).astimezone(ZoneInfo(name)).strftime("%z")
    return f"{name} (UTC{offset[:3]}:{offset[3:5]})"


def _change(chosen: str) -> None:
    """Makes the sums anew, saying how far that is."""
    total = sum(row.calls for row in door().own.log.report("provider", None, None, door().own.ledger.zone)) or 1
    heard = [0]
    words = t(N_("Adding up your calls by the days of {zone}…"), zone=literal(chosen))
    bar = st.progress(0.0, text=words)
    work = door().change_zone(chosen, lambda read: heard.__setitem__(0, read))
    while not work.done():
        bar.progress(min(1.0, heard[0] / total), text=words)
        sleep(LOOKS_EVERY_S)
    work.result()
    saved()
    st.rerun()


def currency() -> None:
    """The currency in which Usage and cost shows sums, and the rates for it."""
    conversion = door().own.conversion()
    st.session_state[CURRENCY_KEY] = conversion.currency or OWN
    st.selectbox(
        t(N_("On Usage and cost, show sums in")), [OWN, *currencies(conversion)], key=CURRENCY_KEY,
        on_change=_keep_currency, width=320, format_func=lambda one: one or t(N_("Each in its own currency")),
    )
    st.caption(t(N_("For viewing only, by your own rates: nothing stored changes. Without a rate an amount stays in "
                    "its own currency.")))
    missing = conversion.currency not in (None, "USD", *conversion.rates)
    if missing:
        words = t(N_("There is no rate for {currency} yet: set one below."), currency=conversion.currency or "")
        st.markdown(f":orange[:material/warning: {words}]")
    for name, rate in conversion.rates.items():
        with st.container(horizontal=True, vertical_alignment="center", key=f"rate_{name}"):
            st.markdown(t(N_("1 USD = {rate} {currency}, on {day}"), rate=f"{rate.per_usd:f}", currency=name,
                          day=rate.as_of.isoformat()), width="content")  # fmt: skip
            st.button(t(N_("Remove")), key=f"rate_drop_{name}", type="tertiary", icon=":material/delete:",
                      on_click=_drop_rate, args=(name,))  # fmt: skip
    _new_rate(conversion)


def currencies(conversion: Conversion) -> list[str]:
    """The codes to choose from: common ones, and those the user has a rate for or wants already."""
    return list(dict.fromkeys((*COMMON, *conversion.rates, *filter(None, [conversion.currency]))))


def _new_rate(conversion: Conversion) -> None:
    """A rate to be added, or to take the place of the one there is."""
    wanted = conversion.currency if conversion.currency not in (None, "USD") else "CNY"
    st.session_state.setdefault(NEW, wanted)
    st.session_state.setdefault(AS_OF, datetime.now(UTC).astimezone(ZoneInfo(door().own.ledger.zone)).date())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t(N_("Currency")), key=NEW, max_chars=3, width=100)
        st.text_input(t(N_("Units for 1 USD")), key=RATE, placeholder="7.12", width=150)
        st.date_input(t(N_("Day of the rate")), key=AS_OF, format="YYYY-MM-DD", width=150,
                      min_value=FIRST_DAY, max_value=LAST_DAY)  # fmt: skip
        st.button(t(N_("Set the rate")), key="rate_save", icon=":material/save:", on_click=_save_rate)
    for field in (NEW, RATE):
        problem(field)


def _save_rate() -> None:
    problems = {}
    name, day = st.session_state[NEW].strip().upper(), st.session_state[AS_OF]
    if not (len(name) == 3 and name.isascii() and name.isalpha()) or name == "USD":
        problems[NEW] = WrongUse(N_("Write a currency's three letters, such as CNY; USD needs no rate."))
    try:
        rate = decimal(st.session_state[RATE])
    except WrongUse as error:
        problems[RATE] = error
    if problems or day is None:
        failed(problems)
        return
    conversion = door().own.conversion()
    rates = {**conversion.rates, name: Rate(per_usd=rate, as_of=day)}
    door().own.show_in(conversion.model_copy(update={"rates": rates}))
    st.session_state[RATE] = ""
    saved()


def _drop_rate(name: str) -> None:
    conversion = door().own.conversion()
    rates = {one: rate for one, rate in conversion.rates.items() if one != name}
    door().own.show_in(conversion.model_copy(update={"rates": rates}))


def _keep_currency() -> None:
    chosen = st.session_state[CURRENCY_KEY] or None
    door().own.show_in(door().own.conversion().model_copy(update={"currency": chosen}))
