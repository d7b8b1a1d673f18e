"""Requests to endpoints that relays ration, counted by address for all who share the ledger.

new-api's "critical" limit is 20 requests in 20 minutes from one address, over all that it guards: /api/usage/token/
and /api/log/token (wire.md 1C).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select

from lib.ledger.database import hold_still
from lib.ledger.schema import rations

RATION = 20
WITHIN = timedelta(minutes=20)
LONGEST = timedelta(hours=1)
"""Nobody waits longer, whatever a relay says."""


def take(conn: Connection, address: str, now: datetime, keep_back: int = 0) -> datetime | None:
    """Takes one request out of an address's ration: None. Where it is spent, when one may be asked again.

    `keep_back`: how many are left to others.
    """
    hold_still(conn, rations)
    # what lies ahead was written by a clock that was wrong
    conn.execute(delete(rations).where(or_(rations.c.at <= now - WITHIN, rations.c.at > now + LONGEST)))
    spent = 0
    newest = select(rations.c.at, rations.c.requests).where(rations.c.address == address).order_by(rations.c.at.desc())
    for latest, requests in conn.execute(newest):
        spent += requests
        if spent >= RATION - keep_back:
            freed: datetime = latest + WITHIN
            return freed
    _note(conn, address, now, 1)
    return None


def use_up(conn: Connection, address: str, now: datetime, wait: timedelta = WITHIN) -> datetime:
    """Notes that the relay gives nothing more, whoever has asked it; when one may be asked again, at the latest.

    `wait`: for how long, if it said so; that counts more than what was counted here.
    """
    again = now + min(wait, LONGEST)
    conn.execute(delete(rations).where(rations.c.address == address))
    _note(conn, address, again - WITHIN, RATION)
    return again


def _note(conn: Connection, address: str, at: datetime, requests: int) -> None:
    conn.execute(insert(rations), {"address": address, "at": at, "requests": requests})
