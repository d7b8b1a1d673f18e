"""What is shown when something breaks: a sentence and a next step, never a traceback and never a value."""

from __future__ import annotations

import logging

import streamlit as st

from lib.errors import RelayscopeError
from lib.i18n import N_
from ui.words import t, told

log = logging.getLogger(__name__)


def show_error(error: Exception) -> bool:
    """Draws what broke a page. True: Streamlit adds nothing of its own."""
    if isinstance(error, RelayscopeError):
        st.error(told(error), icon=":material/error:")
        return True
    # The type and the place only: a message may quote what must stay here.
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
    log.error("a page broke: %s at %s", type(error).__name__, place)
    st.error(
        t(N_("This page broke ({kind}). Nothing was sent twice and nothing is lost. Reload it; if it stays, the "
             "server's own output says where."), kind=type(error).__name__),
        icon=":material/error:",
    )
    return True
