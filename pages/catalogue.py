"""Catalogue: every API your relay lists: what it does, what it costs, whether your keys may use it."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from ui.words import t

st.title(t(N_("Catalogue")))
st.markdown(t(N_("Every API your relay lists: what it does, what it costs, whether your keys may use it.")))
