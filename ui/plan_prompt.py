"""Where the prompt just typed costs least: told before anything is sent, and the way there."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lib.calls.draft import CallDraft
from lib.calls.translation import TARGET, target
from lib.cost.conversion import Conversion
from lib.engine import Engine
from lib.i18n import N_
from lib.verdicts.planning import Offer
from lib.vocabulary import Capability, Money
from ui import asking, text_form
from ui.chips import facts
from ui.drafts import PREFIX, field, put
from ui.links import TITLES, go
from ui.markdown import code, literal
from ui.words import language, money, t

PROMPT = PREFIX + "planner_prompt"
FOUND = "planner_cheapest"


@dataclass(frozen=True, slots=True)
class Cheapest:
    """Where a draft costs least, and how much at most. `offers`: those it was looked for among."""

    draft: CallDraft
    offers: tuple[Offer, ...]
    connection: str = ""
    model: str = ""
    most: Money | None = None


def prompt(engine: Engine, capability: Capability, offers: tuple[Offer, ...], conversion: Conversion) -> None:
    """The field, and where what it holds costs least."""
    if capability in asking.FILE_FIRST:
        facts((t(N_("This works on a file of yours: what it costs stands on its page, once the file is chosen.")),))
        return
    typed = st.text_area(
        t(N_("A prompt of yours: where does it cost least?")), key=field(PROMPT), height=90,
        placeholder=t(N_("Type it here. Nothing is sent.")),
    )
    if said := typed.strip():
        params = {TARGET: target(said, language())} if capability == "translation" else {}
        _answer(_cheapest(engine, CallDraft("", capability, typed, params=params), offers, conversion))


def _cheapest(engine: Engine, draft: CallDraft, offers: tuple[Offer, ...], conversion: Conversion) -> Cheapest:
    """Looked for once for each prompt."""
    before: Cheapest | None = st.session_state.get(FOUND)
    if before is not None and before.offers is offers and before.draft == draft:
        return before
    ready = engine.cheapest(offers, draft, conversion)
    there = (ready.draft.connection, ready.model, ready.quoted) if ready else ("", "", None)
    st.session_state[FOUND] = found = Cheapest(draft, offers, *there)
    return found


def _answer(found: Cheapest) -> None:
    if found.most is None:
        st.markdown(t(N_("Of none of them is known beforehand what this would cost.")))
        return
    capability = found.draft.capability
    with st.container(horizontal=True, vertical_alignment="center", key="planner_answer"):
        said = N_("Cheapest: {model} by {connection}, at most {amount}.")
        words = t(
            said if found.most.amount else N_("Cheapest: {model} by {connection}. It costs nothing."),
            model=code(found.model), connection=f"**{literal(found.connection)}**",
            amount=f"**{literal(money(found.most))}**",
        )
        st.markdown(f":material/savings: {words}", width="stretch")
        use = t(N_("Go on: {page}"), page=t(TITLES[capability]))
        if st.button(use, key="planner_use", type="primary", icon=":material/arrow_forward:"):
            _take(found)
    facts((t(N_("By the prices known. Nothing was sent.")),))


def _take(found: Cheapest) -> None:
    """To the page that makes it, with the prompt in its form."""
    capability = found.draft.capability
    put({asking.key(capability, "prompt"): found.draft.prompt})
    if capability == "text":
        put({text_form.AFTER: None})
    go(capability, connection=found.connection, model=found.model)
