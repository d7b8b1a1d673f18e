"""The relay's own books: keys, accounts, failing lines, jobs and the log. One SQLite file, or memory.

Every change is committed at once, so that a killed relay knows afterwards what it deducted.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from demo.keys import Fault, KeySpec, accounts, specs

LogType = Literal[2, 5, 6]
CONSUMED: LogType = 2
FAILED: LogType = 5
REFUNDED: LogType = 6
"""new-api's log types for a call that was charged, one that failed, and a failed task's quota given back."""

Count = Literal["polls", "sightings", "fetches"]
"""What is counted of a job: how often it was asked after, was shown as done, and had a file fetched."""

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
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, key TEXT NOT NULL, model TEXT NOT NULL, kind TEXT NOT NULL, prompt TEXT NOT NULL,
    params TEXT NOT NULL, created_at REAL NOT NULL, seconds REAL NOT NULL, fails_at REAL, quota INTEGER NOT NULL,
    refunded INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0, polls INTEGER NOT NULL DEFAULT 0,
    sightings INTEGER NOT NULL DEFAULT 0, fetches INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS failing_jobs ON jobs (fails_at) WHERE fails_at IS NOT NULL AND NOT refunded;
CREATE TABLE IF NOT EXISTS job_inputs (
    job TEXT NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (job, position));
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


@dataclass(frozen=True, slots=True)
class Job:
    """Work that finishes later. `created_at` and `fails_at` in Unix seconds, `seconds` of the clock it takes.

    `kind` is the dialect it was asked for in, `params` what its media need (`width`, `height`, `seconds`, `n`) and its
    dialect repeats; `fails_at` is None where it won't fail; `quota` was charged when it was submitted.
    """

    id: str
    key: str
    model: str
    kind: str
    prompt: str
    params: Mapping[str, Any]
    created_at: float
    seconds: float
    fails_at: float | None
    quota: int


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

    def record(self, entry: Entry, job: Job | None = None, inputs: Iterable[bytes] = ()) -> None:
        """Append `entry` to the log and deduct its quota from key and account, in one transaction.

        A `job` with its input files, where the call began one, is kept in the same transaction.
        """
        with self._db:
            self._log_and_deduct(entry, entry.quota)
            if job is not None:
                self._insert("jobs", asdict(job) | {"params": json.dumps(job.params, ensure_ascii=False)})
                for position, data in enumerate(inputs):
                    self._insert("job_inputs", {"job": job.id, "position": position, "data": data})

    def job(self, id: str) -> Job | None:
        """The job called `id`, unless it was deleted."""
        row = self._db.execute("SELECT * FROM jobs WHERE id = ? AND NOT deleted", (id,)).fetchone()
        return None if row is None else _job(row)

    def job_inputs(self, id: str) -> list[bytes]:
        """The files a job was given, in their order."""
        rows = self._db.execute("SELECT data FROM job_inputs WHERE job = ? ORDER BY position", (id,))
        return [row["data"] for row in rows]

    def count(self, id: str, what: Count) -> int:
        """Count one more, and give how many that makes."""
        with self._db:
            self._db.execute(f"UPDATE jobs SET {what} = {what} + 1 WHERE id = ?", (id,))
            row = self._db.execute(f"SELECT {what} FROM jobs WHERE id = ?", (id,)).fetchone()
        return int(row[what])

    def delete_job(self, id: str) -> None:
        """Forget a job; what it cost stays charged."""
        with self._db:
            self._db.execute("UPDATE jobs SET deleted = 1 WHERE id = ?", (id,))

    def unrefunded(self, now: float) -> list[Job]:
        """The jobs that have failed by `now` and whose quota wasn't given back yet."""
        rows = self._db.execute(
            "SELECT * FROM jobs WHERE fails_at IS NOT NULL AND NOT refunded AND quota > 0 AND fails_at <= ?", (now,)
        ).fetchall()
        return [_job(row) for row in rows]

    def refund(self, job: Job, entry: Entry) -> None:
        """Append `entry` to the log and give its quota back, in one transaction."""
        with self._db:
            self._db.execute("UPDATE jobs SET refunded = 1 WHERE id = ?", (job.id,))
            self._log_and_deduct(entry, -entry.quota)

    def log(self, key: str | None, limit: int) -> list[dict[str, Any]]:
        """The newest `limit` rows, of one key or of all, newest first; columns as the table has them."""
        rows = self._db.execute(
            "SELECT * FROM log WHERE ? IS NULL OR key = ? ORDER BY id DESC LIMIT ?", (key, key, limit)
        ).fetchall()
        return [dict(row) for row in rows]

    def log_of(
        self, keys: Sequence[str], since: int, until: int, limit: int, skipped: int
    ) -> tuple[list[dict[str, Any]], int]:
        """Some of the rows of several keys, newest first, and how many there are between two times (0: no border)."""
        wanted = (
            f"FROM log WHERE key IN ({', '.join('?' * len(keys))}) AND created_at >= ? AND (? = 0 OR created_at <= ?)"
        )
        of = (*keys, since, until, until)
        rows = self._db.execute(f"SELECT * {wanted} ORDER BY id DESC LIMIT ? OFFSET ?", (*of, limit, skipped))
        return [dict(row) for row in rows], int(self._db.execute(f"SELECT count(*) {wanted}", of).fetchone()[0])

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

    def _log_and_deduct(self, entry: Entry, quota: int) -> None:
        self._insert("log", asdict(entry) | {"other": json.dumps(entry.other, ensure_ascii=False)})
        self._db.execute(
            "UPDATE keys SET remain = remain - ?, used = used + ? WHERE name = ?", (quota, quota, entry.key)
        )
        self._db.execute("UPDATE accounts SET quota = quota - ? WHERE name = ?", (quota, specs()[entry.key].account))

    def _insert(self, table: str, row: Mapping[str, object]) -> None:
        columns = ", ".join(f'"{column}"' for column in row)
        self._db.execute(f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", tuple(row.values()))

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


def _job(row: sqlite3.Row) -> Job:
    return Job(**{name: row[name] for name in Job.__slots__} | {"params": json.loads(row["params"])})
