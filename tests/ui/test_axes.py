"""What the axes of charts name, so that no name stands over another. Pure."""

from __future__ import annotations

import pytest

from ui import charts
from ui.charts import Series


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        pytest.param(["1", "2", "3", "4", "5", "6", "7"], 7, id="a week"),
        pytest.param([f"{day} Nov" for day in range(1, 31)], 4, id="a month"),
        pytest.param([f"0.00000{n}" for n in range(6)], 4, id="long ones"),
        pytest.param(["0.0000038", "0.00014"], 2, id="two"),
    ],
)
def test_bars_are_named_as_there_is_room(names: list[str], shown: int) -> None:
    figure = charts.bars(names, [], "USD", {name: name for name in names})
    ticks = figure.layout.xaxis.tickvals
    assert (len(ticks), ticks[0], ticks[-1]) == (shown, names[0], names[-1])


@pytest.mark.parametrize(
    ("seconds", "named"),
    [
        ([0], ("2026-11-26 08:00:00",)),
        ([5, 0, 59], ("2026-11-26 08:00:00",)),
        ([0, 60, 180], ("2026-11-26 08:00:00", "2026-11-26 08:01:00", "2026-11-26 08:03:00")),
        ([60 * n for n in range(9)], None),
    ],
)
def test_no_minute_is_named_twice(seconds: list[int], named: tuple[str, ...] | None) -> None:
    times = [f"2026-11-26 08:{one // 60:02}:{one % 60:02}" for one in seconds]
    values = [float(one) for one in seconds]
    figure = charts.steps([times], [Series("a", "a", values, ["" for _ in values], "#000000")], "USD")
    assert figure.layout.xaxis.tickvals == named
