"""What tables share: how high they are, and how an empty cell looks."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import signature
from typing import Any

import streamlit as st

HEAD_PX, LINE_PX = 38, 35
DASHED: Mapping[str, Any] = {"placeholder": "–"} if "placeholder" in signature(st.dataframe).parameters else {}
"""An argument of `st.dataframe` that Streamlit 1.61 doesn't know yet."""


def height(rows: int, most: int) -> int:
    """Pixels for so many rows, and no more than `most`: the rest is scrolled to."""
    return min(HEAD_PX + LINE_PX * rows, most)
