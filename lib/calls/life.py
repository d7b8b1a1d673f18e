"""The life of a call, run by the engine and not by a browser tab: log → send → read → settle.

    drafted → sent → streaming → succeeded | failed | interrupted | cancelled | unknown

The row is committed before the first byte leaves; a POST is sent once, whatever happens.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any, TypeAlias

from lib.calls.draft import CallDraft, Drafted, make
from lib.calls.known import Known
from lib.calls.result import (
    Ending,
    Reading,
    of_broken_line,
    of_cancelling,
    of_own_fault,
    of_reading,
    of_refusal,
)
from lib.calls.settle import changes_of, evidence_of, first_row, refused
from lib.errors import LineFault
from lib.http import Http, Streamed, without_keys
from lib.ledger import Ledger
from lib.ledger import calls as log
from lib.ledger import evidence as proofs
from lib.ledger.owners import Owner
from lib.ledger.row import CallRow
from lib.vocabulary import Evidence, Status
from lib.wire import Finished, Reasoning, Text, Unreadable
from lib.wire.answers import request_id
from lib.wire.protocols import PROTOCOLS, STREAMS

Write: TypeAlias = Callable[[log.Connection], None]
logger = logging.getLogger(__name__)

PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""Between two tries to write a call's end."""
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
    duration_ms: int | None = None
    sent_at: datetime | None = None
    first_byte_ms: int | None = None
    http_status: int | None = None
    request_id: str | None = None
    stopped_by_user: bool = False
    exchange: asyncio.Task[Ending] | None = None
    """Sends and reads; the only one that is ever cancelled."""
    settled: asyncio.Task[None] | None = None
    """Waits for the exchange, however it ends, and writes that down."""
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
        self._closing = asyncio.Event()
        self.live: dict[str, Live] = {}
        """The calls that haven't ended."""

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
            live = self.live[row.id] = Live(row, drafted)
            live.exchange = asyncio.create_task(self._exchange(live))
            live.settled = asyncio.create_task(self._end(live, live.exchange))
        return row.id

    async def wait(self, call_id: str) -> Evidence | None:
        """Returns when a call of this process has ended: what its end showed, None if it had ended before."""
        live = self.live.get(call_id)
        if live is None or live.settled is None:
            return None
        await asyncio.shield(live.settled)
        return live.shown

    async def cancel(self, call_id: str) -> None:
        """Stops a running call of this process at the user's wish; what came so far is kept."""
        live = self.live.get(call_id)
        if live is not None and live.exchange is not None and live.exchange.cancel():
            live.stopped_by_user = True
            await self.wait(call_id)

    async def close(self) -> None:
        """Ends every running call as interrupted, with what came so far."""
        self._closing.set()
        for live in self.live.values():
            if live.exchange is not None:
                live.exchange.cancel()
        await asyncio.gather(*map(self.wait, tuple(self.live)))

    async def _exchange(self, live: Live) -> Ending:
        drafted = live.drafted
        request = drafted.request
        assert request is not None
        live.sent_at = utc_now()
        await self._change(live, "sent", sent_at=live.sent_at)
        live.started = monotonic()
        told = {"protocol": drafted.protocol, "model": drafted.model}
        through_relay = drafted.route.through_relay
        try:
            async with self._http.stream(request) as streamed, self._saving(live):
                live.http_status = streamed.response.status_code
                live.request_id = request_id(streamed.response) or None
                await self._read(live, streamed)
        except Unreadable as unreadable:
            return of_refusal(unreadable.said, live.reading, through_relay=through_relay, **told)
        except LineFault as fault:
            live.http_status = fault.http_status
            return of_broken_line(fault)
        return of_reading(live.reading, through_relay=through_relay, **told)

    async def _read(self, live: Live, streamed: Streamed) -> None:
        """Reads a stream event by event, or an answer in one piece; raises `Unreadable` for a fault."""
        protocol = live.drafted.protocol
        streams = STREAMS.get(protocol)
        if streams is None or not streamed.is_events:
            answer = await streamed.read()
            found = Streamed.of(answer)
            if streams is None or found is None:
                live.reading.take_whole(PROTOCOLS[protocol].read(answer, live.drafted.asked))
                live.first_byte_ms = _ms_since(live.started)
                return
            streamed = found
        async for data in streamed.events():
            for event in streams.events(data):
                live.reading.take(event)
                if live.status == "sent" and isinstance(event, Text | Reasoning | Finished):
                    live.first_byte_ms = _ms_since(live.started)
                    await self._change(live, "streaming", first_byte_ms=live.first_byte_ms)

    @asynccontextmanager
    async def _saving(self, live: Live) -> AsyncIterator[None]:
        """Commits the text so far again and again, however slowly it comes."""
        saver = asyncio.create_task(self._save_as_it_comes(live))
        try:
            yield
        finally:
            saver.cancel()

    async def _save_as_it_comes(self, live: Live) -> None:
        saved = ("", "")
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            now = (live.reading.text, live.reading.reasoning)
            if now != saved:
                saved = now
                await self._try(partial(log.save_text, id=live.row.id, text=now[0], reasoning=now[1]))

    async def _change(self, live: Live, status: Status, **changes: Any) -> None:
        changes |= {"status": status, "http_status": live.http_status, "request_id": live.request_id}
        await self._ledger.awrite(lambda db: log.update(db, live.row.id, **changes))
        live.status = status

    async def _end(self, live: Live, exchange: asyncio.Task[Ending]) -> None:
        """Settles a call, whatever became of its exchange; and however long the ledger can't be written."""
        await asyncio.wait({exchange})
        live.duration_ms = _ms_since(live.started) if live.started else None
        ending = self._ending(live, exchange)
        bare = partial(_bare_end, live=live, ending=ending)
        try:
            write = await asyncio.to_thread(self._settlement, live, ending)
        except Exception as fault:
            tell(fault)
            write = bare
        try:
            await self._write_at_last(write, bare)
        finally:
            live.status = ending.status
            del self.live[live.row.id]

    async def _write_at_last(self, write: Write, bare: Write) -> None:
        """Writes what must not be lost: again after each pause, for disks are full and databases locked for a while.

        In the end, or when the program ends, the least of it; what can't be written even then is recovered at a start.
        """
        for pause in PAUSES_S:
            if await self._try(write):
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), pause)
            if self._closing.is_set():
                break
        if not await self._try(write):
            await self._try(bare)

    @staticmethod
    def _ending(live: Live, exchange: asyncio.Task[Ending]) -> Ending:
        if exchange.cancelled():
            return of_cancelling(sent=live.status != "drafted", by_user=live.stopped_by_user)
        if (fault := exchange.exception()) is not None:
            tell(fault)
            return of_own_fault(sent=live.status != "drafted")
        return redacted(exchange.result())

    @staticmethod
    def _settlement(live: Live, ending: Ending) -> Write:
        """Cost, text, evidence and the final status, to be written in one transaction. Slow when first asked."""
        drafted, at = live.drafted, utc_now()
        usage, usage_source = live.reading.usage_or_approximation(live.prompt)
        changes = changes_of(drafted, ending, usage, usage_source, at) | as_it_went(live)
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

        return write

    async def _try(self, write: Write) -> bool:
        """Writes what an answer must not be lost over; a failure is told in the server's output."""
        try:
            await self._ledger.awrite(write)
        except Exception as fault:
            tell(fault)
            return False
        return True


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


def _bare_end(db: log.Connection, live: Live, ending: Ending) -> None:
    """The least that must be known of a call that has ended: its status, and what came of its answer."""
    log.update(db, live.row.id, status=ending.status, finished_at=utc_now(), error_state=ending.state)
    log.save_text(db, live.row.id, live.reading.text, live.reading.reasoning)


def redacted(ending: Ending) -> Ending:
    """The ending with the server's words free of keys."""
    return replace(ending, why=without_keys(ending.why)) if ending.why else ending


def tell(fault: BaseException) -> None:
    """Notes a fault of our own in the server's output: its type and place, for its words may quote what is secret."""
    frames = traceback.extract_tb(fault.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    logger.error("a call broke: %s at %s", type(fault).__name__, where)


def _ms_since(started: float) -> int:
    return int((monotonic() - started) * 1000)
