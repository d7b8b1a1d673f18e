"""The call log: one row a call, its long texts apart. A change of a row moves the rollups in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select

from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger import rollups
from lib.ledger.ids import between, is_of, new_id
from lib.ledger.row import CallRow, of_record, record
from lib.ledger.schema import calls, payloads
from lib.vocabulary import UNFINISHED, Money

__all__ = [
    "CallRow",
    "Connection",
    "Page",
    "Payload",
    "change",
    "count",
    "get",
    "insert",
    "keep_prices",
    "matching",
    "new_id",
    "page",
    "payload",
    "prompts",
    "save_text",
    "settled_by",
    "take_over",
    "texts",
    "unfinished",
    "unpriced",
    "update",
    "update_payload",
]


FILTERS: Mapping[str, str] = {
    **{name: name for name in ("connection", "provider", "model", "capability", "status", "relay", "line")},
    "cause": "error_state",
}
"""What `page` may be asked for by value, and the column that has it."""

UNPRICED = "unpriced"
"""Where `prices` of a call without a price has why it has none."""

COST_UNKNOWN = (
    calls.c.sent_at.is_not(None),
    calls.c.status.not_in(UNFINISHED),
    calls.c.billed_nano.is_(None),
    calls.c.estimated_nano.is_(None),
)
"""A call that was sent and has ended, and of which nobody knows what it cost: as `contribution` counts it."""

_TO_CHANGE = select(calls).where(calls.c.id == bindparam("id")).with_for_update()


@dataclass(frozen=True, slots=True)
class Payload:
    """A call's long texts. `request_json` is the body as sent, `prices` the record of the price it was settled by, or
    of why it had none.
    """

    prompt: str = ""
    request_json: Any = None
    text: str = ""
    reasoning: str = ""
    raw_usage: Any = None
    prices: Any = None

    @property
    def unpriced(self) -> str | None:
        """Why it had no price, as far as that was known."""
        return (self.prices or {}).get(UNPRICED)


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, newest first; the cursor of those after them (`next`, older) and of those before them (`newer`)."""

    rows: tuple[CallRow, ...]
    next: str | None
    newer: str | None = None


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


def change(conn: Connection, ids: Collection[str], changes: Callable[[CallRow], Mapping[str, Any]]) -> list[CallRow]:
    """Changes some calls, each by what `changes` says of it as it stands now, and the rollups once for all of them.

    Returns those that are no longer what they were, in the order of their ids.
    """
    standing = _rows(conn, select(calls).where(calls.c.id.in_(ids)).order_by(calls.c.id).with_for_update())
    made = [(row, replace(row, **changes(row))) for row in standing]
    before, after = ([pair[n] for pair in made if pair[0] != pair[1]] for n in (0, 1))
    if after:
        conn.execute(calls.update().where(calls.c.id == bindparam("of")), [_values(row) for row in after])
        rollups.move(conn, before, after)
    return after


def _values(row: CallRow) -> dict[str, Any]:
    columns = record(row)
    return {"of": columns.pop("id"), **columns}


def update_payload(conn: Connection, id: str, **changes: Any) -> None:
    """Changes fields of `Payload` by name."""
    conn.execute(payloads.update().where(payloads.c.call == id).values(**changes))


def keep_prices(conn: Connection, prices: Mapping[str, Any]) -> None:
    """Keeps the records of the prices that calls are settled by, by id."""
    query = payloads.update().where(payloads.c.call == bindparam("of"))
    conn.execute(query, [{"of": id, "prices": record} for id, record in prices.items()])


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


