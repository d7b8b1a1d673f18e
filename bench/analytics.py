"""The cost page's questions to a million calls, beside DuckDB's native table of the same calls and pandas' `read_sql`.

    uv run python -m bench.analytics [--rows 1000000] [--rounds 5]

Two shapes: as calls are made in use, and spread evenly, the worst case for rollups. Every question that the page asks
is recorded from the page's own code and put to each in turn; the answers must be equal. Trust the ratios
(alternating rounds within one run), not the milliseconds. Ends with 1 where a line isn't held:

- the default view, thirty days split by any dimension, takes no longer than DuckDB does;
- any question under a filter takes at most ten times DuckDB's time, and less than `read_sql`;
- to settle a call with all rollups takes at most twice what it takes without.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

from bench.rivals import NUMBERS, Duck, Pandas
from bench.shapes import even, real
from lib.cost.conversion import Conversion
from lib.ledger import Ledger, calls, evidence, media, rollups
from lib.ledger.contribution import Dimension
from lib.ledger.histograms import MEASURES, Histogram, bucket
from lib.ledger.log import Log
from lib.ledger.report import ReportRow
from lib.ledger.schema import EPOCH
from lib.ledger.usage import Asked
from lib.vocabulary import Evidence, Money, Usage
from tests.ledger.ledger_rows import row
from tests.many_calls import Api, fill
from ui.usage_charts import HALF, MOST
from ui.usage_data import look
from ui.usage_view import BY, Range, View

UNTIL = datetime(2026, 7, 1, 12, tzinfo=UTC)
SHAPES: Mapping[str, Callable[[], Sequence[Api]]] = {"as in use": real, "spread evenly": even}
KINDS = 50_000
SETTLED = 300
"""Calls settled in a round."""
TIMES_DUCKDB, TIMES_PLAIN = 10, 2
ANY = "*"
"""In a filter: what most calls have."""
FILTERS: Sequence[Mapping[Dimension, str]] = (
    {"model": ANY},
    {"provider": ANY, "model": ANY},
    {"capability": "text", "connection": ANY},
    {"cause": "rate_limited"},
    {"cause": "interrupted"},
    {"unit": "token", "provider": ANY, "connection": ANY},
)
RANGES: Sequence[Range] = ("30d", "all")
ROLLUPS = ("rollups", "rollup_cross", "histogram_model", "histogram_cross")


@dataclass(frozen=True)
class Question:
    """One that the page put to the log."""

    name: str
    args: tuple[Any, ...]

    def to(self, answering: Any) -> Any:
        """The answer of the ledger's log, or of a rival."""
        return getattr(answering, self.name)(*self.args)

    @property
    def told(self) -> str:
        """As the table names it."""
        keys = self.args[1] if self.name == "usage" else ()
        keys = (self.args[1],) if self.name == "spread" else keys
        where = self.args[0].where if self.args else {}
        return f"{self.name} {' × '.join(keys)}{' of one ' if where else ''}{' and '.join(where)}"


@dataclass
class Recording:
    """An engine for the page's code: its log notes what it is asked."""

    ledger: Ledger
    asked: list[Question] = field(default_factory=list)

    @property
    def log(self) -> Recording:
        """Itself."""
        return self

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*args: Any) -> Any:
            self.asked.append(Question(name, args))
            return self.asked[-1].to(Log(self.ledger))

        return ask


def page(ledger: Ledger, view: View) -> list[Question]:
    """What pages/usage.py asks for a view: the same code, without what draws."""
    engine: Any = Recording(ledger)
    first = engine.first_day()
    seen = look(engine, Conversion(), view, UNTIL.date(), first or UNTIL.date())
    for dimension in ("model", "unit", "cause"):
        seen.by(dimension)
    for currency in seen.currencies:
        seen.over_time(view.by, seen.top(currency))
    for measure in MEASURES:
        seen.spread(measure)
    seen.dearest()
    return list(engine.asked)


def took(ask: Callable[[], object]) -> float:
    """Milliseconds."""
    start = perf_counter()
    ask()
    return (perf_counter() - start) * 1000


