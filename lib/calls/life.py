"""The life of a call, run by the engine and not by a browser tab: log → send → read → settle.

    drafted → sent → streaming → succeeded | failed | interrupted | cancelled | unknown

The row is committed before the first byte leaves; a POST is sent once, whatever happens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from pydantic import SecretStr

from lib.calls.draft import CallDraft, Drafted, make
from lib.calls.known import Known
from lib.calls.result import Ending, Reading, of_broken_line, of_reading, of_refusal
from lib.calls.settle import changes_of, evidence_of, first_row, refused
from lib.causes import CAUSES, reason
from lib.errors import LineFault
from lib.http import Http, Streamed, redact
from lib.ledger import Ledger
from lib.ledger import calls as log
from lib.ledger import evidence as proofs
from lib.ledger.owners import Owner
from lib.ledger.row import CallRow
from lib.vocabulary import Evidence, Status
from lib.wire import Finished, Reasoning, Text, Unreadable
from lib.wire.answers import request_id

SAVE_EVERY_S = 1.0
"""The text so far is committed at least this often, so a crash loses no more of an answer."""


def utc_now() -> datetime:
    """The clock of calls."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Live:
    """A call that runs in this process, as it stands."""

    row: CallRow
    drafted: Drafted
    reading: Reading = field(default_factory=Reading)
    status: Status = "drafted"
    started: float = 0.0
    first_byte_ms: int | None = None
    http_status: int | None = None
    request_id: str | None = None
    stopped_by_user: bool = False
    task: asyncio.Task[None] | None = None
    saved_at: float = 0.0
    shown: Evidence | None = None
    """What its end showed of the API."""

    @property
    def prompt(self) -> str:
        """What was sent as words."""
        return f"{self.drafted.draft.system}\n{self.drafted.draft.prompt}"


class Calls:
    """Runs calls on the loop it is used from. One a process."""

    def __init__(self, http: Http, ledger: Ledger, known: Known, owner: Owner) -> None:
        self._http = http
        self._ledger = ledger
        self._known = known
        self._owner = owner
        self.live: dict[str, Live] = {}

    async def submit(self, draft: CallDraft) -> str:
        """Logs a call and sends it; returns its id at once. A refused one is logged as failed at no cost.

        Raises `WrongUse` for what can't even be logged (an unknown connection).
        """
        drafted = await asyncio.to_thread(make, self._known, draft, utc_now())
        row, payload = first_row(drafted, self._owner.id, utc_now())
        if drafted.refused is not None:
            row = refused(row, drafted.refused)
        await self._ledger.awrite(lambda db: log.insert(db, row, payload))
        if drafted.refused is None:
            live = Live(row, drafted)
            self.live[row.id] = live
            live.task = asyncio.create_task(self._run(live))
        return row.id

    async def wait(self, call_id: str) -> None:
        """Returns when a call of this process has ended."""
        live = self.live.get(call_id)
        if live is not None and live.task is not None:
            await asyncio.shield(live.task)

    async def cancel(self, call_id: str) -> None:
        """Stops a running call of this process at the user's wish; what came so far is kept."""
        live = self.live.get(call_id)
        if live is not None and live.task is not None and not live.task.done():
            live.stopped_by_user = True
            live.task.cancel()
            with suppress(asyncio.CancelledError):
                await live.task

    async def close(self) -> None:
        """Ends every running call as interrupted, with what came so far."""
        tasks = [live.task for live in self.live.values() if live.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, live: Live) -> None:
        try:
            ending = await self._exchange(live)
        except asyncio.CancelledError:
            sent = live.status != "drafted"
            cause = CAUSES["cancelled" if live.stopped_by_user else "interrupted"]
            status: Status = "cancelled" if live.stopped_by_user or not sent else "interrupted"
            ending = Ending(status, cause.state, reason(cause), charged=sent)
        await self._settle(live, ending)

    async def _exchange(self, live: Live) -> Ending:
        drafted = live.drafted
        request = drafted.request
        assert request is not None
        name, through_relay = drafted.route.protocol_name, drafted.route.through_relay
        await self._change(live, "sent", sent_at=utc_now())
        live.started = monotonic()
        try:
            async with self._http.stream(request) as streamed:
                self._answered(live, streamed)
                await self._read(live, streamed)
        except Unreadable as unreadable:
            return of_refusal(unreadable.said, name, through_relay=through_relay, model=drafted.model)
        except LineFault as fault:
            return of_broken_line(fault, drafted.route.endpoint.base_url, answered=live.http_status is not None)
        return of_reading(live.reading, name, through_relay=through_relay, model=drafted.model)

    def _answered(self, live: Live, streamed: Streamed) -> None:
        live.http_status = streamed.response.status_code
        live.request_id = request_id(streamed.response) or None

    async def _read(self, live: Live, streamed: Streamed) -> None:
        """Reads a stream event by event, or an answer in one piece; raises `Unreadable` for a fault."""
        protocol = live.drafted.route.text
        if not streamed.is_events:
            live.reading.take_whole(protocol.read(await streamed.read()))
            live.first_byte_ms = _ms_since(live.started)
            return
        async for sse in streamed.events():
            for event in protocol.events(sse.data):
                live.reading.take(event)
                if live.status == "sent" and isinstance(event, Text | Reasoning | Finished):
                    live.first_byte_ms = _ms_since(live.started)
                    await self._change(live, "streaming", first_byte_ms=live.first_byte_ms)
            await self._save(live)

    async def _save(self, live: Live) -> None:
        if monotonic() - live.saved_at < SAVE_EVERY_S:
            return
        live.saved_at = monotonic()
        text, reasoning = live.reading.text, live.reading.reasoning
        await self._ledger.awrite(lambda db: log.save_text(db, live.row.id, text, reasoning))

    async def _change(self, live: Live, status: Status, **changes: Any) -> None:
        live.status = status
        changes |= {"status": status, "http_status": live.http_status, "request_id": live.request_id}
        await self._ledger.awrite(lambda db: log.update(db, live.row.id, **changes))

    async def _settle(self, live: Live, ending: Ending) -> None:
        """Cost, text, evidence and the final status in one transaction; only then the call counts as ended."""
        drafted, ending = live.drafted, redacted(ending, live.drafted.route.endpoint.key)
        book = self._known.book(drafted.route.connection)
        at = utc_now()
        usage, usage_source = live.reading.usage_or_approximation(live.prompt)
        changes = changes_of(drafted, ending, usage, usage_source, book, at) | {
            "http_status": live.http_status,
            "request_id": live.request_id,
            "first_byte_ms": live.first_byte_ms,
            "duration_ms": _ms_since(live.started) if live.started else None,
        }
        payload: Mapping[str, Any] = {
            "text": live.reading.text,
            "reasoning": live.reading.reasoning,
            "raw_usage": live.reading.usage.raw if live.reading.usage else None,
        }
        path = drafted.request.url.path if drafted.request else ""
        shown = live.shown = evidence_of(live.row, ending, changes, path, at)

        def write(db: log.Connection) -> None:
            log.update(db, live.row.id, **changes)
            log.update_payload(db, live.row.id, **payload)
            if shown is not None:
                proofs.add(db, shown)

        await self._ledger.awrite(write)
        live.status = ending.status


def redacted(ending: Ending, key: SecretStr | None) -> Ending:
    """The ending with the server's words free of keys."""
    if ending.why is None or not ending.why.said:
        return ending
    said = redact(ending.why.said, [key] if key else [])
    return replace(ending, why=replace(ending.why, said=said))


def _ms_since(started: float) -> int:
    return int((monotonic() - started) * 1000)
