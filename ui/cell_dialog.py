"""One cell of the matrix, opened: its verdict, what to do, each model with its price, and the requests behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from lib.calls.route import place_of
from lib.cost.price import Price
from lib.engine import Engine
from lib.i18n import N_
from lib.providers import listed_as_chat
from lib.verdicts.judging import best_of, preference
from lib.verdicts.prices import Range
from lib.verdicts.views import Cell, Members
from lib.vocabulary import Verdict
from ui import chips, opened
from ui.cells import counted
from ui.engine import door
from ui.markdown import code, literal
from ui.prices import price_words, range_words
from ui.tables import height
from ui.theme import STATES, WORKED, look
from ui.tries import tries
from ui.words import ago, count, t, worded

HERE = "cell"
"""Where a check asked for in the dialog is drawn; also the beginning of its widgets' keys."""
FEW = 6
"""Models that are lines of text; more are a table."""
TABLE_PX = 320
STATE_PX = 130
"""Of a column: the longest word of a state, whole in both languages."""


def draw(engine: Engine, cell: Cell, members: Members, prices: Sequence[Range]) -> None:
    """All of it. What is asked for in it (a check) is drawn in it."""
    verdict = _chosen(cell, members)
    if verdict is None:
        opened.verdict(cell.state, None, cell.why)
    else:
        opened.verdict(verdict.state, verdict.proof, verdict.reason)
    checked = t(N_("checked {ago}"), ago=ago(verdict.checked_at)) if verdict and verdict.checked_at else ""
    chips.facts((counted(cell), *map(range_words, prices), checked))
    if verdict is None:
        opened.add_a_key(cell.provider, HERE)
        _listed(engine, members)
        return
    opened.actions(engine, verdict, cell.provider, HERE)
    mine = [one for one in members.found if one.connection == verdict.connection and one.model]
    _models(engine, verdict.connection, mine)
    _under_chat(engine, {one.model for one in mine})
    tries(engine, verdict.connection, mine, HERE)
    opened.rests_on(engine, verdict.connection, {(one.model, one.capability) for one in mine}, HERE)


def _chosen(cell: Cell, members: Members) -> Verdict | None:
    """The verdict to tell: the best of the connection chosen, at first the cell's own. None: not set up."""
    by_connection: dict[str, list[Verdict]] = {}
    for one in sorted(members.found, key=preference):
        by_connection.setdefault(one.connection, []).append(one)
    if len(by_connection) < 2:
        return best_of(members.found)
    bests = {name: found[0] for name, found in by_connection.items()}
    labels = {name: f"{name} · {t(look(one.state, one.proof).word)}" for name, one in bests.items()}
    return bests[_choose(f"cell_of_{cell.provider}_{cell.capability}", labels)]


def _choose(kept: str, labels: Mapping[str, str]) -> str:
    """The id of the connection chosen. A field goes on showing a label that has changed: it is a new one then."""
    key = f"{kept}_{hash(tuple(labels.values()))}"
    if key not in st.session_state and (known := st.session_state.get(kept)) in labels:
        st.session_state[key] = known
    chosen = st.selectbox(t(N_("Connection")), list(labels), key=key, format_func=labels.__getitem__)
    st.session_state[kept] = chosen
    return chosen


def _models(engine: Engine, connection: str, found: Sequence[Verdict]) -> None:
    """The verdict of each model, the best first."""
    if not found:
        return
    known = door().prices().catalogue(place_of(engine.configuration().connection(connection)))
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
    prices = door().prices()
    known = {one.row.model: one.price for place in engine.judged().facts.places for one in prices.catalogue(place)}
    chips.heading(t(N_("Listed models")), count(len(members.listed)))
    _table([{"model": name, "price": price_words(known.get(name))} for name in sorted(members.listed)])
    _under_chat(engine, members.listed)


def _under_chat(engine: Engine, models: Collection[str]) -> None:
    """Which of the models a relay lists under chat, though they are for something else."""
    listed = (api for listing in engine.judged().facts.listings.values() for api in listing.values())
    wrongly = sorted({api.model for api in listed if api.model in models and listed_as_chat(api.model, api.endpoints)})
    if wrongly:
        named = ", ".join(map(code, wrongly[:FEW])) + (" …" if len(wrongly) > FEW else "")
        st.caption(t(N_("Listed by the relay under chat, but used for what their names say: {models}"), models=named))


def _table(rows: Sequence[dict[str, Any]]) -> None:
    words = {t(one.word): one.colour for one in (WORKED, *STATES.values())}
    columns: dict[str, Any] = {
        "state": st.column_config.MultiselectColumn(
            t(N_("State")), options=words, color=words.values(), width=STATE_PX
        ),
        "model": st.column_config.TextColumn(t(N_("Model")), width="medium"),
        "price": st.column_config.TextColumn(t(N_("Price")), width="medium"),
        "why": st.column_config.TextColumn(t(N_("Why")), width="medium"),
    }
    shown = [name for name in columns if any(row.get(name) for row in rows)]
    st.dataframe(
        list(rows), hide_index=True, height=height(len(rows), TABLE_PX), column_order=shown, column_config=columns
    )
