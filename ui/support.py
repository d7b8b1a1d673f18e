"""The report of a failure for a relay's support, in either language, to be copied."""

from __future__ import annotations

import streamlit as st

from lib.connections.model import Configuration
from lib.engine import Engine
from lib.i18n import LANGUAGES, N_, Language, translator
from lib.ledger.row import CallRow
from lib.verdicts.support import Failure, of_call, of_evidence, report
from lib.vocabulary import Evidence
from ui.chips import copyable
from ui.words import NAMES, language, t, zone


def of_a_call(engine: Engine, row: CallRow, key: str, method: str = "POST", address: str = "") -> None:
    """The report of a call that failed; nothing for another. `address` of its request, where that is known."""
    _draw(of_call(row, *_names(engine.configuration(), row.relay, row.line), method, address), key)


def of_a_request(engine: Engine, seen: Evidence, key: str) -> None:
    """The report of what one request showed; nothing where it showed no fault."""
    configuration = engine.configuration()
    connection = configuration.connection(seen.connection)
    line = configuration.line(connection)
    names = _names(configuration, connection.relay, line.id if line else None)
    _draw(of_evidence(seen, *names, configuration.address(connection)), key)


def _names(configuration: Configuration, relay: str | None, line: str | None) -> tuple[str, str]:
    """What relay and line are called; their ids where they are gone."""
    found = next((one for one in configuration.relays if one.id == relay), None)
    lines = found.lines if found else ()
    return found.name if found else relay or "", next((one.name for one in lines if one.id == line), line or "")


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
