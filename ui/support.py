"""The report of a failure for a relay's support, in either language, to be copied."""

from __future__ import annotations

import streamlit as st

from lib.engine import Engine
from lib.i18n import LANGUAGES, N_, Language, translator
from lib.ledger.row import CallRow
from lib.verdicts.support import Failure, of_call, of_evidence, report
from lib.vocabulary import Evidence
from ui.chips import copyable
from ui.result import line_of
from ui.words import NAMES, language, t, zone


def of_a_call(engine: Engine, row: CallRow, key: str, method: str = "POST", address: str = "") -> None:
    """The report of a call that failed; nothing for another. `address` of its request, where that is known."""
    relays = engine.configuration().relays
    relay = next((one.name for one in relays if one.id == row.relay), row.relay or "")
    _draw(of_call(row, relay, line_of(engine, row), method, address), key)


def of_a_request(engine: Engine, seen: Evidence, key: str) -> None:
    """The report of what one request showed; nothing where it showed no fault."""
    configuration = engine.configuration()
    connection = configuration.connection(seen.connection)
    relay = configuration.relay(connection.relay).name if connection.relay else ""
    line = configuration.line(connection)
    _draw(of_evidence(seen, relay, line.name if line else "", configuration.address(connection)), key)


def _draw(failure: Failure | None, key: str) -> None:
    if failure is None:
        return
    with st.popover(t(N_("Report for support")), icon=":material/support_agent:", key=key, type="tertiary"):
        st.caption(t(N_("For the relay's or the provider's support. It has no key; read it before you send it.")))
        chosen: Language = st.segmented_control(
            t(N_("Language")), LANGUAGES, default=language(), format_func=NAMES.__getitem__, key=f"{key}_language",
            label_visibility="collapsed", required=True,
        )  # fmt: skip
        copyable(report(failure, zone(), translator(chosen)))
