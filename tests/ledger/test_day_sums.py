"""Sums by the user's day, beside a brute-force sum of the calls: over the days on which New York's clocks change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

import pytest
from ledger_rows import row

from lib.ledger import Ledger, calls, rollups
from lib.ledger.calls import CallRow, Payload
from lib.ledger.days import day_begins
from lib.ledger.usage import Asked, sums
from lib.vocabulary import Money, Usage

ZONES = ("UTC", "Asia/Shanghai", "Asia/Kathmandu", "America/New_York")
CHANGES = (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC))
"""When New York's clocks go forward, and back."""
NEAR = timedelta(days=2)
MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

Days: TypeAlias = dict[tuple[str, str], tuple[int, int, int]]
"""By day and currency: calls, cost in 10⁻⁹, input tokens."""


def moments() -> Iterator[datetime]:
    """Every hour, and just before, at and after the borders of days in all zones."""
    for change in CHANGES:
        hours = int(2 * NEAR / HOUR)
        yield from (change - NEAR + n * HOUR + timedelta(minutes=1) for n in range(hours))
        for zone in map(ZoneInfo, ZONES):
            days = [(change + timedelta(days=n)).astimezone(zone).date() for n in (-1, 0, 1)]
            borders = [day_begins(day, zone) for day in days]
            yield from (border + n * MOMENT for border in borders for n in (-1, 0, 1))


def made() -> Sequence[CallRow]:
    return [
        row(at, status="succeeded", sent_at=at, usage=Usage(n), model=("glm-4-flash", "gpt-4o-mini")[n % 2],
            estimated=None if n % 7 == 0 else Money.of_nano(10**9 + n, ("USD", "CNY")[n % 3 == 0]))
        for n, at in enumerate(sorted(moments()))
    ]  # fmt: skip


def brute(rows: Sequence[CallRow], zone: str) -> Days:
    """Each call looked at by itself, its day by the clock on the wall there."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for one in rows:
        day = f"{one.created_at.astimezone(ZoneInfo(zone)):%Y-%m-%d}"
        numbers = {"calls": 1, "cost": one.cost.nano if one.cost else 0, "tokens": one.usage.input_tokens or 0}
        found.setdefault((day, one.cost.currency if one.cost else ""), Counter()).update(numbers)
    return {at: (sums["calls"], sums["cost"], sums["tokens"]) for at, sums in found.items()}


def asked(ledger: Ledger) -> Days:
    with ledger.read() as db:
        found = sums(db, Asked(), ("day",))
    return {
        (day, currency): (told["calls"], told["cost_nano"], told["input_tokens"])
        for (day,), row in found.items()
        for currency, told in row.sums.items()
    }


def log(ledger: Ledger, rows: Sequence[CallRow]) -> None:
    ledger.write(lambda db: [calls.insert(db, one, Payload()) for one in rows])


def test_day_sums_are_those_of_a_brute_force_sum(ledger: Ledger) -> None:
    rows = made()
    for n, zone in enumerate(ZONES):
        ledger.change_zone(zone)
        log(ledger, rows[n :: len(ZONES)])
    for zone in ZONES:
        ledger.change_zone(zone)
        assert asked(ledger) == brute(rows, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_they_are_so_however_the_sums_came_about(ledger: Ledger, zone: str) -> None:
    rows = made()
    ledger.change_zone(zone)
    log(ledger, rows)
    meant = brute(rows, zone)
    assert asked(ledger) == meant  # as the calls were logged, one by one
    ledger.change_zone("Pacific/Auckland")
    with ledger.read() as db:  # added up from the calls
        scanned = {told.key: told.calls for told in rollups.report(db, "day", None, None, zone)}
    assert scanned == {day: sum(n for (one, _), (n, *_) in meant.items() if one == day) for day, _ in meant}
    ledger.change_zone(zone)
    assert asked(ledger) == meant  # made anew


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/New_York", date(2026, 3, 9), 24),
        *((zone, date(2026, 3, 8), 24) for zone in ZONES[:3]),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(ledger: Ledger, zone: str, day: date, hours: int) -> None:
    ledger.change_zone(zone)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - NEAR
    log(ledger, [row(start + n * HOUR) for n in range(5 * 24)])
    with ledger.read() as db:
        (told,) = sums(db, Asked(day, day), ("day",)).values()
    assert (told.key, told.calls) == (day.isoformat(), hours)
