"""Our log beside a relay's: which call is which row, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from lib.cost.differences import SENTENCES, sentence
from lib.cost.price import Price
from lib.cost.reconciliation import Difference, Reconciled, reconcile
from lib.i18n import translator
from lib.ledger.relay_log import Logged
from lib.ledger.row import CallRow
from lib.vocabulary import Money, Usage
from lib.wire.relay_log import LogRow
from tests.ledger.ledger_rows import NOON, row, usd

UNIT = Decimal("0.000002")
PRICE = Price(
    "token", "USD", "relay", input=Decimal("0.15"), cached_input=Decimal("0.075"), output=Decimal("0.6"), quantum=UNIT,
    origin="/api/pricing#default",
)  # fmt: skip
TOLD = {name: Decimal(ratio) for name, ratio in (
    ("model_ratio", "0.075"), ("group_ratio", "1"), ("completion_ratio", "4"), ("cache_ratio", "0.5"),
)}  # fmt: skip


def call(second: float = 0, name: str | None = "r1", *, tokens: int = 1000, **changes: Any) -> CallRow:
    """A call of 3 s that costs as many units as `estimated` says: 100 of them."""
    at = NOON + timedelta(seconds=second)
    plain: dict[str, Any] = {
        "status": "succeeded", "sent_at": at, "finished_at": at + timedelta(seconds=3), "connection": "all",
        "model": "gpt-4o-mini", "request_id": name, "usage": Usage(tokens, 0, None, 42), "usage_source": "server",
        "estimated": Money(100 * UNIT), "unit": "token",
    }  # fmt: skip
    return row(at, **(plain | changes))


def used(second: float = 1, name: str = "r1", *, quota: int = 100, id: int = 1, of: str = "all", **more: Any) -> Logged:
    plain: dict[str, Any] = {
        "kind": "consumed", "model": "gpt-4o-mini", "input_tokens": 1000, "output_tokens": 42, "cached_tokens": 0,
        "group": "default", "token": "41", "request_id": name, "ratios": TOLD,
    }  # fmt: skip
    told = LogRow(NOON + timedelta(seconds=second), quota=quota, **(plain | more))
    return Logged(id, of, Money(quota * UNIT), told)


def beside(calls: Sequence[CallRow], rows: Sequence[Logged], price: Price | None = PRICE) -> Reconciled:
    def prices(ids: Sequence[str]) -> Mapping[str, Price]:
        return dict.fromkeys(ids, price) if price else {}

    return reconcile(calls, rows, lambda _: True, prices)


BY_TASK = {"task_id": "t1", "request_id": "r1"}
GIVEN_BACK = used(60, "", id=2, kind="refunded", task_id="t1", input_tokens=0, output_tokens=0, ratios={})


@pytest.mark.parametrize(
    ("mine", "theirs", "code", "params"),
    [
        pytest.param(call(), [used()], None, {}, id="both agree"),
        pytest.param(call(), [used(quota=400)], "multiplier", {"factor": "4"}, id="users.md: shows 0.4x, charges 4x"),
        pytest.param(call(), [used(cached_tokens=0, quota=101)], "rounding", {}, id="a unit"),
        pytest.param(
            call(usage=Usage(1000, 800, None, 42)), [used(quota=150)], "cache_differs",
            {"ours": "800", "theirs": "0"}, id="users.md: zeroed cache tokens",
        ),
        pytest.param(call(), [used(input_tokens=2000, quota=170)], "tokens_differ",
                     {"ours": "1000", "theirs": "2000"}, id="inflated tokens"),
        pytest.param(call(), [used(output_tokens=84)], "tokens_differ", {"ours": "42", "theirs": "84"},
                     id="tokens alone"),
        pytest.param(call(usage=Usage(1000, 300, 200, 42)), [used(input_tokens=500, cached_tokens=300,
                     written_tokens=200)], None, {}, id="Anthropic's way: what is in the cache isn't input"),
        pytest.param(call(usage_source="approximate"), [used(input_tokens=990)], None, {}, id="we only approximated"),
        pytest.param(call(), [used(group="vip", quota=200)], "other_group",
                     {"ours": "default", "theirs": "vip", "factor": "2"}, id="another group"),
        pytest.param(call(), [used(quota=200, ratios=TOLD | {"model_ratio": Decimal("0.15")})], "price_changed",
                     {"ours": "0.15", "theirs": "0.3"}, id="the price was changed"),
        pytest.param(call(status="interrupted", estimated=Money(20 * UNIT)), [used()], "cut_billed_in_full", {},
                     id="users.md: an aborted stream billed in full"),
        pytest.param(call(status="failed", estimated=usd("0")), [used()], "billed_though_failed", {}, id="failed"),
        pytest.param(call(status="failed", estimated=usd("0")), [used(quota=0, kind="failed")], None, {},
                     id="failed here and there"),
        pytest.param(call(), [used(), used(id=2)], "billed_twice", {"times": "2"}, id="the same request twice"),
        pytest.param(call(), [used(quota=0)], "not_billed", {}, id="for nothing"),
        pytest.param(call(estimated=None), [used()], "no_estimate", {}, id="no price known"),
        pytest.param(call(estimated=Money(Decimal(1), "CNY")), [used()], "other_currency",
                     {"ours": "CNY", "theirs": "USD"}, id="not comparable"),
        pytest.param(call(estimated=usd("0")), [used()], "billed_though_free", {}, id="free here"),
        pytest.param(call(**BY_TASK), [used(task_id="t1"), GIVEN_BACK], "refunded", {}, id="a task's refund"),
        pytest.param(call(**BY_TASK, status="failed", estimated=usd("0")), [used(task_id="t1"), GIVEN_BACK], None, {},
                     id="users.md: a failed task is given back, and comes to nothing"),
        pytest.param(call(**BY_TASK), [used(quota=60, task_id="t1"), used(9, "", quota=40, task_id="t1", id=2)], None,
                     {}, id="charged before, settled after"),
        pytest.param(call(), [used(7200)], "another_time", {"theirs": "2026-03-08T14:00:00+00:00"}, id="the time"),
    ],
)  # fmt: skip
def test_why_a_call_differs(mine: CallRow, theirs: list[Logged], code: str | None, params: dict[str, str]) -> None:
    others = [(call(n, f"o{n}"), used(n + 1, f"o{n}", id=100 + n)) for n in range(3)]
    calls, rows = [mine, *(one for one, _ in others)], [*theirs, *(one for _, one in others)]
    found = beside(calls, rows)
    assert (found.only_here, found.only_there) == ((), ())
    (match,) = [one for one in found.matched if one.call is mine]
    assert match.why == (Difference(code, params) if code else None)  # type: ignore[arg-type]
    assert len(found.differing) == (code is not None)


def test_a_user_s_own_price_is_told_apart_from_the_relay_s() -> None:
    own = replace(PRICE, source="user", input=Decimal("0.1"), origin="")
    (match,) = beside([call()], [used(quota=300)], own).matched
    assert match.why == Difference("other_price", {"ours": "0.1", "theirs": "0.15"})


@pytest.mark.parametrize(
    ("calls", "rows", "pairs"),
    [
        pytest.param([call(0, None), call(10, None)], [used(1, "", id=1), used(11, "", id=2)], [(0, 1), (1, 2)],
                     id="by time"),
        pytest.param([call(0, None, tokens=7), call(0, None, tokens=9)],
                     [used(1, "", id=1, input_tokens=9), used(1, "", id=2, input_tokens=7)], [(0, 2), (1, 1)],
                     id="by tokens, where the times are the same"),
        pytest.param([call(0, None), call(0, None, connection="sora")],
                     [used(1, "", id=1, of="sora"), used(1, "", id=2)], [(0, 2), (1, 1)], id="by key"),
        pytest.param([call(0, None)], [used(1, "", id=1, model="gpt-4o")], [], id="another model"),
        pytest.param([call(0, None)], [used(600, "", id=1)], [], id="another time"),
        pytest.param([call(0, "a"), call(9, None)], [used(3601, "a", id=1), used(3610, "", id=2)], [(0, 1), (1, 2)],
                     id="the relay's clock is an hour ahead"),
        pytest.param([call(0, "a"), call(0, "b")], [used(1, "a", id=1), used(1, "x", id=2)], [(0, 1)],
                     id="another name is another's call"),
        pytest.param([call(0, "a"), call(9, "b")], [used(1, "x", id=1), used(10, "y", id=2)], [(0, 1), (1, 2)],
                     id="a relay that names requests otherwise"),
        pytest.param([call(0, None)], [used(1, "", id=1), used(1, "", id=2)], [(0, 1)], id="one to one"),
        pytest.param([call(0, "a"), call(9, "b")], [used(1, "a", id=1), used(9, "", id=2)], [(0, 1), (1, 2)],
                     id="a row that lost its name"),
        pytest.param([call(0, "a"), call(9, "b")], [used(1, "a", id=1), used(9, "", id=2, input_tokens=5)], [(0, 1)],
                     id="where names are common, one without a name and with other tokens is another's"),
    ],
)  # fmt: skip
def test_which_row_is_which_call_s(
    calls: list[CallRow], rows: list[Logged], pairs: list[tuple[int, int]]
) -> None:
    wanted = {(calls[n].id, id) for n, id in pairs}
    for mine, theirs in zip(permutations(calls), permutations(rows), strict=False):
        found = beside(mine, theirs)
        assert {(one.call.id, one.bill.first.id) for one in found.matched} == wanted
        assert len(found.only_here) == len(calls) - len(pairs)
        assert len(found.only_there) == len(rows) - len(pairs)


@pytest.mark.parametrize(
    ("mine", "here"),
    [
        (call(), 1),
        (call(status="failed", estimated=usd("0")), 0),
        (call(status="unknown", estimated=None), 1),
        (call(status="running"), 0),
        (call(status="failed", sent_at=None, estimated=usd("0")), 0),
    ],
)
def test_calls_that_the_relay_s_log_should_have(mine: CallRow, here: int) -> None:
    assert len(beside([mine], []).only_here) == here
    assert not reconcile([mine], [], lambda _: False, lambda _: {}).only_here


def test_rows_of_no_call_of_ours() -> None:
    rows = [used(), used(id=2, name=""), used(name="x", id=3), replace(GIVEN_BACK, id=4)]
    found = beside([call()], rows)
    assert [(one.bill.first.id, one.why) for one in found.only_there] == [
        (2, "billed_twice"), (3, "another_program"), (4, "refund_alone"),
    ]  # fmt: skip


def test_a_call_that_goes_on_keeps_its_row() -> None:
    found = beside([call(status="running", finished_at=None)], [used()])
    assert (found.matched, found.only_here, found.only_there) == ((), (), ())


def test_a_span_of_time_is_cut_out_of_both_logs() -> None:
    rows = [used(1, "a"), used(101, "b", id=2), used(102, "x", id=3), used(2, "y", id=4)]
    found = beside([call(0, "a"), call(100, "b"), call(103, "c")], rows).of(NOON + timedelta(seconds=50), None)
    assert [one.call.request_id for one in found.matched] == ["b"]
    assert [one.request_id for one in found.only_here] == ["c"]
    assert [one.bill.first.id for one in found.only_there] == [3]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_difference_has_words(language: str) -> None:
    params = dict.fromkeys(("ours", "theirs", "factor", "times"), "7")
    for code in SENTENCES:
        said = sentence(Difference(code, params), translator(language))
        assert said
        assert "{" not in said


def test_a_channel_that_failed_before_is_not_the_bill_of_the_call_that_another_answered() -> None:
    """Of an answer by a second channel the relay logs both; where rows name no request they are told apart by kind."""
    failed = used(1, "", quota=0, id=1, kind="failed", input_tokens=None, output_tokens=None)
    found = beside([call(name=None)], [failed, used(2, "", id=2)])
    assert [one.bill.amount for one in found.matched] == [Money(100 * UNIT)]
