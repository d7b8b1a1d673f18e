"""The days that an address or a field may name. Pure."""

from __future__ import annotations

from datetime import date

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


def named(text: str) -> date | None:
    """The day that an address names, as `2026-11-24`; None where it names none, or one beyond all use."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None