def compared(question: Question, rivals: Sequence[Any], rounds: int) -> list[float]:
    """The medians, after a round that isn't counted."""
    times = [[took(partial(question.to, one)) for one in rivals] for _ in range(rounds + 1)][1:]
    return [median(column) for column in zip(*times, strict=True)]


def ids(answer: Sequence[Any]) -> list[str]:
    """Of calls."""
    return [one[0] if isinstance(one, tuple) else one.id for one in answer]


def groups(answer: Mapping[tuple[str, ...], ReportRow], keys: tuple[str, ...]) -> set[tuple[Any, ...]]:
    """Ours as DuckDB tells it; a currency that only figures beside the cost are in has no calls."""
    return {
        (*map(numbered, keys, key), currency, *(sums[name] for name in NUMBERS))
        for key, told in answer.items()
        for currency, sums in told.sums.items()
        if sums["calls"]
    }


def numbered(key: str, value: str) -> str | int:
    """A day as DuckDB tells it, else the value."""
    return (date.fromisoformat(value) - EPOCH.date()).days if key == "day" else value


def quantiles(answer: Mapping[tuple[str, str], Histogram]) -> set[tuple[Any, ...]]:
    """Ours as DuckDB tells it, but for the exact numbers: the buckets that they are in."""
    return {
        (*key, found.calls, *(bucket(found.quantile(share) or 0) for share in (HALF, MOST)))
        for key, found in answer.items()
    }


def is_same(question: Question, ours: Any, theirs: Any) -> bool:
    """Whether both say the same."""
    if question.name == "usage":
        return groups(ours, question.args[1]) == set(theirs)
    if question.name == "spread":
        return quantiles(ours) == {(*key, n, bucket(half), bucket(slow)) for *key, n, half, slow in theirs}
    return ids(ours) == ids(theirs) if question.name == "dearest" else [(numbered("day", str(ours)),)] == theirs


def default_views(ledger: Ledger, duck: Duck, rounds: int) -> Iterator[str]:
    """The page as it opens, by each dimension; yields what isn't held."""
    log = Log(ledger)
    print(f"{'thirty days':<44}{'rollups ms':>12}{'DuckDB ms':>12}{'ratio':>9}")
    for by in BY:
        whole = [0.0, 0.0]
        for question in page(ledger, View(by=by)):
            if not is_same(question, question.to(log), question.to(duck)):
                yield f"by {by}: {question.told} is not what DuckDB says"
            ours, theirs = compared(question, (log, duck), rounds)
            whole = [whole[0] + ours, whole[1] + theirs]
            print(f"  {question.told:<42}{ours:>12.2f}{theirs:>12.2f}{ours / theirs:>8.2f}x")
        print(f"by {by:<41}{whole[0]:>12.2f}{whole[1]:>12.2f}{whole[0] / whole[1]:>8.2f}x")
        if whole[0] > whole[1]:
            yield f"by {by}: {whole[0]:.1f} ms, DuckDB {whole[1]:.1f}"


def filtered(ledger: Ledger, duck: Duck, rounds: int) -> Iterator[str]:
    """The page under filters, of thirty days and of all; yields what isn't held."""
    log, pandas = Log(ledger), Pandas(ledger)
    print(f"{'under a filter':<58}{'rollups ms':>12}{'DuckDB ms':>12}{'ratio':>9}{'read_sql ms':>13}")
    for span, where in product(RANGES, FILTERS):
        view = View(range=span, by="model", where=most(log, where))
        for question in page(ledger, view):
            if question.name == "first_day":
                continue
            if not is_same(question, question.to(log), question.to(duck)):
                yield f"{span}: {question.told} is not what DuckDB says"
            ours, theirs = compared(question, (log, duck), rounds)
            plain = took(partial(question.to, pandas))
            print(f"  {span:<4}{question.told:<52}{ours:>12.2f}{theirs:>12.2f}{ours / theirs:>8.2f}x{plain:>13.1f}")
            if ours > min(TIMES_DUCKDB * theirs, plain):
                yield f"{span}: {question.told} took {ours:.1f} ms, DuckDB {theirs:.1f}, read_sql {plain:.1f}"


