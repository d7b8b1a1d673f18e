"""Days of the user's zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.localtime import get_localzone

from lib.errors import WrongUse
from lib.i18n import N_

CONTINENTS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
)
HOUR = timedelta(hours=1)
"""By so much clocks once went back over midnight: of the day that then ended twice, the next began before its end."""


@lru_cache
def zone_named(name: str) -> ZoneInfo:
    """The time zone of an IANA name; raises `WrongUse`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise WrongUse(N_("{zone} is not a time zone; use a name such as Asia/Shanghai."), zone=name) from fault


@cache
def zones() -> tuple[str, ...]:
    """The names to choose from: places by continent, and UTC; without the old and the technical ones."""
    named = (name for name in available_timezones() if name.partition("/")[0] in CONTINENTS and "/" in name)
    return ("UTC", *sorted(named))


def system_zone() -> str:
    """The IANA name of the zone this machine is set to; UTC if it has no name."""
    return getattr(get_localzone(), "key", "UTC")


def day_of(at: datetime, zone: ZoneInfo) -> str:
    """The day of a moment there, as 2026-01-31."""
    return at.astimezone(zone).date().isoformat()


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day there, in UTC (not always 00:00 by the clock)."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def is_border(at: datetime | None, zone: ZoneInfo) -> bool:
    """Whether a range that starts or ends at that moment cuts no day; None is no border at all."""
    return at is None or day_begins(at.astimezone(zone).date(), zone) == at


def days_between(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[str, datetime, datetime]]:
    """Each day there with its part of a range: from when, and until before when."""
    begin = since
    while begin < until:
        day = begin.astimezone(zone).date()
        end = day_begins(day + timedelta(days=1), zone)
        end = min(end if end > begin else begin + HOUR, until)
        yield day.isoformat(), begin, end
        begin = end
