"""A relay's own log read in the background, key by key; found again after a reload, and cancelled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lib.calls.known import Known
from lib.checks.relay_log import Told, keys_of, pull, settle
from lib.http import Http


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: how many keys there are to ask for, and what came of those that were."""

    keys: int
    told: tuple[Told, ...] = ()


class LogRun:
    """Changed on the engine's loop only; `progress` is a whole value, so it may be read from any thread."""

    def __init__(self, http: Http, known: Known, relay_id: str) -> None:
        """Begins at once. Raises `WrongUse` for an unknown relay."""
        self.began = datetime.now(UTC)
        self.progress = Progress(keys_of(known, relay_id))
        self.cancelled = False
        self.broke: Exception | None = None
        self._task = asyncio.create_task(self._read(http, known, relay_id))

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self._task.done()

    async def _read(self, http: Http, known: Known, relay_id: str) -> None:
        try:
            await pull(http, known, relay_id, on_told=self._note)
            await asyncio.to_thread(settle, known.ledger, relay_id)
        except Exception as fault:
            self.broke = fault

    def _note(self, told: Told) -> None:
        self.progress = replace(self.progress, told=(*self.progress.told, told))

    async def wait(self) -> None:
        """Returns when nothing more comes."""
        await asyncio.wait([self._task])

    async def cancel(self) -> None:
        """Asks for no more keys; what was read stays, and holds once the log is read again."""
        self.cancelled = not self.ended
        self._task.cancel()
        await self.wait()
