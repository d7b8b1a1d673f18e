"""`python tests/at_once.py ROLE COUNT`: does one thing to the ledger again and again, beside other processes.

It says who it is when it is ready, begins when it is told to (a line on stdin), and says what came of it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from lib.calls.recovery import recover
from lib.checks.relay_log import settle
from lib.engine import database_url, home
from lib.ledger import Ledger, calls, relay_log, retention
from lib.ledger.calls import Payload
from lib.ledger.ids import new_id
from lib.ledger.owners import Owner
from lib.ledger.row import CallRow
from lib.vocabulary import Money
from lib.wire.relay_log import LogRow, RelayLog

RELAY = "relay"
BEGAN = datetime(2026, 3, 8, 12, tzinfo=UTC)
OLD, MINUTE, DAY = 60, timedelta(minutes=1), timedelta(days=1)
"""So many calls are there before, one a minute; the first half of them, days before, is what retention lets go."""
ZONES = ("Asia/Kathmandu", "America/New_York")


def made(at: datetime, owner: str, status: str, **more: object) -> CallRow:
    """A call through the relay."""
    plain = {
        "id": new_id(at), "created_at": at, "status": status, "owner": owner, "capability": "text",
        "provider": "openai", "connection": "mine", "base_url": "http://127.0.0.1:1", "protocol": "openai",
        "model": "gpt-4o-mini", "relay": RELAY,
    }  # fmt: skip
    return CallRow(**(plain | more))  # type: ignore[arg-type]


def when(number: int) -> datetime:
    """When one of the old calls was made."""
    return BEGAN + number * MINUTE - (2 * DAY if number < OLD // 2 else timedelta(0))


def old(number: int) -> CallRow:
    """A call of long ago."""
    at = when(number)
    return made(at, "gone", "succeeded", sent_at=at, finished_at=at, request_id=f"r{number}",
                estimated=Money(Decimal(number)), duration_ms=number)  # fmt: skip


def told(number: int, quota: int) -> LogRow:
    """The same in the relay's log."""
    return LogRow(when(number), "call", "gpt-4o-mini", quota, request_id=f"r{number}")


def logs(ledger: Ledger, owner: Owner, count: int) -> object:
    """Logs calls, and ends each."""
    for number in range(count):
        now = BEGAN + DAY + number * MINUTE
        one = made(now, owner.id, "drafted")
        ledger.write(partial(calls.insert, row=one, payload=Payload("Hello")))
        ledger.write(partial(calls.update, id=one.id, status="sent", sent_at=now))
        ended = {"status": "succeeded", "finished_at": now, "estimated": Money(Decimal(number)), "duration_ms": number}
        ledger.write(partial(calls.update, id=one.id, **ended))
    return None


def settles(ledger: Ledger, _: Owner, count: int) -> object:
    """Reads a relay's log that says something else each time, and settles by it."""
    owner = relay_log.Owner("key", {"mine": None})
    for time in range(count):
        whole = RelayLog(tuple(told(number, number + time) for number in range(OLD)), cut=False)
        now = datetime.now(UTC)
        ledger.write(partial(relay_log.keep, relay=RELAY, owner=owner, log=whole, at=now, units=500_000))
        settle(ledger, RELAY)
    return None


def forgets(ledger: Ledger, _: Owner, count: int) -> object:
    """Lets the first half of the old calls go, one at a time."""
    return sum(
        ledger.write(partial(retention.forget, until=BEGAN - DAY, limit=1))[0] for _ in range(count)
    )


def prices_again(ledger: Ledger, _: Owner, count: int) -> object:
    """Gives all that there are another price, the oldest first."""
    with ledger.read() as db:
        ids = [row.id for row in calls.page(db, limit=OLD).rows]
    for time in range(count):
        dearer = {"estimated": Money(Decimal(time))}
        ledger.write(partial(calls.change, ids=ids, changes=lambda _row, dearer=dearer: dearer))
    return None


def changes_zone(ledger: Ledger, _: Owner, count: int) -> object:
    """Makes the sums anew for other days."""
    for number in range(count):
        ledger.change_zone(ZONES[number % 2])
    return None


def takes(ledger: Ledger, owner: Owner, _: int) -> object:
    """Takes over what dead processes left."""
    return [row.id for row in asyncio.run(recover(ledger, owner))]


ROLES: Mapping[str, Callable[[Ledger, Owner, int], object]] = {
    one.__name__: one for one in (logs, settles, forgets, prices_again, changes_zone, takes)
}


def say(what: object) -> None:
    """Says it, and waits for an answer."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


def main(role: str, count: int) -> None:
    """Does it when told."""
    with Ledger.open(database_url(), home()) as ledger:
        owner = Owner(ledger.database)
        say(owner.id)
        say(ROLES[role](ledger, owner, count))
        owner.release()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
