"""Opening, migrating, sharing and losing a ledger: with real processes where it matters."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from ledger_rows import NOON, row
from sqlalchemy.exc import DatabaseError

from lib.errors import WrongUse
from lib.ledger import Ledger, calls, rollups, settings
from lib.ledger.calls import Payload
from lib.ledger.database import Database, engine, locate, sizes
from lib.ledger.migrate import MIGRATIONS, bring_up_to_date, stored_version
from lib.ledger.owners import Owner
from lib.ledger.schema import VERSION, metadata
from tests.postgresql import cut_off, empty_url_of, url_of, variables

ROOT = Path(__file__).parents[2]

WORK = """
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from lib.ledger import Ledger, calls
from lib.ledger.owners import Owner
sys.path.insert(0, "tests/ledger")
from ledger_rows import row
ledger = Ledger.open(os.environ.get("RELAYSCOPE_DATABASE_URL"), Path(sys.argv[1]))
owner = Owner(ledger.database)
for _ in range(int(sys.argv[2])):
    made = row(datetime.now(UTC), owner=owner.id)
    ledger.write(lambda db: calls.insert(db, made, calls.Payload(prompt="hello")))
    ledger.write(lambda db: calls.update(db, made.id, status="sent", sent_at=made.created_at))
print(owner.id, flush=True)
sys.stdin.read()
owner.release()
ledger.close()
"""
"""A process that logs calls, says whose they are, and lives until its stdin ends."""


@contextmanager
def process(home: Path, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-c", WORK, str(home), str(count)]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | variables(home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def said(started: subprocess.Popen[str]) -> str:
    assert started.stdout is not None
    return started.stdout.readline().strip()


def locks(home: Path) -> list[str]:
    """The owners whose locks are files: none in PostgreSQL."""
    return [lock.stem for lock in (home / "owners").glob("*")]


@pytest.mark.parametrize("first", ["0001", VERSION])
def test_a_new_database_and_an_old_one_come_to_the_tables_of_the_schema(tmp_path: Path, first: str) -> None:
    bring_up_to_date(locate(empty_url_of(tmp_path), tmp_path), version=first)
    with Ledger.open(None, tmp_path) as ledger, ledger.read() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []


def shapes(home: Path) -> list[tuple[str, ...]]:
    """What alembic doesn't compare: how tables are stored, which of the rows an index has."""
    tables = "SELECT name, wr FROM pragma_table_list WHERE type = 'table' ORDER BY name"
    indexes = "SELECT name, substr(sql, instr(sql, 'WHERE')) FROM sqlite_master WHERE sql LIKE '%INDEX%' ORDER BY name"
    with closing(sqlite3.connect(home / "relayscope.sqlite3")) as db:
        return [*db.execute(tables), *db.execute(indexes)]


@pytest.mark.usefixtures("of_sqlite")
def test_a_new_file_is_laid_out_as_an_old_one(tmp_path: Path) -> None:
    new, old = tmp_path / "new", tmp_path / "old"
    for home, first in ((new, VERSION), (old, "0001")):
        bring_up_to_date(locate(None, home), version=first)
        bring_up_to_date(locate(None, home))
    assert shapes(new) == shapes(old)


