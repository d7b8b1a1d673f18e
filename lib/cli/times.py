"""Times as people write them on the command line: an ISO date or time, or how long ago (`7d`, `24h`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lib.errors import WrongUse
from lib.i18n import N_

AGO = re.compile(r"(\d{1,5})([dh])")
UNITS = {"d": "days", "h": "hours"}
FIRST, LAST = datetime(1, 1, 3), datetime(9999, 12, 29)
"""Nearer to an end of the calendar a moment has no date in some zone."""


def parse(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """A moment in UTC. A date or time without an offset is one of `zone`. Raises `WrongUse`."""
    if ago := AGO.fullmatch(text.strip()):
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        message = N_("{text} is not a time. Write 2026-01-31, 2026-01-31T08:00+08:00, 7d or 24h.")
        raise WrongUse(message, text=text) from None
    if not FIRST <= moment.replace(tzinfo=None) <= LAST:
        raise WrongUse(N_("{text} is out of the calendar's reach. Leave it out where no limit is meant."), text=text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
