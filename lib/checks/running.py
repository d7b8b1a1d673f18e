"""A free check that runs in the background: what was asked for, what came so far, and how to end it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lib.calls.known import Known
from lib.checks.many import Climbs
from lib.checks.rationed import longest_unasked
from lib.connections.model import Connection
from lib.http import Http
from lib.ledger import Ledger
from lib.vocabulary import Evidence


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check is: the rungs of every connection asked for, in that order, and those that have ended."""

    rungs: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    done: frozenset[str] = frozenset()

    @property
    def failed(self) -> tuple[str, ...]:
        """The connections of which a rung failed; one that couldn't be tried hasn't."""
        return tuple(name for name, rungs in self.rungs.items() if any(map(fails, rungs)))

    @property
    def under_way(self) -> tuple[str, ...]:
        """The connections whose first rung has come, and the last not yet."""
        return tuple(name for name, rungs in self.rungs.items() if rungs and name not in self.done)


def fails(rung: Evidence) -> bool:
    """Whether a rung has failed, not only found nothing free to ask."""
    return not rung.ok and rung.state != "untested"


class CheckRun:
    """Changed on the engine's loop only; `progress` is a whole value, so it may be read from any thread."""

    def __init__(self, http: Http, ledger: Ledger, known: Known) -> None:
        self.began = datetime.now(UTC)
        """Tells it from the others of its engine."""
        self.progress = Progress()
        self.cancelled = False
        self.broke: Exception | None = None
        self.asked_at = ""
        """Where it was asked for last, in the words of who asked."""
        self._known = known
        self._climbs = Climbs(http, ledger, known, self._saw)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ways: dict[str, tuple[Connection, str]] = {}

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self.progress.done >= self.progress.rungs.keys()

    def add(self, ids: Iterable[str]) -> None:
        """More ladders to climb. One under way isn't climbed twice, unless its key or its way is another since."""
        configuration = self._known.configuration()
        begun: list[str] = []
        for connection in map(configuration.connection, ids):
            name, address = connection.id, configuration.address(connection)
            if (before := self._tasks.get(name)) is not None and not before.done():
                if configuration.still_has(*self._ways[name]):
                    continue
                before.cancel()
            self._ways[name] = (connection, address)
            begun.append(name)
            self.progress = replace(
                self.progress, rungs={**self.progress.rungs, name: ()}, done=self.progress.done - {name}
            )
        for name in longest_unasked(self._known, begun):
            self._tasks[name] = asyncio.create_task(self._climb(name))

    async def _climb(self, name: str) -> None:
        try:
            await self._climbs.climb(name)
        except Exception as fault:
            self.broke = fault
        finally:
            if self._tasks[name] is asyncio.current_task():
                self.progress = replace(self.progress, done=self.progress.done | {name})
            if self.ended:
                self._climbs.close()

    def _saw(self, rung: Evidence) -> None:
        rungs = self.progress.rungs
        self.progress = replace(self.progress, rungs={**rungs, rung.connection: (*rungs[rung.connection], rung)})

    async def wait(self) -> None:
        """Returns when nothing more comes."""
        while left := [task for task in self._tasks.values() if not task.done()]:
            await asyncio.wait(left)

    async def cancel(self) -> None:
        """Sends nothing more; what came so far is kept, what wasn't reached stays as it was."""
        if self.ended:
            return
        self.cancelled = True
        for task in self._tasks.values():
            task.cancel()
        await self.wait()
        self.progress = replace(self.progress, done=frozenset(self.progress.rungs))  # also those never begun
        self._climbs.close()