def unpriced(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """By id why those calls that had no price had none, as far as that was known."""
    query = select(payloads.c.call, payloads.c.prices).where(payloads.c.call.in_(tuple(ids)))
    return {call: prices[UNPRICED] for call, prices in conn.execute(query) if prices and UNPRICED in prices}


def settled_by(conn: Connection, ids: Iterable[str]) -> dict[str, Payload]:
    """By id what calls were settled by: request, prices, and usage as the server told it; without prompt and answer."""
    names = ("request_json", "prices", "raw_usage")
    query = select(payloads.c.call, *(payloads.c[name] for name in names)).where(payloads.c.call.in_(tuple(ids)))
    return {call: Payload(**dict(zip(names, told, strict=True))) for call, *told in conn.execute(query)}


def unfinished(conn: Connection) -> list[CallRow]:
    """The calls that are not finished, oldest first, whoever owns them."""
    return _rows(conn, select(calls).where(calls.c.status.in_(UNFINISHED)).order_by(calls.c.id))


def quoted_only(conn: Connection, since: datetime) -> Iterator[tuple[str, str, str, Money]]:
    """The calls since then that may cost something and of which no more is known than the most that is: connection,
    provider, model, and that. Those that haven't ended are of them.
    """
    columns = calls.c
    found = select(columns.connection, columns.provider, columns.model, columns.quoted_nano, columns.quoted_currency)
    may_cost = or_(columns.sent_at.is_not(None), columns.status.in_(UNFINISHED))
    unknown = and_(columns.billed_nano.is_(None), columns.estimated_nano.is_(None), columns.quoted_nano.is_not(None))
    found = found.where(*between(since, None), unknown, may_cost)
    for connection, provider, model, nano, currency in conn.execute(found):
        yield connection, provider, model, Money.of_nano(nano, currency)


def prompts(conn: Connection, ids: Iterable[str], length: int) -> dict[str, str]:
    """The beginnings of some calls' prompts, however long these are."""
    query = select(payloads.c.call, func.substr(payloads.c.prompt, 1, length).label("prompt"))
    return {found.call: found.prompt for found in conn.execute(query.where(payloads.c.call.in_(tuple(ids))))}


def page(
    conn: Connection, *, limit: int = 50, after: str | None = None, before: str | None = None, **filters: Any
) -> Page:
    """Calls newest first, of those that the filters find (`matching`).

    `after` is the `next` of the page before this one, `before` the `newer` of the page after it.
    """
    asked = matching(select(calls), **filters)
    if before is not None:
        rows = _rows(conn, asked.where(calls.c.id > before).order_by(calls.c.id).limit(limit + 1))[::-1]
        if len(rows) > limit:
            return Page(tuple(rows[1:]), rows[-1].id, rows[1].id)
        after = None  # these are the newest: the first page, whole
    if after is not None:
        asked = asked.where(calls.c.id < after)
    rows = _rows(conn, asked.order_by(calls.c.id.desc()).limit(limit + 1))
    older = rows[limit - 1].id if len(rows) > limit else None
    return Page(tuple(rows[:limit]), older, rows[0].id if rows and after is not None else None)


def count(conn: Connection, **filters: Any) -> int:
    """How many calls the filters find (`matching`)."""
    return int(conn.execute(matching(select(func.count()).select_from(calls), **filters)).scalar_one())


def matching(
    query: Select[Any],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    unknown_cost: bool = False,
    **equal: str | None,
) -> Select[Any]:
    """A question to the calls created at `since` or later, before `until`, with `text` somewhere in the prompt.

    `equal` names columns of `FILTERS` and the value each must have. The payloads are read only where `text` is asked
    for.
    """
    query = query.where(*between(since, until), *_equal(equal), *(COST_UNKNOWN if unknown_cost else ()))
    return query.join(payloads).where(payloads.c.prompt.icontains(text, autoescape=True)) if text else query


def _equal(wanted: Mapping[str, str | None]) -> Iterator[ColumnElement[bool]]:
    return (calls.c[FILTERS[name]] == value for name, value in wanted.items() if value is not None)


def _rows(conn: Connection, query: Select[Any]) -> list[CallRow]:
    return [of_record(found) for found in conn.execute(query).mappings()]
