"""1,000 mixed calls by eight workers: billed there = estimated here = sum of rollups; then planted faults are found."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete

from lib.cli import main
from lib.ledger import Ledger, rollups
from lib.ledger import calls as log
from lib.ledger.row import CallRow
from lib.ledger.schema import calls
from lib.vocabulary import Money
from tests.conftest import ROOT, DemoRelay, start_demo, stop_demo
from tests.thousand_calls import EACH, WORKERS

HOURS = 3 * 3600
ENDS = 10
UNIT = Decimal("0.000002")


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """The folder of the relay's own books."""
    return tmp_path / "relay"


@pytest.fixture
def relay(books: Path) -> Iterator[DemoRelay]:
    process, demo = start_demo("--speed", "2000", "--home", str(books))
    yield demo
    stop_demo(process)


def run(*words: str, stdin: str = "") -> dict[str, Any]:
    done = CliRunner().invoke(main, [*words, "--json"], input=stdin)
    assert done.exit_code == 0, (done.stderr, done.exception)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def called() -> None:
    """Eight workers at once, each a process of its own on the one data folder."""
    command = [sys.executable, "tests/thousand_calls.py"]
    workers = [
        subprocess.Popen([*command, str(n)], cwd=ROOT, stderr=subprocess.PIPE, text=True) for n in range(WORKERS)
    ]
    for worker in workers:
        _, said = worker.communicate()
        assert worker.returncode == 0, said


def there(books: Path, query: str, *values: object) -> list[Any]:
    """Asks the relay's books, or changes them."""
    (file,) = books.glob("*.sqlite3")
    with closing(sqlite3.connect(file, timeout=30)) as db, db:
        db.row_factory = sqlite3.Row
        return db.execute(query, values).fetchall()


COLUMNS = (
    "key, created_at, type, content, model_name, quota, prompt_tokens, completion_tokens, use_time, is_stream, "
    '"group", request_id, other'
)


@dataclass(frozen=True)
class Sides:
    """Both sides of one call: where it is changed."""

    books: Path
    ledger: Ledger
    call: CallRow

    def relay(self, change: str, *values: object) -> None:
        """Changes its row there."""
        there(self.books, f"UPDATE log SET {change} WHERE request_id = ?", *values, self.call.request_id)

    def again(self, **changes: object) -> None:
        """Writes its row there once more, with some columns changed: by SQL."""
        columns = [f"{changes[name]}" if (name := one.strip(' "')) in changes else one for one in COLUMNS.split(",")]
        query = f"INSERT INTO log ({COLUMNS}) SELECT {', '.join(columns)} FROM log WHERE request_id = ? LIMIT 1"
        there(self.books, query, self.call.request_id)

    def remove_there(self) -> None:
        there(self.books, "DELETE FROM log WHERE request_id = ?", self.call.request_id)

    def here(self, **changes: object) -> None:
        """Changes the call here."""
        self.ledger.write(lambda db: log.update(db, self.call.id, **changes))

    def remove_here(self) -> None:
        self.ledger.write(lambda db: db.execute(delete(calls).where(calls.c.id == self.call.id)))


Plant = Callable[[Sides], None]
ONLY_HERE, ONLY_THERE = "only here", "only there: "
OTHER = "other = json_set(other, '$.{name}', {value})"
DOUBLE_RATIO = OTHER.format(name="model_ratio", value="2 * json_extract(other, '$.model_ratio')")

FAULTS: tuple[tuple[str, str, Plant], ...] = (
    # what it is planted into, how it is found, what is done
    ("gpt-4o", ONLY_HERE, lambda s: s.remove_there()),
    ("sora-2", ONLY_HERE, lambda s: s.remove_there()),
    ("gpt-4o", "multiplier", lambda s: s.relay("quota = quota * 4")),
    ("dall-e-2", "multiplier", lambda s: s.relay("quota = quota * 10")),
    ("gpt-4o", "not_billed", lambda s: s.relay("quota = 0")),
    ("gpt-4o", "rounding", lambda s: s.relay("quota = quota + 1")),
    ("gpt-4o", "tokens_differ", lambda s: s.relay("quota = quota * 2, prompt_tokens = prompt_tokens * 2")),
    ("claude-sonnet-4-5", "tokens_differ", lambda s: s.relay("completion_tokens = completion_tokens + 1")),
    ("gpt-4o", "cache_differs", lambda s: s.relay(OTHER.format(name="cache_tokens", value=7))),
    ("gpt-4o", "other_group", lambda s: s.relay("quota = quota * 2, \"group\" = 'vip'")),
    ("gpt-4o", "price_changed", lambda s: s.relay("quota = quota * 2, " + DOUBLE_RATIO)),
    ("gpt-4o", "billed_twice", lambda s: s.again()),
    ("text-embedding-3-small", ONLY_THERE + "billed_twice", lambda s: s.again(request_id="''")),
    ("claude-sonnet-4-5", ONLY_THERE + "another_program", lambda s: s.again(request_id="'foreign'", quota="quota + 9")),
    ("sora-2", "refunded", lambda s: s.again(type="6", request_id="''")),
    ("sora-2", ONLY_THERE + "refund_alone", lambda s: s.again(
        type="6", request_id="''", other="json_set(other, '$.task_id', 'task_nobody')")),
    ("gpt-4o", "another_time", lambda s: s.relay(f"created_at = created_at - {HOURS}")),
    ("deepseek-chat", "lost in time", lambda s: s.relay(f"request_id = '', created_at = created_at - {HOURS}")),
    ("gpt-4o-mini", "guess", lambda s: s.relay("request_id = ''")),
    ("gemini-2.5-flash", "guess", lambda s: s.here(request_id=None)),
    ("glm-4-flash", ONLY_THERE + "another_program", lambda s: s.remove_here()),
    ("gpt-4o", "billed_though_failed", lambda s: s.here(status="failed", estimated=Money(Decimal(0)))),
    ("gpt-4o", "cut_billed_in_full", lambda s: s.here(status="interrupted", estimated=Money(9 * UNIT))),
    ("tts-1", "no_estimate", lambda s: s.here(estimated=None)),
)  # fmt: skip


