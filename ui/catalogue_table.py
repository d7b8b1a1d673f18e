"""The catalogue's rows drawn: a table to sort where there is room, cards where there is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from lib.i18n import N_
from lib.verdicts.prices import Priced
from ui.chips import chip, facts
from ui.listed import Listed, figures, per
from ui.markdown import code, literal
from ui.prices import markup_words, price_words
from ui.tables import EMPTY, height
from ui.theme import Group, look
from ui.words import count, t

CARDS = 20
"""Cards drawn at first, and more of with each press."""
MORE = "catalogue_cards"
TABLE_PX = 560
MARKS: Mapping[Group, str] = {"works": "✓", "wait": "…", "yours": "→", "theirs": "✕", "unknown": "?"}


def table(rows: Sequence[Listed], key: str, choose: Callable[[str], None]) -> None:
    """All rows. `key` must differ with what is shown: a selection is kept by its place in the table."""

    def chosen() -> None:
        picked = st.session_state[key].selection.rows
        if picked and picked[0] < len(rows):
            choose(rows[picked[0]].one.row.model)

    st.dataframe(
        _columns(rows), column_config=_config(rows), hide_index=True, key=key, on_select=chosen,
        selection_mode="single-row", height=height(len(rows), TABLE_PX), placeholder=EMPTY,
    )


def _columns(rows: Sequence[Listed]) -> dict[str, list[Any]]:
    """By columns, which pandas reads fastest; figures as numbers, so that they sort."""
    return {
        "model": [row.one.row.model for row in rows],
        "state": [[_marked(row)] for row in rows],
        "capability": [row.capabilities for row in rows],
        "maker": [row.maker for row in rows],
        "price": [_number(figures(row.one.price)[0]) for row in rows],
        "output": [_number(figures(row.one.price)[2]) for row in rows],
        "per": [per(row.one.price) or price_words(None, row.one.unpriced) for row in rows],
        "official": [_number(_beside(row.one)) for row in rows],
        "markup": [_number(row.one.markup) for row in rows],
        "connections": [", ".join(row.one.row.connections) for row in rows],
        "why": [row.why for row in rows],
        "groups": [", ".join(row.one.row.api.groups) if row.one.row.api else "" for row in rows],
        "endpoints": [", ".join(row.one.row.api.endpoints) if row.one.row.api else "" for row in rows],
    }


def _marked(row: Listed) -> str:
    """The state with the mark of whose move it is: a table's cells have no icons."""
    return f"{MARKS[look(row.one.row.state).group]} {row.state}"


def _beside(one: Priced) -> Decimal | None:
    """The official figure, where it is for the same unit in the same currency as the one beside it."""
    if one.price and one.official and per(one.price) != per(one.official):
        return None
    return figures(one.official)[0]


def _number(figure: Decimal | None) -> float | None:
    """For a column that sorts: to as many digits as tell prices apart (ratios are rounded thirds)."""
    return None if figure is None else float(f"{figure:.6g}")


def _config(rows: Sequence[Listed]) -> dict[str, Any]:
    looks = {_marked(row): look(row.one.row.state).colour for row in rows}
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "model": text(t(N_("Model")), pinned=True, width="medium"),
        "state": st.column_config.MultiselectColumn(
            t(N_("State")), options=list(looks), color=list(looks.values()), width=135
        ),
        "capability": text(t(N_("Capability")), width=140),
        "maker": text(t(N_("Provider")), width=150),
        "price": number(t(N_("Price")), format="plain", help=t(N_("Of tokens: the price of input."))),
        "output": number(t(N_("Output")), format="plain"),
        "per": text(t(N_("Price is in")), width=125),
        "official": number(
            t(N_("Official")), format="plain", help=t(N_("What its maker asks, where it is for the same unit."))
        ),
        "markup": number(
            t(N_("Mark-up")), format="percent", help=t(N_("Over the official price; negative is cheaper."))
        ),
        "connections": text(t(N_("Connections")), width=110),
        "why": text(t(N_("Why")), width="medium"),
        "groups": text(t(N_("Groups")), width="small"),
        "endpoints": text(t(N_("Endpoints")), width="small"),
    }


def cards(rows: Sequence[Listed], choose: Callable[[str], None]) -> None:
    """The first rows, each a card, and a button for more."""
    shown = st.session_state.get(MORE, CARDS)
    for row in rows[:shown]:
        _card(row, choose)
    if len(rows) > shown:
        left = count(len(rows) - shown)
        st.button(t(N_("Show more ({n} left)"), n=left), key="catalogue_more", on_click=_more, width="stretch")


def _more() -> None:
    st.session_state[MORE] = st.session_state.get(MORE, CARDS) + CARDS


def _card(row: Listed, choose: Callable[[str], None]) -> None:
    found = row.one.row
    with st.container(border=True, key=f"card_{found.model}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            chip(look(found.state, found.proof))
            facts((row.capabilities, literal(row.maker)))
        st.markdown(code(found.model))
        facts((literal(price_words(row.one.price, row.one.unpriced)), _over(row.one)))
        st.button(
            t(N_("Details")), key=f"details_{found.model}", type="tertiary", icon=":material/fact_check:",
            on_click=choose, args=(found.model,),
        )


def _over(one: Priced) -> str:
    return "" if one.markup is None else t(N_("mark-up {share}"), share=literal(markup_words(one.markup)))
