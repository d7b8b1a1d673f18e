"""Every page there is, and how one leads to another: by its address, so that a view can be kept and gone back from.

A page reads what it was asked to show from `st.query_params`; what each takes stands in `SECTIONS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from lib.i18n import N_
from ui.words import t


@dataclass(frozen=True, slots=True)
class PageOf:
    """One screen. `title` is a message id; `file` stands in `pages/` and is the address, but for the first page."""

    file: str
    title: str
    icon: str
    first: bool = False


SECTIONS: Mapping[str, tuple[PageOf, ...]] = {
    N_("What works"): (
        PageOf("overview", N_("Overview"), "dashboard", first=True),
        PageOf("matrix", N_("Capability matrix"), "grid_on"),  # cell=provider.capability
        PageOf("catalogue", N_("Catalogue"), "list_alt"),  # relay, text, capability, state
    ),
    N_("Make"): (  # call; or connection and model to begin with
        PageOf("text", N_("Text"), "chat"),
        PageOf("image", N_("Images"), "image"),
        PageOf("image_edit", N_("Image editing"), "brush"),
        PageOf("video", N_("Video"), "movie"),
        PageOf("speech", N_("Speech"), "record_voice_over"),
        PageOf("transcription", N_("Transcription"), "speech_to_text"),
        PageOf("music", N_("Music"), "music_note"),
        PageOf("embedding", N_("Embeddings"), "scatter_plot"),
        PageOf("translation", N_("Translation"), "translate"),
        PageOf("compare", N_("Compare"), "compare_arrows"),  # calls: up to four, by comma
        PageOf("gallery", N_("Gallery"), "photo_library"),  # what `ui.gallery_view.View` has
    ),
    N_("Cost"): (
        PageOf("usage", N_("Usage and cost"), "payments"),  # range, by, and a value for each dimension
        PageOf("log", N_("Call log"), "receipt_long"),  # call; or what `ui.log_view.View` has, again, beside
        PageOf("reconcile", N_("Reconcile"), "balance"),  # relay, days, why
        PageOf("planner", N_("Planner"), "calculate"),  # capability, sort
    ),
    N_("Set up"): (
        PageOf("connections", N_("Connections"), "key"),  # id; or new=provider
        PageOf("settings", N_("Settings"), "settings"),
        PageOf("guides", N_("Guides"), "menu_book"),  # guide
    ),
}
CALL, BESIDE, NEW = "call", "beside", "new"
"""The log's parameters: the call to show, and the one to show beside it, or that there is none yet."""
PAGE = "page_shown"
STAYS = "pages_stayed_on"
TITLES: Mapping[str, str] = {page.file: page.title for pages in SECTIONS.values() for page in pages}
ICONS = {page.file: page.icon for pages in SECTIONS.values() for page in pages}


def arrive(page: st.Page) -> None:
    """Notes which page this run draws."""
    st.session_state[PAGE] = page.url_path or "overview"


def comes() -> bool:
    """Whether the user has just come to this page: true once, until another page was drawn whole.

    A run of the page before that is late and broken off doesn't count.
    """
    stays: set[str] = st.session_state.setdefault(STAYS, set())
    came = here() not in stays
    stays.add(here())
    return came


def drawn_whole() -> None:
    """At the end of a whole run: this is the page that the user is on, and no other."""
    st.session_state[STAYS] = {here()}


def here() -> str:
    """The file of the page that is drawn; in a callback, of the one its widget is on."""
    return str(st.session_state.get(PAGE, "overview"))


def shown(page: PageOf) -> st.Page:
    """A screen as Streamlit's navigation has it, in the reader's language."""
    return st.Page(_path(page.file), title=t(page.title), icon=f":material/{page.icon}:", default=page.first)


def link(page: str, label: str, **view: str) -> None:
    """A link to a page with what it is to show; `label` in the reader's language."""
    st.page_link(_path(page), label=label, icon=f":material/{ICONS[page]}:", query_params=view)


def elsewhere(call_id: str) -> dict[str, str]:
    """The log's view of a call beside the same run elsewhere, which is still to be made."""
    return {CALL: call_id, BESIDE: NEW}


def go(page: str, **view: str) -> NoReturn:
    """Goes there at once. Not from a callback: `if st.button(…): go(…)`."""
    st.switch_page(_path(page), query_params=view)


def _path(page: str) -> str:
    return f"../pages/{page}.py"
