"""A comparison as it is read: what each came to, and the answers side by side, while they grow and afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED
from ui import result
from ui.chips import facts
from ui.compare_view import cheapest, fastest, names, speed, titles
from ui.engine import door
from ui.follow import follow
from ui.format import head
from ui.links import CALL, link
from ui.markdown import literal
from ui.tables import EMPTY
from ui.words import count, duration, money, number, t

HEAD = 160
"""Characters of a prompt that are shown."""
CHEAPEST = N_("Cheapest: {names}, {amount}")
CHEAPEST_KNOWN = N_("Cheapest of those whose cost is known: {names}, {amount}")
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


def figures(rows: Sequence[CallRow], *, table: bool) -> None:
    """Which was fastest and which cheapest, in a sentence each; below it what each came to."""
    with st.container(gap="xsmall"):
        for sentence in _best(rows):
            st.markdown(sentence)
    if table:
        _table(rows)


def _best(rows: Sequence[CallRow]) -> list[str]:
    """Which was fastest and which cheapest, once all have ended, as far as it can be told."""
    if any(row.status in UNFINISHED for row in rows):
        return []
    quick, cheap = fastest(rows), cheapest(rows, door().own.conversion())
    said = []
    if quick:
        words = N_("Fastest: {names}, {speed} tokens per second")
        said.append(t(words, names=_named(rows, quick), speed=_speed(rows[quick[0]])))
    if cheap:
        all_known = not any(row.status == "succeeded" and row.cost is None for row in rows)
        words = CHEAPEST if all_known else CHEAPEST_KNOWN
        said.append(t(words, names=_named(rows, cheap), amount=literal(money(rows[cheap[0]].cost))))
    return said


def _named(rows: Sequence[CallRow], places: Sequence[int]) -> str:
    told = names(rows)
    return ", ".join(f"**{literal(told[place])}**" for place in places)


def _speed(row: CallRow) -> str:
    found = speed(row)
    return EMPTY if found is None else number(found, "#,##0.#")


def _tokens(row: CallRow) -> str:
    """Tokens in and out, `≈` where they were counted by nobody but us."""
    usage = row.usage
    if usage.input_tokens is None and usage.output_tokens is None:
        return EMPTY
    said = [EMPTY if n is None else count(n) for n in (usage.input_tokens, usage.output_tokens)]
    return ("≈ " if row.usage_source == "approximate" else "") + " → ".join(said)


def _cost(row: CallRow) -> str:
    return EMPTY if row.status in UNFINISHED else money(row.cost)


def _table(rows: Sequence[CallRow]) -> None:
    text = st.column_config.TextColumn
    st.dataframe(
        [_line(row, title) for row, title in zip(rows, titles(rows), strict=True)], hide_index=True, height="content",
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


def _line(row: CallRow, title: str) -> Mapping[str, str]:
    return {
        "model": title,
        "connection": row.connection,
        "first": duration(row.first_byte_ms),
        "speed": _speed(row),
        "tokens": _tokens(row),
        "cost": _cost(row),
    }


def _figures_of(row: CallRow) -> None:
    """The same of one call, as far as it is known; its cost in any case."""
    first, fast, tokens = duration(row.first_byte_ms), _speed(row), _tokens(row)
    facts((
        t(N_("first word after {time}"), time=first) if first != EMPTY else "",
        t(N_("{n} tokens per second"), n=fast) if fast != EMPTY else "",
        t(N_("tokens {n}"), n=tokens) if tokens != EMPTY else "",
        t(N_("cost {amount}"), amount=literal(_cost(row))),
    ))  # fmt: skip


def answers(engine: Engine, found: Compared, stop: Stop, *, told: bool) -> None:
    """The answers side by side; those under way grow until one of them has ended, then the page runs once more.

    `told`: with each one's figures.
    """
    growing: dict[str, DeltaGenerator] = {}
    places = st.columns(len(found.calls), gap="medium")
    for place, (row, payload), title in zip(places, found.calls, titles(found.rows), strict=True):
        with place, st.container(key=f"compare_answer_{row.id}"):
            _head(engine, row, title, stop)
            if found.prompt is None:
                st.caption(literal(head(payload.prompt, HEAD)))
            if row.status in UNFINISHED:
                growing[row.id] = st.container()
            else:
                if told:
                    _figures_of(row)
                result.answer(row, payload)
                link("log", t(N_("Details")), **{CALL: row.id})
    if growing:
        follow(engine, growing)


def _head(engine: Engine, row: CallRow, title: str, stop: Stop) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.markdown(f"**{literal(title)}**")
            facts((row.connection,))
        if row.status in UNFINISHED and engine.live(row.id):
            st.button(
                t(N_("Stop")), key=f"compare_stop_{row.id}", icon=":material/stop_circle:", on_click=stop,
                args=([row.id],),
            )
