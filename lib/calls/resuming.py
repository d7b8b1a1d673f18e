"""A call that was begun before, by this process or a dead one: as it stood, to be gone on with."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

from lib.calls.draft import resumed
from lib.calls.known import Known
from lib.calls.live import Live
from lib.errors import WrongUse
from lib.ledger import Ledger, tasks
from lib.ledger import calls as log
from lib.wire import Link, Progress, Task, UsageSeen


def as_it_stood(ledger: Ledger, known: Known, call_id: str) -> Live | None:
    """A call as it stood; None where its connection is gone: then nobody can ask after it."""
    with ledger.read() as db:
        row, payload, record = log.get(db, call_id), log.payload(db, call_id), tasks.get(db, call_id)
    if row is None or payload is None:
        return None
    try:
        drafted = resumed(known, row, payload)
    except WrongUse:
        return None
    live = Live(row, drafted, status=row.status, sent_at=row.sent_at, http_status=row.http_status)
    live.request_id, live.first_byte_ms = row.request_id, row.first_byte_ms
    live.started = monotonic() - (datetime.now(UTC) - (row.sent_at or row.created_at)).total_seconds()
    if payload.raw_usage:
        live.reading.usage = UsageSeen(row.usage, payload.raw_usage)
    live.reading.task = Task(row.task_id, record.kind) if row.task_id else None
    live.reading.made = [Link(url, keyed) for url, keyed in record.links]
    live.reading.progress = Progress(record.progress, record.words)
    return live


def lost(db: log.Connection, call_id: str) -> None:
    """Ends a call that nobody can ask after any more: its connection is gone."""
    at = datetime.now(UTC)
    log.update(db, call_id, status="unknown", finished_at=at, error_state="upstream_fault", error_code="task_lost")
