"""A comparison as it is read: what each came to, and the answers side by side, while they grow and afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED
from ui import result
from ui.chips import facts
from ui.compare_view import cheapest, fastest, names, speed
from ui.engine import door
from ui.follow import Growing, follow_several
from ui.format import head
from ui.links import link
from ui.log_list import CALL
from ui.markdown import literal
from ui.screen import narrow
from ui.tables import EMPTY
from ui.words import count, duration, money, number, t

HEAD = 160
"""Characters of a prompt that are shown."""
Stop = Callable[[list[str]], None]


@dataclass(frozen=True, slots=True)
class Compared:
    """Some calls as the log has them, in the order of their columns."""

    calls: Sequence[tuple[CallRow, Payload]]

    @property
    def rows(self) -> list[CallRow]:
        """The calls."""
        return [row for row, _ in self.calls]

    @property
    def running(self) -> list[str]:
        """Those that haven't ended."""
        return [row.id for row in self.rows if row.status in UNFINISHED]

    @property
    def prompt(self) -> str | None:
        """What all of them were asked; None where an address has put different questions together."""
        prompts = {payload.prompt for _, payload in self.calls}
        return prompts.pop() if len(prompts) == 1 else None


def of_calls(engine: Engine, ids: Sequence[str]) -> Compared:
    """Those calls. Raises `WrongUse` for an unknown one."""
    return Compared([engine.log.call(one) for one in ids])


def figures(found: Compared) -> None:
    """What each came to: a table, on a phone a list; before it, in a sentence, which was fastest and cheapest."""
    told = names(found.rows)
    for sentence in best(found.rows, told):
        st.markdown(sentence)
    if narrow():
        _list(found.rows, told)
    else:
        _table(found.rows, told)


def best(rows: Sequence[CallRow], told: Sequence[str]) -> list[str]:
    """Which was fastest and which cheapest, once all have ended, as far as it can be told."""
    if any(row.status in UNFINISHED for row in rows):
        return []
    conversion = door().own.conversion()
    of = {"fastest": fastest(rows), "cheapest": cheapest(rows, conversion)}
    named = {name: ", ".join(f"**{literal(told[place])}**" for place in places) for name, places in of.items()}
    said = []
    if named["fastest"]:
        said.append(t(N_("Fastest: {names}, {speed} tokens per second"), names=named["fastest"],
                      speed=_speed(rows[of["fastest"][0]])))  # fmt: skip
    if named["cheapest"]:
        words = N_("Cheapest of those whose cost is known: {names}, {amount}") if _unknown(rows) else N_(
            "Cheapest: {names}, {amount}"
        )
        said.append(t(words, names=named["cheapest"], amount=literal(money(rows[of["cheapest"][0]].cost))))
    return said


def _unknown(rows: Sequence[CallRow]) -> bool:
    return any(row.status == "succeeded" and row.cost is None for row in rows)


def _speed(row: CallRow) -> str:
    found = speed(row)
    return EMPTY if found is None else number(found, "#,##0" if found >= 10 else "0.0")


def _tokens(row: CallRow) -> str:
    """Tokens in and out, `≈` where they were counted by nobody but us."""
    said = [EMPTY if n is None else count(n) for n in (row.usage.input_tokens, row.usage.output_tokens)]
    return ("≈ " if row.usage_source == "approximate" else "") + " → ".join(said)


def _cost(row: CallRow) -> str:
    return EMPTY if row.status in UNFINISHED else money(row.cost)


def _table(rows: Sequence[CallRow], told: Sequence[str]) -> None:
    text = st.column_config.TextColumn
    st.dataframe(
        [_line(row, name) for row, name in zip(rows, told, strict=True)], hide_index=True, height="content",
        key="compare_table",
        column_config={
            "model": text(t(N_("Model")), width="medium"),
            "connection": text(t(N_("Connection"))),
            "first": text(t(N_("First word after")), alignment="right"),
            "speed": text(t(N_("Tokens per second")), alignment="right"),
            "tokens": text(t(N_("Tokens in → out")), alignment="right"),
            "cost": text(t(N_("Cost")), alignment="right"),
        },
    )  # fmt: skip


def _line(row: CallRow, name: str) -> Mapping[str, str]:
    return {
        "model": name,
        "connection": row.connection,
        "first": duration(row.first_byte_ms),
        "speed": _speed(row),
        "tokens": _tokens(row),
        "cost": _cost(row),
    }


def _list(rows: Sequence[CallRow], told: Sequence[str]) -> None:
    """The same, each call's figures in a line of their own."""
    for row, name in zip(rows, told, strict=True):
        with st.container(gap=None, key=f"compare_figures_{row.id}"):
            st.markdown(f"**{literal(name)}**")
            facts((
                t(N_("first word after {time}"), time=duration(row.first_byte_ms)),
                t(N_("{n} tokens per second"), n=_speed(row)),
                t(N_("tokens {n}"), n=_tokens(row)),
                literal(_cost(row)),
            ))  # fmt: skip


def answers(engine: Engine, found: Compared, stop: Stop) -> None:
    """The answers side by side; those under way grow until one of them has ended, then the page runs once more."""
    drawn = []
    told = names(found.rows)
    places = st.columns(len(found.calls), gap="medium")
    for place, (row, payload), name in zip(places, found.calls, told, strict=True):
        with place, st.container(key=f"compare_answer_{row.id}"):
            _head(engine, row, name, stop)
            if found.prompt is None:
                st.caption(literal(head(payload.prompt, HEAD)))
            if row.status in UNFINISHED:
                growing = Growing(engine, row.id)
                growing.look()
                drawn.append(growing)
            else:
                result.answer(row, payload)
                link("log", t(N_("Details")), **{CALL: row.id})
    if drawn:
        follow_several(drawn)


def _head(engine: Engine, row: CallRow, name: str, stop: Stop) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"**{literal(name)}**")
            facts((row.connection,))
        if row.status in UNFINISHED and engine.live(row.id):
            st.button(
                t(N_("Stop")), key=f"compare_stop_{row.id}", icon=":material/stop_circle:", on_click=stop,
                args=([row.id],),
            )
