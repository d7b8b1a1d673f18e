"""Call log: every call, newest first: what was asked, what came, what it cost. Opening it sends nothing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from lib.errors import WrongUse
from lib.i18n import N_
from ui import log_again, log_beside, log_call, log_filters, log_list
from ui.addressed import clear
from ui.drafts import PREFIX, field
from ui.engine import door
from ui.links import BESIDE, CALL, go
from ui.log_download import downloads
from ui.log_view import View
from ui.markdown import option
from ui.words import t

ROWS = 20
"""Calls on a page."""
MODE = PREFIX + "log_mode"
MODES = {"list": N_("List"), "table": N_("Table")}

engine = door().engine


def back() -> None:
    """From a call to the list it was chosen from."""
    for one in (CALL, BESIDE):
        st.query_params.pop(one, None)


def one(call_id: str) -> None:
    """One call, or that there is none of that id."""
    st.button(t(N_("All calls")), key="log_back", type="tertiary", icon=":material/arrow_back:", on_click=back)
    try:
        row, payload = engine.log.call(call_id)
    except WrongUse:
        st.markdown(t(N_("There is no such call in this log. The address may be old, or of the demo.")))
        return
    shown = log_beside.beside if BESIDE in st.query_params else log_call.call
    shown(engine, row, payload)


def none(view: View) -> None:
    """No call to show: what to do about that."""
    if view.address:
        st.markdown(t(N_("No call matches.")))
        st.button(
            t(N_("Clear filters")), key="log_clear_all", icon=":material/filter_list_off:", on_click=clear,
            args=(View,),
        )
        return
    st.markdown(t(N_("No call has been made yet. Write something, and it stands here with its cost.")))
    if st.button(t(N_("Text")), key="log_write", icon=":material/chat:"):
        go("text")


def again(view: View) -> None:
    """What the filters find, priced again."""
    st.button(t(N_("All calls")), key="log_back", type="tertiary", icon=":material/arrow_back:", on_click=log_again.end)
    log_again.price_again(engine, view)


def calls(view: View) -> None:
    """The filters and a page of what they find."""
    question = view.question(ZoneInfo(engine.ledger.zone))
    page = engine.log.page(**question, limit=ROWS, after=view.after, before=view.before)
    if page.rows or view.address:
        log_filters.filters(engine, view)
    if not page.rows:
        none(view)
        return
    st.session_state.setdefault(MODE, "list")
    with st.container(horizontal=True, vertical_alignment="center"):
        mode = st.segmented_control(
            t(N_("View")), list(MODES), key=field(MODE), format_func=lambda name: option(t(MODES[name])),
            label_visibility="collapsed", required=True,
        )
        downloads(view)
        st.button(t(N_("Price again")), key="log_price_again", icon=":material/price_change:", on_click=log_again.begin)
    (log_list.table if mode == "table" else log_list.cards)(engine, page)
    with st.container(horizontal=True, horizontal_alignment="center"):
        log_list.turn(page)


st.title(t(N_("Call log")))
if chosen := st.query_params.get(CALL):
    one(chosen)
else:
    st.markdown(t(N_("Every call, newest first: what was asked, what came, what it cost.")))
    view = View.read(st.query_params)
    (again if log_again.AGAIN in st.query_params else calls)(view)
