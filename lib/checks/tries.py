"""Chosen models of one connection really called, in the background: each once, few at a time, results as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lib.calls.draft import CallDraft
from lib.calls.life import Calls
from lib.checks.pace import Pace
from lib.checks.paid import tried
from lib.ledger.log import Log
from lib.vocabulary import Evidence


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: the models asked for, in that order; those that were sent; and what that showed."""

    asked: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()
    shown: Mapping[str, Evidence] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[str, ...]:
        """Those that didn't work."""
        return tuple(one for one, evidence in self.shown.items() if not evidence.ok)


class TryRun:
    """Changed on the engine's loop only; `progress` is a whole value, so it may be read from any thread."""

    def __init__(self, calls: Calls, log: Log, drafts: Sequence[CallDraft], pace: Pace) -> None:
        """Begins at once. A model that comes twice in `drafts` is called once. `pace`: that of their host."""
        self.began = datetime.now(UTC)
        """Tells it from the others of its connection."""
        wanted = {draft.model or "": draft for draft in drafts}
        self.progress = Progress(tuple(wanted))
        self.cancelled = False
        self.broke: Exception | None = None
        self._calls, self._log, self._pace = calls, log, pace
        self._tasks = {name: asyncio.create_task(self._try(name, draft)) for name, draft in wanted.items()}

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return all(task.done() for task in self._tasks.values())

    async def _try(self, name: str, draft: CallDraft) -> None:
        try:
            async with self._pace:
                self.progress = replace(self.progress, sent=self.progress.sent | {name})
                shown = await tried(self._calls, self._log, draft)
            self.progress = replace(self.progress, shown={**self.progress.shown, name: shown})
        except Exception as fault:
            self.broke = fault

    async def wait(self) -> None:
        """Returns when nothing more comes."""
        await asyncio.wait(self._tasks.values())

    def cancel(self) -> None:
        """Sends nothing more. What was sent is paid for, so its end is waited for."""
        self.cancelled = not self.ended
        for name, task in self._tasks.items():
            if name not in self.progress.sent:
                task.cancel()
