"""Races a relay's lines: the median of several fresh connections each. Suggests nothing silently, switches nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from lib.causes import of_line_fault, reason
from lib.connections.model import Line, Relay
from lib.errors import LineFault
from lib.http import Http, LineTimes
from lib.vocabulary import Reason, State
from lib.wire import Endpoint, newapi

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class LineResult:
    """How one line ran. Times in milliseconds, None where no sample came through; `reason`: why none did."""

    line: Line
    state: State
    median_ms: int | None
    first_byte_ms: int | None
    tls_ms: int | None
    samples: int
    reason: Reason | None = None


OnTry = Callable[[LineResult], None]


async def race(http: Http, relay: Relay, on_try: OnTry | None = None) -> tuple[LineResult, ...]:
    """All lines at once, each `SAMPLES` times in a row; in the relay's order. No key is sent, nothing is charged.

    `on_try` is told how a line stands after each of its tries, on the loop.
    """
    return tuple(await asyncio.gather(*(_run(http, line, on_try) for line in relay.lines)))


async def _run(http: Http, line: Line, on_try: OnTry | None) -> LineResult:
    times: list[LineTimes] = []
    why: Reason | None = None
    for _ in range(SAMPLES):
        try:
            times.append(await http.probe(newapi.status_request(Endpoint(line.base_url))))
        except LineFault as fault:
            why = reason(of_line_fault(fault), **fault.params)
        result = _result(line, times, why)
        if on_try is not None:
            on_try(result)
    return result


def _result(line: Line, times: Sequence[LineTimes], why: Reason | None) -> LineResult:
    return LineResult(
        line=line,
        state="usable" if times else "unreachable",
        median_ms=_median([t.total_ms for t in times]),
        first_byte_ms=_median([t.first_byte_ms for t in times if t.first_byte_ms is not None]),
        tls_ms=_median([t.tls_ms for t in times if t.tls_ms is not None]),
        samples=len(times),
        reason=None if times else why,
    )


def _median(values: list[int]) -> int | None:
    return round(median(values)) if values else None


def fastest(results: Sequence[LineResult]) -> LineResult | None:
    """The line that answered soonest, by its median; None where none answered."""
    timed = [(one.median_ms, number) for number, one in enumerate(results) if one.median_ms is not None]
    return results[min(timed)[1]] if timed else None


class RaceRun:
    """A race that runs in the background. Changed on the engine's loop only; its values are replaced whole."""

    def __init__(self, http: Http, relay: Relay) -> None:
        self.began = datetime.now(UTC)
        self.tries = len(relay.lines) * SAMPLES
        self.tried = 0
        self.results: tuple[LineResult, ...] = ()
        """In the relay's order; while it runs, of the lines that were tried at least once."""
        self.broke: Exception | None = None
        self._order = [line.id for line in relay.lines]
        self._task = asyncio.create_task(self._run(http, relay))

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self._task.done()

    def of(self, line: Line) -> LineResult | None:
        """How a line ran, if it had this address then."""
        return next((one for one in self.results if one.line.base_url == line.base_url), None)

    async def _run(self, http: Http, relay: Relay) -> None:
        try:
            await race(http, relay, self._saw)
        except Exception as fault:
            self.broke = fault

    def _saw(self, result: LineResult) -> None:
        known = {one.line.id: one for one in self.results} | {result.line.id: result}
        self.tried += 1
        self.results = tuple(known[name] for name in self._order if name in known)

    async def wait(self) -> None:
        """Returns when nothing more comes."""
        await asyncio.wait([self._task])

    async def cancel(self) -> None:
        """Asks no line any more."""
        self._task.cancel()
        await self.wait()
