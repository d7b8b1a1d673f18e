"""What a race of lines measured, as a chart: a bar a line, made of what each stage took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lib.checks.lines import LineResult
from lib.checks.rungs import way_of
from lib.checks.words import way
from lib.http import LineTimes
from lib.i18n import N_
from ui import charts
from ui.charts import SERIES, Series
from ui.words import duration, t

REST = "rest"
STAGES: Mapping[str, tuple[str, str]] = {
    "dns": (N_("DNS look-up"), SERIES[2]),
    "connect": (N_("Connect"), SERIES[6]),
    "proxy": (N_("Proxy"), SERIES[1]),
    "tls": (N_("TLS handshake"), SERIES[4]),
    "first_byte": (N_("First byte"), SERIES[0]),
    REST: (N_("Rest of the answer"), SERIES[7]),
}
"""The stages in their order, with the rest of the answer: their names and colours."""


def draw(results: Sequence[LineResult], key: str) -> None:
    """The lines that answered, in the order given."""
    ran = [(one.line.name, one.times) for one in results if one.times]
    wholes = [duration(times.total_ms) for _, times in ran]
    figure = charts.parts([name for name, _ in ran], series([times for _, times in ran]), wholes, t(N_("milliseconds")))
    alt = ". ".join(f"{name}: {duration(times.total_ms)} ({way(way_of(times), t)})" for name, times in ran)
    charts.draw(figure, key, alt)


def series(ran: Sequence[LineTimes]) -> list[Series]:
    """The stages that any of these went through, each with what it took of every one."""
    took = [{**times.stages, REST: max(0, times.total_ms - sum(times.stages.values()))} for times in ran]
    return [
        Series(stage, t(name), [one.get(stage, 0) for one in took], [duration(one.get(stage)) for one in took], colour)
        for stage, (name, colour) in STAGES.items()
        if any(stage in one for one in took)
    ]
