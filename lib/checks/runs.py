"""What checks in the background of an engine: begun, found again, cancelled; of each kind and subject one at a time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from lib.calls.draft import CallDraft
from lib.calls.known import Known
from lib.calls.life import Calls
from lib.checks.lines import RaceRun, entries
from lib.checks.listing import Listings
from lib.checks.log_runs import LogRun
from lib.checks.pace import Pace
from lib.checks.paid import AT_ONCE
from lib.checks.running import CheckRun
from lib.checks.tries import TryRun
from lib.http import Http
from lib.ledger.log import Log


class Runs:
    """Begun and ended on the engine's loop; what runs, or ran last, is found from any thread."""

    def __init__(self, http: Http, known: Known, listings: Listings, calls: Calls, log: Log) -> None:
        self.check: CheckRun | None = None
        """The free check."""
        self.races: dict[str, RaceRun] = {}
        """By relay, the race of its lines."""
        self.tries: dict[str, TryRun] = {}
        """By connection, the real calls of chosen models."""
        self.logs: dict[str, LogRun] = {}
        """By relay, the reading of its own log."""
        self._http, self._known, self._listings, self._calls, self._log = http, known, listings, calls, log
        self._paces: dict[str, Pace] = defaultdict(lambda: Pace(AT_ONCE))

    async def begin_check(self, ids: Sequence[str] | None = None, asked_at: str = "") -> CheckRun:
        """Begins a free check of some connections (None: all) that goes on by itself, or adds to the one that runs.

        An id that is there no more is left out.
        """
        there = [one.id for one in self._known.configuration().connections]
        run = self.check
        if run is None or run.ended:
            run = self.check = CheckRun(self._http, self._known.ledger, self._known)
        run.asked_at = asked_at
        run.add(there if ids is None else [one for one in dict.fromkeys(ids) if one in there])
        return run

    async def cancel_check(self) -> None:
        """Ends the check that runs, if one does; what it found is kept."""
        if self.check is not None:
            await self.check.cancel()

    async def begin_race(self, relay_id: str) -> RaceRun:
        """Races a relay's lines; the race that runs already, if one does. Raises `WrongUse` for an unknown relay."""
        run = self.races.get(relay_id)
        if run is None or run.ended:
            lines = await asyncio.to_thread(entries, self._known, self._known.configuration().relay(relay_id))
            if run is self.races.get(relay_id):  # nobody began one meanwhile
                self.races[relay_id] = RaceRun(self._http, lines)
        return self.races[relay_id]

    async def begin_log(self, relay_id: str) -> LogRun:
        """Reads a relay's own log; what runs already, if it does. Raises `WrongUse` for an unknown relay."""
        run = self.logs.get(relay_id)
        if run is None or run.ended:
            run = self.logs[relay_id] = LogRun(self._http, self._known, relay_id)
        return run

    async def cancel_log(self, relay_id: str) -> None:
        """Asks for no more of a relay's log; what was read is kept."""
        if run := self.logs.get(relay_id):
            await run.cancel()

    async def begin_tries(
        self, connection_id: str, drafts: Sequence[CallDraft], after: datetime | None
    ) -> TryRun | None:
        """Begins real calls of one connection, each an ordinary call that is paid for, with the prices of its day.

        `after`: when the run began that was there as they were asked for, None if there was none. Where that isn't so
        any more, this is the second click of two, and where it hasn't ended: then nothing is begun, and what is there
        is returned. Raises `WrongUse` for an unknown connection.
        """
        await self._listings.of_today(connection_id)
        run = self.tries.get(connection_id)
        if drafts and (run.began if run else None) == after and (run is None or run.ended):
            configuration = self._known.configuration()
            pace = self.pace(configuration.address(configuration.connection(connection_id)))
            run = self.tries[connection_id] = TryRun(self._calls, self._log, drafts, pace)
        return run

    async def cancel_tries(self, connection_id: str) -> None:
        """Sends no more of them; what was sent goes on to its end."""
        if run := self.tries.get(connection_id):
            run.cancel()

    def pace(self, address: str) -> Pace:
        """How many real calls that check something one host gets at once."""
        return self._paces[urlsplit(address).netloc]

    async def cancel(self) -> None:
        """Sends nothing more of any; what was sent as a call goes on to its end."""
        await self.cancel_check()
        for race in self.races.values():
            await race.cancel()
        for log in self.logs.values():
            await log.cancel()
        for run in self.tries.values():
            run.cancel()

    async def wait(self) -> None:
        """Returns when the real calls have ended."""
        for run in self.tries.values():
            await run.wait()
