"""How much is asked of one host at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from lib.checks.pace import FIRST, LEAST, MORE, MOST, Pace
from lib.vocabulary import Evidence


def rung(ms: int | None, status: int | None) -> Evidence:
    return Evidence(datetime.now(UTC), "c", "key", True, "usable", "GET", "/", ms=ms, http_status=status)


QUICK, SLOW, LIMITED, BROKEN, SILENT, UNASKED = (
    rung(100, 200), rung(3000, 200), rung(50, 429), rung(50, 503), rung(5000, None), rung(None, None),
)  # fmt: skip


@pytest.mark.parametrize(
    ("rungs", "at_once"),
    [
        ([QUICK], FIRST + MORE),
        ([rung(100, 401)], FIRST + MORE),
        ([SLOW], FIRST),
        ([UNASKED], FIRST),
        ([QUICK] * 100, MOST),
        ([LIMITED], FIRST // 2),
        ([BROKEN], FIRST // 2),
        ([SILENT], FIRST // 2),
        ([LIMITED] * 10, LEAST),
        ([LIMITED] * 10 + [QUICK] * 3, LEAST + 3 * MORE),
        ([QUICK] * 100 + [LIMITED], MOST // 2),
    ],
)
def test_the_pace_follows_the_answers(rungs: list[Evidence], at_once: int) -> None:
    async def most_at_once() -> int:
        pace, going, seen = Pace(), 0, 0

        async def asks() -> None:
            nonlocal going, seen
            async with pace:
                going += 1
                seen = max(seen, going)
                await asyncio.sleep(0)
                going -= 1

        for one in rungs:
            pace.saw(one)
        assert pace.at_once == at_once
        first = [asyncio.create_task(asks()) for _ in range(FIRST + len(rungs) + MOST)]
        await asyncio.gather(*first)  # places taken away while free are gone when the next ones are given back
        seen = 0
        await asyncio.gather(*[asks() for _ in range(3 * MOST)])
        return seen

    assert asyncio.run(most_at_once()) == at_once
