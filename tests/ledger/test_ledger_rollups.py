"""Rollups and reports: what counts as what, and that every way of adding up gives the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_rows import CHANGES, NOON, ROWS, row, usd

from lib.errors import WrongUse
from lib.ledger import Ledger, calls, rollups
from lib.ledger.calls import CallRow, Payload
from lib.ledger.contribution import DIMENSIONS, contribution
from lib.ledger.days import day_begins, day_of, days_between
from lib.ledger.rollups import By
from lib.ledger.schema import metadata
from lib.vocabulary import Money, Usage

CNY = Money(Decimal(7), "CNY")


def done(status: str = "succeeded", **changes: Any) -> CallRow:
    return row(status=status, sent_at=NOON, **changes)


COUNTED: list[tuple[str, CallRow, dict[str, dict[str, int]]]] = [
    ("drafted", row(), {"": {"calls": 1}}),
    ("running", done("streaming"), {"": {"calls": 1}}),
    ("refused by the guard", row(status="failed", error_state="wrong_capability"), {"": {"calls": 1}}),
    ("refused, cost 0", row(status="failed", estimated=usd("0"), duration_ms=0), {"USD": {"calls": 1}}),
    ("cancelled before sending", row(status="cancelled"), {"": {"calls": 1}}),
    ("cancelled", done("cancelled"), {"": {"calls": 1, "unknown_cost_calls": 1}}),
    ("failed", done("failed"), {"": {"calls": 1, "failed": 1, "unknown_cost_calls": 1}}),
    ("failed at no cost", done("failed", estimated=usd("0"), duration_ms=9, first_byte_ms=1),
     {"USD": {"calls": 1, "failed": 1, "estimated_calls": 1}}),
    ("let in unpaid: refused as it had to be", done("failed", error_code="let_in", estimated=usd("0")),
     {"USD": {"calls": 1, "estimated_calls": 1}}),
    ("interrupted", done("interrupted", estimated=usd("1")),
     {"USD": {"calls": 1, "failed": 1, "cost_nano": 10**9, "estimated_nano": 10**9, "estimated_calls": 1}}),
    ("possibly billed", done("unknown"), {"": {"calls": 1, "failed": 1, "unknown_cost_calls": 1}}),
    ("cost unknown", done(usage=Usage(2, output_tokens=3)),
     {"": {"calls": 1, "unknown_cost_calls": 1, "input_tokens": 2, "output_tokens": 3}}),
    ("what was made", done(estimated=usd("0"), usage=Usage(images=2, seconds=Decimal("1.5"), characters=7)),
     {"USD": {"calls": 1, "estimated_calls": 1, "images": 2, "seconds_micro": 1_500_000, "characters": 7}}),
    ("a success is timed", done(estimated=usd("0"), duration_ms=9, first_byte_ms=0),
     {"USD": {"calls": 1, "estimated_calls": 1, "duration_ms": 9, "timed_calls": 1, "first_byte_calls": 1}}),
    ("billed beats estimated", done(billed=usd("2"), estimated=usd("1")),
     {"USD": {"calls": 1, "cost_nano": 2 * 10**9, "estimated_nano": 10**9, "billed_nano": 2 * 10**9,
              "estimated_calls": 1, "billed_calls": 1, "checked_calls": 1, "checked_estimated_nano": 10**9,
              "checked_billed_nano": 2 * 10**9}}),
    ("what the cache saved is in the estimate's currency", done(estimated=CNY, billed=usd("1"), saved_nano=9),
     {"CNY": {"estimated_nano": 7 * 10**9, "estimated_calls": 1, "saved_nano": 9},
      "USD": {"calls": 1, "cost_nano": 10**9, "billed_nano": 10**9, "billed_calls": 1}}),
    ("cost beside the official price", done(estimated=usd("2"), official=usd("1")),
     {"USD": {"calls": 1, "cost_nano": 2 * 10**9, "estimated_nano": 2 * 10**9, "official_nano": 10**9,
              "estimated_calls": 1, "official_calls": 1, "compared_calls": 1, "compared_cost_nano": 2 * 10**9,
              "compared_official_nano": 10**9}}),
    ("each figure in its own currency, not comparable", done(estimated=CNY, official=usd("1")),
     {"CNY": {"calls": 1, "cost_nano": 7 * 10**9, "estimated_nano": 7 * 10**9, "estimated_calls": 1},
      "USD": {"official_nano": 10**9, "official_calls": 1}}),
]  # fmt: skip


@pytest.mark.parametrize(("made", "counted"), [case[1:] for case in COUNTED], ids=[case[0] for case in COUNTED])
def test_what_a_call_adds(made: CallRow, counted: dict[str, dict[str, int]]) -> None:
    assert {currency: dict(+sums) for currency, sums in contribution(made).items()} == counted


def log(ledger: Ledger, *rows: CallRow) -> None:
    ledger.write(lambda db: [calls.insert(db, one, Payload()) for one in rows])


def shown(ledger: Ledger, by: By, since: datetime | None = None, until: datetime | None = None, zone: str = "") -> Any:
    with ledger.read() as db:
        return [told.json() for told in rollups.report(db, by, since, until, zone or ledger.zone)]


def test_a_report(ledger: Ledger) -> None:
    log(
        ledger,
        done(estimated=usd("0.1"), usage=Usage(10, output_tokens=1)),
        done(estimated=CNY, usage=Usage(5)),
        done("failed", model="gpt-4o-mini"),
        row(model="gpt-4o-mini", status="failed", estimated=usd("0")),
        row(model="sora-2"),
    )
    nothing = dict.fromkeys(
        ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"), 0
    )
    rows = [
        {
            "key": "glm-4-flash",
            "calls": 2,
            "failed": 0,
            "cost": {"CNY": "7", "USD": "0.1"},
            "unknown_cost_calls": 0,
            "tokens": nothing | {"input_tokens": 15, "output_tokens": 1},
        },
        {
            "key": "gpt-4o-mini",
            "calls": 2,
            "failed": 1,
            "cost": {"USD": "0"},
            "unknown_cost_calls": 1,
            "tokens": nothing,
        },
        {"key": "sora-2", "calls": 1, "failed": 0, "cost": {}, "unknown_cost_calls": 0, "tokens": nothing},
    ]
    assert shown(ledger, "model") == rows
    with ledger.read() as db:
        told = rollups.total(rollups.report(db, "model", None, None, ledger.zone)).json()
    assert told == {
        "key": "",
        "calls": 5,
        "failed": 1,
        "cost": {"CNY": "7", "USD": "0.1"},
        "unknown_cost_calls": 1,
        "tokens": nothing | {"input_tokens": 15, "output_tokens": 1},
    }


def test_the_days_are_those_of_the_zone(ledger: Ledger) -> None:
    ledger.change_zone("UTC")
    log(ledger, row(datetime(2026, 1, 1, 15, 59, tzinfo=UTC)), row(datetime(2026, 1, 1, 16, tzinfo=UTC)))
    assert [day["key"] for day in shown(ledger, "day")] == ["2026-01-01"]
    assert [day["key"] for day in shown(ledger, "day", zone="Asia/Shanghai")] == ["2026-01-01", "2026-01-02"]
    ledger.change_zone("Asia/Shanghai")
    assert ledger.zone == "Asia/Shanghai"
    assert [day["key"] for day in shown(ledger, "day")] == ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc", "Asia"])
def test_no_such_zone(ledger: Ledger, zone: str) -> None:
    before = ledger.zone
    with pytest.raises(WrongUse, match="is not a time zone"):
        ledger.change_zone(zone)
    assert ledger.zone == before


def test_a_day_may_begin_at_one() -> None:
    assert day_begins(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo")) == datetime(2018, 11, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "year"),
    [("UTC", 2026), ("America/New_York", 2026), ("America/Sao_Paulo", 2018), ("America/Nuuk", 2026),
     ("Pacific/Apia", 2011), ("America/St_Johns", 2010)],
)  # fmt: skip
def test_days_cut_a_range_without_a_gap(zone: str, year: int) -> None:
    there = ZoneInfo(zone)
    since, until = datetime(year, 1, 1, 3, 30, tzinfo=UTC), datetime(year + 1, 1, 1, 3, 30, tzinfo=UTC)
    begin = since
    for day, first, end in days_between(since, until, there):
        assert begin == first < end
        assert day_of(first, there) == day == day_of(end - timedelta(microseconds=1), there)
        begin = end
    assert begin == until
    assert list(days_between(until, since, there)) == []


def test_days_go_on_from_one_that_ended_twice() -> None:
    twice = datetime(2010, 11, 7, 3, tzinfo=UTC)  # 23:30 by clocks that were put back from 00:01
    days = [day for day, _, _ in days_between(twice, twice + timedelta(days=1), ZoneInfo("America/St_Johns"))]
    assert days == ["2010-11-06", "2010-11-07"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger.open(None, tmp_path_factory.mktemp("ledger")) as opened:
        yield opened


def empty(db: calls.Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        db.execute(table.delete())


ALIASES = [("UTC", "Etc/UTC"), ("Asia/Shanghai", "PRC"), ("America/New_York", "US/Eastern")]
"""The same zone by another name is not the rollups' zone: its report is added up from the calls."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(ROWS, max_size=8),
    updates=st.lists(st.tuples(st.integers(0, 7), CHANGES), max_size=12),
    zones=st.sampled_from(ALIASES),
    first=st.integers(-6, 6),
    length=st.integers(0, 6),
)
def test_rollups_are_the_sums_of_the_calls(
    shared: Ledger,
    rows: list[CallRow],
    updates: list[tuple[int, dict[str, Any]]],
    zones: tuple[str, str],
    first: int,
    length: int,
) -> None:
    zone, alias = zones
    shared.write(empty)
    shared.change_zone(zone)
    log(shared, *rows)
    for which, changes in updates:
        if rows:
            shared.write(partial(calls.update, id=rows[which % len(rows)].id, **changes))
    since, until = (day_begins(NOON.date() + timedelta(days=days), ZoneInfo(zone)) for days in (first, first + length))
    for by in DIMENSIONS:
        for border in ((None, None), (since, None), (None, until), (since, until)):
            assert shown(shared, by, *border, zone=zone) == shown(shared, by, *border, zone=alias)
    with shared.read() as db:
        assert rollups.prove(db)
    kept = [shown(shared, by) for by in DIMENSIONS]
    shared.change_zone(zone)
    assert [shown(shared, by) for by in DIMENSIONS] == kept


