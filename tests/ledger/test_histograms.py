"""How calls are spread: the buckets, quantiles beside exact ones, and that every way of counting gives the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_rows import CHANGES, NOON, ROWS, row, usd
from sqlalchemy import BigInteger, cast, literal, select

from lib.ledger import Ledger, calls, rollups
from lib.ledger.calls import CallRow, Payload
from lib.ledger.histograms import BORDERS, Histogram, bucket, in_bucket, merged, within
from lib.ledger.schema import metadata
from lib.ledger.usage import Asked, spread
from lib.vocabulary import Money

HALF, MOST = Decimal("0.5"), Decimal("0.95")
NUMBERS = st.integers(0, 2**63 - 1) | st.sampled_from(BORDERS).flatmap(lambda at: st.integers(max(0, at - 1), at + 1))


@pytest.mark.parametrize(
    ("number", "ends"),
    [(0, (0, 0)), (1, (1, 1)), (2, (2, 2)), (9, (8, 9)), (1000, (862, 1023)), (1024, (1024, 1217)),
     (2**63 - 1, (7755900482342532475, 2**63 - 1))],
)  # fmt: skip
def test_a_bucket_is_a_quarter_of_a_doubling(number: int, ends: tuple[int, int]) -> None:
    least, most = within(bucket(number))
    assert least <= number <= most
    assert (least, most) == ends


@given(NUMBERS)
def test_every_number_lies_within_its_bucket(number: int) -> None:
    least, most = within(bucket(number))
    assert least <= number <= most
    assert most < least * 1.19 + 1 or not number


def test_the_database_reckons_the_same_bucket(ledger: Ledger) -> None:
    numbers = [max(0, border + n) for border in (0, *BORDERS[::6], BORDERS[-1]) for n in (-1, 0, 1)]
    with ledger.read() as db:
        for number in numbers:
            found = db.scalar(select(in_bucket(cast(literal(number, BigInteger), BigInteger))))
            assert found == bucket(number), number


def spread_of(numbers: Sequence[int]) -> Histogram:
    return Histogram(Counter(map(bucket, numbers)))


@given(st.lists(st.integers(0, 10**7), min_size=1), st.sampled_from((HALF, MOST, Decimal(1))))
def test_a_quantile_is_in_the_bucket_of_the_exact_one(numbers: list[int], share: Decimal) -> None:
    exact = sorted(numbers)[ceil(share * len(numbers)) - 1]
    told = spread_of(numbers).quantile(share)
    assert told is not None
    assert bucket(told) == bucket(exact)
    assert abs(told - exact) <= 0.1 * exact + 1


def test_of_no_calls_nothing_is_told() -> None:
    assert (Histogram({}).quantile(HALF), Histogram({}).calls, Histogram({}).steps(5)) == (None, 0, [])
    assert merged([]) == Histogram({})


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=50), st.integers(1, 14))
def test_steps_hold_every_call_once(numbers: list[int], limit: int) -> None:
    steps = spread_of(numbers).steps(limit)
    assert len(steps) <= limit
    assert sum(calls for *_, calls in steps) == len(numbers)
    assert all(most + 1 == least for (_, most, _), (least, *_) in pairwise(steps))
    assert steps[0][0] <= min(numbers)
    assert max(numbers) <= steps[-1][1]


def done(minutes: int = 0, status: str = "succeeded", **changes: Any) -> CallRow:
    at = NOON + timedelta(minutes=minutes)
    return row(at, **({"sent_at": at, "duration_ms": 1000} | changes), status=status)


CASES: list[tuple[str, CallRow, dict[tuple[str, str], int], dict[tuple[str, str], int]]] = [
    ("a success", done(estimated=usd("1")), {("glm-4-flash", ""): 1000}, {("glm-4-flash", "USD"): 10**9}),
    ("billed is the cost", done(estimated=usd("1"), billed=Money(Decimal(2), "CNY")),
     {("glm-4-flash", ""): 1000}, {("glm-4-flash", "CNY"): 2 * 10**9}),
    ("a failure isn't timed", done(status="failed", estimated=usd("0")), {}, {("glm-4-flash", "USD"): 0}),
    ("of unknown cost", done(), {("glm-4-flash", ""): 1000}, {}),
    ("nothing was sent", done(status="failed", sent_at=None, estimated=usd("0")), {}, {}),
    ("under way", done(status="streaming", duration_ms=None), {}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("made", "durations", "costs"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_a_call_counts_as(
    ledger: Ledger, made: CallRow, durations: dict[tuple[str, str], int], costs: dict[tuple[str, str], int]
) -> None:
    ledger.write(lambda db: calls.insert(db, made, Payload()))
    with ledger.read() as db:
        for measure, meant in (("duration", durations), ("cost", costs)):
            found = spread(db, Asked(), measure)  # type: ignore[arg-type]
            assert found == {key: Histogram({bucket(number): 1}) for key, number in meant.items()}


def test_any_filter_of_the_page_holds(ledger: Ledger) -> None:
    made = [
        done(n, provider=("zhipu", "openai")[n % 2], connection=("a", "b", "c")[n % 3], model=("m", "n")[n % 4 == 0],
             capability=("text", "image")[n % 5 == 0], unit=(None, "token")[n % 2], duration_ms=100 * n)
        for n in range(60)
    ]  # fmt: skip
    ledger.write(lambda db: [calls.insert(db, one, Payload()) for one in made])
    filters: list[dict[Any, str]] = [
        {}, {"model": "m"}, {"provider": "zhipu"}, {"provider": "zhipu", "model": "m"}, {"unit": ""},
        {"capability": "image", "connection": "b"}, {"cause": ""}, {"cause": "bad_key"},
    ]  # fmt: skip
    with ledger.read() as db:
        for where in filters:
            meant = [
                one for one in made if all((getattr(one, k, None) or "") == v for k, v in where.items() if k != "cause")
            ]
            found = merged(spread(db, Asked(where=where), "duration").values())
            numbers = [one.duration_ms or 0 for one in meant if where.get("cause") != "bad_key"]
            assert found == spread_of(numbers), where


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger.open(None, tmp_path_factory.mktemp("histograms")) as opened:
        yield opened


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(ROWS, max_size=8), updates=st.lists(st.tuples(st.integers(0, 7), CHANGES), max_size=12))
def test_moved_as_made_anew(shared: Ledger, rows: list[CallRow], updates: list[tuple[int, dict[str, Any]]]) -> None:
    shared.write(lambda db: [db.execute(table.delete()) for table in reversed(metadata.sorted_tables)])
    shared.write(lambda db: [calls.insert(db, one, Payload()) for one in rows])
    for which, changes in updates:
        if rows:
            shared.write(partial(calls.update, id=rows[which % len(rows)].id, **changes))
    with shared.read() as db:
        assert rollups.prove(db)
        kept = [spread(db, Asked(), measure) for measure in ("duration", "cost")]  # type: ignore[arg-type]
    shared.change_zone(shared.zone)
    with shared.read() as db:
        assert [spread(db, Asked(), measure) for measure in ("duration", "cost")] == kept  # type: ignore[arg-type]


@pytest.mark.parametrize("table", ["histogram_model", "histogram_cross"])
def test_a_wrong_count_is_found_and_mended(ledger: Ledger, table: str) -> None:
    ledger.write(lambda db: calls.insert(db, done(), Payload()))
    ledger.write(lambda db: db.exec_driver_sql(f"UPDATE {table} SET calls = calls + 1"))
    with ledger.read() as db:
        assert not rollups.prove(db)
    ledger.change_zone(ledger.zone)
    with ledger.read() as db:
        assert rollups.prove(db)
