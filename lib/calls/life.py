"""The life of a call, run by the engine and not by a browser tab: log → send → read → settle.

    drafted → sent → (streaming | accepted → running) → succeeded | failed | interrupted | cancelled | unknown

The row is committed before the first byte leaves; a POST is sent once, whatever happens. What was accepted is asked
after until it ends, by this process or by the one that takes it over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any

from lib.calls.draft import CallDraft, Drafted, make, of_submitted
from lib.calls.ending import Write, bare_end, ending_of, settlement, tell
from lib.calls.files import FAMILY, Files
from lib.calls.known import Known
from lib.calls.later import follow, gather, links
from lib.calls.live import Live
from lib.calls.result import (
    Ending,
    of_broken_line,
    of_not_fetched,
    of_reading,
    of_refusal,
    of_task,
    of_told_failure,
)
from lib.calls.resuming import as_it_stood, lost
from lib.calls.settle import first_row, refused
from lib.calls.spending import over_budget
from lib.cost import budget
from lib.errors import LineFault, NotFetched, WrongUse
from lib.http import Http, Streamed
from lib.i18n import N_
from lib.ledger import Ledger, media, tasks
from lib.ledger import calls as log
from lib.ledger.media import Kept
from lib.ledger.owners import Owner
from lib.ledger.tasks import TaskRecord
from lib.vocabulary import Evidence, Operation, Status
from lib.wire import Finished, Progress, Reasoning, Task, TaskState, Text, Unreadable
from lib.wire.answers import request_id
from lib.wire.protocols import CONCLUDES, LATER, PROTOCOLS, STREAMS, later_for

PAUSES_S = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""Between two tries to write a call's end."""
ANSWERED_IN_WORDS: tuple[Operation, ...] = ("lyrics", "describe")
"""Operations whose result is words, of capabilities that else make files."""
SAVE_EVERY_S = 1.0
"""The text so far is committed at least this often, so a crash loses no more of an answer."""


def utc_now() -> datetime:
    """The clock of calls."""
    return datetime.now(UTC)


