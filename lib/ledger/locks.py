"""Locks between processes that die with their holder: a file lock beside SQLite, a session advisory lock in PostgreSQL.

No heartbeat: a laptop that slept would have lost its work to another process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError

from lib.ledger.database import Database, engine


class Lock(Protocol):
    """A lock that was got."""

    def held(self) -> bool:
        """Whether it still is: a server that is restarted lets go of all."""

    def release(self) -> None:
        """Frees it."""


class _File:
    """The held lock of a file, which goes away with the lock."""

    def __init__(self, lock: FileLock, path: Path) -> None:
        self._lock, self._path = lock, path

    def held(self) -> bool:
        return self._lock.is_locked

    def release(self) -> None:
        self._lock.release()
        with suppress(PermissionError):  # Windows: somebody is just trying it, and will remove it
            self._path.unlink(missing_ok=True)


class _Advisory:
    """A session of its own that holds one advisory lock."""

    def __init__(self, session: Connection) -> None:
        self._session = session

    def held(self) -> bool:
        try:
            self._session.execute(select(1))
        except DBAPIError:
            return False
        return True

    def release(self) -> None:
        self._session.close()  # not pooled: the session ends, and its locks with it


def try_lock(database: Database, name: str) -> Lock | None:
    """The lock of that name, None where somebody (even this process) holds it. Never waits."""
    return _try_advisory(database, name) if database.file is None else _try_file(database.folder / f"{name}.lock")


def exists(database: Database, name: str) -> bool:
    """Whether anybody can hold it: without its file nobody does. PostgreSQL only knows by trying."""
    return database.file is None or (database.folder / f"{name}.lock").exists()


def _try_file(path: Path) -> Lock | None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = _file_lock(path)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return _File(lock, path)


def _file_lock(path: Path) -> FileLock:
    # No fallback: a lock that is a mere file would outlive a killed process. Not bound to the thread that took it.
    return FileLock(path, thread_local=False, fallback_to_soft=False)


def _try_advisory(database: Database, name: str) -> Lock | None:
    session = engine(database, "migrate").connect().execution_options(isolation_level="AUTOCOMMIT")
    if session.scalar(select(func.pg_try_advisory_lock(_number(name)))):
        return _Advisory(session)
    session.close()
    return None


@contextmanager
def locked(database: Database, name: str) -> Iterator[None]:
    """Waits for the lock and holds it."""
    if database.file is not None:
        with _file_lock(database.folder / f"{name}.lock"):
            yield
        return
    with engine(database, "migrate").connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.execute(select(func.pg_advisory_lock(_number(name))))
        yield


def _number(name: str) -> int:
    """PostgreSQL names its locks by a 64-bit integer."""
    return int.from_bytes(hashlib.sha256(f"relayscope {name}".encode()).digest()[:8], signed=True)
