"""How long calls are kept: the user's choice, shown with what it would delete before anything is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo

import streamlit as st

from lib.calls.retention import Retention
from lib.i18n import N_
from lib.ledger.retention import By, Leaving, Rule
from ui import format as figures
from ui.engine import door
from ui.settings_form import saved
from ui.words import count, day, language, t

KEY = "settings_retention"
GIGABYTE = 10**9
Choice = Literal["all"] | By
CHOICES: Mapping[Choice, str] = {
    "all": N_("Every call"),
    "age": N_("Calls of the last days"),
    "size": N_("At most so many gigabytes"),
}
LIMITS: Mapping[By, tuple[str, int, int]] = {
    "age": (N_("Number of days"), 1, 365),
    "size": (N_("Gigabytes"), GIGABYTE, 5),
}
"""The word for each limit, how much one of it is, and what is proposed."""
LEAST, MOST = 1, 100_000
SHOWN, WANTED, DONE = f"{KEY}_shown", f"{KEY}_wanted", f"{KEY}_done"


def retention() -> None:
    """What is kept now; another choice, what it would delete, and the act."""
    kept = door().own.retention
    _done()
    if (wanted := st.session_state.pop(WANTED, None)) is not None:
        _delete(kept, wanted)
    st.markdown(_told(kept.rule))
    wanted = _choice(kept.rule)
    if wanted is None:
        if kept.rule is not None:
            st.button(t(N_("Keep all calls from now on")), key=f"{KEY}_off", on_click=_choose, args=(kept, None))
        return
    if st.button(t(N_("See what that would delete")), key=f"{KEY}_look", icon=":material/visibility:"):
        st.session_state[SHOWN] = wanted
    if st.session_state.get(SHOWN) == wanted:
        _preview(kept, wanted)


def _told(rule: Rule | None) -> str:
    if rule is None:
        return t(N_("All calls are kept."))
    _, one, _ = LIMITS[rule.by]
    word = {
        "age": N_("Calls of the last days are kept: {n}. Older ones are deleted at every start and once a day."),
        "size": N_("At most {n} GB of calls with their texts and files are kept. The oldest are deleted at every start "
                   "and once a day."),
    }[rule.by]  # fmt: skip
    return t(word, n=count(rule.limit // one))


def _choice(rule: Rule | None) -> Rule | None:
    """The fields, and the rule they say."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.selectbox(
            t(N_("Keep")), list(CHOICES), key=f"{KEY}_by", format_func=lambda one: t(CHOICES[one]), width=260,
            index=list(CHOICES).index(rule.by if rule else "all"),
        )
        if by == "all":
            return None
        word, one, proposed = LIMITS[by]
        now = rule.limit // one if rule and rule.by == by else proposed
        number = st.number_input(t(word), LEAST, MOST, now, key=f"{KEY}_{by}", width=140)
    return Rule(by, int(number) * one)


def _preview(kept: Retention, rule: Rule) -> None:
    going = kept.leaving(rule)
    st.markdown("\n".join(f"- {line}" for line in _consequences(going)))
    with st.container(horizontal=True):
        st.button(t(N_("Delete them, and from now on every day")), key=f"{KEY}_rule", type="primary",
                  icon=":material/event_repeat:", on_click=_apply, args=(kept, rule, True))  # fmt: skip
        st.button(t(N_("Delete them once")), key=f"{KEY}_once", icon=":material/delete:", disabled=not going.calls,
                  on_click=_apply, args=(kept, rule, False))  # fmt: skip


def _consequences(going: Leaving) -> list[str]:
    """What goes, what stays."""
    until = day(going.until.astimezone(ZoneInfo(door().own.ledger.zone)).date().isoformat())
    if not going.calls:
        return [t(N_("Nothing would go now: no finished call was made before {day}."), day=until)]
    size, files = (figures.size(number, language()) for number in (going.call_bytes, going.file_bytes))
    return [
        t(N_("Deleted would be the calls made before {day}: {n}, with texts about {size}."), day=until,
          n=count(going.calls), size=size),
        t(N_("Their files, where no later call has them: {n} ({size})."), n=count(going.files), size=files),
        t(N_("Their sums stay in Usage and cost and in reports, by the days they have now, even if you change the time "
             "zone.")),
        t(N_("Calls that are still under way stay. It can't be undone.")),
    ]  # fmt: skip


def _apply(kept: Retention, rule: Rule, from_now_on: bool) -> None:
    if from_now_on:
        kept.choose(rule)
    st.session_state.pop(SHOWN, None)
    st.session_state[WANTED] = rule


def _delete(kept: Retention, rule: Rule) -> None:
    """Deletes what was shown, saying how far that is; what is gone stays so if the page is left meanwhile."""
    total = kept.leaving(rule).calls or 1
    words = t(N_("Deleting calls…"))
    bar = st.progress(0.0, text=words)

    def told(number: int) -> None:
        bar.progress(min(1.0, number / total), text=words)

    gone = kept.apply(rule, told)
    st.session_state[DONE] = gone.calls
    saved()
    st.rerun()


def _choose(kept: Retention, rule: Rule | None) -> None:
    kept.choose(rule)
    saved()


def _done() -> None:
    """Says once how many calls went."""
    number: int | None = st.session_state.pop(DONE, None)
    if number is not None:
        words = t(N_("Calls deleted: {n}."), n=count(number))
        st.markdown(f":green[:material/check: {words}]")
