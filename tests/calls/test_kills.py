"""SIGKILL while films are made: nothing is submitted twice, and everything that was accepted is brought in."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.ledger.row import CallRow
from lib.vocabulary import Money
from tests.conftest import ROOT, DemoRelay, start_demo, stop_demo
from tests.ten_videos import FILMS

KILLS, SEED = 20, 11
LONGEST_WAIT_S = 3.0
WANTED = ("accepted", "sent", "accepted", "accepted", "sent", "running", "any")
"""The moments are random; so that the short ones are among them, a kill waits for a job in a state of these."""
SPEED, AT_ONCE = 1, 2
"""Films of thirty seconds; two of the ten are begun at each start, so that some are young at every kill."""


@pytest.fixture
def slow_demo(tmp_path: Path) -> Iterator[DemoRelay]:
    """A demo relay; it lives on whatever is killed."""
    process, relay = start_demo("--speed", str(SPEED), "--home", str(tmp_path / "relay"))
    yield relay
    stop_demo(process)


def charged(relay: DemoRelay, key: str) -> list[str]:
    """The tasks that the relay has charged, by its own log."""
    answer = httpx.get(relay.url + "/api/log/token", headers={"Authorization": f"Bearer {key}"})
    return [json.loads(row["other"])["task_id"] for row in answer.json()["data"] if row["type"] == 2]


def rows(engine: Engine) -> tuple[CallRow, ...]:
    return engine.log.page(limit=50).rows


def killed_at_a_moment(engine: Engine, wanted: str, wait_s: float, connection: str) -> Counter[str]:
    """Starts the films, kills at a moment, and says how the jobs stood."""
    before = {(row.id, row.status) for row in rows(engine)}
    process = subprocess.Popen(
        [sys.executable, "tests/ten_videos.py", connection, str(AT_ONCE)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    until = monotonic() + wait_s
    while monotonic() < until and process.poll() is None:
        if any(row.status == wanted and (row.id, row.status) not in before for row in rows(engine)):
            break
    states = Counter(str(row.status) for row in rows(engine))
    process.send_signal(signal.SIGKILL)
    with process:
        pass
    return states


def test_nothing_is_submitted_twice_and_nothing_accepted_is_lost(own_home: Path, slow_demo: DemoRelay) -> None:
    engine, chance, seen = Engine(own_home), random.Random(SEED), Counter[str]()
    configuration = engine.import_(slow_demo.connections)
    key = next(one["key"] for one in _connections(slow_demo) if one["id"] == "sora")
    engine.choose_line(configuration.relays[0].id, "us")  # its 180 ms are long enough to be killed in
    for number in range(1, KILLS + 1):
        wanted = WANTED[number % len(WANTED)]
        states = killed_at_a_moment(engine, wanted, LONGEST_WAIT_S * (0.5 + chance.random()), "sora")
        seen.update(states)
        sys.stdout.write(f"kill {number}: {dict(states)}\n")
    for state in ("sent", "accepted", "running"):
        assert seen[state] >= 2, seen

    done = subprocess.run([sys.executable, "-m", "lib", "jobs", "--follow"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    submit_the_rest = subprocess.run([sys.executable, "tests/ten_videos.py", "sora"], cwd=ROOT)
    assert submit_the_rest.returncode == 0

    found = rows(engine)
    assert len(found) == FILMS
    files = engine.artifacts([row.id for row in found])
    with_task = [row for row in found if row.task_id]
    for row in with_task:
        assert (row.status, len(files[row.id])) == ("succeeded", 1), row
        assert row.estimated == Money(Decimal("0.4")), row  # four seconds, by what the relay told when it accepted them
    for row in found:
        if not row.task_id:
            assert row.status in ("interrupted", "cancelled"), row
    tasks = charged(slow_demo, key)
    assert len(set(tasks)) == len(tasks) <= FILMS
    assert {row.task_id for row in with_task} <= set(tasks)

    lost = sorted(set(tasks) - {row.task_id for row in with_task})
    for task in lost:
        assert recovered(own_home, task).status == "succeeded"
    assert len(charged(slow_demo, key)) == len(tasks)
    engine.ledger.close()


def recovered(home: Path, task: str) -> CallRow:
    """A film brought in by its task id."""

    async def run() -> CallRow:
        engine = Engine(home)
        await engine.start()
        call_id = await engine.recover_task(CallDraft("sora", "video", "lost", "sora-2"), task)
        await engine.wait(call_id)
        row, _ = engine.log.call(call_id)
        assert len(engine.artifacts([call_id])[call_id]) == 1
        await engine.stop()
        return row

    return asyncio.run(run())


def _connections(relay: DemoRelay) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(relay.connections)["connections"]
    return found
