"""Call log: every call, newest first: what was asked, what came, what it cost."""

from __future__ import annotations

import streamlit as st

from lib.i18n import N_
from ui.words import t

st.title(t(N_("Call log")))
st.markdown(t(N_("Every call, newest first: what was asked, what came, what it cost.")))
