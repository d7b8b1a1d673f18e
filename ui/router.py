"""Every run of every page begins here: page config, language, navigation, frame, then the page itself."""

from __future__ import annotations

import streamlit as st

from lib.errors import RelayscopeError
from lib.i18n import N_
from ui import checking, frame, sending
from ui.connect import notice
from ui.drafts import all_drawn, keep_drafts
from ui.engine import door
from ui.links import SECTIONS, arrive, drawn_whole, shown
from ui.mishaps import show_error
from ui.theme import ICON, LOGO, STYLE
from ui.words import settle_language, t

st.set_page_config(page_icon=ICON, layout="wide")
st.html(STYLE)
st.logo(LOGO, icon_image=ICON, size="large")
settle_language()
frame.own_words()
keep_drafts()

page = st.navigation({t(section): [shown(one) for one in pages] for section, pages in SECTIONS.items()}, expanded=True)
arrive(page)
st.set_page_config(page_title=f"{page.title} · Relayscope")
try:
    engine = frame.waited()
except RelayscopeError as error:
    st.title(page.title)
    show_error(error)
    st.button(t(N_("Try again")), key="retry_start", icon=":material/refresh:")
    st.button(t(N_("Go on without the demo")), key="leave_start", on_click=door().leave_demo)
    st.stop()
notice()
checking.notice(engine)
sending.notice(engine)
frame.banner()
frame.beside(engine)
page.run()
all_drawn()
drawn_whole()
