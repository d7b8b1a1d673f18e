"""The relay's own books: how each key and account stands, which lines fail, and the log. One SQLite file, or memory.

Every change is committed at once, so that a killed relay knows afterwards what it deducted.
"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from demo.keys import Fault, KeySpec, accounts, specs

LogType = Literal[2, 5]
CONSUMED: LogType = 2
FAILED: LogType = 5
"""new-api's log types for a call that was charged and for one that failed."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (name TEXT PRIMARY KEY, quota INTEGER NOT NULL, banned INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS keys (
    name TEXT PRIMARY KEY, remain INTEGER NOT NULL, used INTEGER NOT NULL, enabled INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, models TEXT, fault TEXT);
CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, created_at INTEGER NOT NULL, type INTEGER NOT NULL,
    content TEXT NOT NULL, model_name TEXT NOT NULL, quota INTEGER NOT NULL, prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL, use_time INTEGER NOT NULL, is_stream INTEGER NOT NULL, "group" TEXT NOT NULL,
    request_id TEXT NOT NULL, other TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS failing_lines (line TEXT PRIMARY KEY);
"""

KEY_COLUMNS = ("remain", "used", "enabled", "expires_at", "models", "fault")


@dataclass(frozen=True, slots=True)
class Key:
    """A key now: its fixed facts (`spec`) and its state; `funds` is what its account has left, in units."""

    spec: KeySpec
    remain: int
    used: int
    enabled: bool
    expires_at: int
    models: tuple[str, ...] | None
    fault: Fault | None
    funds: int
    banned: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One log row before it has a number. Times in Unix seconds, `use_time` in seconds; `other`: the details."""

    key: str
    created_at: int
    type: LogType
    content: str
    model_name: str
    quota: int
    prompt_tokens: int
    completion_tokens: int
    use_time: int
    is_stream: bool
    group: str
    request_id: str
    other: Mapping[str, object]


class Books:
    """The one door to the SQLite file at `path`; None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        # The loop's thread uses it, but tests open and close it from another one.
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)
        with self._db:
            for name in accounts():
                self._open_account(name)
            for name in specs():
                self._open_key(name)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def key(self, name: str) -> Key:
        """The key called `name`; KeyError where there is none."""
        spec = specs()[name]
        row = self._db.execute(
            "SELECT k.*, a.quota AS funds, a.banned FROM keys k, accounts a WHERE k.name = ? AND a.name = ?",
            (name, spec.account),
        ).fetchone()
        return Key(
            spec=spec,
            remain=row["remain"],
            used=row["used"],
            enabled=bool(row["enabled"]),
            expires_at=row["expires_at"],
            models=None if row["models"] is None else tuple(json.loads(row["models"])),
            fault=row["fault"],
            funds=row["funds"],
            banned=bool(row["banned"]),
        )

    def all_keys(self) -> list[Key]:
        """Every key, in the order of `keys.toml`."""
        return [self.key(name) for name in specs()]

    def record(self, entry: Entry) -> None:
        """Append `entry` to the log and deduct its quota from key and account, in one transaction."""
        row = asdict(entry) | {"other": json.dumps(entry.other, ensure_ascii=False)}
        columns = ", ".join(f'"{column}"' for column in row)
        with self._db:
            self._db.execute(f"INSERT INTO log ({columns}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))
            self._db.execute(
                "UPDATE keys SET remain = remain - ?, used = used + ? WHERE name = ?",
                (entry.quota, entry.quota, entry.key),
            )
            self._db.execute(
                "UPDATE accounts SET quota = quota - ? WHERE name = ?", (entry.quota, specs()[entry.key].account)
            )

    def log(self, key: str | None, limit: int) -> list[dict[str, Any]]:
        """The newest `limit` rows, of one key or of all, newest first; columns as the table has them."""
        rows = self._db.execute(
            "SELECT * FROM log WHERE ? IS NULL OR key = ? ORDER BY id DESC LIMIT ?", (key, key, limit)
        ).fetchall()
        return [dict(row) for row in rows]

    def change_key(self, name: str, **changes: object) -> None:
        """Set columns of a key; `models` as a list or None."""
        if isinstance(changes.get("models"), list):
            changes["models"] = json.dumps(changes["models"])
        unknown = changes.keys() - set(KEY_COLUMNS)
        if unknown:
            raise ValueError(f"no such column: {', '.join(sorted(unknown))}")
        with self._db:
            for column, value in changes.items():
                self._db.execute(f"UPDATE keys SET {column} = ? WHERE name = ?", (value, name))

    def fund_account(self, name: str, quota: int) -> None:
        """Add `quota` units to an account."""
        with self._db:
            self._db.execute("UPDATE accounts SET quota = quota + ? WHERE name = ?", (quota, name))

    def unban_account(self, name: str) -> None:
        """Let a banned account in again."""
        with self._db:
            self._db.execute("UPDATE accounts SET banned = 0 WHERE name = ?", (name,))

    def reset(self, name: str) -> None:
        """Put a key and its account back as they were at first start; the log stays."""
        with self._db:
            self._open_key(name, again=True)
            self._open_account(specs()[name].account, again=True)

    def failing_lines(self) -> set[str]:
        """Ids of the lines that are made to fail."""
        return {row["line"] for row in self._db.execute("SELECT line FROM failing_lines")}

    def switch_line(self, line: str, failing: bool) -> None:
        """Make a line fail, or work again."""
        with self._db:
            self._db.execute("DELETE FROM failing_lines WHERE line = ?", (line,))
            if failing:
                self._db.execute("INSERT INTO failing_lines VALUES (?)", (line,))

    def _open_account(self, name: str, *, again: bool = False) -> None:
        verb = "REPLACE" if again else "IGNORE"
        account = accounts()[name]
        self._db.execute(f"INSERT OR {verb} INTO accounts VALUES (?, ?, ?)", (name, account.quota, account.banned))

    def _open_key(self, name: str, *, again: bool = False) -> None:
        verb = "REPLACE" if again else "IGNORE"
        spec = specs()[name]
        models = None if spec.models is None else json.dumps(spec.models)
        self._db.execute(
            f"INSERT OR {verb} INTO keys VALUES (?, ?, 0, ?, ?, ?, ?)",
            (name, spec.quota, spec.enabled, spec.expires_at, models, spec.fault),
        )
