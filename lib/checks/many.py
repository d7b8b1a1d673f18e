"""Many ladders at once: concurrent, gently with each host, results as they come."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from urllib.parse import urlsplit

from lib.calls.known import Known
from lib.calls.route import asks_what_is_there, place_of
from lib.checks.ladder import Ladder
from lib.checks.listing import refresh
from lib.http import Http
from lib.ledger import Ledger
from lib.ledger import evidence as proofs
from lib.vocabulary import Evidence

AT_ONCE_PER_HOST = 6
OnStep = Callable[[Evidence], None]


async def check(
    http: Http, ledger: Ledger, known: Known, ids: Sequence[str], on_step: OnStep | None = None
) -> dict[str, tuple[Evidence, ...]]:
    """Climbs the ladder of each connection; keeps every rung's evidence as it comes. Costs nothing.

    `on_step` is told of each rung, on the loop. Raises `WrongUse` for an unknown id before anything is sent.
    """
    configuration = known.configuration()
    connections = {one: configuration.connection(one) for one in ids}
    hosts = {one: urlsplit(configuration.address(connection)).netloc for one, connection in connections.items()}
    relays = {place_of(c): configuration.address(c) for c in connections.values() if asks_what_is_there(c)}
    lists = {place: asyncio.create_task(refresh(http, known, place, url)) for place, url in relays.items()}
    places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE_PER_HOST))

    async def climb(connection_id: str) -> tuple[Evidence, ...]:
        place = place_of(connections[connection_id])
        if place in lists:
            await lists[place]
        async with places[hosts[connection_id]]:
            rungs = []
            async for evidence in Ladder(http, known, known.route(connection_id)).climb():
                await ledger.awrite(partial(proofs.add, seen=evidence))
                rungs.append(evidence)
                if on_step is not None:
                    on_step(evidence)
            return tuple(rungs)

    return dict(zip(ids, await asyncio.gather(*map(climb, ids)), strict=True))
