"""Usage and cost as CSV: the table as it is split, and the sums of each day. Exact amounts, a column a currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lib.cli.sheet import Field, sheet
from lib.i18n import N_
from lib.ledger.contribution import TOKENS
from lib.ledger.report import Figure, ReportRow
from ui.usage_data import Seen
from ui.words import t

COUNTS = ("calls", "failed", "unknown_cost_calls", *TOKENS, "images", "characters")
FIGURES: tuple[Figure, ...] = ("cost", "estimated", "billed", "official")


def downloads(seen: Seen) -> None:
    """Both files, made for the days and filters shown."""
    days = f"{seen.span.first.isoformat()}-{seen.span.last.isoformat()}"
    by, step = seen.view.by, seen.span.step
    with st.container(horizontal=True, key="usage_csv"):
        for name, key, rows, label in (
            (by, by, seen.split, t(N_("This table (CSV)"))),
            (step, step, seen.steps, t(N_("Sums over time (CSV)"))),
        ):
            st.download_button(
                label, as_csv(key, rows, seen.engine.ledger.zone).encode(), file_name=f"usage-by-{name}-{days}.csv",
                mime="text/csv", key=f"usage_csv_{name}", icon=":material/download:", on_click="ignore",
            )


def as_csv(key: str, rows: Mapping[str, ReportRow], zone: str) -> str:
    """The sums as a sheet, in the words of the contract: a file that is read by programs has one language."""
    currencies = sorted({currency for row in rows.values() for currency in row.sums if currency})
    head = [key, *COUNTS, *(f"{figure}_{currency}" for figure in FIGURES for currency in currencies), "zone"]
    return sheet(head, [_line(rows[one], one, currencies, zone) for one in sorted(rows)])


def _line(row: ReportRow, key: str, currencies: Sequence[str], zone: str) -> Sequence[Field]:
    """An amount nobody knows is empty, not 0."""
    counts = [row.count(name) for name in COUNTS]
    found = [row.figure(figure) for figure in FIGURES]
    amounts = [one[currency].plain if currency in one else None for one in found for currency in currencies]
    return [key, *counts, *amounts, zone]
