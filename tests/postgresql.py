"""Where `TEST_POSTGRESQL` names a server, each data folder of a test has a database of its own there, not a file.

Its value is a SQLAlchemy URL: postgresql+psycopg://user@127.0.0.1/postgres, whose user may create databases. One is
made at its first use, as a copy of a database that was migrated once; emptied when the test that used it has ended, it
is the next one's (to make one costs ten times as much).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import RLock
from uuid import uuid4

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url

from lib.ledger import Ledger
from lib.ledger.database import FILE
from lib.ledger.days import system_zone
from lib.ledger.rollups import ZONE
from lib.ledger.schema import metadata

SERVER = os.environ.get("TEST_POSTGRESQL")

_NOTHING = "template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
"""Sorted as words of a language are, as on many servers: neither as SQLite nor as Python sorts."""
_RUN = f"test_{uuid4().hex[:8]}"
_open = Ledger.open
_one_at_a_time = RLock()
_numbers = count()
_used: list[str] = []
_spare: list[str] = []
_bare: set[str] = set()
"""What a test migrates itself: no copy of the others."""
_ledgers: list[Ledger] = []


def url_of(home: Path) -> str | None:
    """Where a data folder's database is, for `Ledger.open`; None: in a file of the folder."""
    return None if SERVER is None else _url(_there(_name(home)))


def empty_url_of(home: Path) -> str | None:
    """The same, where it has no table yet."""
    if SERVER is None:
        return None
    _bare.add(_name(home))
    return url_of(home)


def variables(home: Path) -> dict[str, str]:
    """What leads another process to a data folder's database, once that is made: by `url_of`, or by any use here."""
    return {} if SERVER is None else {"RELAYSCOPE_DATABASE_URL": _url(_name(home))}


def cut_off(home: Path) -> None:
    """Ends every connection to a data folder's database, as a restart of the server does; a file has none."""
    if SERVER is not None:
        _cut(_name(home))


def remove(home: Path) -> None:
    """Removes a data folder's ledger, which is closed."""
    if SERVER is None:
        (home / FILE).unlink()
    else:
        _used.remove(_name(home))
        _give_back(_name(home))


@contextmanager
def in_place_of_files() -> Iterator[None]:
    """Meanwhile what would be a file of a data folder is a database of the server; in the end nothing of it is left."""
    if SERVER is None:
        yield
        return
    with pytest.MonkeyPatch.context() as patch, given_back():
        patch.setattr(Ledger, "open", classmethod(_opened))
        yield
    for name in (*_spare, _RUN):
        _tell(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def given_back() -> Iterator[None]:
    """Closes the ledgers that were opened meanwhile, and empties the databases for others."""
    ledgers, used = len(_ledgers), len(_used)
    yield
    for ledger in _ledgers[ledgers:]:
        ledger.close()
    for name in _used[used:]:
        _give_back(name)
    del _ledgers[ledgers:], _used[used:]


def _opened(_: type[Ledger], url: str | None, home: Path) -> Ledger:
    is_own = url is None or url == _url(_name(home))
    _ledgers.append(ledger := _open(url_of(home) if is_own else url, home))
    return ledger


def _name(home: Path) -> str:
    return f"{_RUN}_{sha256(str(home.absolute()).encode()).hexdigest()[:16]}"


def _url(name: str) -> str:
    return make_url(SERVER or "").set(database=name).render_as_string(hide_password=False)


def _there(name: str) -> str:
    with _one_at_a_time:
        if name not in _used:
            _make(name)
            _used.append(name)
    return name


def _make(name: str) -> None:
    if name in _bare:
        _tell(f"CREATE DATABASE {name} TEMPLATE {_NOTHING}")
    elif _spare:
        _tell(f"ALTER DATABASE {_spare.pop()} RENAME TO {name}")
    else:
        _tell(f"CREATE DATABASE {name} TEMPLATE {_migrated()}")


def _give_back(name: str) -> None:
    if name in _bare:
        _tell(f"DROP DATABASE {name} WITH (FORCE)")
        return
    _cut(name)
    orders = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    with create_engine(_url(name), poolclass=NullPool).begin() as db:
        db.exec_driver_sql(";".join([*orders, f"INSERT INTO settings VALUES ('{ZONE}', '{system_zone()}')"]))
    _spare.append(f"{_RUN}_{next(_numbers)}")
    _tell(f"ALTER DATABASE {name} RENAME TO {_spare[-1]}")


def _cut(name: str) -> None:
    _tell(f"SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity WHERE datname = '{name}'")


@cache
def _migrated() -> str:
    _tell(f"CREATE DATABASE {_RUN} TEMPLATE {_NOTHING}")
    with TemporaryDirectory() as home:
        _open(_url(_RUN), Path(home)).close()
    return _RUN


@cache
def _server() -> Engine:
    return create_engine(SERVER or "", isolation_level="AUTOCOMMIT")


def _tell(order: str) -> None:
    with _server().connect() as db:
        db.exec_driver_sql(order)
