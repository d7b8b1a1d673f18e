"""Old calls go and their sums stay: what goes, what never does, and that sums are made anew and proven without them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_rows import NOON, ROWS, row, usd

from lib.ledger import Ledger, calls, media, retention, rollups
from lib.ledger.calls import CallRow, Payload
from lib.ledger.contribution import DIMENSIONS
from lib.ledger.days import day_begins
from lib.ledger.media import Kept
from lib.ledger.retention import WEIGHT, Rule, border, forget, leaving
from lib.ledger.schema import metadata
from lib.ledger.usage import Asked, spread, sums
from lib.vocabulary import UNFINISHED

ALL = datetime(2030, 1, 1, tzinfo=UTC)
PNG, MP4, WAV = (Kept(letter * 64, mime, size) for letter, mime, size in (
    ("a", "image/png", 100), ("b", "video/mp4", 2000), ("c", "audio/wav", 30)))  # fmt: skip


def log(ledger: Ledger, *rows: CallRow, prompt: str = "") -> None:
    ledger.write(lambda db: [calls.insert(db, one, Payload(prompt)) for one in rows])


def done(days: int, **changes: Any) -> CallRow:
    at = NOON - timedelta(days=days)
    return row(at, **({"status": "succeeded", "sent_at": at, "estimated": usd("1"), "duration_ms": 700} | changes))


def told(ledger: Ledger) -> Any:
    """All that the rollups say."""
    with ledger.read() as db:
        return (
            [sums(db, Asked(), (by, "day")) for by in DIMENSIONS if by != "day"],
            spread(db, Asked(), "duration"), spread(db, Asked(where={"provider": "zhipu"}), "cost"),
        )  # fmt: skip


def is_proven(ledger: Ledger) -> bool:
    with ledger.read() as db:
        return rollups.prove(db)


def test_what_is_old_goes_and_its_sums_stay(ledger: Ledger) -> None:
    ledger.change_zone("UTC")
    log(ledger, *(made := [done(n) for n in range(5)]))
    before = told(ledger)
    number, files = ledger.write(lambda db: forget(db, NOON - timedelta(days=1, hours=12), 100))
    with ledger.read() as db:
        left = [one.id for one in calls.page(db).rows]
        assert [calls.payload(db, one.id) for one in made[2:]] == [None] * 3
    assert (number, files, left) == (3, (), [made[0].id, made[1].id])
    assert told(ledger) == before
    assert is_proven(ledger)
    ledger.change_zone("UTC")  # made anew
    assert told(ledger) == before
    assert is_proven(ledger)


@pytest.mark.parametrize("status", UNFINISHED)
def test_what_is_not_finished_never_goes(ledger: Ledger, status: str) -> None:
    log(ledger, running := done(400, status=status, estimated=None, duration_ms=None), done(400))
    with ledger.read() as db:
        assert leaving(db, ALL).calls == 1
    assert ledger.write(lambda db: forget(db, ALL, 100))[0] == 1
    with ledger.read() as db:
        assert [one.id for one in calls.page(db).rows] == [running.id]
    ledger.write(lambda db: calls.update(db, running.id, status="succeeded", estimated=usd("3"), duration_ms=9))
    assert is_proven(ledger)
    with ledger.read() as db:
        (everything,) = sums(db, Asked(), ()).values()
    assert (everything.calls, everything.cost["USD"]) == (2, usd("4"))


def test_some_go_at_once(ledger: Ledger) -> None:
    log(ledger, *(done(n) for n in range(5)))
    assert [ledger.write(lambda db: forget(db, ALL, 2))[0] for _ in range(4)] == [2, 2, 1, 0]


def test_days_that_are_gone_stay_as_they_were_in_another_zone(ledger: Ledger) -> None:
    ledger.change_zone("UTC")
    late = NOON.replace(hour=22)
    log(ledger, row(late), row(late + timedelta(days=1)))
    ledger.write(lambda db: forget(db, late + timedelta(hours=1), 10))  # unfinished: neither goes
    ledger.write(lambda db: [calls.update(db, one.id, status="cancelled") for one in calls.page(db).rows])
    ledger.write(lambda db: forget(db, late + timedelta(hours=1), 10))
    ledger.change_zone("Asia/Shanghai")
    with ledger.read() as db:
        assert [key for (key,) in sorted(sums(db, Asked(), ("day",)))] == ["2026-03-08", "2026-03-10"]
        assert [one.key for one in rollups.report(db, "day", None, None, "UTC")] == ["2026-03-08", "2026-03-09"]
    assert is_proven(ledger)


def test_a_report_of_another_zone_has_the_days_that_are_gone(ledger: Ledger) -> None:
    ledger.change_zone("UTC")
    log(ledger, done(3), done(0))
    ledger.write(lambda db: forget(db, NOON - timedelta(days=1), 10))
    since = day_begins((NOON - timedelta(days=3)).date(), ZoneInfo("Asia/Tokyo"))
    with ledger.read() as db:
        for border, number in (((None, None), 2), ((since, None), 2), ((NOON - timedelta(days=2), None), 1),
                               ((None, NOON - timedelta(days=2)), 1)):  # fmt: skip
            assert rollups.total(rollups.report(db, "model", *border, "Asia/Tokyo")).calls == number


def test_a_file_goes_with_the_last_call_that_has_it(ledger: Ledger) -> None:
    made = [done(n) for n in (9, 8, 1)]
    log(ledger, *made, running := row(NOON - timedelta(days=9)))
    for call, files in zip((*made, running), ([PNG, MP4], [PNG], [MP4], [WAV]), strict=True):
        ledger.write(lambda db, call=call, files=files: media.add(db, call.id, "output", files))
    with ledger.read() as db:
        going = leaving(db, NOON - timedelta(days=5))
    assert (going.calls, going.files, going.file_bytes) == (2, 1, 100)
    assert going.call_bytes >= 2 * WEIGHT
    assert ledger.write(lambda db: forget(db, NOON - timedelta(days=5), 1)) == (1, ())
    assert ledger.write(lambda db: forget(db, NOON - timedelta(days=5), 9)) == (1, (PNG,))
    with ledger.read() as db:
        assert media.of_calls(db, [made[2].id, running.id]) == {made[2].id: (MP4,), running.id: (WAV,)}


AGES = [("UTC", 1, "2026-03-08T00:00Z"), ("UTC", 30, "2026-02-07T00:00Z"), ("Asia/Shanghai", 1, "2026-03-07T16:00Z"),
        ("America/New_York", 2, "2026-03-07T05:00Z")]  # fmt: skip


@pytest.mark.parametrize(("zone", "days", "until"), AGES)
def test_by_age_whole_days_of_the_user_are_kept(ledger: Ledger, zone: str, days: int, until: str) -> None:
    ledger.change_zone(zone)
    with ledger.read() as db:
        assert border(db, Rule("age", days), NOON) == datetime.fromisoformat(until)


CALL = WEIGHT + 100
"""What a call of a hundred letters takes."""


@pytest.mark.parametrize(
    ("limit", "kept"),
    [(0, 1), (2 * CALL - 1, 1), (2 * CALL, 2), (3 * CALL + 1999, 2), (3 * CALL + 2000, 3), (10**9, 5)],
)
def test_by_size_the_newest_days_are_kept(ledger: Ledger, limit: int, kept: int) -> None:
    ledger.change_zone("UTC")
    made = [done(n) for n in range(5)]
    log(ledger, *made, prompt="x" * 100)
    ledger.write(lambda db: media.add(db, made[2].id, "output", [MP4]))
    ledger.write(lambda db: media.add(db, made[4].id, "input", [MP4]))
    with ledger.read() as db:
        until = border(db, Rule("size", limit), NOON)
        assert leaving(db, until).calls == 5 - kept
        assert leaving(db, until).files == 0 or kept < 3


def test_the_rule_is_kept(ledger: Ledger) -> None:
    for rule in (Rule("age", 90), Rule("size", 10**9), None):
        ledger.write(lambda db, rule=rule: retention.save(db, rule))
        with ledger.read() as db:
            assert retention.load(db) == rule


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger.open(None, tmp_path_factory.mktemp("retention")) as opened:
        yield opened


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(ROWS, max_size=10), days=st.integers(-6, 6), limit=st.integers(1, 5))
def test_whatever_goes_the_sums_stay(shared: Ledger, rows: list[CallRow], days: int, limit: int) -> None:
    shared.write(lambda db: [db.execute(table.delete()) for table in reversed(metadata.sorted_tables)])
    shared.change_zone("America/New_York")
    log(shared, *rows)
    before = told(shared)
    while shared.write(lambda db: forget(db, NOON + timedelta(days=days), limit))[0]:
        assert told(shared) == before
    assert is_proven(shared)
    shared.change_zone("America/New_York")
    assert told(shared) == before
