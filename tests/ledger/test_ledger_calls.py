"""The call log: what goes in comes out, pages are whole, and reading them needs neither scans nor payloads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_rows import NOON, row, usd
from sqlalchemy import Engine, event

from lib.errors import WrongUse
from lib.ledger import Ledger, calls, rollups
from lib.ledger.calls import CallRow, Payload
from lib.ledger.ids import first_id, is_of, new_id
from lib.vocabulary import Usage

FULL = row(
    relay="gptbest",
    line="hk",
    sent_at=NOON,
    finished_at=NOON + timedelta(seconds=2),
    status="failed",
    request_id="r1",
    task_id="t1",
    http_status=429,
    retries=1,
    error_state="rate_limited",
    error_code="1302",
    error_message="太多请求",
    error_params={"model": "glm-4-flash"},
    usage=Usage(12, 3, 0, 5, None, 1, Decimal("1.5"), 7, 1, input_audio_tokens=2),
    usage_source="server",
    quoted=usd("1.5"),
    estimated=usd("0.00021"),
    billed=usd("0.000000001"),
    official=usd("12345678.9"),
    price_source="relay",
    first_byte_ms=30,
    duration_ms=2000,
)
PAYLOAD = Payload("写诗", {"model": "m", "stream": True}, "春", "想", {"prompt_tokens": 12}, {"unit": "token"})


def test_what_is_logged_is_read_as_it_was(ledger: Ledger) -> None:
    ledger.write(lambda db: calls.insert(db, FULL, PAYLOAD))
    with ledger.read() as db:
        assert (calls.get(db, FULL.id), calls.payload(db, FULL.id)) == (FULL, PAYLOAD)
        assert calls.texts(db, [FULL.id, "none"]) == {FULL.id: "春"}


def test_the_contracts_document() -> None:
    assert FULL.json("春") == {
        "id": FULL.id,
        "created_at": "2026-03-08T12:00:00.000Z",
        "sent_at": "2026-03-08T12:00:00.000Z",
        "finished_at": "2026-03-08T12:00:02.000Z",
        "status": "failed",
        "capability": "text",
        "operation": "generate",
        "provider": "zhipu",
        "connection": "chatglm",
        "relay": "gptbest",
        "line": "hk",
        "model": "glm-4-flash",
        "request_id": "r1",
        "task_id": "t1",
        "http_status": 429,
        "error": {"state": "rate_limited", "code": "1302", "message": "太多请求"},
        "retries": 1,
        "usage": {
            "input_tokens": 12,
            "cached_input_tokens": 3,
            "cache_write_tokens": 0,
            "output_tokens": 5,
            "reasoning_tokens": None,
            "images": 1,
            "seconds": 1.5,
            "characters": 7,
            "calls": 1,
            "cache_write_1h_tokens": None,
            "cached_audio_tokens": None,
            "cached_image_tokens": None,
            "input_audio_tokens": 2,
            "input_image_tokens": None,
            "output_audio_tokens": None,
            "output_image_tokens": None,
        },
        "cost": {
            "quoted": {"amount": "1.5", "currency": "USD"},
            "estimated": {"amount": "0.00021", "currency": "USD"},
            "billed": {"amount": "0.000000001", "currency": "USD"},
            "official": {"amount": "12345678.9", "currency": "USD"},
            "source": "relay",
            "usage_source": "server",
        },
        "finish_reason": None,
        "first_byte_ms": 30,
        "duration_ms": 2000,
        "text": "春",
        "artifacts": [],
    }


def test_what_nobody_knows_is_null() -> None:
    told = row().json("")
    assert told["error"] is None
    assert set(told["usage"].values()) == {None}
    assert set(told["cost"].values()) == {None}


def test_a_change_returns_the_row_as_it_is_stored(ledger: Ledger) -> None:
    drafted = row()
    ledger.write(lambda db: calls.insert(db, drafted, Payload(prompt="1+1?")))
    after = ledger.write(lambda db: calls.update(db, drafted.id, status="sent", sent_at=NOON, usage=Usage(calls=1)))
    ledger.write(lambda db: calls.save_text(db, drafted.id, "2", "add"))
    ledger.write(lambda db: calls.update_payload(db, drafted.id, raw_usage={"n": 1}))
    with ledger.read() as db:
        assert calls.get(db, drafted.id) == after
        assert calls.payload(db, drafted.id) == Payload(prompt="1+1?", text="2", reasoning="add", raw_usage={"n": 1})


def test_unknown_calls(ledger: Ledger) -> None:
    with pytest.raises(WrongUse, match="no call x"):
        ledger.write(lambda db: calls.update(db, "x", status="sent"))
    with ledger.read() as db:
        assert (calls.get(db, "x"), calls.payload(db, "x")) == (None, None)


def test_an_id_must_be_of_its_time(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="is not of"):
        ledger.write(lambda db: calls.insert(db, row(id=new_id(NOON + timedelta(seconds=1))), Payload()))


@given(st.lists(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(NOON.tzinfo)), min_size=2))
def test_ids_sort_as_their_times(moments: list[datetime]) -> None:
    ids = {new_id(at): at for at in moments}
    assert [ids[id] for id in sorted(ids)] == sorted(moments)
    assert all(len(id) == 26 and is_of(id, at) and first_id(at) <= id for id, at in ids.items())


@pytest.fixture
def logged(ledger: Ledger) -> Ledger:
    """Ten calls, a minute apart, the newest named 9 (by their prompts)."""

    def fill(db: calls.Connection) -> None:
        for n in range(10):
            made = row(
                NOON + timedelta(minutes=n),
                model=f"m{n % 2}",
                connection="all" if n < 3 else "chatglm",
                capability="image" if n == 4 else "text",
                status="sent" if n in (2, 5) else "succeeded",
            )
            calls.insert(db, made, Payload(prompt=f"{n} costs 5% or 5_or 海{n}"))

    ledger.write(fill)
    return ledger


PAGES: list[tuple[dict[str, Any], str]] = [
    ({}, "9876543210"),
    ({"limit": 3}, "987"),
    ({"since": NOON + timedelta(minutes=7)}, "987"),
    ({"until": NOON + timedelta(minutes=2)}, "10"),
    ({"since": NOON + timedelta(minutes=2), "until": NOON + timedelta(minutes=4), "connection": "all"}, "2"),
    ({"connection": "all"}, "210"),
    ({"status": "sent"}, "52"),
    ({"capability": "image"}, "4"),
    ({"model": "m1"}, "97531"),
    ({"model": "m1", "status": "sent"}, "5"),
    ({"model": "m2"}, ""),
    ({"provider": "zhipu", "model": "m1"}, "97531"),
    ({"provider": "openai"}, ""),
    ({"cause": "bad_key"}, ""),
    ({"relay": "gptbest", "line": "hk"}, ""),
    ({"unknown_cost": True}, ""),
    ({"text": "海7"}, "7"),
    ({"text": "5%"}, "9876543210"),
    ({"text": "5%o"}, ""),
    ({"text": "5_OR"}, "9876543210"),
    ({"text": "c_sts"}, ""),
]


@pytest.mark.parametrize(("asked", "shown"), PAGES)
def test_pages(logged: Ledger, asked: dict[str, Any], shown: str) -> None:
    with logged.read() as db:
        rows = calls.page(db, **asked).rows
        prompts = [calls.payload(db, found.id) for found in rows]
    assert "".join(told.prompt[0] for told in prompts if told) == shown


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11])
def test_pages_follow_one_another(logged: Ledger, limit: int) -> None:
    with logged.read() as db:
        whole = calls.page(db).rows
        page = calls.page(db, limit=limit)
        seen = page.rows
        while page.next:
            page = calls.page(db, limit=limit, after=page.next)
            seen += page.rows
    assert seen == whole


@pytest.mark.parametrize("limit", [1, 3, 5, 10, 11])
@pytest.mark.parametrize("asked", [{}, {"model": "m1"}, {"text": "costs"}])
def test_pages_lead_back_the_way_they_came(logged: Ledger, limit: int, asked: dict[str, Any]) -> None:
    with logged.read() as db:
        there = [calls.page(db, limit=limit, **asked)]
        while there[-1].next:
            there.append(calls.page(db, limit=limit, after=there[-1].next, **asked))
        back = [there[-1]]
        while back[-1].newer:
            back.append(calls.page(db, limit=limit, before=back[-1].newer, **asked))
    assert back[::-1] == there


def test_the_newest_page_is_whole_however_few_are_before(logged: Ledger) -> None:
    with logged.read() as db:
        newest = calls.page(db, limit=3)
        assert calls.page(db, limit=3, before=newest.rows[1].id) == newest
        assert calls.page(db, limit=3, before="zzz") == newest
        assert calls.page(db, limit=3, after="0") == calls.Page((), None)


def test_only_what_cost_nobody_knows_how_much(ledger: Ledger) -> None:
    ended: dict[str, Any] = {"status": "succeeded", "sent_at": NOON}
    told = ({}, {"estimated": usd("0")}, {"billed": usd("1")}, {"status": "sent"}, {"sent_at": None})
    for at, changes in enumerate(ended | more for more in told):
        one = row(NOON + timedelta(minutes=at), **changes)
        ledger.write(lambda db, one=one: calls.insert(db, one, Payload()))
    with ledger.read() as db:
        assert [found.created_at.minute for found in calls.page(db, unknown_cost=True).rows] == [0]


def test_prompts_are_read_by_their_beginning(logged: Ledger) -> None:
    with logged.read() as db:
        ids = [found.id for found in calls.page(db, limit=2).rows]
        assert [len(head) for head in calls.prompts(db, ids, 4).values()] == [4, 4]


def test_the_unfinished_are_oldest_first(logged: Ledger) -> None:
    with logged.read() as db:
        assert [found.created_at.minute for found in calls.unfinished(db)] == [2, 5]


@contextmanager
def plans(ledger: Ledger) -> Iterator[list[str]]:
    """SQLite's plans of what is asked meanwhile."""
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        seen.extend(step[3] for step in cursor.fetchall())

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.usefixtures("of_sqlite")
@pytest.mark.parametrize("asked", [asked for asked, _ in PAGES if "text" not in asked])
def test_a_page_walks_an_index_and_leaves_the_payloads_alone(logged: Ledger, asked: dict[str, Any]) -> None:
    with logged.read() as db, plans(logged) as steps:
        calls.page(db, **asked)
    assert all("INDEX" in step and "calls" in step for step in steps), steps


