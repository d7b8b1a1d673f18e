"""A comparison's figures: how fast, which was fastest and cheapest, and which calls an address names. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cost.conversion import Conversion, Rate
from lib.vocabulary import Money, Reason, State, Usage, Verdict
from tests.ledger.ledger_rows import row, usd
from ui.choices import choices
from ui.compare_view import (
    MOST,
    Way,
    address,
    at_most,
    calls,
    cheapest,
    chosen,
    fastest,
    names,
    proposed,
    speed,
    titles,
    ways,
)

D = Decimal
CNY = Money(D("0.7"), "CNY")
RATES = Conversion(rates={"CNY": Rate(per_usd=D(7), as_of=date(2026, 3, 1))})


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("", ()),
        ("a", ("a",)),
        ("b,a", ("b", "a")),
        (" a , ,b,", ("a", "b")),
        ("a,a,b", ("a", "b")),
        ("gone,a", ("a",)),
        ("gone,gone", ()),
        ("gone,a,b,c,d,e", ("a", "b", "c", "d")),
        ("<b>,../a,a", ("a",)),
    ],
)
def test_an_address_names_calls_that_are_there(said: str, named: tuple[str, ...]) -> None:
    assert calls(said, set("abcde").__contains__) == named


@given(st.text())
def test_no_address_breaks_the_reader(said: str) -> None:
    found = calls(said, lambda _: True)
    assert len(found) == len(set(found)) <= MOST
    assert calls(address(found), lambda _: True) == found


def of(output: int | None, first: int | None, whole: int | None, **changes: Any) -> Any:
    changes = {"status": "succeeded"} | changes
    return row(usage=Usage(output_tokens=output), first_byte_ms=first, duration_ms=whole, **changes)


@pytest.mark.parametrize(
    ("output", "first", "whole", "found"),
    [
        (100, 500, 2500, D(50)),
        (1, 0, 1000, D(1)),
        (31, 0, 4000, D("7.8")),
        (356, 529, 13000, D(29)),
        (30, 100, 150, D(600)),
        (30, 100, 149, None),
        (30, 2000, 2000, None),  # an answer in one piece
        (30, 2000, 1999, None),
        (0, 100, 2000, None),
        (None, 100, 2000, None),
        (30, None, 2000, None),
        (30, 100, None, None),
    ],
)
def test_speed_is_of_what_was_written_after_the_first_word(
    output: int | None, first: int | None, whole: int | None, found: Decimal | None
) -> None:
    assert speed(of(output, first, whole)) == found


SLOW, QUICK = of(100, 100, 10100), of(100, 100, 1100)


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([], ()),
        ([QUICK], ()),
        ([SLOW, QUICK], (1,)),
        ([QUICK, SLOW, QUICK], (0, 2)),
        ([QUICK, QUICK], ()),
        ([QUICK, of(100, 100, 1101)], ()),  # alike as they are shown
        ([SLOW, of(100, 100, 1100, status="interrupted")], ()),
        ([SLOW, of(None, 1, 2)], ()),
        ([SLOW, of(None, 1, 2), QUICK], (2,)),
    ],
)
def test_the_fastest(rows: Sequence[Any], places: tuple[int, ...]) -> None:
    assert fastest(rows) == places


@pytest.mark.parametrize(
    ("costs", "conversion", "places"),
    [
        ([], Conversion(), ()),
        ([usd("0.1")], Conversion(), ()),
        ([usd("0.1"), usd("0.2")], Conversion(), (0,)),
        ([usd("0.1"), None], Conversion(), ()),
        ([None, usd("0.2"), usd("0.1")], Conversion(), (2,)),
        ([usd("0"), usd("0.1"), usd("0")], Conversion(), (0, 2)),
        ([usd("0.1"), usd("0.1")], Conversion(), ()),
        ([usd("0.2"), CNY], Conversion(), ()),
        ([usd("0.2"), CNY], RATES, (1,)),
        ([CNY, usd("0.05")], RATES, (1,)),
    ],
)
def test_the_cheapest(costs: Sequence[Money | None], conversion: Conversion, places: tuple[int, ...]) -> None:
    assert cheapest([row(status="succeeded", estimated=one) for one in costs], conversion) == places


def test_what_failed_at_no_cost_is_not_the_cheapest() -> None:
    good = [row(status="succeeded", billed=usd(one)) for one in ("0.3", "0.2")]
    assert cheapest([row(status="failed", estimated=usd("0")), *good], Conversion()) == (2,)


@pytest.mark.parametrize(
    ("quotes", "known", "unknown"),
    [
        ([], {}, 0),
        ([usd("0.1"), usd("0.2")], {"USD": usd("0.3")}, 0),
        ([usd("0.1"), None], {"USD": usd("0.1")}, 1),
        ([None, None], {}, 2),
        ([usd("0")], {"USD": usd("0")}, 0),
        ([usd("0.1"), CNY], {"CNY": CNY, "USD": usd("0.1")}, 0),
    ],
)
def test_what_all_may_cost_together(quotes: Sequence[Money | None], known: dict[str, Money], unknown: int) -> None:
    assert at_most(quotes) == (known, unknown)


@pytest.mark.parametrize(
    ("asked", "beside", "alone"),
    [
        ([("x", "a"), ("x", "b")], ["a", "b"], ["a", "b"]),
        ([("x", "a"), ("y", "a"), ("x", "b")], ["a", "a", "b"], ["a (x)", "a (y)", "b"]),
        ([("x", "a"), ("x", "a")], ["a · 1", "a · 2"], ["a · 1", "a · 2"]),
        ([("x", "a"), ("x", "a"), ("y", "a")], ["a · 1", "a · 2", "a"], ["a · 1 (x)", "a · 2 (x)", "a (y)"]),
    ],
)
def test_each_is_called_by_what_tells_it_apart(asked: Sequence[Way], beside: list[str], alone: list[str]) -> None:
    rows = [row(connection=connection, model=model) for connection, model in asked]
    assert titles(rows) == beside
    assert names(rows) == alone


def verdict(connection: str, model: str, state: State = "usable") -> Verdict:
    return Verdict(connection, "text", model, state, None, Reason("", "nobody"))


FOUND = [verdict("x", "a"), verdict("x", "b", "rate_limited"), verdict("y", "a"), verdict("y", "c", "bad_key")]


@pytest.mark.parametrize(
    ("taken", "next_one"),
    [
        ([], ("x", "a")),
        ([("x", "a")], ("x", "b")),
        ([("x", "b")], ("x", "a")),
        ([("x", "a"), ("x", "b")], ("y", "a")),
        ([("x", "a"), ("x", "b"), ("y", "a")], ("x", "a")),
    ],
)
def test_another_model_is_proposed_before_another_way_to_one(taken: list[Way], next_one: Way) -> None:
    assert proposed([one for one in FOUND if one.state != "bad_key"], taken) == next_one


@pytest.mark.parametrize(
    ("wanted", "rows"),
    [
        ([None, None], [("x", "a"), ("x", "b")]),
        ([None, ("x", "a")], [("x", "b"), ("x", "a")]),
        ([("gone", "a"), ("x", "b")], [("x", "a"), ("x", "b")]),
        ([("x", "a"), ("x", "a")], [("x", "a"), ("x", "a")]),
        ([("y", "c"), None], [("y", "c"), ("x", "a")]),
    ],
)
def test_what_is_chosen_stays_chosen(wanted: list[Way | None], rows: list[Way]) -> None:
    found = ways(choices(FOUND, "text"), [one for one in wanted if one])
    assert chosen(found, wanted) == rows


def test_only_what_is_worth_trying_is_offered() -> None:
    assert list(ways(choices(FOUND, "text"), [])) == [("x", "a"), ("y", "a"), ("x", "b")]
