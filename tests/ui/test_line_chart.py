"""The chart of a race: the stages that any line went through, in their order, and what is left of the whole. Pure."""

from __future__ import annotations

import pytest

from lib.http import LineTimes
from ui.line_chart import series

DIRECT = LineTimes(connect_ms=12, first_byte_ms=40, total_ms=60)
SECURE = LineTimes(dns_ms=3, connect_ms=12, tls_ms=31, first_byte_ms=88, total_ms=130)


@pytest.mark.parametrize(
    ("ran", "parts"),
    [
        ([DIRECT], {"connect": [12], "first_byte": [40], "rest": [8]}),
        ([DIRECT, SECURE],
         {"dns": [0, 3], "connect": [12, 12], "tls": [0, 31], "first_byte": [40, 88], "rest": [8, 0]}),
        # medians of each stage may come to more than the median of the whole
        ([LineTimes(connect_ms=30, first_byte_ms=40, total_ms=60)], {"connect": [30], "first_byte": [40], "rest": [0]}),
    ],
)  # fmt: skip
def test_a_bar_is_made_of_what_each_stage_took(ran: list[LineTimes], parts: dict[str, list[int]]) -> None:
    assert {one.key: list(one.values) for one in series(ran)} == parts
