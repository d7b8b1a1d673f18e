"""The call log as a file: all that is filtered, newest first, piece by piece, so that memory doesn't grow with the log.

No keys are in it and no media. CSV has a line a call, JSONL the contract's document of each, with its answer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib.cli.documents import call_document, reasons
from lib.cli.sheet import Field, lines
from lib.engine import Engine
from lib.http import redact
from lib.i18n import Translate
from lib.ledger.row import CallRow, iso
from lib.ledger.schema import MONEY
from lib.vocabulary import Money, Usage

AT_ONCE = 500
"""Calls that are read, and held, at once."""
CELL, WHOLE = 32_000, 2**30
"""Characters of a prompt: in a sheet, where Excel's cells take 32,767, and in a document."""
TIMES = ("created_at", "sent_at", "finished_at")
PLAIN = (
    "id", "status", "error_state", "error_code", "http_status", "capability", "operation", "provider", "connection",
    "relay", "line", "model", "request_id", "task_id", "retries", "finish_reason", "usage_source", "price_source",
    "first_byte_ms", "duration_ms",
)  # fmt: skip
HEAD = (*TIMES, *PLAIN, *(f"{figure}_{part}" for figure in MONEY for part in ("amount", "currency")), *Usage().json())
"""The columns, named as in the contract's document of a call: a file that is read by programs has one language."""
PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls, as `Engine.log.page` takes its filters; whether with what was asked in each; in whose words."""

    question: Mapping[str, Any]
    prompts: bool
    t: Translate


def export(engine: Engine, form: str, wanted: Wanted) -> Iterator[bytes]:
    """The file in one of `FORMS`, in pieces of UTF-8."""
    return (piece.encode("utf-8", "replace") for piece in FORMS[form](engine, wanted))


def _csv(engine: Engine, wanted: Wanted) -> Iterator[str]:
    def rows() -> Iterator[Sequence[Field]]:
        for found in _pages(engine, wanted.question):
            said = _prompts(engine, found, CELL) if wanted.prompts else None
            yield from (_line(row) if said is None else [*_line(row), redact(said[row.id])] for row in found)

    return lines([*HEAD, PROMPT] if wanted.prompts else HEAD, rows())


def _line(row: CallRow) -> list[Field]:
    figures: list[Money | None] = [getattr(row, figure) for figure in MONEY]
    amounts = [part for money in figures for part in ((money.plain, money.currency) if money else (None, None))]
    plain = [getattr(row, name) for name in PLAIN]
    return [*(iso(getattr(row, name)) for name in TIMES), *plain, *amounts, *row.usage.json().values()]


def _jsonl(engine: Engine, wanted: Wanted) -> Iterator[str]:
    for found in _pages(engine, wanted.question):
        texts, why = engine.log.texts([row.id for row in found]), reasons(engine, found)
        said = _prompts(engine, found, WHOLE) if wanted.prompts else None
        for row in found:
            more = {} if said is None else {PROMPT: said[row.id]}
            document = call_document(row, texts.get(row.id, ""), wanted.t, (), why.get(row.id)) | more
            yield json.dumps(_without_keys(document), ensure_ascii=False) + "\n"


FORMS: Mapping[str, Callable[[Engine, Wanted], Iterator[str]]] = {"csv": _csv, "jsonl": _jsonl}


def _pages(engine: Engine, question: Mapping[str, Any]) -> Iterator[Sequence[CallRow]]:
    cursor, more = None, True
    while more:
        page = engine.log.page(**question, limit=AT_ONCE, after=cursor)
        yield page.rows
        cursor, more = page.next, page.next is not None


def _prompts(engine: Engine, rows: Sequence[CallRow], length: int) -> dict[str, str]:
    found = engine.log.prompts([row.id for row in rows], length)
    return {row.id: found.get(row.id, "") for row in rows}


def _without_keys(value: Any) -> Any:
    """A document without anything that looks like a key, in whichever of its texts it stands."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {name: _without_keys(one) for name, one in value.items()}
    return [_without_keys(one) for one in value] if isinstance(value, list) else value
