"""A call that runs in this process, as it stands."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lib.calls.draft import Drafted
from lib.calls.result import Ending, Reading
from lib.ledger.row import CallRow
from lib.ledger.tasks import TaskRecord
from lib.vocabulary import Evidence, Status


@dataclass(slots=True)
class Live:
    """A call that runs in this process, as it stands."""

    row: CallRow
    drafted: Drafted
    reading: Reading = field(default_factory=Reading)
    status: Status = "drafted"
    started: float = 0.0
    duration_ms: int | None = None
    sent_at: datetime | None = None
    first_byte_ms: int | None = None
    http_status: int | None = None
    request_id: str | None = None
    stopped_by_user: bool = False
    left: bool = False
    """Its task goes on without this process; whoever takes it over ends it."""
    exchange: asyncio.Task[Ending] | None = None
    """Sends and reads; the only one that is ever cancelled."""
    settled: asyncio.Task[None] | None = None
    """Waits for the exchange, however it ends, and writes that down."""
    shown: Evidence | None = None
    """What its end showed of the API."""
    is_accepted: asyncio.Event = field(default_factory=asyncio.Event)
    noted: TaskRecord | None = None
    """What was last kept of its task."""

    @property
    def goes_on(self) -> bool:
        """Whether the server works on it, whatever becomes of us."""
        return self.status in ("accepted", "running") and self.reading.task is not None


def as_it_went(live: Live) -> dict[str, Any]:
    """When a call was sent and how its exchange went, as fields of its row."""
    return {
        "sent_at": live.sent_at if live.status != "drafted" else None,
        "http_status": live.http_status,
        "request_id": live.request_id,
        "first_byte_ms": live.first_byte_ms,
        "duration_ms": live.duration_ms,
        "finish_reason": live.reading.finished,
    }
