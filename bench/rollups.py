"""How much faster a report is by the rollups than by the calls themselves.

    uv run python -m bench.rollups [--rows 100000] [--rounds 5]

The rows are spread evenly over 180 days, 6 providers, 18 connections and 48 models: the worst case for a rollup. Trust
the ratios (alternating rounds within one run), not the milliseconds.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from lib.ledger import Ledger, calls, rollups
from lib.ledger.days import day_begins, zone_named
from lib.ledger.row import CallRow, record
from lib.ledger.schema import calls as table
from lib.vocabulary import Money, Usage

DAYS = 180
NOW = datetime(2026, 7, 1, tzinfo=UTC)


def rows(count: int) -> Iterator[CallRow]:
    """Calls as they end, oldest first."""
    for n in range(count):
        at = NOW - timedelta(days=DAYS) + n * timedelta(days=DAYS) / count
        yield CallRow(
            id=calls.new_id(at),
            created_at=at,
            sent_at=at,
            status="failed" if n % 20 == 0 else "succeeded",
            owner="bench",
            capability="text",
            provider=f"provider{n % 6}",
            connection=f"connection{n % 18}",
            base_url="http://127.0.0.1:1",
            protocol="openai",
            model=f"model{n * 7 % 48}",
            usage=Usage(input_tokens=n % 4000, output_tokens=n % 900),
            estimated=Money(Decimal(n % 1000).scaleb(-6)) if n % 10 else None,
        )


def fill(ledger: Ledger, count: int) -> None:
    """All at once, then the rollups of them."""
    ledger.write(lambda db: db.execute(table.insert(), [record(row) for row in rows(count)]))
    ledger.change_zone("UTC")


def ms(ask: Callable[[], object]) -> float:
    """How long it takes."""
    start = perf_counter()
    ask()
    return (perf_counter() - start) * 1000


def compare(ledger: Ledger, rounds: int) -> Iterator[str]:
    """One line for each dimension: the last 90 days by rollups, and by calls (the range begins within a day)."""
    since = day_begins((NOW - timedelta(days=90)).date(), zone_named("UTC"))
    by: rollups.By
    for by in ("provider", "model", "connection", "day"):
        times: dict[datetime, list[float]] = {since: [], since + timedelta(microseconds=1): []}
        for _ in range(rounds):
            for begin, taken in times.items():
                with ledger.read() as db:
                    taken.append(ms(partial(rollups.report, db, by, begin, None, "UTC")))
        quick, slow = (median(taken) for taken in times.values())
        yield f"{by:<12}{quick:>12.1f}{slow:>12.1f}{slow / quick:>10.0f}x"


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as home, Ledger.open(None, Path(home)) as ledger:
        filled = ms(lambda: fill(ledger, chosen.rows))
        print(f"{chosen.rows} calls in {DAYS} days, logged and rolled up in {filled / 1000:.1f} s")
        print(f"{'by':<12}{'rollups ms':>12}{'calls ms':>12}{'ratio':>11}")
        for line in compare(ledger, chosen.rounds):
            print(line)


if __name__ == "__main__":
    main()
