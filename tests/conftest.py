"""What every test stands on: a data folder of its own, no key of the machine's owner, the demo relay on a free port."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import postgresql
from tests.nursery import Process, spawned

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")  # on a busy machine a deadline is an assertion about the machine

ROOT = Path(__file__).parents[1]


MEASURED = "measured"
"""The property in which a test says what it measured; at the end of a run it is told, whoever ran it."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests measured: on several workers their own output is lost."""
    ran = (one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, ()))
    for line in sorted(str(value) for one in ran for name, value in one.user_properties if name == MEASURED):
        terminalreporter.write_line(line)


@pytest.fixture(autouse=True, scope="session")
def postgresql_where_named() -> Iterator[None]:
    """Ledgers are databases of the server that `TEST_POSTGRESQL` names."""
    with postgresql.in_place_of_files():
        yield


@pytest.fixture(autouse=True)
def own_databases() -> Iterator[None]:
    """What this test made on that server goes with it; what it shares with its module's others, at the end."""
    with postgresql.given_back():
        yield


@pytest.fixture
def of_sqlite() -> None:
    """For a test of what SQLite alone does: its plans of queries, its file."""
    if postgresql.SERVER is not None:
        pytest.skip("of SQLite alone")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder for this test alone, keys in a file, English, and nothing of the machine's own settings."""
    for name in [name for name in os.environ if name.startswith(("RELAYSCOPE_", "OPENAI_"))]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    monkeypatch.setenv("RELAYSCOPE_HOME", str(home))
    monkeypatch.setenv("RELAYSCOPE_KEYS", "file")
    monkeypatch.setenv("RELAYSCOPE_LANG", "en")
    for name, value in postgresql.variables(home).items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture
def own_database(own_home: Path) -> None:
    """The data folder's database, before another process opens it first."""
    postgresql.url_of(own_home)


@dataclass(frozen=True)
class DemoRelay:
    """A demo relay that runs as a process of its own."""

    url: str

    @property
    def connections(self) -> str:
        """The text of demo/connections.json with this relay's port."""
        port = self.url.rpartition(":")[2]
        return (ROOT / "demo" / "connections.json").read_text(encoding="utf-8").replace("PORT", port)


def start_demo(*options: str) -> tuple[Process, DemoRelay]:
    """Starts a demo relay and waits until it listens; it ends when its stdin is closed."""
    process = spawned(["--until-eof", *options])
    assert process.stdout is not None
    ready = process.stdout.readline()
    assert ready.startswith("ready "), ready
    return process, DemoRelay(ready.split()[1])


def stop_demo(process: Process) -> None:
    """Ends a demo relay and waits for it."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait()
    process.stdout.close()


@pytest.fixture
def demo() -> Iterator[DemoRelay]:
    """A fresh demo relay, a thousand times faster than a real one."""
    process, relay = start_demo("--speed", "1000")
    yield relay
    stop_demo(process)


@pytest.fixture
def rationed_demo() -> Iterator[DemoRelay]:
    """The same, but it rations what relays ration."""
    process, relay = start_demo("--speed", "1000", "--ration")
    yield relay
    stop_demo(process)
