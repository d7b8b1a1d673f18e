"""A ledger in an empty folder; where `TEST_POSTGRESQL` names a server, in an empty database there.

Its value is a SQLAlchemy URL: postgresql+psycopg://user@127.0.0.1/postgres, whose user may create databases.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url

from lib.ledger import Ledger


@pytest.fixture
def url() -> Iterator[str | None]:
    """Where an empty database is, for `Ledger.open`; None: in a file of the home."""
    server = os.environ.get("TEST_POSTGRESQL")
    if server is None:
        yield None
        return
    name = f"test_{uuid4().hex}"
    keeper = create_engine(server, isolation_level="AUTOCOMMIT")
    with keeper.connect() as db:
        db.exec_driver_sql(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        db.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    keeper.dispose()


@pytest.fixture
def of_sqlite(url: str | None) -> None:
    """For a test of what SQLite alone does: its plans of queries, its file."""
    if url is not None:
        pytest.skip("of SQLite alone")


@pytest.fixture
def ledger(url: str | None, tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(url, tmp_path) as opened:
        yield opened
