"""How wide the reader's screen is: a table that is squeezed there becomes a list of cards."""

from __future__ import annotations

import streamlit as st

KEY = "screen"
SCRIPT = """
const narrow = window.matchMedia("(max-width: 640px)");
let told = null;
export default function ({ setStateValue, data }) {
  const tell = () => { if (narrow.matches !== told) setStateValue("narrow", told = narrow.matches); };
  told = data.narrow;
  narrow.onchange = tell;
  tell();
}
"""


def narrow() -> bool:
    """Whether the window is as narrow as a phone's. Once a page; known from the second run on, which it asks for."""
    known = bool(st.session_state.get(KEY, {}).get("narrow"))
    screen = st.components.v2.component("relayscope_screen", html="<i hidden></i>\n", js=SCRIPT)
    screen(key=KEY, data={"narrow": known}, width=1, height=1, on_narrow_change=lambda: None)
    return known
