"""Settings: language, zone, currency, proxy, time-outs, budget, data."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from ui.words import t

st.title(t(N_("Settings")))
st.markdown(t(N_("Language, zone, currency, proxy, time-outs, budget, data.")))
