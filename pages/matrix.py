"""Capability matrix: what each provider can do for you now, by capability; and why not the rest."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from ui.words import t

st.title(t(N_("Capability matrix")))
st.markdown(t(N_("What each provider can do for you now, by capability; and why not the rest.")))
