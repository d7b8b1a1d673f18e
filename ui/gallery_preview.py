"""A made file, seen or heard: read from the data folder, never from where it came from."""

from __future__ import annotations

import base64
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.calls.files import JSON, Files, suffix
from lib.i18n import N_
from lib.ledger.media import Kept
from ui import format as figures
from ui.words import language, t

AT_ONCE = 30_000_000
"""Bytes: a larger file is loaded when it is asked for."""
ASKED = "gallery_asked"
"""The large files that were asked for in this session."""
SVG = "image/svg+xml"


def preview(files: Files, kept: Kept, words: str, key: str) -> None:
    """The file, or why it can't be shown. `words`: what it shows, for who can't see it; `key`: of its button."""
    path = files.path(kept)
    asked: set[str] = st.session_state.setdefault(ASKED, set())
    if not path.exists():
        _instead(":material/hide_image:", t(N_("The file is gone from the data folder.")), key)
    elif kept.bytes > AT_ONCE and kept.sha256 not in asked:
        with _blank(key):
            size = figures.size(kept.bytes, language())
            st.button(t(N_("Show ({size})"), size=size), key=f"gallery_load_{key}", icon=":material/visibility:",
                      on_click=asked.add, args=(kept.sha256,))  # fmt: skip
    else:
        _drawn(path, kept, words, key)


def _drawn(path: Path, kept: Kept, words: str, key: str) -> None:
    kind = kept.mime.partition("/")[0]
    if kind == "image":
        _image(path, kept, words, key)
    elif kind == "video":
        st.video(str(path), format=kept.mime, alt=words)
    elif kind == "audio":
        st.audio(str(path), format=kept.mime, alt=words)
    else:
        vector = kept.mime == JSON  # nothing else makes JSON
        _instead(":material/scatter_plot:" if vector else ":material/description:",
                 t(N_("A vector")) if vector else type_name(kept), key)  # fmt: skip


def _image(path: Path, kept: Kept, words: str, key: str) -> None:
    from PIL.Image import DecompressionBombError

    try:
        st.image(_svg(path) if kept.mime == SVG else str(path), width="stretch", alt=words)
    except (OSError, ValueError, DecompressionBombError):
        _instead(":material/broken_image:", t(N_("This picture can't be shown here; it can be downloaded.")), key)


def _svg(path: Path) -> str:
    """A drawing as an address: in a picture it runs no script and loads nothing."""
    return f"data:{SVG};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _instead(icon: str, words: str, key: str) -> None:
    with _blank(key):
        st.markdown(f":gray[{icon} {words}]", width="content")


def _blank(key: str) -> DeltaGenerator:
    """The place of a preview that isn't there."""
    return st.container(key=f"gallery_blank_{key}", horizontal_alignment="center", vertical_alignment="center")


def type_name(kept: Kept) -> str:
    """`PNG`; a type that isn't among ours as it is called."""
    return suffix(kept.mime).removeprefix(".").upper() or kept.mime
