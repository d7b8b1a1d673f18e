"""The ration of an address: so many in so long, for all who share the ledger (wire.md 1C: 20 in 20 minutes)."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ledger_rows import NOON

from lib.ledger import Ledger, rations

HERE, THERE = "https://relay.example", "https://other.example"


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def taken(ledger: Ledger, minute: float, address: str = HERE, keep_back: int = 0) -> datetime | None:
    return ledger.write(lambda db: rations.take(db, address, at(minute), keep_back))


def test_twenty_are_given_then_none_until_the_oldest_is_twenty_minutes_ago(ledger: Ledger) -> None:
    assert [taken(ledger, minute) for minute in range(20)] == [None] * 20
    assert taken(ledger, 19.5) == at(20)
    assert taken(ledger, 19.5, THERE) is None
    assert taken(ledger, 20) is None
    assert taken(ledger, 20.5) == at(21)


def test_a_part_may_be_kept_back(ledger: Ledger) -> None:
    assert [taken(ledger, 0, keep_back=10) for _ in range(10)] == [None] * 10
    assert taken(ledger, 1, keep_back=10) == at(20)
    assert taken(ledger, 1) is None


def test_a_relay_that_gives_no_more_is_asked_no_more(ledger: Ledger) -> None:
    assert ledger.write(lambda db: rations.use_up(db, HERE, at(0))) == at(20)
    assert (taken(ledger, 19), taken(ledger, 20)) == (at(20), None)


@pytest.mark.parametrize(("wait", "held"), [(1, 1), (19, 19), (35, 35), (60, 60), (600, 60)])
def test_a_relay_that_says_for_how_long_is_asked_again_then(ledger: Ledger, wait: float, held: float) -> None:
    """Its word counts more than what was counted here; nobody is kept waiting for hours."""
    assert [taken(ledger, 0) for _ in range(5)] == [None] * 5
    assert ledger.write(lambda db: rations.use_up(db, HERE, at(0), timedelta(minutes=wait))) == at(held)
    assert (taken(ledger, held - 0.1), taken(ledger, held)) == (at(held), None)


@pytest.mark.parametrize("minute", [10_000, -10_000])
def test_a_clock_that_was_wrong_blocks_nothing(ledger: Ledger, minute: float) -> None:
    ledger.write(lambda db: rations.use_up(db, HERE, at(minute)))
    assert taken(ledger, 0) is None


def test_two_processes_take_from_one_ration(tmp_path: Path) -> None:
    async def takes(ledger: Ledger) -> list[datetime | None]:
        one = (ledger.awrite(lambda db: rations.take(db, HERE, at(0))) for _ in range(15))
        return await asyncio.gather(*one)

    async def both() -> list[datetime | None]:
        with Ledger.open(None, tmp_path) as first, Ledger.open(None, tmp_path) as second:
            return [one for some in await asyncio.gather(takes(first), takes(second)) for one in some]

    assert asyncio.run(both()).count(None) == rations.RATION
