"""A free check of connections: asked for by a button, drawn rung by rung where it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from queue import Empty, SimpleQueue

import streamlit as st

from lib.causes import STEP_NAMES
from lib.engine import Checked, Engine
from lib.i18n import N_
from lib.verdicts.judging import best_of
from lib.vocabulary import Evidence
from ui.engine import door
from ui.theme import look
from ui.words import duration, t

LOOKS_EVERY_S = 0.1
ASKED = "check_asked"


def ask(where: str, connection_id: str | None = None) -> None:
    """Asks for a free check on this run, to be drawn there: of one connection, or of all."""
    st.session_state[ASKED] = (where, connection_id)


def checking(engine: Engine, where: str) -> None:
    """Runs the check that was asked for there, and draws it there; then the page once more."""
    place, connection_id = st.session_state.get(ASKED, ("", None))
    if place != where:
        return
    del st.session_state[ASKED]
    checked = check(engine, [connection_id] if connection_id else None)
    for one in checked if connection_id else ():
        best = best_of(one.verdicts)
        shown = look(best.state, best.proof) if best else look("untested")
        st.toast(f"**{one.connection}**: {t(shown.word)}", icon=shown.symbol)
    st.rerun()


def check(engine: Engine, ids: Sequence[str] | None) -> tuple[Checked, ...]:
    """Climbs the ladder of some connections (None: all). Goes on in the engine if the page is left."""
    seen: SimpleQueue[Evidence] = SimpleQueue()
    names = ids or [one.id for one in engine.configuration().connections]
    with st.status(t(N_("Checking: line, key, quota, permission. Nothing is spent.")), expanded=True) as status:
        places = {name: st.empty() for name in names}
        rungs: dict[str, list[Evidence]] = {name: [] for name in names}
        for name in names:
            places[name].markdown(f"**{name}**")
        work = door().begin(engine.check(names, on_step=seen.put))
        while not (work.done() and seen.empty()):
            try:
                one = seen.get(timeout=LOOKS_EVERY_S)
            except Empty:
                continue
            rungs[one.connection].append(one)
            places[one.connection].markdown(_line(one.connection, rungs[one.connection]))
        found = work.result()
        status.update(label=t(N_("Checked.")), state="complete", expanded=False)
    return found


def _line(name: str, rungs: Sequence[Evidence]) -> str:
    return f"**{name}**  " + "  ".join(map(_rung, rungs))


def _rung(one: Evidence) -> str:
    shown = look("usable" if one.ok else one.state)
    took = f" {duration(one.ms)}" if one.ms is not None else ""
    return f":{shown.colour}[{shown.symbol} {t(STEP_NAMES[one.step])}{took}]"