@pytest.mark.usefixtures("of_sqlite")
def test_the_unfinished_are_found_by_index(logged: Ledger) -> None:
    with logged.read() as db, plans(logged) as steps:
        calls.unfinished(db)
    assert steps[0].startswith("SEARCH calls USING INDEX calls_by_status")


def test_many_calls_change_at_once_and_the_sums_with_them(ledger: Ledger) -> None:
    made = [row(NOON + timedelta(minutes=n), status="succeeded", sent_at=NOON, estimated=usd("1")) for n in range(4)]
    ledger.write(lambda db: [calls.insert(db, one, Payload(prices={"unit": "token"})) for one in made])
    dear, same = {made[1].id, made[3].id}, made[2].id

    def changes(one: CallRow) -> dict[str, Any]:
        return {"estimated": usd("5"), "unit": "call"} if one.id in dear else {}

    changed = ledger.write(lambda db: calls.change(db, [*dear, same, "nobody"], changes))
    ledger.write(lambda db: calls.keep_prices(db, {made[1].id: {"unit": "call"}}))
    with ledger.read() as db:
        assert [one.id for one in changed] == [made[1].id, made[3].id]
        assert [one.estimated for one in calls.page(db).rows] == [usd("5"), usd("1"), usd("5"), usd("1")]
        assert [one.unit for one in calls.page(db).rows] == ["call", None, "call", None]
        assert rollups.prove(db)
        settled = calls.settled_by(db, [made[1].id, same, "nobody"])
        assert {name: one.prices for name, one in settled.items()} == {
            made[1].id: {"unit": "call"}, same: {"unit": "token"},
        }  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "number"),
    [({}, 3), ({"model": "a"}, 2), ({"text": "灯塔"}, 1), ({"text": "灯塔", "model": "a"}, 0),
     ({"since": NOON + timedelta(minutes=1)}, 2), ({"until": NOON + timedelta(minutes=1)}, 1),
     ({"unknown_cost": True}, 2)],
)  # fmt: skip
def test_calls_are_counted_as_they_are_found(ledger: Ledger, filters: dict[str, Any], number: int) -> None:
    told = [("a", "x", None), ("b", "灯塔", None), ("a", "y", usd("1"))]

    def fill(db: calls.Connection) -> None:
        for n, (model, prompt, cost) in enumerate(told):
            at = NOON + timedelta(minutes=n)
            one = row(at, status="succeeded", sent_at=NOON, model=model, estimated=cost)
            calls.insert(db, one, Payload(prompt=prompt))

    ledger.write(fill)
    with ledger.read() as db:
        assert calls.count(db, **filters) == number == len(calls.page(db, **filters).rows)
