"""Draws an answer, whole or while it grows.

While it grows: a finished paragraph is an element of its own, sent to the browser once; only what may still change is
rewritten, ten times a second. The call runs in the engine whether anybody looks or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import sleep

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.engine import Engine
from lib.errors import WrongUse
from lib.i18n import N_
from lib.vocabulary import UNFINISHED, Capability, Status
from ui.markdown import Block, blocks, safe, settled
from ui.theme import STATUSES
from ui.words import count, t

LOOKS_EVERY_S = 0.1
GIVES_WAY = "follow_gives_way"
"""Nothing stands there: to look it up is enough for Streamlit to end a run that isn't wanted any more."""
BEGINS_AFTER_S = 0.3
"""The timer that starts the following; it ticks on unheard while the answer grows, so it is slower than the looks."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A call as it stands now."""

    status: Status
    text: str
    reasoning: str
    since: datetime

    @property
    def ended(self) -> bool:
        """Whether it will not change any more."""
        return self.status not in UNFINISHED


def see(engine: Engine, call_id: str) -> Sight:
    """From this process where the call runs in it, else from the ledger. Raises `WrongUse` for an unknown id."""
    live = engine.live(call_id)
    if live is not None:
        return Sight(live.status, live.reading.text, live.reading.reasoning, live.row.created_at)
    row, payload = engine.log.call(call_id)
    return Sight(row.status, payload.text, payload.reasoning, row.created_at)


def known(engine: Engine, call_id: str, capability: Capability) -> bool:
    """Whether the log has this call, of this capability: an address may be old, or of the demo."""
    try:
        return engine.log.call(call_id)[0].capability == capability
    except WrongUse:
        return False


def runs(engine: Engine, call_id: str | None) -> bool:
    """Whether a call is still under way."""
    try:
        return call_id is not None and not see(engine, call_id).ended
    except WrongUse:
        return False


def draw(text: str) -> None:
    """A whole answer."""
    for block in blocks(text):
        _draw(block, st.container())


def thoughts(text: str) -> None:
    """A model's thinking, folded away: it isn't the answer."""
    if text:
        with st.expander(t(N_("Thinking")), icon=":material/psychology:"):
            draw(text)


def _draw(block: Block, place: DeltaGenerator) -> None:
    if block.language is None:
        place.markdown(safe(block.text, t(N_("image not loaded"))))
    else:
        place.code(block.text, language=block.language or None, wrap_lines=True)


class Growing:
    """An answer that grows in a place: what is finished is drawn once, the rest anew at each look."""

    def __init__(self, engine: Engine, call_id: str, place: DeltaGenerator) -> None:
        self._engine, self._call = engine, call_id
        self._line, self._body = place.empty(), place.container()
        self._places: list[DeltaGenerator] = []
        self._done = 0

    def look(self) -> bool:
        """Draws what has come since the last look; whether the call has ended."""
        sight = see(self._engine, self._call)
        found, places = blocks(sight.text), self._places
        places += (self._body.empty() for _ in found[len(places) :])
        for block, place in zip(found[self._done :], places[self._done :], strict=False):
            _draw(block, place)
        for place in places[len(found) :]:
            place.empty()
        self._done = settled(sight.text)
        _progress(sight, self._line)
        return sight.ended


def follow(engine: Engine, calls: Mapping[str, DeltaGenerator] | str) -> None:
    """Draws running calls until one of them has ended, then runs the page once more.

    Each is drawn in a place of its own, one alone right here. Buttons beside them are the page's, not the fragment's: a
    fragment that stays isn't ended by its own.
    """
    runs = iter(range(2**31))

    @st.fragment(run_every=BEGINS_AFTER_S)
    def fragment() -> None:
        # The first run is the page's own and must end for the page to be complete; the timer's first run stays.
        places = {calls: st.container()} if isinstance(calls, str) else calls
        _grow([Growing(engine, one, place) for one, place in places.items()], stays=next(runs) > 0)

    fragment()


def _grow(drawn: Sequence[Growing], *, stays: bool) -> None:
    while True:
        if any([one.look() for one in drawn]):
            st.rerun()
        if not stays:
            return
        sleep(LOOKS_EVERY_S)
        _give_way()


def _give_way() -> None:
    """Ends the run here where the browser has gone on to another: its places are gone, and drawing there breaks."""
    st.session_state.get(GIVES_WAY)


def _progress(sight: Sight, line: DeltaGenerator) -> None:
    words = t(N_("Thinking")) if sight.reasoning and not sight.text else t(STATUSES[sight.status].word)
    seconds = int((datetime.now(UTC) - sight.since).total_seconds())
    line.markdown(f":shimmer[{words}…] :gray[{count(seconds)} s]" if seconds else f":shimmer[{words}…]")
