"""Races a relay's lines: the median of several fresh connections each. Suggests nothing silently, switches nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from statistics import median

from lib.connections.model import Line, Relay
from lib.errors import LineFault
from lib.http import Http, LineTimes
from lib.vocabulary import State
from lib.wire import Endpoint, newapi

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class LineResult:
    """How one line ran. Times in milliseconds, None where no sample came through."""

    line: Line
    state: State
    median_ms: int | None
    first_byte_ms: int | None
    tls_ms: int | None
    samples: int


async def race(http: Http, relay: Relay) -> tuple[LineResult, ...]:
    """All lines at once, each `SAMPLES` times in a row; in the relay's order. No key is sent, nothing is charged."""
    return tuple(await asyncio.gather(*(_run(http, line) for line in relay.lines)))


async def _run(http: Http, line: Line) -> LineResult:
    times: list[LineTimes] = []
    for _ in range(SAMPLES):
        try:
            times.append(await http.probe(newapi.status_request(Endpoint(line.base_url))))
        except LineFault:
            continue
    return LineResult(
        line=line,
        state="usable" if times else "unreachable",
        median_ms=_median([t.total_ms for t in times]),
        first_byte_ms=_median([t.first_byte_ms for t in times]),
        tls_ms=_median([t.tls_ms for t in times if t.tls_ms is not None]),
        samples=len(times),
    )


def _median(values: list[int]) -> int | None:
    return round(median(values)) if values else None
