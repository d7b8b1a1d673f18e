"""Gallery: what calls made, newest first, with what made it and its cost. Opening it sends nothing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

from lib.i18n import N_
from lib.ledger.media import MadePage
from ui import format as figures
from ui import gallery_chosen, gallery_filters, gallery_list
from ui.addressed import clear
from ui.chips import facts
from ui.engine import door
from ui.gallery_view import CAPABILITIES, View
from ui.links import TITLES, link
from ui.words import count, language, t

FILES = 12
"""Files on a page: no more are loaded."""

engine = door().engine


def none(view: View) -> None:
    """No file to show: what to do about that."""
    if view.address:
        st.markdown(t(N_("No file matches.")))
        st.button(t(N_("Clear filters")), key="gallery_clear_all", icon=":material/filter_list_off:", on_click=clear,
                  args=(View,))  # fmt: skip
        return
    st.markdown(t(N_("Nothing has been made yet. What a call makes, a picture, a film or a sound, stands here with "
                     "what it cost.")))
    with st.container(horizontal=True):
        for one in CAPABILITIES:
            link(one, t(TITLES[one]))


def stored() -> None:
    """What it all takes on disk."""
    found = engine.gallery.storage()
    if found.files:
        size = figures.size(found.bytes, language())
        facts((t(N_("files kept: {n}"), n=count(found.files)), t(N_("on disk: {size}"), size=size)))


def files(view: View) -> None:
    """The filters, a page of what they find, and what is selected."""
    page = engine.gallery.page(**view.question(ZoneInfo(engine.ledger.zone)), limit=FILES, after=view.after,
                               before=view.before)  # fmt: skip
    if page.files or view.address:
        gallery_filters.filters(engine, view)
    if page.files:
        gallery_list.cards(engine, page.files)
    else:
        none(view)
    gallery_chosen.selection(engine)
    if page.files:
        turn(page)


def turn(page: MadePage) -> None:
    """The way to the pages beside this one."""
    with st.container(horizontal=True, horizontal_alignment="center"):
        gallery_list.turn(page)


st.title(t(N_("Gallery")))
st.markdown(t(N_("What your calls made, newest first, with what made it and what it cost.")))
gallery_chosen.notice()
stored()
files(View.read(st.query_params))
