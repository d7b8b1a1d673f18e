"""After a crash: what a dead process left unfinished is ended as what it is, by one process, once.

`drafted` never left the house: cancelled. `sent` and `streaming` become interrupted, with the text so far and what it
cost as far as that can be guessed. What a server had accepted isn't ended: it is taken over, to be asked after.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from lib.calls.result import Reading, of_cancelling
from lib.cost.official import official_cost
from lib.cost.price import cost, stored
from lib.ledger import Ledger
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.ledger.owners import Owner
from lib.ledger.row import CallRow
from lib.vocabulary import Money

SENT = ("sent", "streaming")
ACCEPTED = ("accepted", "running")


async def recover(ledger: Ledger, owner: Owner, *, goes_on: bool = True) -> tuple[CallRow, ...]:
    """Takes over every call whose owner is dead; returns them as they were found.

    Those that a server works on are left to be gone on with, and untouched unless this process `goes_on` with such.
    None is after all have lost their locks, until they had the time to take them again.
    """
    if not owner.hold():
        return ()
    with ledger.read() as db:
        orphans = [row for row in log.unfinished(db) if not owner.alive(row.owner)]
        payloads = {row.id: log.payload(db, row.id) or Payload() for row in orphans}
    wanted = [row for row in orphans if goes_on or not works_on(row)]
    took = [await ledger.awrite(partial(_take, row=row, payload=payloads[row.id], owner=owner)) for row in wanted]
    return tuple(row for row, mine in zip(wanted, took, strict=True) if mine)


def works_on(row: CallRow) -> bool:
    """Whether a server has accepted a call and can be asked after it."""
    return row.status in ACCEPTED and row.task_id is not None


def _take(db: log.Connection, row: CallRow, payload: Payload, owner: Owner) -> bool:
    if not log.take_over(db, row.id, row.owner, owner.id):
        return False
    if not works_on(row):
        log.update(db, row.id, **ended(row, payload, datetime.now(UTC)))
    return True


def ended(row: CallRow, payload: Payload, at: datetime) -> dict[str, Any]:
    """What becomes of a call whose process died: status, error, and the cost of what had come."""
    ending = of_cancelling(sent=row.status in SENT, by_user=False)
    told = {"status": ending.status, "finished_at": at, "error_state": ending.state, "error_code": ending.code}
    if row.status not in SENT:
        return told
    reading = Reading(pieces=[payload.text], thoughts=[payload.reasoning])
    usage, source = reading.usage_or_approximation(payload.prompt)
    price = stored(payload.prices)
    estimated: Money | None = cost(price, usage) if price and source else None
    return told | {
        "usage": usage,
        "usage_source": source,
        "estimated": estimated,
        "official": official_cost(row.model, usage, row.created_at) if source else None,
        "price_source": price.source if price and estimated is not None else None,
    }
