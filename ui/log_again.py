"""Price again: what is filtered by the prices known today, beside what is stored; stored only where that is asked for.

Opening it reads the log and the price book, sends nothing and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from lib.calls.repricing import Tally
from lib.engine import Engine
from lib.i18n import N_
from lib.vocabulary import Money
from ui.chips import facts, heading
from ui.engine import door
from ui.log_filters import filters
from ui.log_list import show
from ui.log_view import View
from ui.markdown import literal
from ui.result import PRICES_OF
from ui.words import change, count, moment, money, t

AGAIN = "again"
"""The parameter of the address that opens it."""
WORK = "log_again_work"
LOOKS_EVERY_S = 0.5
"""How often progress is drawn; and so long a short log is waited for, without any."""


@dataclass(slots=True)
class Work:
    """One way through the log: a preview, or the pricing itself."""

    question: Mapping[str, Any]
    write: bool
    total: int
    future: Future[None]
    tally: Tally = field(default_factory=Tally)


def begin() -> None:
    """Opens it, with a preview made anew."""
    st.session_state.pop(WORK, None)
    st.query_params[AGAIN] = "1"


def end() -> None:
    """Back to the list. What is under way is stopped; what it has stored stays."""
    if work := st.session_state.pop(WORK, None):
        work.tally.stopped = True
    st.query_params.pop(AGAIN, None)


def price_again(engine: Engine, view: View) -> None:
    """The preview of what is filtered, or the work on it, as far as either is."""
    work, question = st.session_state.get(WORK), view.question(ZoneInfo(engine.ledger.zone))
    writes = work is not None and work.write
    if not writes:
        filters(engine, view)
    st.subheader(t(N_("Price again")))
    st.markdown(t(N_("What these calls cost by the prices known today, beside the estimates stored with them. What was "
                     "billed never changes; each call keeps its former price.")))  # fmt: skip
    if work is None or (work.question != question and not writes):
        work = _start(engine, question, write=False)
    if not work.future.done():
        _progress(work)
        return
    work.future.result()
    (_told if work.write else _preview)(engine, work)


def _start(engine: Engine, question: Mapping[str, Any], *, write: bool) -> Work:
    """Sets to work, instead of what was going on before."""
    if before := st.session_state.get(WORK):
        before.tally.stopped = True
    tally = Tally()
    asked = engine.price_again(question, tally, write=write)
    work = Work(question, write, engine.log.count(**question), door().begin(asked), tally)
    st.session_state[WORK] = work
    wait([work.future], timeout=LOOKS_EVERY_S)
    return work


def _write(engine: Engine, question: Mapping[str, Any]) -> None:
    """Sets to the work itself. For a callback."""
    _start(engine, question, write=True)


def _progress(work: Work) -> None:
    """How far it is, until it ends; then the page runs once more."""
    st.button(t(N_("Stop")), key="log_again_stop", icon=":material/stop_circle:", on_click=_stop, args=(work,))

    @st.fragment(run_every=LOOKS_EVERY_S)
    def fragment() -> None:
        if work.future.done():
            st.rerun()
        words = t(N_("{n} of {all} calls; {changed} change"), n=count(work.tally.seen), all=count(work.total),
                  changed=count(work.tally.changed))  # fmt: skip
        st.progress(min(1.0, work.tally.seen / max(1, work.total)), text=words)

    fragment()


def _stop(work: Work) -> None:
    work.tally.stopped = True


def _preview(engine: Engine, work: Work) -> None:
    tally = work.tally
    if tally.stopped:
        st.markdown(t(N_("Stopped after {n} calls. Nothing was changed."), n=count(tally.seen)))
        st.button(t(N_("Look again")), key="log_again_look", icon=":material/refresh:", on_click=begin)
        return
    if not tally.changed:
        st.markdown(t(N_("Nothing changes: of {n} calls, every estimate is what today's prices give, or nobody knows "
                         "one."), n=count(tally.seen)))  # fmt: skip
        return
    _figures(tally)
    st.button(
        t(N_("Price these again: {n}"), n=count(tally.changed)), key="log_again_price", type="primary",
        icon=":material/price_change:", on_click=_write, args=(engine, work.question),
    )
    heading(t(N_("The calls that change most")))
    _most(tally)


def _figures(tally: Tally) -> None:
    facts((
        t(N_("calls looked at: {n}"), n=count(tally.seen)), t(N_("estimates that change: {n}"), n=count(tally.changed)),
        t(N_("of them unknown until now: {n}"), n=count(tally.known)),
    ))  # fmt: skip
    text = st.column_config.TextColumn
    st.dataframe(
        [_sums(tally, currency) for currency in sorted({*tally.before, *tally.after})], hide_index=True,
        key="log_again_sums", height="content",
        column_config={
            "currency": text(t(N_("Currency"))),
            "before": text(t(N_("Estimated, as stored")), alignment="right"),
            "after": text(t(N_("By today's prices")), alignment="right"),
            "difference": text(t(N_("Difference")), alignment="right"),
        },
    )  # fmt: skip


def _sums(tally: Tally, currency: str) -> Mapping[str, str]:
    before, after = (Money.of_nano(sums.get(currency, 0), currency) for sums in (tally.before, tally.after))
    return {
        "currency": currency, "before": money(before), "after": money(after), "difference": change(before, after),
    }  # fmt: skip


def _most(tally: Tally) -> None:
    """One row a call; its button opens it."""
    for one in tally.most:
        row = one.row
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"log_again_{row.id}"):
            with st.container(gap=None):
                st.markdown(f"{literal(money(row.estimated))} → **{literal(money(one.estimated))}**")
                facts((change(row.estimated, one.estimated), literal(row.model), row.connection,
                       t(PRICES_OF[one.price.source]), moment(row.created_at)))  # fmt: skip
            st.button(
                t(N_("Details")), key=f"log_again_show_{row.id}", type="tertiary", icon=":material/chevron_right:",
                on_click=show, args=(row.id,),
            )


def _told(_: Engine, work: Work) -> None:
    """What was done."""
    words = N_("Stopped. Calls with a new estimate: {n}; the others stay as they were.") if work.tally.stopped else N_(
        "Calls with a new estimate: {n}.")  # fmt: skip
    st.markdown(f":material/check: {t(words, n=count(work.tally.changed))}")
    if work.tally.changed:
        _figures(work.tally)
