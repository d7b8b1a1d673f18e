"""A connection tried before it is saved: the very ladder of a real check, on what lives in memory only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from pydantic import SecretStr

from lib.calls.known import Dated, Known
from lib.calls.route import asks_what_is_there, place_of
from lib.checks.ladder import Ladder
from lib.checks.listing import refresh
from lib.connections.importing import ImportFile
from lib.connections.keys import key_for
from lib.connections.model import Configuration, Connection
from lib.connections.store import planned
from lib.http import Http
from lib.ledger.snapshots import Kind
from lib.vocabulary import Evidence


class Trial(Known):
    """The first connection of a plan as if it were saved. It reads nothing that was fetched before, and keeps nothing.

    A key in the plan goes where the plan says; without one the saved connection's goes, but only to an address that it
    was saved for.
    """

    def __init__(self, known: Known, plan: ImportFile) -> None:
        """Raises `WrongUse` where the plan's relay is nowhere."""
        super().__init__(known.ledger, known.keys, known.files)
        before = known.configuration()
        after = planned(plan, before)
        self.connection = after.connection(plan.connections[0].id)
        self._configuration = Configuration(relays=after.relays, connections=(self.connection,))
        self._saved = {one.id: one for one in before.connections}
        self._typed = plan.keys

    def configuration(self) -> Configuration:
        """The user's relays with those of the plan, and the one connection."""
        return self._configuration

    def key(self, connection: Connection, address: str) -> SecretStr | None:
        """The key typed, else the saved one by its own rule: what is bound is what was saved, not what is tried."""
        typed, saved = self._typed.get(connection.id), self._saved.get(connection.id)
        return typed or (key_for(self.keys, saved, address) if saved else None)

    async def keep(self, kind: Kind, subject: str, at: datetime, response: httpx.Response) -> Any:
        """Remembers an answer that could be read for as long as the trial lasts; raises `Unreadable`."""
        return self._remember(kind, subject, at, await self._understood(kind, response)).value

    def _snapshot(self, kind: Kind, subject: str) -> Dated[Any] | None:
        return self._read.get((kind, subject))


async def try_out(http: Http, trial: Trial, on_step: Callable[[Evidence], None] | None = None) -> tuple[Evidence, ...]:
    """Climbs the free ladder of the connection that is tried. `on_step` is told of each rung, on the loop."""
    one = trial.connection
    if asks_what_is_there(one):
        await refresh(http, trial, place_of(one), trial.configuration().address(one))
    rungs = []
    async for evidence in Ladder(http, trial, trial.route(one.id)).climb():
        rungs.append(evidence)
        if on_step is not None:
            on_step(evidence)
    return tuple(rungs)
