"""The call log as CSV: what is filtered, page by page of the log up to a bound. No answers and no keys are in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from lib.engine import Engine
from lib.http import redact
from lib.ledger.row import CallRow, iso
from lib.ledger.schema import MONEY
from lib.vocabulary import Money, Usage
from ui.sheet import Field, sheet

MOST = 10_000
"""Calls in one file."""
AT_ONCE = 1_000
PROMPT = 500
"""Characters of each prompt."""
PLAIN = (
    "id", "status", "error_state", "error_code", "http_status", "capability", "operation", "provider", "connection",
    "relay", "line", "model", "request_id", "task_id", "retries", "finish_reason", "usage_source", "price_source",
    "first_byte_ms", "duration_ms",
)  # fmt: skip
TIMES = ("created_at", "sent_at", "finished_at")
HEAD = (
    *TIMES, *PLAIN, *(f"{figure}_{part}" for figure in MONEY for part in ("amount", "currency")),
    *(figure.name for figure in fields(Usage)), "prompt",
)  # fmt: skip
"""The columns, named as in the contract's document of a call: a file that is read by programs has one language."""


def export(engine: Engine, question: Mapping[str, Any]) -> bytes:
    """The calls a question finds, newest first, at most `MOST`."""
    return sheet(HEAD, _rows(engine, question)).encode()


def _rows(engine: Engine, question: Mapping[str, Any]) -> Iterator[Sequence[Field]]:
    cursor, left = None, MOST
    while left:
        page = engine.log.page(**question, limit=min(AT_ONCE, left), after=cursor)
        prompts = engine.log.prompts([row.id for row in page.rows], PROMPT)
        yield from (_line(row, prompts.get(row.id, "")) for row in page.rows)
        cursor, left = page.next, left - len(page.rows)
        if cursor is None:
            return


def _line(row: CallRow, prompt: str) -> Sequence[Field]:
    figures: list[Money | None] = [getattr(row, figure) for figure in MONEY]
    amounts = [part for money in figures for part in ((money.plain, money.currency) if money else (None, None))]
    plain = [getattr(row, name) for name in PLAIN]
    return [*(iso(getattr(row, name)) for name in TIMES), *plain, *amounts, *row.usage.json().values(), redact(prompt)]