def chosen(rows: list[CallRow]) -> list[CallRow]:
    """For each fault a call of its own, none of them among the first or the last of its key: what a relay no longer has
    of the beginning of a log it has forgotten, not taken back."""
    of_key = {name: [row.id for row in rows if row.connection == name] for name in {row.connection for row in rows}}
    within = {name for ids in of_key.values() for name in ids[ENDS:-ENDS]}
    fine = (row for row in rows if row.status == "succeeded" and row.estimated and row.estimated.nano)
    left = [row for row in fine if row.id in within]
    found = []
    for model, _, _ in FAULTS:
        found.append(next(row for row in left if row.model == model))
        left.remove(found[-1])
    return found


def stored(ledger: Ledger) -> list[CallRow]:
    with ledger.read() as db:
        assert rollups.prove(db)
        return list(log.page(db, limit=2_000).rows)[::-1]


def test_a_thousand_calls_and_every_planted_fault(relay: DemoRelay, books: Path, own_home: Path) -> None:
    run("connections", "import", "-", stdin=relay.connections)
    run("catalogue", "demo")
    called()
    with Ledger.open(None, own_home) as ledger:
        rows = stored(ledger)
        assert len(rows) == WORKERS * EACH == 1_000
        assert len({row.model for row in rows}) == 13
        assert all(row.estimated and not row.billed for row in rows)
        (units,) = there(books, "SELECT sum(CASE type WHEN 6 THEN -quota ELSE quota END) FROM log")[0]
        total = {"USD": Money(units * UNIT).plain}
        assert run("report")["total"]["cost"] == total

        found = run("reconcile", "demo")
        assert (found["total"]["only_here"], found["total"]["only_there"], found["total"]["differing"]) == (0, 0, 0)
        assert found["total"]["estimated"] == found["total"]["billed"] == found["total"]["billed_there"] == total
        assert run("report")["total"]["cost"] == total
        settled = stored(ledger)
        assert {row.id: row.billed for row in settled if row.billed} == {
            row.id: row.estimated for row in rows if row.id in {one["id"] for one in found["matched"]}
        }
        again = run("reconcile", "demo")
        assert {name: again[name] for name in ("matched", "only_here", "only_there")} == {
            name: found[name] for name in ("matched", "only_here", "only_there")
        }
        assert stored(ledger) == settled

        picked = chosen(rows)
        for call, (_, _, plant) in zip(picked, FAULTS, strict=True):
            plant(Sides(books, ledger, call))
        ledger.change_zone(ledger.zone)  # a call was taken out behind the rollups' back
        faulty = run("reconcile", "demo")
        assert told(faulty) == wanted(picked)
        assert guesses(faulty) == {
            call.id for call, (_, how, _) in zip(picked, FAULTS, strict=True) if how == "guess"
        }
        stored(ledger)


def told(document: dict[str, Any]) -> list[str]:
    """What is said to be amiss: of a call by its id, of a row by its model."""
    differing = [f"{one['id']} {one['why']['code']}" for one in document["matched"] if one["why"]]
    here = [f"{one['id']} {ONLY_HERE}" for one in document["only_here"]]
    rows = [f"{one['model']} {ONLY_THERE}{one['why']['code']}" for one in document["only_there"]]
    return sorted([*differing, *here, *rows])


def wanted(picked: list[CallRow]) -> list[str]:
    """The same for what was planted."""
    found: list[str] = []
    for call, (model, how, _) in zip(picked, FAULTS, strict=True):
        if how == "lost in time":
            found += [f"{call.id} {ONLY_HERE}", f"{model} {ONLY_THERE}another_program"]
        elif how.startswith(ONLY_THERE):
            found.append(f"{model} {how}")
        elif how != "guess":
            found.append(f"{call.id} {how}")
    return sorted(found)


def guesses(document: dict[str, Any]) -> set[str]:
    return {one["id"] for one in document["matched"] if one["by"] == "guess"}
