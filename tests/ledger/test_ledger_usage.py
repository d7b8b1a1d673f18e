"""The questions of the page of usage and cost: filtered sums, the dearest calls, and how the database finds them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ledger_rows import NOON, ROWS, row, usd
from sqlalchemy import event, text

from lib.ledger import Ledger, calls, rollups
from lib.ledger import settings as stored
from lib.ledger.calls import CallRow, Payload
from lib.ledger.contribution import cause, contribution
from lib.ledger.database import engine, locate
from lib.ledger.days import day_of
from lib.ledger.migrate import bring_up_to_date
from lib.ledger.report import total
from lib.ledger.row import record
from lib.ledger.schema import SUMS, metadata, microseconds
from lib.ledger.usage import OTHER, Asked, dearest, first_day, sums
from tests.many_calls import fill
from tests.postgresql import empty_url_of

ZONE = ZoneInfo("America/New_York")


def log(ledger: Ledger, *rows: CallRow) -> None:
    ledger.write(lambda db: [calls.insert(db, one, Payload()) for one in rows])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with Ledger.open(None, tmp_path_factory.mktemp("usage")) as opened:
        yield opened


def places(made: CallRow) -> dict[str, str]:
    day = day_of(made.created_at, ZONE)
    return {
        "day": day, "month": day[:7], "provider": made.provider, "model": made.model, "capability": made.capability,
        "connection": made.connection, "unit": made.unit or "", "cause": cause(made),
    }  # fmt: skip


def is_asked(made: CallRow, asked: Asked) -> bool:
    at = places(made)
    first, last = (day.isoformat() if day else at["day"] for day in (asked.first, asked.last))
    return first <= at["day"] <= last and all(at[name] == value for name, value in asked.where.items())


WHERE = st.fixed_dictionaries(
    {},
    optional={
        "provider": st.sampled_from(("zhipu", "openai")),
        "model": st.just("gpt-4o-mini"),
        "connection": st.just("all"),
        "capability": st.just("image"),
        "unit": st.sampled_from(("", "token")),
        "cause": st.sampled_from(("", "bad_key", "failed", "cancelled")),
    },
)
DAYS = st.none() | st.integers(-6, 6).map(lambda days: NOON.date() + timedelta(days=days))
ASKED = st.builds(Asked, DAYS, DAYS, WHERE)
KEYS = st.sampled_from(
    ((), ("day",), ("provider",), ("day", "unit"), ("month", "model"), ("cause",), ("provider", "model"))
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(ROWS, max_size=10), asked=ASKED, keys=KEYS)
def test_what_is_asked_is_what_the_calls_add_up_to(
    shared: Ledger, rows: list[CallRow], asked: Asked, keys: tuple[Any, ...]
) -> None:
    shared.write(lambda db: [db.execute(table.delete()) for table in reversed(metadata.sorted_tables)])
    shared.change_zone(ZONE.key)
    log(shared, *rows)
    meant = [made for made in rows if is_asked(made, asked)]
    expected: dict[tuple[str, ...], Counter[str]] = {}
    for made in meant:
        for currency, added in contribution(made).items():
            key = (*(places(made)[name] for name in keys), currency)
            expected.setdefault(key, Counter()).update(added)
    with shared.read() as db:
        found = sums(db, asked, keys)
        assert {(*key, c): +s for key, told in found.items() for c, s in told.sums.items() if +s} == {
            key: +added for key, added in expected.items() if +added
        }
        for currency in ("USD", "CNY"):
            paid = [made for made in meant if made.cost and made.cost.nano and made.cost.currency == currency]
            paid.sort(key=lambda made: (made.cost.nano if made.cost else 0, made.id), reverse=True)
            assert [made.id for made in dearest(db, asked, currency, 3)] == [made.id for made in paid[:3]]


def test_the_rest_is_one(ledger: Ledger) -> None:
    log(ledger, *(row(model=name) for name in ("a", "b", "c", "c")))
    with ledger.read() as db:
        found = sums(db, Asked(), ("model",), {"model": ["c"]})
    assert {key: told.calls for key, told in found.items()} == {("c",): 2, (OTHER,): 2}


def test_the_first_day(ledger: Ledger) -> None:
    ledger.change_zone("UTC")
    with ledger.read() as db:
        assert first_day(db) is None
    log(ledger, row(NOON), row(NOON + timedelta(days=1)))
    with ledger.read() as db:
        assert first_day(db) == date(2026, 3, 8)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """More calls than are sorted one by one, over half a year."""
    with Ledger.open(None, tmp_path_factory.mktemp("full")) as opened:
        opened.change_zone("Asia/Shanghai")
        fill(opened, 6_000, NOON)
        yield opened


LAST_WEEKS = NOON.date() - timedelta(days=100)


@pytest.mark.parametrize(
    "asked", [Asked(), Asked(LAST_WEEKS), Asked(where={"capability": "text"}), Asked(LAST_WEEKS, where={"cause": ""})]
)
def test_the_dearest_of_many_calls(full: Ledger, asked: Asked) -> None:
    with full.read() as db:
        everything = calls.page(db, limit=10_000).rows
        assert len(everything) == 6_000
        zone = ZoneInfo("Asia/Shanghai")
        meant = [
            made for made in everything
            if made.cost and made.cost.currency == "USD"
            and (asked.first is None or day_of(made.created_at, zone) >= asked.first.isoformat())
            and all(places(made)[name] == value for name, value in asked.where.items())
        ]  # fmt: skip
        meant.sort(key=lambda made: (made.cost.nano if made.cost else 0, made.id), reverse=True)
        assert len(meant) > 2_000
        assert [made.id for made in dearest(db, asked, "USD", 8)] == [made.id for made in meant[:8]]


def plans(ledger: Ledger, asked: Asked) -> list[str]:
    """How SQLite finds the dearest calls: the plan of each question about calls."""
    asked_for: list[tuple[str, Any]] = []
    with ledger.read() as db:
        event.listen(db, "before_cursor_execute", lambda *args: asked_for.append((args[2], args[3])))
        dearest(db, asked, "USD", 8)
        return [
            " ".join(str(step[3]) for step in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given))
            for text, given in list(asked_for) if "FROM calls" in text and "EXPLAIN" not in text
        ]  # fmt: skip


@pytest.mark.usefixtures("of_sqlite")
@pytest.mark.parametrize("asked", [Asked(), Asked(LAST_WEEKS), Asked(where={"capability": "text"})])
def test_the_dearest_calls_are_read_from_an_index(full: Ledger, asked: Asked) -> None:
    found = [plan for plan in plans(full, asked) if "cost_currency=?" in plan]
    assert len(found) >= 4
    for plan in found:
        assert plan.startswith("SEARCH calls USING INDEX calls_by_cost (period=? AND cost_currency=?")
        assert "TEMP B-TREE" not in plan


@pytest.mark.usefixtures("of_sqlite")
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Asked(NOON.date()), "sqlite_autoindex_calls_1 (id>?"),
        (Asked(NOON.date() - timedelta(days=6), where={"model": "sora-2"}), "calls_by_model (model=? AND id>?"),
        (Asked(NOON.date(), where={"provider": "openai"}), "calls_by_provider (provider=? AND id>?"),
    ],
)
def test_of_few_calls_only_those_are_read(full: Ledger, asked: Asked, index: str) -> None:
    (plan,) = plans(full, asked)
    assert index in plan


@pytest.mark.usefixtures("of_sqlite")
def test_the_calls_of_unknown_cost_have_an_index_of_their_own(full: Ledger) -> None:
    with full.read() as db:
        plan = db.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM calls WHERE billed_nano IS NULL AND estimated_nano IS NULL "
            "AND status NOT IN ('sent') ORDER BY id DESC LIMIT 50"
        ).all()
    assert "calls_of_unknown_cost" in plan[0][3]


def test_many_calls_are_as_if_logged_one_by_one(full: Ledger) -> None:
    with full.read() as db:
        assert rollups.prove(db)
        everything = total(sums(db, Asked(), ("connection",)).values())
        (one,) = calls.page(db, limit=1).rows
        assert calls.payload(db, one.id) is not None
    assert everything.calls == 6_000
    assert all(everything.count(name) for name in SUMS)
    assert set(everything.sums) == {"", "USD", "CNY"}


# ---- from version 0001

PAID = row(status="succeeded", sent_at=NOON, estimated=usd("1"), billed=usd("2"), duration_ms=7)
FREE = row(status="failed", sent_at=NOON, error_state="bad_key", provider="openai")


def as_of_0001(home: Path) -> None:
    """A ledger that a Relayscope of the first version left, with two calls in it."""
    database = locate(empty_url_of(home), home)
    bring_up_to_date(database, version="0001")
    columns = "id created_at status owner capability operation provider connection base_url protocol model retries"
    with engine(database, "migrate").begin() as db:
        for made, prices in ((PAID, '{"unit": "token", "currency": "USD"}'), (FREE, "null")):
            told = record(made) | {"created_at": microseconds(NOON), "sent_at": microseconds(NOON), "prices": prices}
            names = [*columns.split(), "sent_at", "error_state", "duration_ms", "estimated_nano", "estimated_currency",
                     "billed_nano", "billed_currency"]  # fmt: skip
            marks = ", ".join(f":{name}" for name in names)
            db.execute(text(f"INSERT INTO calls ({', '.join(names)}, error_params) VALUES ({marks}, '{{}}')"), told)
            db.execute(text("INSERT INTO payloads VALUES (:id, '', '', '', '{}', '{}', :prices)"), told)
        db.execute(text("INSERT INTO settings VALUES ('zone', 'Asia/Shanghai')"))


def test_a_ledger_of_the_first_version_is_brought_forward_with_its_sums(tmp_path: Path) -> None:
    as_of_0001(tmp_path)
    with Ledger.open(None, tmp_path) as ledger, ledger.read() as db:
        assert rollups.prove(db)
        assert stored.get(db, "zone") == "Asia/Shanghai"
        assert {key: told.calls for key, told in sums(db, Asked(), ("unit",)).items()} == {("token",): 1, ("",): 1}
        assert {key: told.failed for key, told in sums(db, Asked(), ("cause",)).items()} == {("",): 0, ("bad_key",): 1}
        found = calls.get(db, PAID.id)
        assert found is not None
        assert (found.unit, found.cost) == ("token", usd("2"))
        assert [made.id for made in dearest(db, Asked(), "USD", 5)] == [PAID.id]