def test_a_wrong_sum_is_found_and_mended(ledger: Ledger) -> None:
    log(ledger, done(estimated=usd("1")))
    ledger.write(lambda db: db.exec_driver_sql("UPDATE rollups SET cost_nano = cost_nano + 1 WHERE dimension = 'day'"))
    with ledger.read() as db:
        assert not rollups.prove(db)
    ledger.change_zone(ledger.zone)
    with ledger.read() as db:
        assert rollups.prove(db)


@pytest.mark.parametrize("minute", [0, 1])
def test_a_range_within_a_day_counts_what_lies_in_it(ledger: Ledger, minute: int) -> None:
    log(ledger, row(NOON), row(NOON + timedelta(minutes=1)), row(NOON + timedelta(minutes=2)))
    since, until = NOON + timedelta(minutes=minute), NOON + timedelta(minutes=2)
    assert [told["calls"] for told in shown(ledger, "provider", since, until)] == [2 - minute]


def test_a_rebuild_tells_how_far_it_is(ledger: Ledger) -> None:
    log(ledger, *(row(NOON + timedelta(hours=hours)) for hours in (0, 1, 24, 72)))
    heard: list[int] = []
    ledger.change_zone("Asia/Shanghai", heard.append)
    assert heard == [0, 2, 3, 4]
    assert ledger.zone == "Asia/Shanghai"


def test_what_calls_were_made_under_is_listed(ledger: Ledger) -> None:
    for n, name in enumerate(("zhipu", "openai", "zhipu")):
        made = row(NOON + timedelta(minutes=n), provider=name)
        ledger.write(partial(calls.insert, row=made, payload=Payload()))
    with ledger.read() as db:
        assert rollups.keys(db, "provider") == ["openai", "zhipu"]
        assert rollups.keys(db, "model") == ["glm-4-flash"]
