"""Capability matrix: what each provider can do for you now, by capability; and why not the rest. Sends nothing."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from lib.verdicts.views import Cell
from lib.vocabulary import STATES
from ui import cell_dialog, cells
from ui.chips import facts
from ui.engine import door
from ui.filters import Filters, nothing
from ui.grid import grid
from ui.markdown import literal
from ui.theme import STATES as LOOKS
from ui.words import ago, capability, count, maker, t

CELL = "cell"
EVERYWHERE = ""

engine = door().engine
judged = engine.judged()
prices = door().prices()


def show(cell: str) -> None:
    """Opens a cell, by the address."""
    st.query_params[CELL] = cell


def close() -> None:
    """The dialog was closed."""
    st.query_params.pop(CELL, None)


def headline(found: tuple[Cell, ...]) -> None:
    """The answer in one sentence, and how old it is."""
    usable = sum(cell.state == "usable" for cell in found)
    st.markdown(t(N_("**{usable}** of {all} combinations of provider and capability work with your keys."),
                  usable=count(usable), all=count(len(found))))  # fmt: skip
    at = [cell.checked_at for cell in found if cell.checked_at]
    facts((
        t(N_("oldest check {ago}"), ago=ago(min(at))) if at else t(N_("nothing checked yet")),
        t(N_("Choose a cell for its evidence and what to do.")),
    ))


def asked(filters: Filters, found: tuple[Cell, ...]) -> cells.Wanted:
    """The filters in one row."""
    present = {cell.state for cell in found}
    states: dict[str, str] = {state: t(LOOKS[state].word) for state in STATES if state in present}
    named: dict[str, str] = {name: capability(name) for name in dict.fromkeys(cell.capability for cell in found)}
    return cells.Wanted(
        filters.typed("text", t(N_("Search")), t(N_("Provider or model"))),
        filters.chosen("state", states, t(N_("All states")), t(N_("State"))),
        filters.chosen("capability", named, t(N_("All capabilities")), t(N_("Capability"))),
    )


def place(filters: Filters) -> str | None:
    """The one relay to look at, where several are chosen from."""
    relays = {relay.id: relay.name for relay in judged.facts.configuration.relays}
    if len(relays) < 2:
        return None
    chosen = filters.one_of("relay", {EVERYWHERE: t(N_("Everywhere"))} | relays, t(N_("Relay")))
    return f"relay:{chosen}" if chosen else None


def table(filters: Filters) -> None:
    """The answer, filters and table, and the cell that the address names."""
    above = st.container()
    with st.container(horizontal=True, key="matrix_filters"):
        at = place(filters)
        found = judged.matrix(at)
        wanted = asked(filters, found)
    filters.keep()
    with above:
        headline(found)
    shown = cells.fitting(found, judged.members(at), wanted)
    if shown:
        head, groups = cells.drawn(found, shown, prices.ranges(at))
        grid(t(N_("Capability matrix")), head, groups, "matrix_grid", show)
    else:
        nothing(filters.clear, "matrix_clear")
    named = st.query_params.get(CELL, "")
    opened = next((cell for cell in found if f"{cell.provider}.{cell.capability}" == named), None)
    if opened:
        pair = (opened.provider, opened.capability)
        title = f"{literal(maker(opened.provider))} · {capability(opened.capability)}"
        st.dialog(title, width="large", on_dismiss=close)(cell_dialog.draw)(
            engine, opened, judged.members(at)[pair], prices.ranges(at).get(pair, ())
        )


st.title(t(N_("Capability matrix")))
table(Filters("matrix", ["text", "relay"], ["state", "capability"]))
