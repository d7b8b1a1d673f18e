"""What a relay says of itself without a key, its status and its public price list, and when it is asked again."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from lib.calls.known import Known
from lib.calls.route import place_of
from lib.errors import LineFault
from lib.http import Http
from lib.wire import Endpoint, Unreadable, newapi

HOLDS = timedelta(hours=1)
"""A relay's list older than this is fetched again where it matters."""
WAITS_S = 3.0
"""A call doesn't wait longer for its relay's list: it goes with the prices known."""


async def refresh(http: Http, known: Known, place: str, address: str) -> bool:
    """Asks an address what it is and, if it is a relay, for its list; keeps both. True if the list came.

    Nothing that was known is lost where it doesn't answer, or hides its list.
    """
    endpoint = Endpoint(address)
    try:
        status = await http.send(newapi.status_request(endpoint))
        await known.keep("status", place, datetime.now(UTC), status)
        pricing = await http.send(newapi.pricing_request(endpoint))
        await known.keep("pricing", place, datetime.now(UTC), pricing)
    except (LineFault, Unreadable):
        return False
    return True


class Listings:
    """The lists kept of one ledger's relays. Used on one loop."""

    def __init__(self, http: Http, known: Known) -> None:
        self._http, self._known = http, known
        self._asked: dict[str, datetime] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def fresh(self, place: str, address: str, *, again: bool = False) -> bool:
        """Fetches a place's status and list if that was long ago; False where it didn't come.

        `again`: however short the time since.
        """
        listing = self._known.listing(place)
        if not again and listing is not None and datetime.now(UTC) - listing.at < HOLDS:
            return True
        return await refresh(self._http, self._known, place, address)

    async def of_today(self, connection_id: str) -> None:
        """The same for a call of a connection: it waits little, and a list that doesn't come is asked for once an hour.
        Of several calls at once none goes before the list has come.

        Raises `WrongUse` for an unknown connection.
        """
        configuration = self._known.configuration()
        connection = configuration.connection(connection_id)
        if connection.relay is None and self._known.status(connection) is None:
            return
        place = place_of(connection)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAITS_S), self._asking[place]:
                now = datetime.now(UTC)
                if now - self._asked.get(place, datetime.min.replace(tzinfo=UTC)) >= HOLDS:
                    self._asked[place] = now
                    await self.fresh(place, configuration.address(connection))
