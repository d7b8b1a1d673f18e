"""Which files a call was given and made: an index of names by content. The files themselves are `lib.calls.files`'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import Connection, select

from lib.ledger.schema import media

Role = Literal["input", "mask", "output"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the data folder: the SHA-256 of its bytes (in hexadecimal), its type by the bytes, its size."""

    sha256: str
    mime: str
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
        found[row.call] = (*found.get(row.call, ()), Kept(row.sha256, row.mime, row.bytes))
    return found
