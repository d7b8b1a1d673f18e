"""Settings: language, zone, currency, proxy, time-outs, lines, budget, demo, data. Opening it sends nothing."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.i18n import N_
from ui import settings_budget, settings_data, settings_network, settings_retention, settings_view
from ui.engine import door
from ui.settings_form import notice
from ui.words import t

engine = door().engine


def section(title: str, *parts: Callable[[], None]) -> None:
    """One subject; `title` is a message id."""
    st.subheader(t(title))
    for part in parts:
        part()


notice()
st.title(t(N_("Settings")))
st.markdown(t(N_("Language, zone, currency, proxy, time-outs, budget, data.")))
left, right = st.columns(2, gap="large")
with left:
    section(N_("Language and time"), settings_view.language, settings_view.zone)
    section(N_("Currency"), settings_view.currency)
    section(N_("Budget"), settings_budget.budget)
    section(N_("Demo"), settings_data.demo)
    section(N_("About"), settings_data.about)
with right:
    section(N_("Network"), settings_network.network)
    section(N_("Lines"), lambda: settings_data.lines(engine))
    section(N_("Data and keys"), settings_data.data)
    section(N_("How long calls are kept"), settings_retention.retention)
