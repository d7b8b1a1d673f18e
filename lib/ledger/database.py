"""Where the database is and what SQLite and PostgreSQL do differently when connecting and writing.

SQLite runs in WAL with `synchronous=NORMAL`: what is committed survives the death of the process (kill -9); only a
power cut may lose the last commits, and never damages the file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, Select, Table, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from lib.errors import WrongUse
from lib.i18n import N_

FILE = "relayscope.sqlite3"
BACKUPS = "backups"
BUSY_MS = 30_000
"""How long a write waits for another process's."""

Use = Literal["read", "write", "migrate"]


@dataclass(frozen=True, slots=True)
class Database:
    """An address and the folder beside which locks and backups lie (SQLite's own folder, else the home)."""

    url: URL
    folder: Path

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for PostgreSQL."""
        return Path(self.url.database) if self.url.database and self.url.get_backend_name() == "sqlite" else None


def locate(url: str | None, home: Path) -> Database:
    """The database of a URL, or the file in the home; raises `WrongUse` for what can't be one. Makes the folder."""
    if url is None:
        return Database(URL.create("sqlite", database=str(home / FILE)), _made(home))
    parsed = _parsed(url)
    if parsed.get_backend_name() == "postgresql":
        return Database(parsed.set(drivername="postgresql+psycopg"), home)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database.startswith((":", "file:")):
        raise WrongUse(N_("The database URL must name a SQLite file or be a postgresql+psycopg one."))
    return Database(parsed.set(drivername="sqlite"), _made(Path(parsed.database).absolute().parent))


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes on disk: the file, what stands beside it until it is taken in, the copies made before migrations."""

    database: int
    log: int
    backups: int


def sizes(database: Database) -> Sizes:
    """What a SQLite database takes on disk; nothing of any other."""
    file = database.file
    if file is None:
        return Sizes(0, 0, 0)
    beside = file.with_name(file.name + "-wal")
    return Sizes(_bytes(file), _bytes(beside), sum(map(_bytes, (database.folder / BACKUPS).glob(f"{file.stem}-*"))))


def compact(writing: Engine, spare: float) -> None:
    """Makes a SQLite file as small as what is in it, where at least that share of it is spare: it is written anew as a
    whole. A PostgreSQL does so by itself. Raises `OperationalError`.
    """
    if writing.dialect.name != "sqlite":
        return
    raw = writing.raw_connection()  # not within a transaction
    try:
        free, all = (raw.cursor().execute(f"PRAGMA {name}_count").fetchone()[0] for name in ("freelist", "page"))
        if free < spare * all:
            return
        for order in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
            raw.cursor().execute(order).close()
    except sqlite3.OperationalError as fault:
        raise OperationalError("VACUUM", {}, fault) from fault
    finally:
        raw.close()


def _bytes(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        said = fault.strerror or str(fault)
        raise WrongUse(N_("The data folder {folder} can't be used: {said}."), folder=str(folder), said=said) from fault
    return folder


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as fault:
        raise WrongUse(N_("The database URL can't be read: write postgresql+psycopg://user@host/name.")) from fault


def engine(database: Database, use: Use) -> Engine:
    """An engine for one use: `write` and `migrate` begin with the write lock, `read` can't write.

    A connection that a server has cut since its last use, as at its restart, is made anew.
    """
    pool = {"poolclass": NullPool} if use == "migrate" else {"poolclass": QueuePool, "pool_size": _POOL[use]}
    afar = database.file is None
    options = _READS_ONE_STATE if use == "read" and afar else {}
    try:
        made = create_engine(database.url, **pool, pool_pre_ping=afar, execution_options=options)
    except ModuleNotFoundError as fault:
        raise WrongUse(N_("PostgreSQL needs a driver that isn't installed: psycopg[binary].")) from fault
    if database.file is not None:
        _prepare_sqlite(made, use)
    return made


_READS_ONE_STATE = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""What a SQLite transaction is by itself is asked for in PostgreSQL."""
_POOL: Mapping[Use, int] = {"read": 5, "write": 1}
_PRAGMAS: Mapping[Use, Sequence[str]] = {
    "read": ("query_only=ON",),
    # 32 MB: with SQLite's own 2 the pages of the sums are read again for each call of a ledger of a million.
    "write": ("foreign_keys=ON", "synchronous=NORMAL", "cache_size=-32000"),
    # A table made anew by a batch migration is dropped first; with keys enforced that would delete what refers to it.
    "migrate": ("foreign_keys=OFF", "synchronous=NORMAL"),
}


def _prepare_sqlite(made: Engine, use: Use) -> None:
    begin = "BEGIN" if use == "read" else "BEGIN IMMEDIATE"  # a read that turns into a write can't wait for its turn

    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own idea of when to begin leaves DDL and reads outside
        for pragma in (f"busy_timeout={BUSY_MS}", *_PRAGMAS[use]):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(made, "connect", connect)
    event.listen(made, "begin", lambda connection: connection.exec_driver_sql(begin))


def upsert(
    conn: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    replace: tuple[str, ...] = (),
    add: tuple[str, ...] = (),
    newer: str = "",
) -> None:
    """Inserts rows. Where the primary key is there already, `replace` and `add` name the columns that take the new
    value or add it to theirs, if that of the column `newer` isn't older."""
    if rows:
        conn.execute(_upsert(conn.dialect.name, table, replace, add, newer), list(rows))


def upsert_from(conn: Connection, table: Table, query: Select[Any], *, add: tuple[str, ...]) -> None:
    """Inserts what a query finds, whose columns are the table's in its order and which must have a condition; `add` as
    `upsert` has it."""
    insert = _insert(conn.dialect.name)(table).from_select(table.columns.keys(), query)
    conn.execute(_or_change(insert, table, (), add, ""))


@cache  # to build it costs ten times what it does
def _upsert(dialect: str, table: Table, replace: tuple[str, ...], add: tuple[str, ...], newer: str) -> Any:
    return _or_change(_insert(dialect)(table), table, replace, add, newer)


def _or_change(insert: Any, table: Table, replace: tuple[str, ...], add: tuple[str, ...], newer: str) -> Any:
    old, new = table.c, insert.excluded
    return insert.on_conflict_do_update(
        index_elements=table.primary_key,
        set_={name: new[name] for name in replace} | {name: old[name] + new[name] for name in add},
        where=new[newer] >= old[newer] if newer else None,
    )


def _insert(dialect: str) -> Any:
    """`INSERT … ON CONFLICT` of a dialect; PostgreSQL's, a tenth of a second to import, only for who has it."""
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql

        return postgresql
    from sqlalchemy.dialects.sqlite import insert as sqlite

    return sqlite


def hold_still(conn: Connection, table: Table) -> None:
    """Lets nobody else write the table until this transaction ends (a SQLite writer is alone anyway).

    Nor take rows of it in order to write them: who has one and waits for the table must not be waited for.
    """
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql(f"LOCK TABLE {table.name} IN EXCLUSIVE MODE")
