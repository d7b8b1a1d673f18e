"""A page of the call log: as a list that is read on any screen, or as a table; and the way to the pages beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import streamlit as st

from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.calls import Page
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED
from ui.addressed import AFTER, BEFORE
from ui.addressed import turn as turn_to
from ui.chips import chip, facts
from ui.format import head
from ui.links import CALL
from ui.markdown import literal
from ui.result import appearance, named
from ui.tables import EMPTY
from ui.words import ago, count, duration, moment, money, t

HEAD = 120
"""Characters of a prompt that a row shows."""
ROUND = "log_table_round"


def show(call_id: str) -> None:
    """Makes a call the one that is shown."""
    st.query_params[CALL] = call_id


def cards(engine: Engine, page: Page) -> None:
    """One card a call: what was asked, what it cost, how it ended."""
    names = named(engine, page.rows, HEAD)
    for row in page.rows:
        with st.container(border=True, key=f"log_row_{row.id}", horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                st.markdown(names[row.id])
                facts(_facts(row))
            chip(appearance(row))
            st.button(
                t(N_("Details")), key=f"log_show_{row.id}", type="tertiary", icon=":material/chevron_right:",
                on_click=show, args=(row.id,),
            )


def _facts(row: CallRow) -> tuple[str, ...]:
    took = duration(row.duration_ms) if row.duration_ms else ""
    return (literal(row.model), row.connection, _cost(row), tokens(row), took, ago(row.created_at))


def _cost(row: CallRow) -> str:
    """What a call that was sent and has ended cost."""
    if row.status in UNFINISHED or row.sent_at is None:
        return ""
    return t(N_("cost unknown")) if row.cost is None else money(row.cost)


def tokens(row: CallRow) -> str:
    """Tokens in and out; empty where nobody said."""
    read, written = row.usage.input_tokens, row.usage.output_tokens
    if read is None and written is None:
        return ""
    into, out = ("–" if n is None else count(n) for n in (read, written))
    return t(N_("{into} → {out} tokens"), into=into, out=out)


def table(engine: Engine, page: Page) -> None:
    """The same as a table; a chosen row leads to its call."""
    prompts = engine.log.prompts([row.id for row in page.rows], 4 * HEAD)
    columns = st.column_config
    chosen = st.dataframe(
        [_line(row, head(prompts.get(row.id, ""), HEAD)) for row in page.rows], hide_index=True, placeholder=EMPTY,
        on_select="rerun",
        selection_mode="single-row", key=f"log_table_{st.session_state.get(ROUND, 0)}", height="content",
        column_config={
            "at": columns.TextColumn(t(N_("Time")), width=150),
            "state": columns.TextColumn(t(N_("Status")), width=180),
            "prompt": columns.TextColumn(t(N_("Prompt")), width=230),
            "model": columns.TextColumn(t(N_("Model"))),
            "connection": columns.TextColumn(t(N_("Connection"))),
            "cost": columns.TextColumn(t(N_("Cost")), width=110),
            "input": columns.NumberColumn(t(N_("Tokens in")), format="localized"),
            "output": columns.NumberColumn(t(N_("Tokens out")), format="localized"),
            "took": columns.NumberColumn(t(N_("Took (s)")), format="%.1f"),
        },
    )  # fmt: skip
    if rows := chosen["selection"]["rows"]:
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1  # nothing is chosen when one comes back
        show(page.rows[rows[0]].id)
        st.rerun()


def _line(row: CallRow, prompt: str) -> Mapping[str, object]:
    return {
        "at": moment(row.created_at),
        "state": t(appearance(row).word),
        "prompt": prompt,
        "model": row.model,
        "connection": row.connection,
        "cost": _cost(row),
        "input": row.usage.input_tokens,
        "output": row.usage.output_tokens,
        "took": timedelta(milliseconds=row.duration_ms).total_seconds() if row.duration_ms else None,
    }


def turn(page: Page) -> None:
    """The buttons to newer and to older calls."""
    st.button(
        t(N_("Newer")), key="log_newer", icon=":material/chevron_left:", disabled=page.newer is None, on_click=turn_to,
        args=(BEFORE, page.newer),
    )
    st.button(
        t(N_("Older")), key="log_older", icon=":material/chevron_right:", disabled=page.next is None, on_click=turn_to,
        args=(AFTER, page.next),
    )