def most(log: Log, where: Mapping[Dimension, str]) -> dict[Dimension, str]:
    """A filter with the values that most calls have, of those that have the values before."""
    told: dict[Dimension, str] = {}
    for dimension, value in where.items():
        found = log.usage(Asked(where=told), (dimension,)) if value == ANY else {}
        told[dimension] = max(found.values(), key=lambda one: one.calls).key if found else value
    return told


def settled(ledger: Ledger, ids: Sequence[str]) -> None:
    """The ends of calls, each written as `lib.calls.ending.settlement` writes it."""
    for id in ids:
        at = datetime.now(UTC)
        ledger.write(partial(_settle, id=id, at=at))


def _settle(db: calls.Connection, id: str, at: datetime) -> None:
    usage = Usage(1200, 400, output_tokens=300)
    calls.update(
        db, id, status="succeeded", finished_at=at, usage=usage, usage_source="server", price_source="relay",
        estimated=Money(Decimal("0.0012")), official=Money(Decimal("0.0024")), http_status=200, request_id="req-1",
        finish_reason="stop", first_byte_ms=300, duration_ms=1500,
    )  # fmt: skip
    calls.update_payload(db, id, text="An answer.", reasoning="", raw_usage={"input_tokens": 1200})
    media.add(db, id, "output", ())
    shown = Evidence(at, "chatglm", "call", True, "usable", "POST", "/", model="glm", capability="text", call=id)
    evidence.add(db, shown)


def sent(ledger: Ledger) -> list[str]:
    """Calls that are under way, logged and sent."""
    at = datetime.now(UTC)
    made = [row(at, status="sent", sent_at=at, unit="token", quoted=Money(Decimal("0.1"))) for _ in range(SETTLED)]
    ledger.write(lambda db: [calls.insert(db, one, calls.Payload("A prompt.")) for one in made])
    return [one.id for one in made]


def settling(ledger: Ledger, rounds: int) -> Iterator[str]:
    """A call's end with all rollups and without; yields what isn't held."""
    whole: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        mine, others = sent(ledger), sent(ledger)
        whole.append(took(partial(settled, ledger, mine)) / SETTLED)
        with patch.object(rollups, "move"):
            bare.append(took(partial(settled, ledger, others)) / SETTLED)
    ours, plain = median(whole), median(bare)
    print(f"to settle a call: {ours:.2f} ms with the rollups, {plain:.2f} without: {ours / plain:.2f}x")
    if ours > TIMES_PLAIN * plain:
        yield f"to settle a call took {ours:.2f} ms, without rollups {plain:.2f}"


def measured(name: str, rows: int, rounds: int) -> Iterator[str]:
    """Everything of one shape; yields what isn't held."""
    with tempfile.TemporaryDirectory() as home, Ledger.open(None, Path(home)) as ledger:
        ledger.change_zone("UTC")
        filled = took(lambda: fill(ledger, rows, UNTIL, SHAPES[name](), KINDS)) / 1000
        duck = Duck(ledger)
        cells = ", ".join(f"{table}: {lines(ledger, table)}" for table in ROLLUPS)
        print(f"\n{rows} calls {name}, logged and rolled up in {filled:.0f} s; lines of {cells}")
        for held in (default_views(ledger, duck, rounds), filtered(ledger, duck, rounds), settling(ledger, rounds)):
            yield from (f"{name}: {fault}" for fault in held)


def lines(ledger: Ledger, table: str) -> int:
    """How long a table is."""
    with ledger.read() as db:
        return db.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()


def main() -> None:
    """Prints the tables, and what isn't held."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    faults = [fault for name in SHAPES for fault in measured(name, chosen.rows, chosen.rounds)]
    print("\n" + ("\n".join(f"not held: {fault}" for fault in faults) or "all held"))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
