"""Usage and cost: what was spent, on what, and what nobody knows the cost of."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from ui.words import t

st.title(t(N_("Usage and cost")))
st.markdown(t(N_("What was spent, on what, and what nobody knows the cost of.")))
