"""Figures as people read them: money, ages, times, sizes. Pure; the language is a parameter."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_decimal

from lib.i18n import Language
from lib.vocabulary import Money

SIGNIFICANT = 3
"""A sub-cent amount keeps this many digits, so that it is never shown as 0.00."""

JUST_NOW = timedelta(seconds=10)


def amount(money: Money, language: Language) -> str:
    """`USD 0.0123`: the ISO code, and enough digits to tell the amount from nothing."""
    return f"{money.currency} {format_decimal(money.amount, _pattern(money.amount), locale=language)}"


def _pattern(value: Decimal) -> str:
    places = 2
    if value and abs(value) < 1:
        places = max(2, SIGNIFICANT - 1 - value.adjusted())
    shown = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    digits = max(2, len(f"{shown.normalize():f}".partition(".")[2]))
    return "#,##0." + "0" * digits


def count(number: int, language: Language) -> str:
    """`1,234`."""
    return format_decimal(number, locale=language)


def age(at: datetime, now: datetime, language: Language) -> str:
    """`5 minutes ago`; empty for a moment ago, which the caller words."""
    gone = now - at
    return "" if gone < JUST_NOW else format_timedelta(-gone, add_direction=True, locale=language)


def moment(at: datetime, zone: tzinfo, language: Language) -> str:
    """Date and time in the reader's zone."""
    pattern = "y-MM-dd HH:mm:ss" if language == "zh_CN" else "d MMM y, HH:mm:ss"
    return format_datetime(at, pattern, tzinfo=zone, locale=language)


def stretch(since: datetime, until: datetime, zone: tzinfo, language: Language) -> str:
    """`25 Nov 2026, 10:03 – 11:40`: from when to when in the reader's zone, the day once where it is one."""
    pattern = "y-MM-dd HH:mm" if language == "zh_CN" else "d MMM y, HH:mm"
    same_day = since.astimezone(zone).date() == until.astimezone(zone).date()
    first = format_datetime(since, pattern, tzinfo=zone, locale=language)
    last = format_datetime(until, "HH:mm" if same_day else pattern, tzinfo=zone, locale=language)
    return first if first.endswith(last) else f"{first} – {last}"


def duration(ms: int, language: Language) -> str:
    """`340 ms` below a second, `12.4 s` above."""
    if ms < 1000:
        return f"{count(ms, language)} ms"
    return f"{format_decimal(Decimal(ms) / 1000, '0.0', locale=language)} s"


def head(text: str, length: int = 80) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def number(value: int | Decimal, language: Language) -> str:
    """`1,234.5`: a number with its thousands marked and the places it has."""
    return format_decimal(value, "#,##0.######", locale=language)


def size(octets: int, language: Language) -> str:
    """`12 kB`, `3.4 MB`."""
    value, unit = Decimal(octets), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{format_decimal(value, '#,##0' if unit in ('B', 'kB') else '#,##0.0', locale=language)} {unit}"


def day(iso: str, language: Language, *, short: bool = False) -> str:
    """A day or a month of the ledger's: `24 Nov 2026`, short `24 Nov`; `Nov 2026`."""
    if len(iso) == len("2026-01"):
        return format_skeleton("yMMM", date.fromisoformat(f"{iso}-01"), locale=language)
    pattern = {"zh_CN": ("y年M月d日", "M月d日"), "en": ("d MMM y", "d MMM")}[language][short]
    return format_date(date.fromisoformat(iso), pattern, locale=language)


def percent(part: float, language: Language, *, signed: bool = False) -> str:
    """`12 %` and `0.4 %`; signed: `+12 %`."""
    shown = part * 100
    pattern = "0.0" if 0 < abs(shown) < 10 and round(abs(shown), 1) != round(abs(shown)) else "#,##0"
    sign = "+" if signed and shown > 0 else ""
    return f"{sign}{format_decimal(Decimal(str(shown)), pattern, locale=language)} %"
