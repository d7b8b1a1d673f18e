"""What a relay says of itself without a key: its status and its public price list."""

from __future__ import annotations

from datetime import UTC, datetime

from lib.calls.known import Known
from lib.errors import LineFault
from lib.http import Http
from lib.wire import Endpoint, Unreadable, newapi


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
