"""Old calls go when the user wants it, with their texts, tasks and names of files; their sums stay.

What a call added to the rollups is kept apart when it goes (`rollups.keep`), under the day it counted on by then: so
sums can still be made anew and proven, and another zone leaves gone days as they were. A call that isn't finished
never goes. `WEIGHT` bytes and its texts are what a call takes, as near as matters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Text, and_, case, cast, func, select

from lib.ledger import rollups, settings
from lib.ledger.database import hold_still
from lib.ledger.days import day_begins, zone_named
from lib.ledger.ids import BEYOND, between, first_id
from lib.ledger.media import Kept
from lib.ledger.row import of_record
from lib.ledger.schema import calls, media, payloads, rollup_gone
from lib.vocabulary import UNFINISHED

RULE = "retention"
"""The setting that names the rule, as `age 90` or `size 1000000`."""
WEIGHT = 1_500
"""Bytes of a row with its indexes."""

By = Literal["age", "size"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is kept: the calls of so many days (`age`), or so many bytes of calls, texts and files (`size`)."""

    by: By
    limit: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """What goes: the finished calls made before `until`, the bytes of their rows and texts, and the files that no other
    call has."""

    until: datetime
    calls: int
    call_bytes: int
    files: int
    file_bytes: int


def load(conn: Connection) -> Rule | None:
    """The user's rule; None: everything is kept."""
    by, _, limit = (settings.get(conn, RULE) or "").partition(" ")
    return Rule("age" if by == "age" else "size", int(limit)) if limit else None


def save(conn: Connection, rule: Rule | None) -> None:
    """Keeps the rule, or that there is none."""
    settings.put(conn, RULE, f"{rule.by} {rule.limit}" if rule else "")


def border(conn: Connection, rule: Rule, now: datetime) -> datetime:
    """Before when calls go by a rule: always where a day of the user's begins, and never within today."""
    zone = zone_named(rollups.stored_zone(conn))
    today = now.astimezone(zone).date()
    if rule.by == "age":
        return day_begins(today - timedelta(days=rule.limit - 1), zone)
    days = sorted(_weights(conn), reverse=True)
    taken = accumulate(weight for _, weight in days)
    kept = [begin for (begin, _), so_far in zip(days, taken, strict=True) if so_far <= rule.limit]
    return min(kept[-1], day_begins(today, zone)) if kept else day_begins(today, zone)


def _weights(conn: Connection) -> Iterator[tuple[datetime, int]]:
    """When each day begins, and what its calls take; a file counts on the last day that has it."""
    files = [(row.last, row.bytes) for row in conn.execute(_files())]
    for _, begin, end in rollups.days(conn):
        texts = conn.scalar(_weighed().where(*between(begin, end))) or 0
        first, beyond = first_id(begin), first_id(end)
        yield begin, int(texts) + sum(size for last, size in files if first <= last < beyond)


def _weighed() -> Any:
    texts = (payloads.c.prompt, payloads.c.text, payloads.c.reasoning, payloads.c.request_json, payloads.c.raw_usage)
    sizes = [func.coalesce(func.length(cast(column, Text)), 0) for column in texts]
    size: ColumnElement[int] = sum(sizes[1:], sizes[0])
    return select(func.sum(WEIGHT + size)).select_from(calls.join(payloads, payloads.c.call == calls.c.id))


def _files() -> Any:
    """Each different file and the last call that has it; one that isn't finished is the last of all."""
    last = func.max(case((calls.c.status.in_(UNFINISHED), BEYOND), else_=media.c.call))
    files = select(media.c.sha256, media.c.mime, func.max(media.c.bytes).label("bytes"), last.label("last"))
    return files.join(calls, calls.c.id == media.c.call).group_by(media.c.sha256, media.c.mime)


def _old(until: datetime) -> ColumnElement[bool]:
    return and_(*between(None, until), calls.c.status.not_in(UNFINISHED))


def leaving(conn: Connection, until: datetime) -> Leaving:
    """What would go."""
    number = conn.scalar(select(func.count()).select_from(calls).where(_old(until))) or 0
    size = conn.scalar(_weighed().where(_old(until))) or 0
    gone = _files().subquery()
    files = select(func.count(), func.coalesce(func.sum(gone.c.bytes), 0)).where(gone.c.last < first_id(until))
    count, file_bytes = conn.execute(files).one()
    return Leaving(until, number, int(size), count, int(file_bytes))


def kept_since(conn: Connection) -> datetime | None:
    """Since when every call is kept: the day after the last of which some were deleted. None: none was."""
    last = conn.scalar(select(func.max(rollup_gone.c.day)))
    if last is None:
        return None
    return day_begins(date.fromisoformat(last) + timedelta(days=1), zone_named(rollups.stored_zone(conn)))


def forget(conn: Connection, until: datetime, limit: int) -> tuple[int, tuple[Kept, ...]]:
    """Deletes at most so many of the oldest calls that go; returns how many and the files that no call has any more."""
    hold_still(conn, calls)
    oldest = select(calls).where(_old(until)).order_by(calls.c.id).limit(limit)
    rows = [of_record(found) for found in conn.execute(oldest).mappings()]
    rollups.keep(conn, rows)
    ids = [row.id for row in rows]
    had = {Kept(*row) for row in conn.execute(_named(ids))}
    conn.execute(calls.delete().where(calls.c.id.in_(ids)))
    left = {Kept(*row) for row in conn.execute(_alike([one.sha256 for one in had]))}
    return len(rows), tuple(had - left)


def _named(ids: list[str]) -> Any:
    return select(media.c.sha256, media.c.mime, media.c.bytes).where(media.c.call.in_(ids))


def _alike(hashes: list[str]) -> Any:
    return select(media.c.sha256, media.c.mime, media.c.bytes).where(media.c.sha256.in_(hashes))
