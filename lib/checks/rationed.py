"""What a relay tells of a key where it rations the question: asked out of one budget an address, answers kept.

wire.md 1C: /api/usage/token/ and /api/log/token allow 20 requests in 20 minutes from one address; then a bare 429.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx

from lib.calls.known import Dated, Known
from lib.calls.route import Route
from lib.http import Http, once, origin, told_to_wait
from lib.ledger import Ledger, rations
from lib.wire import newapi
from lib.wire.newapi import TokenUsage

KEPT = timedelta(minutes=20)
"""How long an answer is used again; one that tells nothing too, for it costs as much to ask."""
FOR_THE_AMBIGUOUS = 10
"""Requests of the ration that are only for keys whose refusal may mean several things."""
TOO_MANY = 429
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Spent:
    """The ration is used up, by us or by others; `again`: when one may be asked again."""

    again: datetime

    @property
    def params(self) -> dict[str, str]:
        """The parameters of a cause that says so."""
        return {"again_at": self.again.isoformat(timespec="seconds")}


async def token_usage(http: Http, known: Known, route: Route, keep_back: int = 0) -> Dated[TokenUsage | None] | Spent:
    """What the relay tells of a connection's key and when (None: it told nothing), or that it can't be asked.

    `keep_back`: how much of the ration is left to others. Raises `LineFault`.
    """
    now, before = datetime.now(UTC), known.token_usage(route.connection.id)
    if before is not None and now - before.at < KEPT:
        return before
    response = await ask(http, known.ledger, newapi.token_usage_request(route.endpoint), keep_back)
    if isinstance(response, Spent):
        return response
    at = datetime.now(UTC)
    if response.is_server_error:
        return Dated(at, None)
    return Dated(at, await known.keep("token", route.connection.id, at, response))


async def ask(http: Http, ledger: Ledger, request: httpx.Request, keep_back: int = 0) -> httpx.Response | Spent:
    """Sends a request that its address rations, or says that it can't be sent now. Raises `LineFault`."""
    address, write = origin(request.url), ledger.awrite
    now = datetime.now(UTC)
    if (again := await write(partial(rations.take, address=address, now=now, keep_back=keep_back))) is not None:
        return Spent(again)
    response = await http.send(once(request))
    if response.status_code != TOO_MANY:
        return response
    wait = _wait(response)
    return Spent(await write(partial(rations.use_up, address=address, now=datetime.now(UTC), wait=wait)))


def _wait(response: httpx.Response) -> timedelta:
    """For how long the relay gives nothing: as it says, else for as long as its ration is counted."""
    told = min(told_to_wait(response), rations.LONGEST.total_seconds())
    return timedelta(seconds=told) or rations.WITHIN


def longest_unasked(known: Known, ids: Iterable[str]) -> list[str]:
    """Connections in the order in which a ration is shared out fairly: those of which nothing was told for longest.

    Else, of more keys than the ration is for, the same would be asked after each time.
    """
    told = {one: known.token_usage(one) for one in ids}
    return sorted(told, key=lambda one: before.at if (before := told[one]) else NEVER)
