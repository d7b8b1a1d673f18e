"""The ledger of one data folder: opens (and migrates) its database, reads from any thread, writes from one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, OperationalError

from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger import rollups
from lib.ledger.database import Database, Sizes, compact, engine, locate, sizes
from lib.ledger.days import system_zone
from lib.ledger.migrate import bring_up_to_date
from lib.ledger.remembered import Remembered

T = TypeVar("T")


class Ledger:
    """An open database. Several processes may have the same one open."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._reading = engine(database, "read")
        self._writing = engine(database, "write")
        self._remembered = Remembered(database, self.read)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._closed = False

    @classmethod
    def open(cls, url: str | None, home: Path) -> Ledger:
        """Opens the database of that URL, or the file in the home, after migrating it if it needs to.

        Raises `WrongUse` if it can't be opened, or was made by a newer Relayscope.
        """
        database = locate(url, home)
        try:
            new = bring_up_to_date(database)
        except DatabaseError as fault:
            raise WrongUse(N_("The database can't be opened: {said}."), said=str(fault.orig)) from fault
        ledger = cls(database)
        if new:
            ledger.change_zone(system_zone())  # the user's day, until he says otherwise
        return ledger

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the database, on any thread."""
        with self._reading.connect() as conn:
            yield conn
            if self._closed:
                conn.detach()  # the pool it would go back to is gone

    def remembered(self, key: Hashable, reckon: Callable[[Connection], T]) -> T:
        """What `reckon` finds in a read, or found while nothing was written since. `key` says what it depends on
        besides the database. Nobody may change what is returned.
        """
        return self._remembered.of(key, reckon)

    def write(self, fn: Callable[[Connection], T]) -> T:
        """Runs `fn` in one transaction on the writer's thread and waits for it."""
        return self._submit(fn).result()

    async def awrite(self, fn: Callable[[Connection], T]) -> T:
        """The same for asyncio. A write once asked for is done, even if who asked is cancelled meanwhile."""
        asked = asyncio.wrap_future(self._submit(fn))
        asked.add_done_callback(lambda done: done.cancelled() or done.exception())  # heard, if nobody waits any more
        return await asyncio.shield(asked)

    def _submit(self, fn: Callable[[Connection], T]) -> Future[T]:
        return self._writer.submit(self._run, fn)

    def _run(self, fn: Callable[[Connection], T]) -> T:
        with self._writing.begin() as conn:
            return fn(conn)

    @property
    def zone(self) -> str:
        """The IANA name of the zone of the user's day."""
        with self.read() as conn:
            return rollups.stored_zone(conn)

    def change_zone(self, zone: str, told: rollups.Told = rollups.unheard) -> None:
        """Makes the rollups anew for another zone; raises `WrongUse` for an unknown one.

        `told` hears meanwhile, on the writer's thread, how many calls have been read.
        """
        self.write(lambda conn: rollups.rebuild(conn, zone, told))

    def compact(self, spare: float = 0) -> None:
        """Gives back to the disk what deleted rows took, where that is at least that share of all and can be done now;
        else later rows take that room."""
        with suppress(OperationalError):
            self._writer.submit(compact, self._writing, spare).result()

    def sizes(self) -> Sizes:
        """What it takes on disk. Nothing is known of a PostgreSQL's."""
        return sizes(self.database)

    def close(self) -> None:
        """Finishes the writes asked for and lets go of the database."""
        self._closed = True
        self._writer.shutdown()
        self._remembered.close()
        self._reading.dispose()
        self._writing.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()
