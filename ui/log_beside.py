"""Run elsewhere: a call of the log beside the same asked of another model, connection or line; what lies between them.

Opening it sends nothing; the button sends the request once, with its files, and says before what that can cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import streamlit as st

from lib.calls.draft import CallDraft, Drafted
from lib.engine import Engine
from lib.errors import RelayscopeError
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED, Verdict
from ui import made, result, sending, text_form
from ui.chips import chip, facts
from ui.choices import choices
from ui.compare_form import way_label
from ui.compare_view import Way, proposed, ways
from ui.engine import door
from ui.follow import follow, known
from ui.format import head
from ui.links import BESIDE, CALL, NEW, link
from ui.markdown import literal
from ui.screen import narrow
from ui.sent import over_budget, sent, why
from ui.tables import EMPTY
from ui.words import change, count, duration, money, signed, t, told

PAGE = "log"
HEAD = 160
"""Characters of the prompt that are shown."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of two calls, in words, with what lies between them; empty where one of them isn't known."""

    name: str
    first: str
    second: str
    between: str


def another() -> None:
    """Shows the call beside one that is still to be made. For a callback."""
    st.query_params[BESIDE] = NEW


def alone() -> None:
    """Shows the call by itself again."""
    st.query_params.pop(BESIDE, None)


def beside(engine: Engine, row: CallRow, payload: Payload) -> None:
    """What lies between the call and the other one; below it the call at the left, the other or its form at the right.
    """
    _show_what_was_sent()
    other = _other(engine, row)
    st.button(t(N_("This call")), key="beside_alone", type="tertiary", icon=":material/arrow_back:", on_click=alone)
    st.subheader(t(N_("Run elsewhere")))
    if payload.prompt:
        st.caption(literal(head(payload.prompt, HEAD)))
    if other is not None:
        _between_them(row, other[0], on_phone=narrow())
    left, right = st.columns(2, gap="medium")
    with left:
        _one(engine, row, payload)
    with right:
        if other is None:
            _form(engine, row)
        else:
            _one(engine, *other)


def _between_them(row: CallRow, other: CallRow, *, on_phone: bool) -> None:
    """The figures of both, once both have ended, and the way to yet another one."""
    if {row.status, other.status}.isdisjoint(UNFINISHED):
        (_list if on_phone else _table)(list(figures(row, other)))
    st.button(t(N_("Try another one")), key="beside_new", icon=":material/alt_route:", on_click=another)


def _show_what_was_sent() -> None:
    last = sent(PAGE)
    if last.unseen:
        st.query_params[BESIDE] = last.calls[0]
        last.unseen = False


def _other(engine: Engine, row: CallRow) -> tuple[CallRow, Payload] | None:
    """The call beside it; None where there is none yet, or the address names one that isn't of its kind."""
    named = st.query_params[BESIDE]
    return engine.log.call(named) if known(engine, named, row.capability) else None


# ---- the form


def _form(engine: Engine, row: CallRow) -> None:
    """Where to, what it can cost there, and the button."""
    found = ways(choices(engine.verdicts(), row.capability), ())
    if not found:
        st.markdown(t(N_("None of your keys may do this yet.")))
        return
    way = _way(found, row)
    line = _line(engine, way, row)
    text_form.doubt(found[way])
    try:
        wanted = replace(engine.draft_again(row.id).elsewhere(*way, line), over_budget=over_budget(PAGE))
        ready = engine.draft(wanted)
    except RelayscopeError as error:
        st.markdown(f":blue[:material/lock: {told(error)}]")
        return
    _button(engine, wanted, why(ready.refused) if ready.refused else ready)


def _button(engine: Engine, wanted: CallDraft, ready: Drafted | str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            text_form.label(ready), key=sending.key_of(PAGE), type="primary", icon=":material/send:", on_click=_send,
            args=(engine, wanted, sent(PAGE).times), disabled=isinstance(ready, str),
            help=text_form.why_unpriced(ready),
        )
        if not isinstance(ready, str):
            result.code(ready, "beside_code")
    sending.problem(PAGE, ready)


