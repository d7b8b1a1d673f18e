"""The history of evidence: what changed and when, how often it was confirmed, and that it grows with changes alone."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_rows import NOON
from sqlalchemy import select, text

from lib.ledger import Ledger, evidence, spells
from lib.ledger.database import engine, locate
from lib.ledger.migrate import MIGRATIONS, bring_up_to_date
from lib.ledger.schema import evidence as table
from lib.ledger.schema import evidence_spells, microseconds
from lib.ledger.spells import KEPT, Spell
from lib.vocabulary import Evidence, Reason
from tests.postgresql import empty_url_of


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def seen(minute: float, cause: str = "", **changes: Any) -> Evidence:
    plain: dict[str, Any] = {"connection": "mine", "step": "key", "method": "GET", "path": "/v1/models"}
    state = {"ok": not cause, "state": "bad_key" if cause else "usable"}
    return Evidence(at(minute), reason=Reason(cause, "you") if cause else None, **(plain | state | changes))


def told(ledger: Ledger, *pieces: Evidence) -> None:
    ledger.write(lambda db: [evidence.add(db, one) for one in pieces])


def newest(ledger: Ledger, called: Any = None, limit: int = 30) -> list[Spell]:
    with ledger.read() as db:
        return spells.newest(db, "mine", called, limit)


def brief(found: Sequence[Spell]) -> list[tuple[Any, ...]]:
    def minute(then: datetime | None) -> float | None:
        return None if then is None else (then - NOON) / timedelta(minutes=1)

    return [(one.cause, minute(one.since), minute(one.until), one.times, minute(one.ended)) for one in found]


CASES: list[tuple[str, list[Evidence], list[tuple[Any, ...]]]] = [
    ("nothing", [], []),
    ("one", [seen(1)], [("", 1, 1, 1, None)]),
    ("confirmed", [seen(1), seen(2), seen(5)], [("", 1, 5, 3, None)]),
    ("down and back", [seen(1), seen(2), seen(3, "key_expired"), seen(4, "key_expired"), seen(9)],
     [("", 9, 9, 1, None), ("key_expired", 3, 4, 2, 9), ("", 1, 2, 2, 3)]),
    ("another cause is a change", [seen(1, "key_expired"), seen(2, "bad_key")],
     [("bad_key", 2, 2, 1, None), ("key_expired", 1, 1, 1, 2)]),
    ("another answer of the same state isn't", [seen(1, http_status=200), seen(2, http_status=204)],
     [("", 1, 2, 2, None)]),
    ("told again is nothing new", [seen(1), seen(1), seen(1)], [("", 1, 1, 1, None)]),
    ("told late, within its spell", [seen(1), seen(9), seen(5)], [("", 1, 9, 3, None)]),
    ("each rung for itself", [seen(1), seen(2, "line_dns", step="line"), seen(3)],
     [("line_dns", 2, 2, 1, None), ("", 1, 3, 2, None)]),
    ("each model for itself", [seen(1, step="call", model="a"), seen(2, "no_channel", step="call", model="b")],
     [("no_channel", 2, 2, 1, None), ("", 1, 1, 1, None)]),
    ("an unpaid request is weaker: it ends no spell of calls",
     [seen(1, step="call"), seen(2, "let_in", step="unpaid"), seen(3, step="call")],
     [("let_in", 2, 2, 1, None), ("", 1, 3, 2, None)]),
    ("not asked, though it is known", [seen(1), seen(2, "rationed"), seen(3)], [("", 1, 3, 2, None)]),
    ("not asked, and nothing known", [seen(1, "rationed"), seen(2)], [("", 2, 2, 1, None), ("rationed", 1, 1, 1, 2)]),
    ("others' isn't ours", [seen(1, connection="other")], []),
]  # fmt: skip


@pytest.mark.parametrize(("pieces", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_changed_and_when(ledger: Ledger, pieces: list[Evidence], expected: list[tuple[Any, ...]]) -> None:
    told(ledger, *pieces)
    assert brief(newest(ledger)) == expected
    assert newest(ledger, limit=1) == newest(ledger)[:1]


def test_a_models_history_has_its_own_calls_and_every_rung(ledger: Ledger) -> None:
    called = [seen(n, step="call", model=name, capability="text") for n, name in enumerate("abc", 5)]
    told(ledger, seen(1), *called, seen(3, step="line"))
    assert [one.model for one in newest(ledger, [("b", "text"), ("c", "image")])] == ["b", "", ""]


def test_the_pieces_of_a_spell_are_there_newest_first(ledger: Ledger) -> None:
    pieces = [seen(n, request_id=str(n)) for n in range(3)]
    told(ledger, *pieces)
    (one,) = newest(ledger)
    with ledger.read() as db:
        assert evidence.of_spells(db, [one.id]) == {one.id: pieces[::-1]}


def test_two_processes_tell_of_one_spell(tmp_path: Path) -> None:
    async def tells(ledger: Ledger, minutes: range) -> None:
        pieces = (partial(evidence.add, seen=seen(minute)) for minute in minutes)
        await asyncio.gather(*map(ledger.awrite, pieces))

    async def both() -> None:
        with Ledger.open(None, tmp_path) as first, Ledger.open(None, tmp_path) as second:
            told(first, seen(0))
            await asyncio.gather(tells(first, range(1, 40, 2)), tells(second, range(2, 41, 2)))
            assert brief(newest(first)) == [("", 0, 40, 41, None)]
            assert kept(first) == 1 + KEPT

    asyncio.run(both())


def kept(ledger: Ledger) -> int:
    with ledger.read() as db:
        return len(db.execute(select(table.c.id)).all())


def test_a_thousand_checks_that_change_nothing_leave_a_handful(ledger: Ledger) -> None:
    told(ledger, *(seen(n, step=step) for n in range(250) for step in ("line", "key", "quota", "permission")))
    assert kept(ledger) == 4 * (1 + KEPT)
    assert {one.times for one in newest(ledger)} == {250}


WHATEVER = st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["", "a", "b"])), max_size=40)


def test_whatever_comes_the_newest_is_kept_and_every_spell_has_its_first(ledger: Ledger) -> None:
    names = (f"c{number}" for number in itertools.count())

    @settings(max_examples=30)
    @given(WHATEVER)
    def whatever(minutes: list[tuple[int, str]]) -> None:
        mine = next(names)
        pieces = [seen(at, cause, connection=mine, request_id=str(n)) for n, (at, cause) in enumerate(minutes)]
        told(ledger, *pieces)
        with ledger.read() as db:
            history = spells.newest(db, mine, limit=100)
            there = set(db.scalars(select(table.c.at).where(table.c.connection == mine)))
            standing = [one.at for one in evidence.newest(db, mine)]
        assert standing[-1:] == sorted(one.at for one in pieces)[-1:]
        assert {one.since for one in history} <= there
        assert sum(one.times for one in history) == len(pieces)

    whatever()


@pytest.mark.usefixtures("of_sqlite")
def test_the_history_is_found_by_index(ledger: Ledger) -> None:
    told(ledger, seen(1))
    by_connection = select(evidence_spells).where(evidence_spells.c.connection == "mine")
    by_subject = by_connection.where(
        evidence_spells.c.step == "call", evidence_spells.c.model == "a", evidence_spells.c.capability == "text"
    )
    for query in (by_connection, by_subject):
        newest_first = query.order_by(evidence_spells.c.since.desc(), evidence_spells.c.id.desc()).limit(30)
        with ledger.read() as db:
            compiled = newest_first.compile(db.engine, compile_kwargs={"literal_binds": True})
            plan = str(db.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").fetchall())
        assert "USING INDEX spells_by" in plan
        assert "TEMP B-TREE" not in plan


OLD = text(
    "INSERT INTO evidence (at, connection, step, ok, state, method, path, model, capability, reason, detail)"
    " VALUES (:at, 'mine', :step, :ok, :state, 'GET', '/v1/models', :model, NULL, :why, '{}')"
)
NEWEST = text("INSERT INTO evidence_newest VALUES ('mine', :step, :model, '', :ok, :at, :evidence)")
EXPIRED = '{"code": "key_expired", "whose_move": "you", "params": {}, "said": ""}'


def test_evidence_of_an_older_ledger_is_told_off_and_thinned(tmp_path: Path) -> None:
    database = locate(empty_url_of(tmp_path), tmp_path)
    bring_up_to_date(database, MIGRATIONS, "0005")
    history = [*[(n, True) for n in range(10)], *[(n, False) for n in range(10, 13)], (13, True)]
    key = [
        {"at": microseconds(at(minute)), "step": "key", "model": None, "ok": ok,
         "state": "usable" if ok else "expired_key", "why": None if ok else EXPIRED}
        for minute, ok in history
    ]  # fmt: skip
    of_now = (("key", "", True, 13, 14), ("key", "", False, 12, 13), ("call", "a", True, 13, 15))
    named = ("step", "model", "ok", "at", "evidence")
    with engine(database, "migrate").begin() as db:
        db.execute(OLD, [*key, key[-1] | {"step": "call", "model": "a"}])
        db.execute(NEWEST, [dict(zip(named, one, strict=True)) | {"at": microseconds(at(one[3]))} for one in of_now])
    with Ledger.open(None, tmp_path) as ledger:
        assert brief(newest(ledger, [])) == [
            ("", 13, 13, 1, None), ("key_expired", 10, 12, 3, 13), ("", 0, 9, 10, 10),
        ]  # fmt: skip
        assert kept(ledger) == (1 + KEPT) + 3 + 1 + 1
        with ledger.read() as db:
            before = evidence.newest(db, "mine")
        assert [one.step for one in before] == ["key", "call"]
        told(ledger, replace(before[0], at=at(20)))
        assert brief(newest(ledger, []))[0] == ("", 13, 20, 2, None)
