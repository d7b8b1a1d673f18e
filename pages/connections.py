"""Connections: your relays, lines and keys: set up, test without spending, change."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from ui import relays
from ui.engine import door
from ui.words import t

st.title(t(N_("Connections")))
st.markdown(t(N_("Your relays, lines and keys: set up, test without spending, change.")))

relays.section(door().engine)
