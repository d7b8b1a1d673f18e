"""The call log: one row a call, its long texts apart. A change of a row moves the rollups in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger import rollups
from lib.ledger.ids import between, is_of, new_id
from lib.ledger.row import CallRow, of_record, record
from lib.ledger.schema import calls, payloads
from lib.vocabulary import UNFINISHED, Capability, Status

__all__ = [
    "CallRow",
    "Connection",
    "Page",
    "Payload",
    "get",
    "insert",
    "new_id",
    "page",
    "payload",
    "save_text",
    "take_over",
    "texts",
    "unfinished",
    "update",
    "update_payload",
]


_TO_CHANGE = select(calls).where(calls.c.id == bindparam("id")).with_for_update()


@dataclass(frozen=True, slots=True)
class Payload:
    """A call's long texts. `request_json` is the body as sent, `prices` the record of the price it was settled by."""

    prompt: str = ""
    request_json: Any = None
    text: str = ""
    reasoning: str = ""
    raw_usage: Any = None
    prices: Any = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, newest first, and the cursor of those after them."""

    rows: tuple[CallRow, ...]
    next: str | None


def insert(conn: Connection, row: CallRow, payload: Payload) -> None:
    """Logs a call. Its id must be of its time (`new_id(row.created_at)`), or ranges of time would miss it."""
    if not is_of(row.id, row.created_at):
        raise ValueError(f"the id {row.id} is not of {row.created_at}")
    conn.execute(calls.insert(), record(row))
    conn.execute(payloads.insert(), {"call": row.id, **{f.name: getattr(payload, f.name) for f in fields(payload)}})
    rollups.move(conn, (), (row,))


def update(conn: Connection, id: str, **changes: Any) -> CallRow:
    """Changes fields of `CallRow` by name and returns the row as it is now; raises `WrongUse` for an unknown id."""
    found = conn.execute(_TO_CHANGE, {"id": id}).mappings().one_or_none()
    if found is None:
        raise WrongUse(N_("There is no call {id}."), id=id)
    before = of_record(found)
    after = replace(before, **changes)
    was = record(before)
    changed = {name: value for name, value in record(after).items() if value != was[name]}
    if changed:
        conn.execute(calls.update().where(calls.c.id == id).values(changed))
        rollups.move(conn, (before,), (after,))
    return after


def update_payload(conn: Connection, id: str, **changes: Any) -> None:
    """Changes fields of `Payload` by name."""
    conn.execute(payloads.update().where(payloads.c.call == id).values(**changes))


def save_text(conn: Connection, id: str, text: str, reasoning: str = "") -> None:
    """Keeps the answer so far."""
    update_payload(conn, id, text=text, reasoning=reasoning)


def take_over(conn: Connection, id: str, from_owner: str, to_owner: str) -> bool:
    """Gives an unfinished call to another owner; True for the one who got it."""
    mine = (calls.c.id == id) & (calls.c.owner == from_owner) & calls.c.status.in_(UNFINISHED)
    return conn.execute(calls.update().where(mine).values(owner=to_owner)).rowcount == 1


def get(conn: Connection, id: str) -> CallRow | None:
    """One call, None if there is none of that id."""
    return next(iter(_rows(conn, select(calls).where(calls.c.id == id))), None)


def payload(conn: Connection, id: str) -> Payload | None:
    """A call's long texts."""
    names = [payloads.c[f.name] for f in fields(Payload)]
    found = conn.execute(select(*names).where(payloads.c.call == id)).mappings().one_or_none()
    return None if found is None else Payload(**found)


def texts(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The answers of some calls by id, as rows of `log` and `jobs` show them."""
    query = select(payloads.c.call, payloads.c.text).where(payloads.c.call.in_(tuple(ids)))
    return {found.call: found.text for found in conn.execute(query)}


def unfinished(conn: Connection) -> list[CallRow]:
    """The calls that are not finished, oldest first, whoever owns them."""
    return _rows(conn, select(calls).where(calls.c.status.in_(UNFINISHED)).order_by(calls.c.id))


def page(
    conn: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    connection: str | None = None,
    status: Status | None = None,
    capability: Capability | None = None,
    model: str | None = None,
    text: str = "",
    limit: int = 50,
    after: str | None = None,
) -> Page:
    """Calls newest first: created at `since` or later, before `until`, with `text` somewhere in the prompt.

    `after` is the `next` of the page before. The payloads are read only where `text` is asked for.
    """
    equal = {"connection": connection, "status": status, "capability": capability, "model": model}
    query = select(calls).where(*between(since, until), *(calls.c[n] == v for n, v in equal.items() if v is not None))
    if after is not None:
        query = query.where(calls.c.id < after)
    if text:
        query = query.join(payloads).where(payloads.c.prompt.icontains(text, autoescape=True))
    rows = _rows(conn, query.order_by(calls.c.id.desc()).limit(limit + 1))
    return Page(tuple(rows[:limit]), rows[limit - 1].id if len(rows) > limit else None)


def _rows(conn: Connection, query: Select[Any]) -> list[CallRow]:
    return [of_record(found) for found in conn.execute(query).mappings()]
