"""One cell of the matrix, opened: its verdict, what to do, each model with its price, and the requests behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.calls.route import place_of
from lib.cost.price import Price
from lib.engine import Engine
from lib.i18n import N_
from lib.providers import provider
from lib.verdicts.judging import best_of, preference
from lib.verdicts.prices import Range
from lib.verdicts.views import Cell, Members
from lib.vocabulary import Evidence, Verdict
from ui import chips
from ui.cells import counted
from ui.checking import ask, checking
from ui.choices import WORTH_TRYING
from ui.connect import console
from ui.engine import door
from ui.links import ICONS, go
from ui.markdown import code, literal
from ui.prices import price_words, range_words
from ui.theme import WHOSE_MOVE, look
from ui.words import ago, count, t, worded

HERE = "cell"
"""Where a check asked for in the dialog is drawn."""
FEW = 6
"""Models that are lines of text; more are a table."""
NEWEST = 12
"""Requests that are shown of a connection."""


def opened(engine: Engine, cell: Cell, members: Members, prices: Sequence[Range]) -> None:
    """All of it. What is asked for in it (a check) is drawn in it."""
    verdict = _chosen(engine, cell, members)
    shown = look(verdict.state, verdict.proof) if verdict else look(cell.state)
    why = worded(verdict.reason if verdict else cell.why)
    chips.chip(shown)
    whose = f"**{t(WHOSE_MOVE[why.whose_move])}** " if why.whose_move in WHOSE_MOVE else ""
    st.markdown(f"{literal(why.message)} {whose}{literal(why.remedy)}")
    checked = t(N_("checked {ago}"), ago=ago(verdict.checked_at)) if verdict and verdict.checked_at else ""
    chips.facts((counted(cell), *map(range_words, prices), checked))
    if verdict is None:
        _add_a_key(cell.provider)
        _listed(engine, members)
        return
    _actions(engine, cell, verdict)
    checking(engine, HERE)
    mine = [one for one in members.found if one.connection == verdict.connection and one.model]
    _models(engine, verdict.connection, mine)
    chips.heading(t(N_("What it rests on")))
    with st.container(gap="xsmall"):
        chips.evidence(behind(engine.judged().facts.evidence, verdict.connection, mine)[:NEWEST])


def _chosen(engine: Engine, cell: Cell, members: Members) -> Verdict | None:
    """The verdict to tell: the best of the connection chosen, at first the cell's own. None: not set up."""
    by_connection: dict[str, list[Verdict]] = {}
    for one in sorted(members.found, key=preference):
        by_connection.setdefault(one.connection, []).append(one)
    if len(by_connection) < 2:
        return best_of(members.found)
    bests = {name: found[0] for name, found in by_connection.items()}
    chosen = st.selectbox(
        t(N_("Connection")), list(bests), key=f"cell_connection_{cell.provider}_{cell.capability}",
        format_func=lambda name: f"{name} · {t(look(bests[name].state, bests[name].proof).word)}",
    )
    return bests[chosen]


def _add_a_key(maker: str) -> None:
    """What to do where nothing is set up."""
    with st.container(horizontal=True):
        if st.button(t(N_("Add a key")), key="cell_add", type="primary", icon=":material/key:"):
            go("connections", new=maker)
        if url := provider(maker).keys_url:
            st.link_button(t(N_("Get a key")), url, icon=":material/open_in_new:")


def _actions(engine: Engine, cell: Cell, verdict: Verdict) -> None:
    page = cell.capability in ICONS
    worth = verdict.state in WORTH_TRYING and bool(verdict.model)
    with st.container(horizontal=True):
        if page and worth and st.button(
            t(N_("Use")), key="cell_use", type="primary", icon=":material/arrow_forward:"
        ):
            go(cell.capability, connection=verdict.connection, model=verdict.model)
        st.button(
            t(N_("Check")), key="cell_check", icon=":material/refresh:", on_click=ask, args=(HERE, verdict.connection),
            help=t(N_("Free: asks for line, key, quota and models of this connection.")),
        )
        if st.button(t(N_("Connection")), key="cell_connection", icon=":material/settings:"):
            go("connections", id=verdict.connection)
        if verdict.state not in WORTH_TRYING and (url := console(engine, verdict.connection, cell.provider)):
            st.link_button(t(N_("Open console")), url, icon=":material/open_in_new:")
    if worth and not page:
        st.caption(t(N_("A page for this comes later; with your key it works from any other program.")))


def _models(engine: Engine, connection: str, found: Sequence[Verdict]) -> None:
    """The verdict of each model, the best first."""
    if not found:
        return
    known = engine.prices(door().own.conversion()).catalogue(place_of(engine.configuration().connection(connection)))
    prices = {one.row.model: one.price for one in known}
    ordered = sorted(found, key=preference)
    chips.heading(t(N_("Models")), count(len(ordered)))
    if len(ordered) > FEW:
        _table([_row(one, prices.get(one.model)) for one in ordered])
        return
    for one in ordered:
        shown = look(one.state, one.proof)
        st.markdown(f":{shown.colour}[{shown.symbol} {t(shown.word)}] · {code(one.model)}")
        why = "" if one.state == "usable" else literal(worded(one.reason).message)
        chips.facts((literal(price_words(prices.get(one.model))), why))


def _row(one: Verdict, price: Price | None) -> dict[str, object]:
    return {
        "state": [t(look(one.state, one.proof).word)],
        "model": one.model,
        "price": price_words(price),
        "why": "" if one.state == "usable" else worded(one.reason).message,
    }


def _listed(engine: Engine, members: Members) -> None:
    """What a key would open, by what is listed: names and prices."""
    if not members.listed:
        return
    prices = engine.prices(door().own.conversion())
    places = (place for place in engine.judged().facts.places)
    known = {one.row.model: one.price for place in places for one in prices.catalogue(place)}
    chips.heading(t(N_("Listed models")), count(len(members.listed)))
    _table([{"model": name, "price": price_words(known.get(name))} for name in sorted(members.listed)])


def _table(rows: Sequence[dict[str, Any]]) -> None:
    words = list(dict.fromkeys(one for row in rows for one in row.get("state", ())))
    st.dataframe(
        list(rows), hide_index=True, height=min(38 + 35 * len(rows), 320),
        column_order=[name for name in ("state", "model", "price", "why") if any(row.get(name) for row in rows)],
        column_config={
            "state": st.column_config.MultiselectColumn(t(N_("State")), options=words, width="small"),
            "model": st.column_config.TextColumn(t(N_("Model")), width="medium"),
            "price": st.column_config.TextColumn(t(N_("Price")), width="medium"),
            "why": st.column_config.TextColumn(t(N_("Why")), width="medium"),
        },
    )


def behind(evidence: Sequence[Evidence], connection: str, found: Sequence[Verdict]) -> list[Evidence]:
    """What some verdicts of one connection rest on, newest first: its rungs, and the real calls of their models."""
    called = {(one.model, one.capability) for one in found}
    mine = (
        one
        for one in evidence
        if one.connection == connection and (one.step != "call" or (one.model, one.capability) in called)
    )
    return sorted(mine, key=lambda one: one.at, reverse=True)
