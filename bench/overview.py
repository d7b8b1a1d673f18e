"""What Overview, matrix and catalogue cost the engine as keys and models grow, and again when nothing has changed.

    uv run python -m bench.overview [--rounds 5]

Each key lists all the models and has called some; the names are the demo relay's. Trust the ratios
(alternating rounds within one run), not the microseconds: a verdict should cost the same however many there are.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from demo.catalogue import pricing_document
from lib.cost.conversion import Conversion
from lib.engine import Engine
from lib.ledger import evidence as proofs
from lib.ledger import snapshots
from lib.ledger.calls import Connection
from lib.verdicts.judged import Judged
from lib.verdicts.judging import Facts
from lib.verdicts.overview import Overview
from lib.verdicts.prices import Prices
from lib.vocabulary import Evidence, Step

SIZES = ((1, 50), (15, 570), (1, 5000))
"""Keys and models; the first is what the others are compared to."""
CALLED = 20
"""Models that each key has really called."""
RELAY = {"id": "relay", "name": "Relay", "lines": [{"id": "main", "name": "Main", "base_url": "http://127.0.0.1:1"}]}
RUNGS: tuple[Step, ...] = ("line", "key", "quota", "permission")
PLACE = "relay:relay"
AT = datetime.now(UTC) - timedelta(minutes=1)


def entries(document: Mapping[str, Any], count: int) -> Iterator[dict[str, Any]]:
    """So many of a price list's entries, the names told apart by a number where they come again."""
    known = document["data"]
    for n in range(count):
        again, place = divmod(n, len(known))
        yield {**known[place], "model_name": f"{known[place]['model_name']}{f'-{again}' if again else ''}"}


def fill(engine: Engine, keys: int, models: int) -> None:
    """A relay, its list, and keys that may use all of it."""
    ids = [f"key{n}" for n in range(keys)]
    connections = [{"id": id, "provider": "custom", "relay": "relay"} for id in ids]
    engine.import_(json.dumps({"relays": [RELAY], "connections": connections}))
    document = pricing_document()
    data = list(entries(document, models))
    names = [entry["model_name"] for entry in data]

    def write(db: Connection) -> None:
        snapshots.put(db, "pricing", PLACE, AT, json.dumps({**document, "data": data}))
        for id in ids:
            listed = {"object": "list", "data": [{"id": name} for name in names]}
            snapshots.put(db, "models", id, AT, json.dumps(listed))
            for step in RUNGS:
                proofs.add(db, Evidence(AT, id, step, True, "usable", "GET", "/"))
            for name in names[:CALLED]:
                proofs.add(db, Evidence(AT, id, "call", True, "usable", "POST", "/", model=name, capability="text"))

    engine.ledger.write(write)


def took(ask: Callable[[], object]) -> float:
    """How long it takes, in microseconds."""
    start = perf_counter()
    ask()
    return (perf_counter() - start) * 1e6


def judged(facts: Facts) -> Overview:
    """Everything concluded anew."""
    return Judged(facts).overview


def drawn(judged: Judged, prices: Prices) -> None:
    """What the matrix and the catalogue ask for."""
    judged.matrix()
    prices.ranges()
    prices.catalogue(PLACE)


def compare(engines: Sequence[Engine], rounds: int) -> Iterator[str]:
    """One line a size: microseconds a verdict to read the facts, to judge them, to ask again; beside the first size."""
    times: dict[Engine, list[tuple[float, float, float]]] = {engine: [] for engine in engines}
    for _ in range(rounds):
        for engine, taken in times.items():
            facts = engine.facts()
            taken.append((took(engine.facts), took(partial(judged, facts)), took(engine.overview)))
    base = 0.0
    for (keys, models), (engine, taken) in zip(SIZES, times.items(), strict=True):
        count = len(engine.verdicts())
        read, judge, again = (median(column) / count for column in zip(*taken, strict=True))
        base = base or judge
        yield (
            f"{keys:>4} × {models:<5}{count:>10}{read:>9.1f}{judge:>9.1f}{again:>9.1f}"
            f"{judge / base:>9.2f}x{judge / again:>9.1f}x"
        )


def compare_pages(engines: Sequence[Engine], rounds: int) -> Iterator[str]:
    """One line a size: microseconds a listed model for both pages' tables, anew and again; beside the first size."""
    times: dict[Engine, list[tuple[float, float]]] = {engine: [] for engine in engines}
    for _ in range(rounds):
        for engine, taken in times.items():
            fresh = Judged(engine.facts())
            anew = Prices(fresh, lambda place, _, known=engine.known: known.book_of(place), AT, Conversion())
            assert fresh.verdicts
            again = partial(drawn, engine.judged(), engine.prices())
            again()
            taken.append((took(partial(drawn, fresh, anew)), took(again)))
    base = 0.0
    for (keys, models), taken in zip(SIZES, times.values(), strict=True):
        draw, again = (median(column) / models for column in zip(*taken, strict=True))
        base = base or draw
        yield f"{keys:>4} × {models:<5}{draw:>10.1f}{again:>9.2f}{draw / base:>9.2f}x{draw / again:>9.1f}x"


def main() -> None:
    """Prints the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    chosen = options.parse_args()
    os.environ["RELAYSCOPE_KEYS"] = "file"
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        engines = []
        for n, (keys, models) in enumerate(SIZES):
            engine = Engine(Path(home) / str(n))
            stack.callback(engine.ledger.close)
            fill(engine, keys, models)
            engine.overview()
            engines.append(engine)
        print(f"{'':<22}{'µs a verdict to':^27}{'judge beside':^20}")
        print(f"{'keys × models':<14}{'verdicts':>8}{'read':>9}{'judge':>9}{'again':>9}{'the first':>10}{'again':>10}")
        for line in compare(engines, chosen.rounds):
            print(line)
        print(f"\n{'matrix, catalogue':<14}{'µs a model':^12}{'beside':^19}")
        print(f"{'keys × models':<14}{'draw':>7}{'again':>9}{'the first':>10}{'again':>10}")
        for line in compare_pages(engines, chosen.rounds):
            print(line)


if __name__ == "__main__":
    main()
