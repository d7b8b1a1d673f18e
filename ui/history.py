"""How a connection has stood: each change of its rungs and of its models' real calls, and what showed it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.causes import STEP_NAMES
from lib.checks.words import sentence
from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.spells import Called, Spell
from lib.vocabulary import Evidence, Verdict
from ui import chips, strips
from ui.markdown import code, literal
from ui.theme import showed
from ui.words import count, stretch, t, zone

SHOWN = 12


def draw(engine: Engine, connection: str, where: str, called: Called | None = None) -> None:
    """How its APIs have stood, and the newest changes, newest first; each can be opened.

    `called`: these models alone, and of real calls only theirs; None: all.
    """
    found = engine.history(connection, called)[:SHOWN]
    if not found:
        return
    pieces = engine.behind(found)
    chips.heading(t(N_("History")))
    st.caption(t(N_("When it went down and when it came back. Open a line for the requests that showed it.")))
    strips.draw([one for one in engine.stood(connection) if _is_of(one[0], called)], where)
    with st.container(gap="xsmall", key=f"{where}_history"):
        for one in found:
            _line(one, pieces[one.id], f"{where}_spell_{one.id}")


def _is_of(verdict: Verdict, called: Called | None) -> bool:
    return called is None or (verdict.model, verdict.capability) in called


def _line(one: Spell, pieces: Sequence[Evidence], key: str) -> None:
    shown = showed(one.step, one.state, ok=one.ok)
    word = t(N_("passed")) if one.ok else t(shown.word)
    head = f":{shown.colour}[{shown.symbol} **{t(STEP_NAMES[one.step])}** · {word}]"
    cause = "" if one.ok or not pieces else literal(sentence(pieces[0], t, zone()))
    parts = (head, code(one.model), _when(one), _times(one), cause)
    line = st.expander(" · ".join(part for part in parts if part), key=key, on_change="rerun")
    if line.open:
        with line, st.container(gap="xsmall"):
            _opened(one, pieces)


def _opened(one: Spell, pieces: Sequence[Evidence]) -> None:
    chips.evidence(pieces)
    if one.times > len(pieces):
        st.caption(t(N_("Of {n} that showed the same, the first and the newest are kept."), n=count(one.times)))


def _when(one: Spell) -> str:
    return stretch(one.since, one.until) if one.ended else t(N_("since {time}"), time=stretch(one.since, one.since))


def _times(one: Spell) -> str:
    return t(N_("seen once")) if one.times == 1 else t(N_("seen {n} times"), n=count(one.times))