@pytest.mark.usefixtures("ledger")
def test_nothing_but_a_comparison_when_up_to_date(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from lib.ledger import Ledger\n"
        "Ledger.open(sys.argv[2] or None, Path(sys.argv[1])).close()\n"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run(
        [sys.executable, "-W", "error", "-c", code, str(tmp_path), url_of(tmp_path) or ""], cwd=ROOT, check=True
    )
    assert not (tmp_path / "backups").exists()


def test_processes_that_open_an_empty_folder_at_once_and_write(tmp_path: Path) -> None:
    empty_url_of(tmp_path)
    with process(tmp_path, 20) as one, process(tmp_path, 20) as two:
        owners = {said(one), said(two)}
        for started in (one, two):
            started.communicate()
        assert (one.returncode, two.returncode) == (0, 0)
    with Ledger.open(None, tmp_path) as ledger, ledger.read() as db:
        assert {found.owner for found in calls.unfinished(db)} == owners
        assert len(calls.unfinished(db)) == 40
        assert rollups.prove(db)
    assert locks(tmp_path) == []


def test_a_killed_process_loses_no_call_and_its_lock(tmp_path: Path) -> None:
    with Ledger.open(None, tmp_path) as ledger, process(tmp_path, 1) as started:
        dead = said(started)
        mine = Owner(ledger.database)
        assert mine.alive(dead)
        started.kill()
        started.wait()
        assert not mine.alive(dead)
        assert not mine.alive(dead)
        with ledger.read() as db:
            (left,) = calls.unfinished(db)
        assert (left.owner, left.status) == (dead, "sent")
        assert locks(tmp_path) == ([mine.id] if ledger.database.file else [])
        mine.release()
        assert not mine.alive(mine.id)


def test_of_two_who_take_over_one_wins(ledger: Ledger, tmp_path: Path) -> None:
    left = row(owner="dead", status="sent")
    ledger.write(lambda db: calls.insert(db, left, Payload()))
    start, won = threading.Barrier(2), []

    def compete(name: str) -> None:
        with Ledger.open(None, tmp_path) as mine:
            start.wait()
            if mine.write(lambda db: calls.take_over(db, left.id, "dead", name)):
                won.append(name)

    racers = [threading.Thread(target=compete, args=(name,)) for name in ("a", "b")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    with ledger.read() as db:
        found = calls.get(db, left.id)
    assert found is not None
    assert [found.owner] == won


def test_a_finished_call_is_nobodys_to_take(ledger: Ledger) -> None:
    done = row(owner="dead", status="succeeded")
    ledger.write(lambda db: calls.insert(db, done, Payload()))
    assert not ledger.write(lambda db: calls.take_over(db, done.id, "dead", "me"))


def test_a_write_that_fails_leaves_nothing(ledger: Ledger) -> None:
    def half(db: calls.Connection) -> None:
        settings.put(db, "half", "done")
        raise LookupError

    with pytest.raises(LookupError):
        ledger.write(half)
    with ledger.read() as db:
        assert settings.get(db, "half") is None


def test_a_reader_cannot_write(ledger: Ledger) -> None:
    with ledger.read() as db, pytest.raises(DatabaseError, match=r"read-?only"):
        settings.put(db, "a", "b")


def test_a_reader_sees_one_state_whatever_is_written_meanwhile(ledger: Ledger) -> None:
    with ledger.read() as db:
        assert settings.get(db, "a") is None
        ledger.write(lambda writing: settings.put(writing, "a", "b"))
        assert settings.get(db, "a") is None
    with ledger.read() as db:
        assert settings.get(db, "a") == "b"


def test_a_connection_that_was_lost_is_made_anew(ledger: Ledger, tmp_path: Path) -> None:
    """A PostgreSQL that was restarted, or whose idle connections something on the way has cut."""
    ledger.write(lambda db: settings.put(db, "a", "b"))
    with ledger.read() as db:
        assert settings.get(db, "a") == "b"
    cut_off(tmp_path)
    ledger.write(lambda db: settings.put(db, "a", "c"))
    with ledger.read() as db:
        assert settings.get(db, "a") == "c"


def test_what_is_still_read_when_it_closes_ends_its_connection(ledger: Ledger) -> None:
    with ledger.read() as db:
        session = db.connection.dbapi_connection
        assert session is not None
        ledger.close()
        assert settings.get(db, "a") is None
    with pytest.raises(Exception, match="closed"):
        session.cursor()


async def _cancelled_write(ledger: Ledger) -> None:
    busy, go = threading.Event(), threading.Event()

    def occupy(db: calls.Connection) -> None:
        busy.set()
        go.wait()

    first = asyncio.create_task(ledger.awrite(occupy))
    await asyncio.to_thread(busy.wait)
    second = asyncio.create_task(ledger.awrite(lambda db: settings.put(db, "asked", "done")))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    go.set()
    await first


def test_a_write_asked_for_is_done_even_if_who_asked_is_cancelled(ledger: Ledger) -> None:
    asyncio.run(_cancelled_write(ledger))
    assert ledger.write(lambda db: settings.get(db, "asked")) == "done"


NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "0099"
down_revision = "{before}"

def upgrade():
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    with op.batch_alter_table("calls", recreate=anew) as batch:
        batch.add_column(sa.Column("mood", sa.Text()))
    {more}
"""


def newer(folder: Path, more: str = "pass") -> Path:
    """The migrations of a Relayscope to come, whose next one makes the table of calls anew (SQLite)."""
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / "0099_next.py").write_text(NEXT.format(more=more, before=VERSION))
    return folder


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A home whose ledger has one call, closed."""
    home = tmp_path / "home"
    empty_url_of(home)
    with Ledger.open(None, home) as ledger:
        ledger.write(lambda db: calls.insert(db, row(id=CALL), Payload(prompt="kept")))
    return home


CALL = row().id


def database(home: Path) -> Database:
    return locate(url_of(home), home)


def version(of: Database) -> str | None:
    return stored_version(engine(of, "migrate"))


def prompts(of: Database) -> list[str]:
    with engine(of, "migrate").connect() as db:
        return list(db.exec_driver_sql("SELECT prompt FROM calls JOIN payloads ON payloads.call = calls.id").scalars())


def test_an_older_ledger_is_migrated(old: Path, tmp_path: Path) -> None:
    bring_up_to_date(database(old), newer(tmp_path / "newer"), "0099")
    assert (version(database(old)), prompts(database(old))) == ("0099", ["kept"])


@pytest.mark.usefixtures("of_sqlite")
def test_an_older_ledger_is_copied_before(old: Path, tmp_path: Path) -> None:
    bring_up_to_date(database(old), newer(tmp_path / "newer"), "0099")
    (copy,) = (old / "backups").iterdir()
    before = locate(f"sqlite:///{copy}", old)
    assert (version(before), prompts(before)) == (VERSION, ["kept"])


def fails(old: Path, migrations: Path, why: str) -> None:
    """Migrating fails and changes nothing."""
    with pytest.raises((LookupError, RuntimeError), match=why):
        bring_up_to_date(database(old), migrations, "0099")
    assert (version(database(old)), prompts(database(old))) == (VERSION, ["kept"])
    Ledger.open(None, old).close()


def test_a_migration_that_fails_changes_nothing(old: Path, tmp_path: Path) -> None:
    fails(old, newer(tmp_path / "newer", "raise LookupError('no')"), "no")


@pytest.mark.usefixtures("of_sqlite")
def test_rows_that_refer_to_nothing_are_a_failure(old: Path, tmp_path: Path) -> None:
    """PostgreSQL never has such rows."""
    fails(old, newer(tmp_path / "newer", "op.execute('DELETE FROM calls')"), "refer to nothing")


def test_a_ledger_of_a_newer_relayscope_is_left_alone(old: Path, tmp_path: Path) -> None:
    bring_up_to_date(database(old), newer(tmp_path / "newer"), "0099")
    backups = list(old.glob("backups/*"))
    with pytest.raises(WrongUse, match="newer Relayscope"):
        Ledger.open(None, old)
    assert (version(database(old)), prompts(database(old))) == ("0099", ["kept"])
    assert list(old.glob("backups/*")) == backups


def test_a_sqlite_file_of_ones_own(tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{tmp_path}/100%/mine.db", tmp_path / "home") as ledger:
        ledger.write(lambda db: calls.insert(db, row(NOON), Payload()))
    assert (tmp_path / "100%" / "mine.db").exists()
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql+psycopg://u@127.0.0.1:1/db", r"psycopg\[binary\]|opened"),
        ("postgresql://u@127.0.0.1:1/db", r"psycopg\[binary\]|opened"),
        ("mysql://u@localhost/db", "SQLite file"),
        ("sqlite://", "SQLite file"),
        ("sqlite:///:memory:", "SQLite file"),
        ("nonsense", "can't be read"),
    ],
)
def test_what_is_no_database(tmp_path: Path, url: str, why: str) -> None:
    with pytest.raises(WrongUse, match=why):
        Ledger.open(url, tmp_path)


@pytest.mark.usefixtures("of_sqlite")
def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "relayscope.sqlite3").write_text("a shopping list, long enough to be taken for a database" * 20)
    with pytest.raises(WrongUse, match="file is not a database"):
        Ledger.open(None, tmp_path)


@pytest.mark.usefixtures("of_sqlite")
def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(WrongUse, match="can't be used"):
        Ledger.open(None, tmp_path / "home")


@pytest.mark.usefixtures("of_sqlite")
def test_its_sizes_are_those_on_disk(old: Path, tmp_path: Path) -> None:
    bring_up_to_date(locate(None, old), newer(tmp_path / "newer"), "0099")
    found = sizes(locate(None, old))
    (copy,) = (old / "backups").iterdir()
    assert (found.database, found.backups) == ((old / "relayscope.sqlite3").stat().st_size, copy.stat().st_size)
    (old / "relayscope.sqlite3-wal").write_bytes(b"12345")
    assert sizes(locate(None, old)).log == 5
