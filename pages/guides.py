"""Guides: how relays work, what keys are for, how to set up each API."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from ui.chips import copyable
from ui.engine import door
from ui.guides import GUIDES, Code, Guide, Heading, Live, Table, guide
from ui.live import live
from ui.markdown import literal
from ui.screen import narrow
from ui.words import language, t

ADDRESS = "guide"
CHOICE = "guide_choice"

engine = door().engine


def turn() -> None:
    """Puts the chosen guide into the address."""
    st.query_params[ADDRESS] = st.session_state[CHOICE]


def chosen() -> str:
    """The guide in the address, else the first; the address says which."""
    asked = st.query_params.get(ADDRESS)
    name = asked if asked in GUIDES else GUIDES[0]
    st.query_params[ADDRESS] = st.session_state[CHOICE] = name
    return name


def contents(shown: Guide) -> None:
    """Links to the guide's parts."""
    links = "\u00a0· ".join(f"[{literal(part.text)}](#{part.anchor})" for part in shown.headings)
    st.markdown(f":small[{links}]")


def table(shown: Table, on_phone: bool) -> None:
    """A table whose first column names the rows; on a phone a list of them, which needs no scrolling."""
    if on_phone:
        st.markdown("\n".join(shown.listed))
        return
    import pandas as pd

    st.table(pd.DataFrame(shown.rows, columns=list(shown.head)).set_index(shown.head[0]))


def read(shown: Guide) -> None:
    """The guide itself, with the user's own examples in their places."""
    on_phone = narrow()
    st.header(shown.title, anchor=False)
    contents(shown)
    for part in shown.parts:
        if isinstance(part, Heading):
            st.subheader(part.text, anchor=part.anchor)
        elif isinstance(part, Live):
            live(engine, part.name)
        elif isinstance(part, Table):
            table(part, on_phone)
        elif isinstance(part, Code):
            copyable(part.text)
        else:
            st.markdown(part.text)


st.title(t(N_("Guides")))
st.markdown(t(N_("How relays work, what keys are for, how to set up each API.")))
name = chosen()
st.radio(
    t(N_("Guides")), GUIDES, key=CHOICE, format_func=lambda one: guide(one, language()).title, on_change=turn,
    label_visibility="collapsed", horizontal=True,
)
with st.container(width=860):
    read(guide(name, language()))
