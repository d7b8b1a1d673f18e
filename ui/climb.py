"""A ladder being climbed in the engine, followed by the page that asked for it. It holds no key."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

import streamlit as st

from lib.engine import Engine
from lib.errors import RelayscopeError
from lib.i18n import N_
from lib.verdicts.tried import Tried
from lib.vocabulary import Evidence, Verdict
from ui import rungs
from ui.engine import door
from ui.links import here, link
from ui.words import t, told

CLIMB = "connection_climb"
HOME = "connections"
"""The page it is drawn on."""
LOOKS_EVERY_S = 0.3
BESIDE_LOOKS_EVERY_S = 1.0


@dataclass(slots=True)
class Climb:
    """One ladder: of a connection that is `saved`, or of what was typed. `changed`: the form is no longer that.

    `address`: the base URL as it was typed, if it was.
    """

    connection: str
    saved: bool
    address: str = ""
    seen: list[Evidence] = field(default_factory=list)
    work: Future[Tried] = field(init=False)
    changed: bool = False

    @property
    def relay(self) -> str:
        """What the relay there calls itself; empty if nobody said."""
        return next((one.detail.get("relay", "") for one in self.seen if one.step == "line"), "")

    @property
    def runs(self) -> bool:
        """Whether more may come."""
        return not self.work.done()


def current() -> Climb | None:
    """The ladder of this session, if one was climbed since the form was opened."""
    found = st.session_state.get(CLIMB)
    return found if isinstance(found, Climb) else None


def forget() -> None:
    """Shows none. One that runs goes on in the engine, and what it finds of a saved connection is kept."""
    st.session_state.pop(CLIMB, None)


def try_out(engine: Engine, connection: str, text: str, address: str) -> None:
    """Begins the free test of what is typed, the import text `text`."""
    climb = Climb(connection, saved=False, address=address)
    climb.work = door().begin(engine.try_out(text, climb.seen.append))
    st.session_state[CLIMB] = climb


def check(engine: Engine, connection: str) -> None:
    """Begins the free check of a saved connection."""
    climb = Climb(connection, saved=True)
    climb.work = door().begin(_checked(engine, climb))
    st.session_state[CLIMB] = climb


async def _checked(engine: Engine, climb: Climb) -> Tried:
    (found,) = await engine.check([climb.connection], on_step=climb.seen.append)
    return Tried(found.connection, found.steps, found.verdicts, ())


def aside() -> None:
    """In the sidebar of the other pages, while a saved connection is checked: the way back; then the page anew."""
    climb = current()
    if climb is not None and climb.saved and climb.runs and here() != HOME:
        _beside(climb)


@st.fragment(run_every=BESIDE_LOOKS_EVERY_S)
def _beside(climb: Climb) -> None:
    if not climb.runs:
        st.rerun()
    link(HOME, t(N_("Checking {id}"), id=climb.connection), id=climb.connection)


def climbing() -> bool:
    """Whether one is climbed. Asked once a run, before anything is drawn: it may end while that is drawn."""
    climb = current()
    return climb is not None and climb.runs


def draw(*, climbing: bool) -> None:
    """The ladder: as it grows, then with what is concluded of it. `climbing`: as the run began."""
    climb = current()
    if climb is None:
        return
    st.subheader(t(N_("Free check")) if climb.saved else t(N_("Test of what is typed")))
    if climbing:
        _growing(climb)
        return
    rungs.ladder(climb.seen, running=False)
    found, problem = result(climb)
    if problem:
        st.error(problem, icon=":material/error:")
    rungs.outcome(found, climb.seen)
    if not climb.saved:
        st.caption(t(N_("Nothing was saved.")) + (" " + t(N_("The form has changed since.")) if climb.changed else ""))


@st.fragment(run_every=LOOKS_EVERY_S)
def _growing(climb: Climb) -> None:
    rungs.ladder(climb.seen, running=climb.runs)
    if not climb.runs:
        st.rerun()


def result(climb: Climb) -> tuple[tuple[Verdict, ...], str]:
    """What a climb that has ended came to: its verdicts, or what went wrong in words."""
    error = climb.work.exception()
    if isinstance(error, RelayscopeError):
        return (), told(error)
    return climb.work.result().verdicts, ""
