"""The navigation as a list that a screen reader understands.

Streamlit puts a section's heading and links into a div between the list and its items, which HTML forbids (axe calls it
serious). Here each section becomes an item of the list.
"""

from __future__ import annotations

import streamlit as st

SCRIPT = """
const mend = () => {
  for (const section of document.querySelectorAll("[data-testid=stSidebarNavItems] > div")) {
    section.setAttribute("role", "listitem");
    for (const link of section.querySelectorAll(":scope > li")) link.setAttribute("role", "presentation");
  }
};
let watched = null;
export default function () {
  mend();
  watched?.disconnect();
  watched = new MutationObserver(mend);
  watched.observe(document.body, { childList: true, subtree: true });
  return () => watched.disconnect();
}
"""


def mend() -> None:
    """Once a run, in the sidebar: also what Streamlit draws of the navigation later is mended."""
    st.components.v2.component("relayscope_navigation", html="<i hidden></i>\n", js=SCRIPT)(
        key="navigation", width=1, height=1
    )
