"""The figures of Overview's spend: days and months are the user's, and an unknown cost is no 0."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lib.engine import Engine
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.vocabulary import Money
from tests.ledger.ledger_rows import row, usd
from ui.spend import DAYS, spend

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
"""Still 7 March in New York, already 8 March in Shanghai."""

PAID = {"status": "succeeded", "sent_at": NOW}


@pytest.mark.parametrize(
    ("zone", "today", "month", "daily"),
    [
        ("Asia/Shanghai", {"USD": usd("1")}, {"USD": usd("3")}, ["1", "2", None]),
        ("America/New_York", {"USD": usd("3")}, {"USD": usd("3")}, ["3", None, None]),
    ],
)
def test_a_day_is_the_users(
    tmp_path: Path, zone: str, today: dict[str, Money], month: dict[str, Money], daily: list[str | None]
) -> None:
    engine = Engine(tmp_path)
    engine.ledger.change_zone(zone)
    for ago, amount in ((timedelta(hours=1), "1"), (timedelta(hours=12), "2"), (timedelta(days=45), "8")):
        made = row(NOW - ago, estimated=usd(amount), **PAID)
        engine.ledger.write(lambda db, made=made: log.insert(db, made, Payload()))
    found = spend(engine, NOW)
    assert (found.today.cost, found.month.cost) == (today, month)
    assert len(found.days) == DAYS
    last = [day["USD"].plain if day else None for day in reversed(found.days)]
    assert last[: len(daily)] == daily
    assert not any(last[len(daily) :])


def test_an_unknown_cost_is_counted_apart(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    engine.ledger.write(lambda db: log.insert(db, row(NOW, **PAID), Payload()))
    assert (spend(engine, NOW).month.cost, spend(engine, NOW).month.unknown_cost_calls) == ({}, 1)
