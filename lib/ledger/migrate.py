"""Brings a database to the version of `schema`. Alembic is imported only where there is something to migrate.

The stored version is compared by one query. A new database gets the tables of `schema` as they are. A change is made
under a lock that other processes wait for, in one transaction, after a copy of the file (SQLite; a PostgreSQL is its
keeper's to back up); the rollups are made anew in it from what the calls then are. A database that knows more than we
do is left alone.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Column, Engine, MetaData, String, Table, inspect
from sqlalchemy.exc import OperationalError, ProgrammingError

from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger import rollups
from lib.ledger.database import BACKUPS, Database, engine
from lib.ledger.locks import locked
from lib.ledger.schema import VERSION, metadata

MIGRATIONS = Path(__file__).parent / "migrations"


def bring_up_to_date(database: Database, migrations: Path = MIGRATIONS, version: str = VERSION) -> bool:
    """Migrates to `version` if need be; True if the database is new.

    Raises `WrongUse` for a database of a newer Relayscope.
    """
    migrating = engine(database, "migrate")
    if stored_version(migrating) == version:
        return False
    with locked(database, "migration"):
        stored = stored_version(migrating)
        if stored == version:
            return False  # another process did it while we waited
        if migrating.dialect.name == "sqlite":
            _use_wal(migrating)
        if stored is None and version == VERSION:
            _create(migrating)
            return True
        if stored is not None:
            _refuse_newer(stored, migrations)
            _back_up(database, stored)
        _migrate(migrating, migrations, version)
    return stored is None


def stored_version(migrating: Engine) -> str | None:
    """The version of a database, None of a new one."""
    with migrating.connect() as conn:
        try:
            return conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        except (OperationalError, ProgrammingError):
            conn.rollback()
            if inspect(conn).has_table("alembic_version"):
                raise
            return None


def _refuse_newer(stored: str, migrations: Path) -> None:
    from alembic.script import ScriptDirectory

    if stored not in {script.revision for script in ScriptDirectory(str(migrations)).walk_revisions()}:
        raise WrongUse(
            N_("The database was made by a newer Relayscope (version {stored} of its tables). Please update."),
            stored=stored,
        )


def _back_up(database: Database, stored: str) -> None:
    if database.file is None:
        return
    folder = database.folder / BACKUPS
    folder.mkdir(exist_ok=True)
    copy = folder / f"{database.file.stem}-{stored}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z.sqlite3"
    with closing(sqlite3.connect(database.file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _create(migrating: Engine) -> None:
    """Makes all tables, and alembic's own as it has it by default."""
    version = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
    with migrating.begin() as conn:
        metadata.create_all(conn, checkfirst=False)
        version.create(conn)
        conn.execute(version.insert(), {"version_num": VERSION})
        rollups.rebuild(conn, rollups.stored_zone(conn))


def _migrate(migrating: Engine, migrations: Path, version: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    with migrating.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, version)
        if conn.dialect.name == "sqlite" and conn.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("a migration left rows that refer to nothing")  # rolls back
        if version == VERSION:
            rollups.rebuild(conn, rollups.stored_zone(conn))


def _use_wal(migrating: Engine) -> None:
    raw = migrating.raw_connection()  # the mode belongs to the file and can't be set inside of a transaction
    with closing(raw), closing(raw.cursor()) as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
