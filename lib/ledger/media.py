"""Which files a call was given and made: an index of names by content. The files themselves are `lib.calls.files`'."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, tuple_

from lib.ledger.ids import between
from lib.ledger.row import CallRow, of_record
from lib.ledger.schema import calls, media, payloads

Role = Literal["input", "mask", "output"]
Kind = Literal["image", "video", "audio", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)
PROMPT = 480
"""Characters of a prompt that come with a file."""
Names: TypeAlias = Collection["Name"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the data folder: the SHA-256 of its bytes (in hexadecimal), its type by the bytes, its size."""

    sha256: str
    mime: str
    bytes: int


class Name(NamedTuple):
    """Which of a call's made files: the first is 1, and a number stays a file's own when others are deleted."""

    call: str
    number: int


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file and the call that made it, with the beginning of its prompt and the parameters it was asked with."""

    row: CallRow
    number: int
    kept: Kept
    prompt: str
    params: Mapping[str, Any]

    @property
    def name(self) -> Name:
        """What it is asked for by."""
        return Name(self.row.id, self.number)


@dataclass(frozen=True, slots=True)
class MadePage:
    """Some made files, the newest call's first; cursors to those after them (`next`, older) and before (`newer`)."""

    files: tuple[MadeFile, ...]
    next: str | None
    newer: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """How many different files there are and the bytes they take."""

    files: int
    bytes: int


def add(conn: Connection, call: str, role: Role, files: Sequence[Kept]) -> None:
    """Notes a call's files of one role, in their order, in place of those noted before."""
    conn.execute(media.delete().where((media.c.call == call) & (media.c.role == role)))
    rows = [{"call": call, "role": role, "number": number, **asdict(file)} for number, file in enumerate(files, 1)]
    if rows:
        conn.execute(media.insert(), rows)


def of_calls(conn: Connection, calls: Iterable[str], role: Role = "output") -> Mapping[str, tuple[Kept, ...]]:
    """The files of some calls by id; calls without any are left out."""
    query = select(media).where(media.c.call.in_(tuple(calls)) & (media.c.role == role)).order_by(media.c.number)
    found: dict[str, tuple[Kept, ...]] = {}
    for row in conn.execute(query):
        found[row.call] = (*found.get(row.call, ()), _kept(row))
    return found


def made(conn: Connection, names: Names) -> tuple[MadeFile, ...]:
    """Those of some made files that are still there, the newest call's first."""
    return tuple(_files(conn, _made().where(_named(names)).order_by(media.c.call.desc(), media.c.number)))


def page(
    conn: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    text: str = "",
    model: str | None = None,
    capability: str | None = None,
    kind: Kind | None = None,
    limit: int = 12,
    after: str | None = None,
    before: str | None = None,
) -> MadePage:
    """Made files, the newest call's first and each call's in their order; `text` is somewhere in the prompt.

    Their calls were created at `since` or later, before `until`. `after` is the `next` of the page before this one,
    `before` the `newer` of the page after it.
    """
    found = _made().where(*between(since, until), *_like(text, model, capability, kind))
    if before is not None:
        order = (media.c.call, media.c.number.desc())
        files = _files(conn, found.where(_newer(before)).order_by(*order).limit(limit + 1))[::-1]
        if len(files) > limit:
            return MadePage(tuple(files[1:]), _cursor(files[-1]), _cursor(files[1]))
        after = None  # these are the newest: the first page, whole
    if after is not None:
        found = found.where(_older(after))
    files = _files(conn, found.order_by(media.c.call.desc(), media.c.number).limit(limit + 1))
    older = _cursor(files[limit - 1]) if len(files) > limit else None
    return MadePage(tuple(files[:limit]), older, _cursor(files[0]) if files and after is not None else None)


def models(conn: Connection) -> list[str]:
    """The models that made files which are there."""
    by = select(media.c.call).where(media.c.role == "output")
    return list(conn.scalars(select(calls.c.model).where(calls.c.id.in_(by)).distinct().order_by(calls.c.model)))


def storage(conn: Connection) -> Stored:
    """What all files take on disk, those that calls were given too; the same bytes are there once."""
    once = select(media.c.sha256, media.c.mime, media.c.bytes).distinct().subquery()
    number, size = conn.execute(select(func.count(), func.coalesce(func.sum(once.c.bytes), 0)).select_from(once)).one()
    return Stored(number, int(size))


def frees(conn: Connection, names: Names) -> Stored:
    """What deleting some made files would free: those of them that no other call has."""
    chosen = _named(names)
    mine = {_kept(row) for row in conn.execute(select(media).where(chosen))}
    others = conn.execute(select(media).where(media.c.sha256.in_([one.sha256 for one in mine]), ~chosen))
    alone = mine - {_kept(row) for row in others}
    return Stored(len(alone), sum(one.bytes for one in alone))


def remove(conn: Connection, name: Name) -> Kept | None:
    """Forgets that a call made a file; returns the file if no call has it any more."""
    (gone,) = conn.execute(media.delete().where(_named([name])).returning(media)).all() or (None,)
    if gone is None:
        return None
    kept = _kept(gone)
    same = select(media.c.call).where((media.c.sha256 == kept.sha256) & (media.c.mime == kept.mime))
    return kept if conn.execute(same.limit(1)).first() is None else None


def _made() -> Select[Any]:
    """Every made file with its call; two columns of `media` have names that `calls` doesn't use."""
    words = (func.substr(payloads.c.prompt, 1, PROMPT).label("prompt"), payloads.c.request_json)
    tables = media.join(calls, media.c.call == calls.c.id).join(payloads, media.c.call == payloads.c.call)
    columns = (media.c.number, media.c.sha256, media.c.mime, media.c.bytes)
    return select(calls, *columns, *words).select_from(tables).where(media.c.role == "output")


def _files(conn: Connection, query: Select[Any]) -> list[MadeFile]:
    return [_file(row) for row in conn.execute(query)]


def _file(row: Any) -> MadeFile:
    params = (row.request_json or {}).get("params") or {}
    return MadeFile(of_record(row._mapping), row.number, _kept(row), row.prompt, params)


def _kept(row: Any) -> Kept:
    return Kept(row.sha256, row.mime, row.bytes)


def _named(names: Names) -> ColumnElement[bool]:
    return and_(media.c.role == "output", tuple_(media.c.call, media.c.number).in_([tuple(name) for name in names]))


def _like(text: str, model: str | None, capability: str | None, kind: Kind | None) -> Iterator[ColumnElement[bool]]:
    if text:
        yield payloads.c.prompt.icontains(text, autoescape=True)
    if model is not None:
        yield calls.c.model == model
    if capability is not None:
        yield calls.c.capability == capability
    if kind == "other":
        yield and_(*(~media.c.mime.startswith(f"{one}/") for one in KINDS))
    elif kind is not None:
        yield media.c.mime.startswith(f"{kind}/")


def _cursor(file: MadeFile) -> str:
    return f"{file.row.id}.{file.number}"


def _place(cursor: str) -> Name:
    """A cursor as a place; one that was typed by hand is a place too."""
    call, _, number = cursor.partition(".")
    return Name(call, int(number) if number.isdecimal() and len(number) < 10 else 0)


def _older(cursor: str) -> ColumnElement[bool]:
    at = _place(cursor)
    return and_(media.c.call <= at.call, or_(media.c.call < at.call, media.c.number > at.number))


def _newer(cursor: str) -> ColumnElement[bool]:
    at = _place(cursor)
    return and_(media.c.call >= at.call, or_(media.c.call > at.call, media.c.number < at.number))
