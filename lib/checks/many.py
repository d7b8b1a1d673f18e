"""Many ladders at once: concurrent, gently with each host, results as they come.

A limit per host guards a small relay, and the verdicts: one that is asked too much answers 429 or 503, which says
nothing of the key. A fixed one is wrong both ways: 30 keys at one relay, the usual case, would wait in five queues of
six (by `bench.checks` 3.5 times the slowest alone, now 1.4), and an overloaded host would still get six. So each host
gets ladders at its own pace (`lib.checks.pace`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import Connection as Db

from lib.calls.known import Known
from lib.calls.route import Route, asks_what_is_there, place_of
from lib.checks.ladder import Ladder
from lib.checks.listing import refresh
from lib.checks.pace import Pace
from lib.checks.rationed import longest_unasked
from lib.connections.rows import read
from lib.errors import WrongUse
from lib.http import Http
from lib.ledger import Ledger, balances, snapshots
from lib.ledger import evidence as proofs
from lib.vocabulary import Evidence

OnStep = Callable[[Evidence], None]


class Climbs:
    """Ladders that go up together: few at once with each host, and each address asked once for its list."""

    def __init__(self, http: Http, ledger: Ledger, known: Known, on_step: OnStep | None = None) -> None:
        """`on_step` is told of each rung, on the loop."""
        self._http, self._ledger, self._known, self._on_step = http, ledger, known, on_step
        self._lists: dict[tuple[str, str], asyncio.Task[bool]] = {}
        self._hosts: dict[str, Pace] = defaultdict(Pace)

    async def climb(self, connection_id: str) -> tuple[Evidence, ...]:
        """One connection's ladder; keeps every rung's evidence as it comes. Costs nothing.

        It ends where the connection was removed, or got another key or address: what is seen is of no connection then.
        """
        rungs: list[Evidence] = []
        try:
            host = await self._listed(connection_id)
            pace = self._hosts[host]
            async with pace:
                route = self._known.route(connection_id)
                async for evidence in Ladder(self._http, self._known, route).climb():
                    pace.saw(evidence)
                    if not await self._ledger.awrite(partial(_keep, route=route, seen=evidence)):
                        break
                    rungs.append(evidence)
                    if self._on_step is not None:
                        self._on_step(evidence)
        except WrongUse:  # there is no such connection any more
            pass
        return tuple(rungs)

    async def _listed(self, connection_id: str) -> str:
        """Waits for the list of a connection's relay, asked for once; returns the host its requests go to."""
        configuration = self._known.configuration()
        connection = configuration.connection(connection_id)
        address = configuration.address(connection)
        if asks_what_is_there(connection):
            asked = (place_of(connection), address)
            if asked not in self._lists:
                self._lists[asked] = asyncio.create_task(refresh(self._http, self._known, *asked))
            await asyncio.shield(self._lists[asked])  # the others wait for it too
        return urlsplit(address).netloc

    def close(self) -> None:
        """Asks for no list any more."""
        for task in self._lists.values():
            task.cancel()


def _keep(db: Db, route: Route, seen: Evidence) -> bool:
    """Keeps a rung's evidence; False where its connection is gone or goes another way since.

    A list that a key showed doesn't stay for another key, either.
    """
    name, configured = route.connection.id, read(db)
    if configured.still_has(route.connection, route.endpoint.base_url):
        proofs.add(db, seen)
        balances.note(db, seen)
        return True
    if not configured.still_has(route.connection):
        snapshots.forget(db, name, f"connection:{name}")
    return False


async def check(
    http: Http, ledger: Ledger, known: Known, ids: Sequence[str], on_step: OnStep | None = None
) -> dict[str, tuple[Evidence, ...]]:
    """The ladders of some connections. Raises `WrongUse` for an unknown id before anything is sent."""
    configuration = known.configuration()
    for one in ids:
        configuration.address(configuration.connection(one))
    climbs = Climbs(http, ledger, known, on_step)
    try:
        order = longest_unasked(known, ids)
        found = dict(zip(order, await asyncio.gather(*map(climbs.climb, order)), strict=True))
        return {one: found[one] for one in ids}
    finally:
        climbs.close()
