"""What a server said last of work that finishes later. Its id stands in the call's row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from lib.ledger.schema import tasks
from lib.vocabulary import FollowUp


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """`kind` is the protocol's own, `progress` of 100, `words` the provider's state, `links` where to fetch the result.

    Each link is its address and whether the key is needed. `follow_ups`: what can be done next with the result.
    """

    kind: str = ""
    progress: int | None = None
    words: str = ""
    links: Sequence[tuple[str, bool]] = ()
    follow_ups: Sequence[FollowUp] = ()


def put(conn: Connection, call: str, record: TaskRecord) -> None:
    """Keeps how a task stands, in place of what was known."""
    values: dict[str, Any] = {
        "kind": record.kind, "progress": record.progress, "words": record.words,
        "links": [list(link) for link in record.links],
        "follow_ups": [[one.operation, one.value, one.name] for one in record.follow_ups],
    }  # fmt: skip
    if conn.execute(tasks.update().where(tasks.c.call == call).values(values)).rowcount == 0:
        conn.execute(tasks.insert(), {"call": call, **values})


def get(conn: Connection, call: str) -> TaskRecord:
    """How a call's task stood last; as if nothing had been said where it has none."""
    found = conn.execute(select(tasks).where(tasks.c.call == call)).mappings().one_or_none()
    if found is None:
        return TaskRecord()
    links = tuple((str(url), bool(keyed)) for url, keyed in found["links"])
    follow_ups = tuple(FollowUp(*one) for one in found["follow_ups"])
    return TaskRecord(found["kind"], found["progress"], found["words"], links, follow_ups)