def _way(found: Mapping[Way, Verdict], row: CallRow) -> Way:
    offered = list(found)
    best = proposed(found.values(), [(row.connection, row.model)])
    return st.selectbox(
        t(N_("Model and connection")), offered, index=offered.index(best), key=f"beside_way_{row.id}",
        format_func=way_label,
    )


def _line(engine: Engine, way: Way, row: CallRow) -> str | None:
    """The line to go by, None for the one in use. For the same model another one than the call's is proposed."""
    configuration = engine.configuration()
    relay_id = configuration.connection(way[0]).relay
    names = {one.id: one.name for one in configuration.relay(relay_id).lines} if relay_id else {}
    if relay_id is None or len(names) < 2:
        return None
    others = [one for one in names if way == (row.connection, row.model) and one != row.line]
    in_use = configuration.relay(relay_id).line
    best = next(iter(others), in_use)
    wanted = st.selectbox(
        t(N_("Line")), list(names), index=list(names).index(best), key=f"beside_line_{row.id}_{way[0]}",
        format_func=lambda one: names.get(one, one),
    )
    return None if wanted == in_use else wanted


def _send(engine: Engine, wanted: CallDraft, times: int) -> None:
    try:
        sending.send(engine, PAGE, times, [wanted], several=True)
    except RelayscopeError as error:
        sending.refuse(PAGE, told(error))


# ---- the results


def _one(engine: Engine, row: CallRow, payload: Payload) -> None:
    """One call with what came of it."""
    with st.container(key=f"beside_{row.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                st.markdown(f"**{literal(row.model)}**")
                facts((row.connection, literal(result.line_of(engine, row))))
            if row.status in UNFINISHED and engine.live(row.id):
                st.button(t(N_("Stop")), key=f"beside_stop_{row.id}", icon=":material/stop_circle:", on_click=_stop,
                          args=(engine, row.id))  # fmt: skip
            elif row.status == "succeeded":
                chip(result.appearance(row))
        if row.status in UNFINISHED:
            follow(engine, row.id)
            return
        result.answer(row, payload)
        made.files(engine, row, payload)
        link(PAGE, t(N_("Details")), **{CALL: row.id})


def _stop(engine: Engine, call_id: str) -> None:
    door().ask(engine.cancel(call_id))


def figures(first: CallRow, second: CallRow) -> Iterator[Figure]:
    """What two calls cost, used and took, without what neither has; of costs in two currencies nothing lies between."""
    yield Figure(t(N_("Cost")), money(first.cost), money(second.cost), change(first.cost, second.cost))
    for name, number, said in NUMBERS:
        one, other = number(first), number(second)
        if one is not None or other is not None:
            first_said, second_said = (EMPTY if n is None else said(n) for n in (one, other))
            yield Figure(t(name), first_said, second_said, _between(one, other, said))


def _between(first: int | None, second: int | None, said: Callable[[int], str]) -> str:
    if first is None or second is None:
        return ""
    return signed(Decimal(second - first), said(abs(second - first)), Decimal(first))


NUMBERS: Sequence[tuple[str, Callable[[CallRow], int | None], Callable[[int], str]]] = (
    (N_("Input tokens"), lambda row: row.usage.input_tokens, count),
    (N_("Output tokens"), lambda row: row.usage.output_tokens, count),
    (N_("Images"), lambda row: row.usage.images, count),
    (N_("Characters"), lambda row: row.usage.characters, count),
    (N_("First word after"), lambda row: row.first_byte_ms, duration),
    (N_("Took"), lambda row: row.duration_ms, duration),
)


def _list(found: Sequence[Figure]) -> None:
    """The same where a table is too wide."""
    with st.container(gap="xsmall"):
        for one in found:
            facts((f"**{one.name}**", literal(f"{one.first} → {one.second}"), literal(one.between)))


def _table(found: Sequence[Figure]) -> None:
    text = st.column_config.TextColumn
    st.dataframe(
        [{"name": one.name, "first": one.first, "second": one.second, "between": one.between} for one in found],
        hide_index=True, height="content", key="beside_table", placeholder=EMPTY,
        column_config={
            "name": text(t(N_("Figure"))),
            "first": text(t(N_("This call")), alignment="right"),
            "second": text(t(N_("The other one")), alignment="right"),
            "between": text(t(N_("Difference")), alignment="right"),
        },
    )  # fmt: skip
