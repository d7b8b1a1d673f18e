"""Plain tables for the terminal, in the user's language; a Chinese character takes two columns there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from unicodedata import east_asian_width

from lib.causes import CAPABILITY_NAMES, STATE_NAMES, STEP_NAMES
from lib.i18n import N_, Translate

GAP = "  "
HEADERS: Mapping[str, str] = {
    "id": N_("id"),
    "provider": N_("provider"),
    "relay": N_("relay"),
    "base_url": N_("base URL"),
    "capability": N_("capability"),
    "capabilities": N_("capabilities"),
    "model": N_("model"),
    "models": N_("models"),
    "key_tail": N_("key ends in"),
    "state": N_("state"),
    "message": N_("why"),
    "remedy": N_("next step"),
    "way": N_("way there"),
    "median_ms": N_("median ms"),
    "first_byte_ms": N_("first byte ms"),
    "tls_ms": N_("TLS ms"),
    "key_of": N_("with the key of"),
    "chosen": N_("in use"),
    "vendor": N_("vendor"),
    "connection": N_("connection"),
    "connections": N_("connections"),
    "listed_as_chat": N_("listed as chat"),
    "created_at": N_("time (UTC)"),
    "status": N_("status"),
    "cost": N_("cost"),
    "estimated": N_("estimated"),
    "billed": N_("billed"),
    "official": N_("official"),
    "text": N_("answer"),
    "day": N_("day"),
    "calls": N_("calls"),
    "failed": N_("failed"),
    "unknown_cost_calls": N_("cost unknown"),
    "task_id": N_("task"),
    "since": N_("since (UTC)"),
    "ended": N_("until (UTC)"),
    "step": N_("rung"),
}
"""The columns' names for a person, by those of the documents."""
SHOULD_WORK = "usable_by_ladder"
PASSED = "passed"
NAMES: Mapping[str, Mapping[str, str]] = {
    "state": {**STATE_NAMES, SHOULD_WORK: N_("Should work"), PASSED: N_("passed")},
    "step": STEP_NAMES,
    "capability": CAPABILITY_NAMES,
    "capabilities": CAPABILITY_NAMES,
}
"""Columns whose values are the contract's words, with their names for a person."""


def width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], t: Translate) -> str:
    """Rows under a header, each column as wide as its widest cell; each cell on one line, empty ones show as –."""
    head = [t(HEADERS[name]) for name in columns]
    cells = [head, *([_cell(name, value, t) for name, value in zip(columns, row, strict=True)] for row in rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    return "\n".join(_line(row, widths) for row in cells)


def _cell(column: str, value: object, t: Translate) -> str:
    words = "–" if value is None else " ".join(str(value).split()) or "–"
    names = NAMES.get(column, {})
    return ", ".join(t(names[word]) if word in names else word for word in words.split(", "))


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)).rstrip()
