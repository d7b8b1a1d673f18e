"""What was reckoned from a database, kept until anything is written to it, by whichever process."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection

from lib.ledger.database import Database

T = TypeVar("T")

KEPT = 8
"""Answers; the oldest makes room."""


class Remembered:
    """The answers to some questions, from any thread."""

    def __init__(self, database: Database, read: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._database = database
        self._read = read
        self._lock = Lock()
        self._watching: sqlite3.Connection | None = None
        self._answers: dict[Hashable, tuple[object, Any]] = {}

    def of(self, key: Hashable, reckon: Callable[[Connection], T]) -> T:
        """What `reckon` finds; not asked again while nothing is written. `key` says all that the answer depends on."""
        with self._lock:
            state, (reckoned_at, answer) = self._state(), self._answers.get(key, (None, None))
        if reckoned_at == state:
            return answer  # type: ignore[no-any-return]
        with self._read() as db:
            answer = reckon(db)
        with self._lock:
            self._answers.pop(key, None)
            self._answers[key] = state, answer  # the state before: what was written meanwhile is asked for again
            if len(self._answers) > KEPT:
                del self._answers[next(iter(self._answers))]
        return answer

    def close(self) -> None:
        """Lets go of the database and of all answers."""
        with self._lock:
            self._answers.clear()
            if self._watching is not None:
                self._watching.close()
                self._watching = None

    def _state(self) -> object:
        """Another one after every write. SQLite counts for one connection what others commit; PostgreSQL tells which
        transactions have ended.
        """
        if self._database.file is None:
            with self._read() as db:
                return db.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
        if self._watching is None:
            self._watching = sqlite3.connect(self._database.file, check_same_thread=False)
        return self._watching.execute("PRAGMA data_version").fetchone()[0]
