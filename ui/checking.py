"""A free check of connections: asked for by a button, run by the engine, drawn rung by rung where it was asked for.

It goes on whatever becomes of the page: a reload, another page and another tab find it again.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.causes import STEP_NAMES
from lib.checks.running import CheckRun, Progress
from lib.engine import Engine
from lib.i18n import N_
from lib.verdicts.judging import best_of
from lib.vocabulary import Evidence
from ui.engine import door
from ui.links import here, link
from ui.markdown import literal
from ui.mishaps import show_error
from ui.theme import look
from ui.words import count, duration, t

LOOKS_EVERY_S = 0.5
BESIDE_LOOKS_EVERY_S = 2.0
"""Every tick may swallow a click on another page, if that comes while a run is busy (Streamlit merges the two)."""
ROWS = 8
"""Connections drawn with their rungs; of more, those under way, the last ones left, and those that failed."""
WATCHED = "check_watched"
"""When the check began that this session asked for or has seen: it is told how that ended."""


def ask(where: str, what: str | Sequence[str] | None = None) -> None:
    """Asks for a free check, to be drawn there: of one connection, of some, or of all. For a callback.

    While one runs, these are added to it; none is checked twice at once.
    """
    ids = [what] if isinstance(what, str) else what
    run = door().ask(door().engine.runs.begin_check(ids, _place(where)))
    st.session_state[WATCHED] = run.began


def checking(engine: Engine, where: str) -> None:
    """Draws the check that was asked for there, while it runs; then the whole page once more."""
    run = engine.runs.check
    if run is None or run.asked_at != _place(where):
        return
    if not run.ended:
        st.session_state[WATCHED] = run.began
        _follow(run, where)
    elif st.session_state.get(WATCHED) == run.began:
        st.rerun()  # it ended after this run had begun: what is drawn above is old


def notice(engine: Engine) -> None:
    """Says once how a check ended, at the beginning of a run: a toast beside an open dialog breaks Streamlit's page."""
    run = engine.runs.check
    if run is None or not run.ended or st.session_state.get(WATCHED) != run.began:
        return
    del st.session_state[WATCHED]
    if run.broke is not None:
        show_error(run.broke)
    elif run.cancelled:
        st.toast(t(N_("Check cancelled. What was found is kept.")), icon=":material/stop_circle:")
    elif len(run.progress.rungs) == 1:
        _tell_state(engine, *run.progress.rungs)
    elif run.progress.rungs:
        st.toast(t(N_("Checked: {sentence}."), sentence=sentence(run.progress)), icon=":material/check:")


def _tell_state(engine: Engine, name: str) -> None:
    if best := best_of([one for one in engine.verdicts() if one.connection == name]):
        shown = look(best.state, best.proof)
        st.toast(f"**{literal(name)}**: {t(shown.word)}", icon=shown.symbol)


def aside(engine: Engine) -> None:
    """In the sidebar, while a check runs: how far it is, and the way to where it is drawn."""
    if engine.runs.check is not None and not engine.runs.check.ended:
        _beside(engine.runs.check)


@st.fragment(run_every=BESIDE_LOOKS_EVERY_S)
def _beside(run: CheckRun) -> None:
    if run.ended:
        st.rerun()
    st.session_state[WATCHED] = run.began
    done, asked = (count(len(names)) for names in (run.progress.done, run.progress.rungs))
    words = t(N_("Checking: {done} of {asked}"), done=done, asked=asked)
    page = run.asked_at.partition("/")[0]
    if page == here():
        st.caption(f":material/progress_activity: {words}")
    else:
        link(page, words)


def _follow(run: CheckRun, where: str) -> None:
    @st.fragment(run_every=LOOKS_EVERY_S)
    def fragment() -> None:
        if run.ended:
            st.rerun()
        with st.container(border=True, key=f"checking_{where}"):
            _draw(run.progress, where)

    fragment()


def _draw(progress: Progress, where: str) -> None:
    """What came so far, and the button that ends it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t(N_("Checking: line, key, quota, permission. Nothing is spent.")), width="stretch")
        st.button(
            t(N_("Cancel")), key=f"cancel_check_{where}", icon=":material/stop_circle:", on_click=cancel,
            help=t(N_("What was found so far is kept; nothing more is asked.")),
        )
    if len(progress.rungs) > 1:
        st.progress(len(progress.done) / len(progress.rungs), text=sentence(progress))
    st.markdown("  \n".join(_line(progress, name) for name in shown(progress)))


def cancel() -> None:
    """Ends the check that runs; what it found is kept."""
    door().ask(door().engine.runs.cancel_check())


def sentence(progress: Progress) -> str:
    """How far it is: "12 of 40 connections, 3 failed"."""
    done, asked, failed = (count(len(names)) for names in (progress.done, progress.rungs, progress.failed))
    if not progress.failed:
        return t(N_("{done} of {asked} connections"), done=done, asked=asked)
    return t(N_("{done} of {asked} connections, {failed} failed"), done=done, asked=asked, failed=failed)


def shown(progress: Progress) -> tuple[str, ...]:
    """The connections whose rungs are drawn; the last ones left are waited for, though nothing has come of them yet."""
    if len(progress.rungs) <= ROWS:
        return tuple(progress.rungs)
    left = tuple(name for name in progress.rungs if name not in progress.done)
    waited_for = left if len(left) <= ROWS else progress.under_way
    return (*waited_for, *(name for name in progress.failed if name in progress.done))[:ROWS]


def _line(progress: Progress, name: str) -> str:
    words = f"**{literal(name)}**" if name in progress.done else f":shimmer[**{literal(name)}**]"
    return "\u2002".join((words, *map(rung, progress.rungs[name])))


def rung(one: Evidence) -> str:
    """A rung in Markdown: icon, name, what failed, and how long it took."""
    shown = look("usable" if one.ok else one.state)
    failed = "" if one.ok else f": {t(shown.word)}"
    took = f" {duration(one.ms)}" if one.ms is not None else ""
    return f":{shown.colour}[{shown.symbol} {t(STEP_NAMES[one.step])}{failed}{took}]"


def _place(where: str) -> str:
    """A place on the page that is drawn, as the engine keeps it for whoever looks next."""
    return f"{here()}/{where}"