class Calls:
    """Runs calls on the loop it is used from. One a process."""

    def __init__(self, http: Http, ledger: Ledger, known: Known, owner: Owner, files: Files) -> None:
        self._http = http
        self._files = files
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
        given = await asyncio.to_thread(self._kept, drafted)

        def write(db: log.Connection) -> bool:
            budget.hold(db)
            why = drafted.refused or over_budget(db, drafted, row.created_at)
            log.insert(db, refused(row, why) if why else row, payload)
            for role, files in given.items():
                media.add(db, row.id, role, files)
            return why is None

        if await self._ledger.awrite(write):
            self._begin(Live(row, drafted), self._exchange)
        return row.id

    def _kept(self, drafted: Drafted) -> dict[media.Role, list[Kept]]:
        """The files a call was given, in the data folder."""
        given: dict[media.Role, list[Kept]] = {
            "input": [self._files.keep(one.data, one.mime) for one in drafted.draft.inputs]
        }
        mask = drafted.draft.mask
        return given | ({"mask": [self._files.keep(mask.data, mask.mime)]} if mask else {})

    def _begin(self, live: Live, exchange: Callable[[Live], Coroutine[Any, Any, Ending]]) -> None:
        self.live[live.row.id] = live
        live.exchange = asyncio.create_task(exchange(live))
        live.settled = asyncio.create_task(self._end(live, live.exchange))

    async def resume(self, call_id: str) -> None:
        """Goes on with a call that this process owns: asks after its task, or fetches what it made."""
        live = await asyncio.to_thread(as_it_stood, self._ledger, self._known, call_id)
        if live is None:
            await self._ledger.awrite(lambda db: lost(db, call_id))
        elif call_id not in self.live:
            self._begin(live, self._resumed)

    async def fetch_again(self, call_id: str) -> None:
        """Asks once more for what a call made, which ended without it. Raises `WrongUse` where nothing leads to it."""
        live = await asyncio.to_thread(as_it_stood, self._ledger, self._known, call_id)
        if live is None or call_id in self.live or not (live.reading.task or live.reading.made):
            raise WrongUse(N_("Nothing leads to the result of this call."))
        live.status = "running" if live.reading.task else "sent"
        changes = {"owner": self._owner.id, "status": live.status, "finished_at": None}
        await self._ledger.awrite(
            lambda db: log.update(db, call_id, **changes, error_state=None, error_code=None, error_message=None)
        )
        self._begin(live, self._resumed)

    async def recover_task(self, draft: CallDraft, task_id: str, kind: str) -> str:
        """Logs a task that was submitted elsewhere and follows it; returns the new call's id.

        Raises `WrongUse` where the protocol has no tasks, or the server says that it knows none of that id, and
        `Refused` without a key for its address.
        """
        drafted = await asyncio.to_thread(of_submitted, self._known, draft, utc_now())
        later, task = later_for(drafted.protocol, draft.capability), Task(task_id, kind)
        if later is None:
            raise WrongUse(N_("The protocol {protocol} has no tasks to ask after."), protocol=drafted.protocol)
        with suppress(LineFault, Unreadable):
            answer = await self._http.send(later.poll(drafted.route.endpoint, task))
            if later.read_poll(answer, task).status == "unknown":
                raise WrongUse(N_("The server knows no task {id}."), id=task_id)
        at = utc_now()
        row, payload = first_row(drafted, self._owner.id, at)
        row = replace(row, status="accepted", task_id=task_id, sent_at=at)

        def write(db: log.Connection) -> None:
            log.insert(db, row, payload)
            tasks.put(db, row.id, TaskRecord(kind))

        await self._ledger.awrite(write)
        await self.resume(row.id)
        return row.id

    async def wait(self, call_id: str) -> Evidence | None:
        """Returns when a call of this process has ended: what its end showed, None if it had ended before."""
        live = self.live.get(call_id)
        if live is None or live.settled is None:
            return None
        await asyncio.shield(live.settled)
        return live.shown

    async def accepted(self, call_id: str) -> None:
        """Returns when a call of this process goes on at its server, or has ended."""
        live = self.live.get(call_id)
        if live is None or live.settled is None:
            return
        went = asyncio.create_task(live.is_accepted.wait())
        await asyncio.wait({went, live.settled}, return_when=asyncio.FIRST_COMPLETED)
        went.cancel()

    async def cancel(self, call_id: str) -> None:
        """Stops a running call of this process at the user's wish; what came so far is kept."""
        live = self.live.get(call_id)
        if live is not None and live.exchange is not None and live.exchange.cancel():
            live.stopped_by_user = True
            if live.goes_on:
                await self._stop_there(live)
            await self.wait(call_id)

    async def _stop_there(self, live: Live) -> None:
        """Asks the server to stop, where it can; what it says to that changes nothing."""
        later, task = LATER.get(live.drafted.protocol), live.reading.task
        request = later.cancel(live.drafted.route.endpoint, task) if later and task else None
        if request is not None:
            with suppress(LineFault):
                await self._http.send(request)

    async def close(self) -> None:
        """Ends every running call as interrupted, with what came so far; what a server works on is left to it."""
        self._closing.set()
        for live in self.live.values():
            live.left = live.goes_on
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
            return of_refusal(
                unreadable.said, live.reading, through_relay=through_relay, by_hand=drafted.by_hand,
                unpaid=drafted.draft.unpaid, **told,
            )  # fmt: skip
        except LineFault as fault:
            live.http_status = fault.http_status
            return of_broken_line(fault)
        if live.reading.task is not None:
            return await self._later(live, live.reading.task)
        return await self._conclude(live)

    async def _resumed(self, live: Live) -> Ending:
        if live.reading.task is not None:
            return await self._later(live, live.reading.task)
        live.reading.finished = "stop"
        return await self._conclude(live)

    async def _later(self, live: Live, task: Task) -> Ending:
        """Follows a task to its end, its state kept for whoever has to go on with it."""
        drafted = live.drafted
        if live.status == "sent":
            await self._accept(live, task)
        live.is_accepted.set()

        async def seen(state: TaskState) -> None:
            live.reading.take_state(state)
            if live.status != "running":
                await self._change(live, "running")
            await self._note(live, task)

        state = await follow(self._http, LATER[drafted.protocol], drafted.route.endpoint, task, seen)
        if state.status != "succeeded":
            return of_task(
                state, drafted.protocol, through_relay=drafted.route.through_relay, model=drafted.model
            )
        return await self._conclude(live)

    async def _accept(self, live: Live, task: Task) -> None:
        """Keeps in one transaction all that whoever goes on with a task has to know: its id, and what is billed."""
        told = live.reading.usage
        record = live.noted = TaskRecord(task.kind)
        changes: dict[str, Any] = {"http_status": live.http_status, "request_id": live.request_id}
        if told is not None:
            changes["usage"] = told.usage

        def write(db: log.Connection) -> None:
            log.update(db, live.row.id, status="accepted", task_id=task.id, **changes)
            tasks.put(db, live.row.id, record)
            if told is not None:
                log.update_payload(db, live.row.id, raw_usage=told.raw)

        await self._ledger.awrite(write)
        live.status = "accepted"

    async def _note(self, live: Live, task: Task | None) -> None:
        progress = live.reading.progress or Progress()
        kind, reading = task.kind if task else "", live.reading
        record = TaskRecord(kind, progress.percent, progress.words, links(reading.made), reading.follow_ups)
        if record != live.noted:
            live.noted = record
            await self._try(lambda db: tasks.put(db, live.row.id, record))

    async def _conclude(self, live: Live) -> Ending:
        """Keeps what was made, then says how the call ended."""
        drafted, reading = live.drafted, live.reading
        if (concludes := CONCLUDES.get(drafted.protocol)) and reading.finished is not None:
            made, said = concludes.conclude(reading.text)
            reading.made += made
            if said is not None and not made:
                return of_told_failure(
                    said, drafted.protocol, through_relay=drafted.route.through_relay, model=drafted.model
                )
        if links(reading.made):
            await self._note(live, reading.task)
        capability = drafted.draft.capability
        try:
            reading.kept = await gather(
                self._http, self._files, LATER.get(drafted.protocol), drafted.route.endpoint, capability, reading.made
            )
        except NotFetched as fault:
            return of_not_fetched(fault)
        return of_reading(
            reading, drafted.protocol, through_relay=drafted.route.through_relay, model=drafted.model,
            makes_files=capability in FAMILY and drafted.draft.operation not in ANSWERED_IN_WORDS,
            needs_words=drafted.draft.riddle is not None,
        )  # fmt: skip

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
        if live.left:
            del self.live[live.row.id]
            return
        live.duration_ms = _ms_since(live.started) if live.started else None
        ending = ending_of(live, exchange)
        bare = partial(bare_end, live=live, ending=ending)
        try:
            write = await asyncio.to_thread(settlement, live, ending)
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

    async def _try(self, write: Write) -> bool:
        """Writes what an answer must not be lost over; a failure is told in the server's output."""
        try:
            await self._ledger.awrite(write)
        except Exception as fault:
            tell(fault)
            return False
        return True


def _ms_since(started: float) -> int:
    return int((monotonic() - started) * 1000)
