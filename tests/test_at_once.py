"""Several processes on one ledger: none of them fails, nothing is lost, and the sums are what a rebuild would make."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lib.ledger import Ledger, calls, rollups
from lib.ledger.calls import Payload
from lib.ledger.owners import Owner
from lib.ledger.row import CallRow
from lib.vocabulary import Money
from tests.at_once import BEGAN, DAY, OLD, made, old
from tests.conftest import ROOT


@contextmanager
def process(role: str, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "tests/at_once.py", role, str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        try:
            yield started
        finally:
            started.kill()


def said(started: subprocess.Popen[str]) -> Any:
    assert started.stdout is not None
    line = started.stdout.readline()
    assert line, "it failed"
    return json.loads(line)


def goes_on(started: subprocess.Popen[str]) -> None:
    assert started.stdin is not None
    started.stdin.write("\n")
    started.stdin.flush()


def at_once(*roles: tuple[str, int]) -> list[Any]:
    """What came of each, all of them begun together."""
    with ExitStack() as stack:
        started = [stack.enter_context(process(*role)) for role in roles]
        for step in (said, goes_on):
            for one in started:
                step(one)
        found = [said(one) for one in started]
        for one in started:
            one.communicate("\n")
            assert one.returncode == 0
        return found


@pytest.fixture
def ledger(own_home: Path) -> Iterator[Ledger]:
    """A ledger of old calls."""
    with Ledger.open(None, own_home) as opened:
        opened.write(lambda db: [calls.insert(db, old(number), Payload("Hello")) for number in range(OLD)])
        yield opened


def counted(ledger: Ledger) -> int:
    """All calls that are in the sums, which must be right."""
    with ledger.read() as db:
        assert rollups.prove(db)
        return rollups.total(rollups.report(db, "model", None, None, rollups.stored_zone(db))).calls


def rows(ledger: Ledger) -> Sequence[CallRow]:
    with ledger.read() as db:
        return calls.page(db, limit=1000).rows


def test_calls_are_logged_while_others_are_and_the_zone_is_changed(ledger: Ledger) -> None:
    at_once(("logs", 30), ("logs", 30), ("changes_zone", 8))
    assert (counted(ledger), ledger.zone) == (OLD + 60, "America/New_York")
    assert [row.status for row in rows(ledger)] == ["succeeded"] * (OLD + 60)


def test_old_calls_go_while_they_are_settled_and_priced_and_others_are_logged(ledger: Ledger) -> None:
    found = at_once(("settles", 20), ("forgets", OLD // 2), ("logs", 30), ("prices_again", 30))
    assert found[1] == OLD // 2
    assert counted(ledger) == OLD + 30
    left = [row for row in rows(ledger) if row.created_at < BEGAN + DAY]
    assert [row.billed for row in left] == [Money.of_nano(2_000 * (n + 19), "USD") for n in range(OLD // 2, OLD)][::-1]


def test_what_a_killed_process_left_is_taken_over_by_exactly_one(ledger: Ledger) -> None:
    with process("logs", 0) as killed:
        owner = said(killed)
        left = [made(BEGAN + DAY, owner, "accepted", task_id=f"t{n}", sent_at=BEGAN + DAY) for n in range(20)]
        ledger.write(lambda db: [calls.insert(db, one, Payload()) for one in left])
        assert at_once(("takes", 0), ("takes", 0)) == [[], []], "it lives"
        killed.kill()
        killed.wait()
    one, two = at_once(("takes", 0), ("takes", 0))
    assert sorted(one + two) == sorted(row.id for row in left)
    assert not Owner(ledger.database).alive(owner)
