"""The files that are selected, on whichever page they stand: downloaded as one ZIP, or deleted after a question."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import streamlit as st

from lib.engine import Engine
from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger.media import Kept, Name
from ui import format as figures
from ui.asking import USE
from ui.gallery_names import zipped
from ui.words import count, language, t, told, zone

CHOSEN = "gallery_chosen"
DONE = "gallery_deleted"
"""What is to be said of a deletion when the page is drawn next."""


def _chosen() -> set[Name]:
    chosen: set[Name] = st.session_state.setdefault(CHOSEN, set())
    return chosen


def is_chosen(name: Name) -> bool:
    """Whether a file is selected."""
    return name in _chosen()


def pick(name: Name, key: str) -> None:
    """Selects a file, or no longer, as the box of that key says."""
    (_chosen().add if st.session_state[key] else _chosen().discard)(name)


def selection(engine: Engine) -> None:
    """What is selected and what can be done with all of it; nothing where nothing is."""
    files = engine.gallery.made(_chosen()) if _chosen() else ()
    if not files:
        return
    size = figures.size(sum(one.kept.bytes for one in files), language())
    with st.container(horizontal=True, vertical_alignment="center", key="gallery_selection", border=True):
        st.markdown(t(N_("Selected: {n} ({size})"), n=count(len(files)), size=size), width="content")
        st.download_button(
            t(N_("Download (ZIP)")), partial(zipped, files, engine.files.read, zone()), file_name="relayscope.zip",
            mime="application/zip", key="gallery_zip", icon=":material/folder_zip:", on_click="ignore",
        )
        if st.button(t(N_("Delete…")), key="gallery_delete", icon=":material/delete:"):
            ask(engine, [one.name for one in files])
        st.button(t(N_("Select none")), key="gallery_none", type="tertiary", on_click=_chosen().clear)


def ask(engine: Engine, names: Collection[Name]) -> None:
    """The dialog before files are deleted."""
    st.dialog(t(N_("Delete files: {n}?"), n=count(len(names))))(_question)(engine, names)


def _question(engine: Engine, names: Collection[Name]) -> None:
    if DONE in st.session_state:  # the dialog closes
        st.rerun()
    freed = engine.gallery.frees(names)
    st.markdown("\n".join(f"- {line}" for line in _consequences(names, freed.files, freed.bytes)))
    with st.container(horizontal=True):
        st.button(t(N_("Delete")), key="gallery_delete_yes", type="primary", icon=":material/delete:",
                  on_click=_delete, args=(engine, names))  # fmt: skip
        if st.button(t(N_("Keep them")), key="gallery_delete_no"):
            st.rerun()


def _consequences(names: Collection[Name], files: int, size: int) -> list[str]:
    said = [t(N_("Frees {size} on disk; it can't be undone."), size=figures.size(size, language()))]
    if files < len(names):
        said.append(t(N_("What another call has too, or was given, stays on disk for it.")))
    said.append(t(N_("The calls stay in the log with their cost.")))
    return said


def _delete(engine: Engine, names: Collection[Name]) -> None:
    try:
        freed = engine.gallery.delete(names)
    except WrongUse as fault:
        st.session_state[DONE] = told(fault)
        return
    _chosen().difference_update(names)
    used: Kept | None = st.session_state.get(USE)
    if used is not None and not engine.files.path(used).exists():
        del st.session_state[USE]
    st.session_state[DONE] = t(N_("Deleted. Freed on disk: {size}."), size=figures.size(freed, language()))


def notice() -> None:
    """Says once how a deletion ended."""
    if said := st.session_state.pop(DONE, None):
        st.toast(said, icon=":material/delete:")
