"""Figures as people read them, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from lib.i18n import Language
from lib.vocabulary import Money
from ui.format import age, amount, duration, head, moment

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0", "USD 0.00"), ("12345.6", "USD 12,345.60"), ("1.234567", "USD 1.23"), ("0.5", "USD 0.50"),
        ("0.00012345", "USD 0.000123"), ("0.0000021", "USD 0.0000021"), ("5E-9", "USD 0.000000005"),
        ("0.999999", "USD 1.00"), ("-0.0034", "USD -0.0034"),
    ],
)
def test_an_amount_keeps_digits_enough(value: str, shown: str) -> None:
    assert amount(Money(Decimal(value)), "en") == shown


@pytest.mark.parametrize(
    ("seconds", "language", "shown"),
    [(1, "en", ""), (30, "en", "30 seconds ago"), (300, "en", "5 minutes ago"), (300, "zh_CN", "5分钟前"),
     (90_000, "en", "1 day ago"), (90_000, "zh_CN", "1天前")],
)
def test_an_age_is_relative(seconds: int, language: Language, shown: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW, language) == shown


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "1 Mar 2026, 20:00:00"), ("zh_CN", "2026-03-01 20:00:00")]
)
def test_a_moment_is_the_readers(language: Language, shown: str) -> None:
    assert moment(NOW, ZoneInfo("Asia/Shanghai"), language) == shown


@pytest.mark.parametrize(("ms", "shown"), [(0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (75_400, "75.4 s")])
def test_a_duration_has_its_unit(ms: int, shown: str) -> None:
    assert duration(ms, "en") == shown


def test_a_long_text_is_headed() -> None:
    assert head("a  b\nc") == "a b c"
    assert head("x" * 100, 10) == "x" * 9 + "…"
