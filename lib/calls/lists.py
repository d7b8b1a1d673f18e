"""What a key's server lists for one parameter: its voices, its languages. Asked for at the user's wish; it is free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from lib.calls.known import Known
from lib.causes import CAUSES, judge, of_line_fault, reason
from lib.errors import LineFault
from lib.http import Http, origin, without_keys
from lib.ledger.snapshots import Kind
from lib.vocabulary import Capability, Reason
from lib.wire import Endpoint, Unreadable, deepl, elevenlabs


@dataclass(frozen=True, slots=True)
class Listed:
    """The parameter, what its answer is kept as, and how to ask for it."""

    parameter: str
    kind: Kind
    request: Callable[[Endpoint], httpx.Request]


LISTS: Mapping[tuple[Capability, str], Listed] = {
    ("speech", "elevenlabs"): Listed("voice", "voices", elevenlabs.voices_request),
    ("translation", "deepl"): Listed("target_lang", "languages", deepl.languages_request),
}
"""By capability and protocol."""


async def fetch(http: Http, known: Known, connection_id: str, protocol: str, wanted: Listed) -> Reason | None:
    """Asks for a list and keeps it; why it didn't come, None where it did. Raises `WrongUse` for an unknown id."""
    route = known.route(connection_id)
    if (why := route.keyless) is not None:
        return reason(CAUSES[why.code], **why.params)
    request = wanted.request(route.endpoint)
    try:
        await known.keep(wanted.kind, connection_id, datetime.now(UTC), await http.send(request))
    except LineFault as fault:
        return reason(of_line_fault(fault), **fault.params)
    except Unreadable as answer:
        cause = judge(answer.said, protocol, through_relay=route.through_relay, posted=False)
        return without_keys(reason(cause, answer.said, address=origin(request.url)))
    return None
