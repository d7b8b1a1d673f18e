"""Guides: how relays work, what keys are for, how to set up each API."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from ui.words import t

st.title(t(N_("Guides")))
st.markdown(t(N_("How relays work, what keys are for, how to set up each API.")))
