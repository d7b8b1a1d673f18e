"""Races a relay's lines: the median of several fresh connections each. Suggests nothing silently, switches nothing.

A line is asked the way a generation goes: with a key, where one was saved for it, for that key's own model list, which
is free and not rationed; else without a key, for what is there. What is answered of the key doesn't matter; a web page
or a broken gateway is no line, however quickly it comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

import httpx
from pydantic import SecretStr

from lib.calls.known import Known
from lib.causes import CAUSES, judge, of_line_fault, reason
from lib.connections.model import Connection, Line, Relay
from lib.errors import BadKey, LineFault
from lib.http import Http, LineTimes, without_keys
from lib.vocabulary import Reason, State, as_state
from lib.wire import Endpoint, Unreadable, newapi, openai

SAMPLES = 5
NO_LINE = ("wrong_address", "upstream_fault")
FIREWALL = CAUSES["firewall"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line as it is raced: with the key of that `connection`, or without one."""

    line: Line
    key: SecretStr | None = None
    connection: str | None = None

    def request(self) -> httpx.Request:
        """What it is asked; free, and not rationed."""
        endpoint = Endpoint(self.line.base_url, self.key)
        return openai.models_request(endpoint) if self.key else newapi.status_request(endpoint)

    def fault(self, answer: httpx.Response) -> Reason | None:
        """Why what answered isn't this relay at work; None where it is, whatever it says of the key."""
        try:
            _ = openai.read_models(answer) if self.key else newapi.read_status(answer)
        except Unreadable as unreadable:
            said = unreadable.said
            cause = judge(said, "openai" if self.key else "newapi", through_relay=True, posted=False)
            if cause.state in NO_LINE or cause is FIREWALL:
                return without_keys(reason(cause, said, target=answer.headers.get("location", "")))
        return None


@dataclass(frozen=True, slots=True)
class LineResult:
    """How one line ran. `times`: the medians, None where no sample came through; `reason`: why none did."""

    entry: Entry
    state: State
    times: LineTimes | None
    samples: int
    reason: Reason | None = None

    @property
    def line(self) -> Line:
        """The line, as it was then."""
        return self.entry.line

    @property
    def median_ms(self) -> int | None:
        """From the look-up of the name to the last byte."""
        return self.times.total_ms if self.times else None


OnTry = Callable[[LineResult], None]


def entries(known: Known, relay: Relay) -> tuple[Entry, ...]:
    """A relay's lines, each with a key that was saved for it, if there is one: first of those whose list was read."""
    users = [one for one in known.configuration().connections if one.relay == relay.id]
    users.sort(key=lambda one: known.key_models(one.id) is None)
    return tuple(_entry(known, line, users) for line in relay.lines)


def _entry(known: Known, line: Line, users: Sequence[Connection]) -> Entry:
    for one in users:
        try:
            key = known.key(one, line.base_url)
        except BadKey:
            continue
        if key is not None:
            return Entry(line, key, one.id)
    return Entry(line)


async def race(http: Http, lines: Sequence[Entry], on_try: OnTry | None = None) -> tuple[LineResult, ...]:
    """All lines at once, each `SAMPLES` times in a row; in the order given. Nothing is charged.

    `on_try` is told how a line stands after each of its tries, on the loop.
    """
    return tuple(await asyncio.gather(*(_run(http, one, on_try) for one in lines)))


async def _run(http: Http, entry: Entry, on_try: OnTry | None) -> LineResult:
    times: list[LineTimes] = []
    why: Reason | None = None
    for _ in range(SAMPLES):
        try:
            answer, took = await http.probe(entry.request())
        except LineFault as fault:
            why = reason(of_line_fault(fault), **fault.params)
        else:
            why = entry.fault(answer)
            times += [] if why else [took]
        result = _result(entry, times, why)
        if on_try is not None:
            on_try(result)
    return result


def _result(entry: Entry, times: Sequence[LineTimes], why: Reason | None) -> LineResult:
    if why and not times:
        return LineResult(entry, as_state(CAUSES[why.code].state), None, 0, why)
    return LineResult(entry, "usable", medians(times), len(times))


def medians(times: Sequence[LineTimes]) -> LineTimes:
    """The middle of each stage, and of the whole; of at least one."""
    return LineTimes(
        dns_ms=_middle([one.dns_ms for one in times]),
        connect_ms=_middle([one.connect_ms for one in times]),
        proxy_ms=_middle([one.proxy_ms for one in times]),
        tls_ms=_middle([one.tls_ms for one in times]),
        first_byte_ms=_middle([one.first_byte_ms for one in times]),
        total_ms=round(median(one.total_ms for one in times)),
        stage=times[-1].stage,
        proxy=times[-1].proxy,
    )


def _middle(values: Sequence[int | None]) -> int | None:
    told = [value for value in values if value is not None]
    return round(median(told)) if told else None


def fastest(results: Sequence[LineResult]) -> LineResult | None:
    """The line that answered soonest, by its median; None where none answered.

    Like is compared with like: where one answered with a key, none counts that was asked less, without one.
    """
    timed = [
        (one.entry.key is None, one.median_ms, number)
        for number, one in enumerate(results)
        if one.median_ms is not None
    ]
    return results[min(timed)[2]] if timed else None


class RaceRun:
    """A race that runs in the background. Changed on the engine's loop only; its values are replaced whole."""

    def __init__(self, http: Http, lines: Sequence[Entry]) -> None:
        self.began = datetime.now(UTC)
        self.tries = len(lines) * SAMPLES
        self.tried = 0
        self.results: tuple[LineResult, ...] = ()
        """In the order given; while it runs, of the lines that were tried at least once."""
        self.broke: Exception | None = None
        self._order = [one.line.id for one in lines]
        self._task = asyncio.create_task(self._run(http, lines))

    @property
    def ended(self) -> bool:
        """Whether nothing more comes."""
        return self._task.done()

    def of(self, line: Line) -> LineResult | None:
        """How a line ran, if it had this address then."""
        return next((one for one in self.results if one.line.base_url == line.base_url), None)

    async def _run(self, http: Http, lines: Sequence[Entry]) -> None:
        try:
            await race(http, lines, self._saw)
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
