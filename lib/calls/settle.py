"""The row of a call at its beginning and at its end: pure functions from what is known to what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from lib.calls.draft import Drafted, as_stored
from lib.calls.result import Ending
from lib.cost.official import official_cost
from lib.cost.price import Price, cost, saved_by_cache
from lib.errors import Refused
from lib.ledger.calls import UNPRICED, Payload, new_id
from lib.ledger.row import CallRow
from lib.vocabulary import STATES, Evidence, Money, State, Step, Usage, UsageSource, as_state

NOTHING = Money(Decimal(0), "USD")
ONCE = Decimal(1)

RUNG_OF: dict[State, Step] = {
    "bad_key": "key",
    "expired_key": "key",
    "quota_exhausted": "quota",
    "unreachable": "line",
}
"""What a failed call showed of line, key or quota is evidence of that rung; the rest is the call's own."""


def first_row(drafted: Drafted, owner: str, at: datetime) -> tuple[CallRow, Payload]:
    """The row as it is committed before anything is sent."""
    draft, route = drafted.draft, drafted.route
    row = CallRow(
        id=new_id(at),
        created_at=at,
        status="drafted",
        capability=draft.capability,
        operation=draft.operation,
        provider=route.connection.provider,
        connection=route.connection.id,
        relay=route.relay.id if route.relay else None,
        line=route.line.id if route.line else None,
        base_url=route.endpoint.base_url,
        protocol=drafted.protocol,
        model=drafted.model,
        owner=owner,
        quoted=drafted.quoted,
        unit=drafted.price.unit if drafted.price else None,
    )
    return row, Payload(prompt=draft.prompt, request_json=as_stored(draft), prices=_prices(drafted))


def _prices(drafted: Drafted) -> dict[str, Any] | None:
    """The price a call is to be settled by, else why it has none, where the relay's list is what doesn't tell."""
    if drafted.price is not None:
        return drafted.price.to_record()
    return {UNPRICED: drafted.unpriced} if drafted.unpriced else None


def refused(row: CallRow, refusal: Refused) -> CallRow:
    """The row of a call the guard refused: failed, nothing sent, nothing spent."""
    return replace(
        row,
        status="failed",
        finished_at=row.created_at,
        error_state=refusal.state,
        error_code=refusal.code,
        error_params=dict(refusal.params),
        estimated=NOTHING,
        duration_ms=0,
    )


def changes_of(
    drafted: Drafted,
    ending: Ending,
    usage: Usage,
    usage_source: UsageSource | None,
    begun: datetime,
    ended: datetime,
    times: Decimal = ONCE,
) -> dict[str, Any]:
    """What the end of a call changes in its row: status, error, usage and the figures of its cost.

    All prices are those of when it began. `times`: how often the relay says it bills its price of one call.
    """
    estimated = _estimated(drafted, ending, usage, times)
    official = official_cost(drafted.model, usage, begun, drafted.draft.params) if ending.charged else None
    why = ending.why
    return {
        "status": ending.status,
        "finished_at": ended,
        "error_state": ending.state,
        "error_code": ending.code,
        "error_message": why.said if why else None,
        "error_params": dict(why.params) if why else {},
        "usage": usage,
        "usage_source": usage_source,
        "estimated": estimated,
        "official": official,
        "price_source": drafted.price.source if drafted.price and estimated is not None else None,
        "saved_nano": saved(drafted.price, usage) if drafted.price and ending.charged else None,
    }


def _estimated(drafted: Drafted, ending: Ending, usage: Usage, times: Decimal) -> Money | None:
    price = drafted.price
    if not ending.charged:
        return Money(Decimal(0), price.currency if price else "USD")
    return estimate(price, usage, times) if price else None


def estimate(price: Price, usage: Usage, times: Decimal) -> Money | None:
    """What a usage costs; the relay's price of one call as often as it says that it bills it."""
    if price.unit == "call" and price.source == "relay" and price.amount is not None:
        price = replace(price, amount=price.amount * times)
    return cost(price, usage)


def saved(price: Price, usage: Usage) -> int | None:
    """What the cache saved, in 10⁻⁹ of the price's currency, as a row has it."""
    found = saved_by_cache(price, usage)
    return found.nano if found else None


def evidence_of(
    row: CallRow, ending: Ending, changes: dict[str, Any], path: str, at: datetime, detail: Mapping[str, str]
) -> Evidence | None:
    """What a call that ended shows of its API; None where it proves nothing either way.

    `detail`: what else is known of an answer that came.
    """
    works = ending.status == "succeeded"
    if not works and (ending.state not in STATES or ending.status in ("cancelled", "interrupted", "unknown")):
        return None
    state = "usable" if works or ending.state is None else as_state(ending.state)
    return Evidence(
        at=at,
        connection=row.connection,
        step="call" if works else RUNG_OF.get(state, "call"),
        ok=works,
        state=state,
        method="POST",
        path=path,
        model=row.model,
        capability=row.capability,
        ms=changes["duration_ms"],
        http_status=changes["http_status"],
        provider_code=ending.provider_code,
        request_id=changes["request_id"],
        reason=ending.why,
        detail=detail if works else {},
        call=row.id,
    )
