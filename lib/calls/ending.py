"""The end of a call, as it is written: in one transaction; the least of it where that can't be."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from lib.calls.live import Live, as_it_went
from lib.calls.result import Ending, of_cancelling, of_own_fault
from lib.calls.settle import changes_of, evidence_of
from lib.calls.unpaid import weaker
from lib.http import without_keys
from lib.ledger import calls as log
from lib.ledger import evidence as proofs
from lib.ledger import media
from lib.wire.tasks import times

Write: TypeAlias = Callable[[log.Connection], None]
logger = logging.getLogger(__name__)


def ending_of(live: Live, exchange: asyncio.Task[Ending]) -> Ending:
    """How a call ended, whatever became of its exchange."""
    if exchange.cancelled():
        return of_cancelling(
            sent=live.status != "drafted", by_user=live.stopped_by_user, accepted=live.goes_on
        )
    if (fault := exchange.exception()) is not None:
        tell(fault)
        return of_own_fault(sent=live.status != "drafted")
    return redacted(exchange.result())


def settlement(live: Live, ending: Ending) -> Write:
    """Cost, text, evidence and the final status, to be written in one transaction. Slow when first asked."""
    drafted, at = live.drafted, datetime.now(UTC)
    usage, usage_source = live.reading.used(drafted.asked)
    raw = live.reading.usage.raw if live.reading.usage else {}
    begun = live.row.created_at
    changes = changes_of(drafted, ending, usage, usage_source, begun, at, times(raw)) | as_it_went(live)
    payload: Mapping[str, Any] = {
        "text": live.reading.text,
        "reasoning": live.reading.reasoning,
        "raw_usage": raw or None,
    }
    path = drafted.request.url.path if drafted.request else ""
    guessed_wrong = drafted.by_hand and ending.code == "wrong_dialect"
    not_its_way = drafted.draft.line is not None  # another line shows nothing of the one in use
    riddle = drafted.draft.riddle
    detail = riddle.told(live.reading.text) if riddle else {}
    shown = None if guessed_wrong or not_its_way else evidence_of(live.row, ending, changes, path, at, detail)
    if shown is not None and drafted.draft.unpaid:
        shown = weaker(shown, taken=ending.charged or live.reading.task is not None)
    live.shown = shown

    def write(db: log.Connection) -> None:
        log.update(db, live.row.id, **changes)
        log.update_payload(db, live.row.id, **payload)
        media.add(db, live.row.id, "output", live.reading.kept)
        if shown is not None:
            proofs.add(db, shown)

    return write


def bare_end(db: log.Connection, live: Live, ending: Ending) -> None:
    """The least that must be known of a call that has ended: its status, and what came of its answer."""
    log.update(db, live.row.id, status=ending.status, finished_at=datetime.now(UTC), error_state=ending.state)
    log.save_text(db, live.row.id, live.reading.text, live.reading.reasoning)


def redacted(ending: Ending) -> Ending:
    """The ending with the server's words free of keys."""
    return replace(ending, why=without_keys(ending.why)) if ending.why else ending


def tell(fault: BaseException) -> None:
    """Notes a fault of our own in the server's output: its type and place, for its words may quote what is secret."""
    frames = traceback.extract_tb(fault.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    logger.error("a call broke: %s at %s", type(fault).__name__, where)
