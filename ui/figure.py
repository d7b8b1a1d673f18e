"""An amount as a figure, which may be of several currencies."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lib.i18n import N_
from lib.vocabulary import Money
from ui.words import money, t


def figure_of(label: str, found: Mapping[str, Money] | None) -> None:
    """A sum by currency, each further one in a line of its own: together they'd be cut off. None: nobody knows it."""
    told = [money(one) for one in (found or {}).values() if one.amount]
    st.metric(label, t(N_("unknown")) if found is None else told[0] if told else t(N_("nothing")))
    for one in told[1:]:
        st.markdown(f"\\+ {one}")
