"""What usage and cost shows, as its address says it, and its arithmetic: tables over pure functions."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from lib.cost.conversion import Conversion, Rate
from lib.i18n import Language
from lib.ledger.contribution import Dimension
from lib.ledger.report import ReportRow
from lib.ledger.usage import OTHER
from ui import charts
from ui.charts import Series
from ui.format import day, percent
from ui.usage_csv import as_csv
from ui.usage_view import (
    Range,
    Span,
    View,
    change,
    currencies,
    digits,
    in_order,
    read,
    share,
    shown_cost,
    top,
    uncached,
)

TODAY, FIRST = date(2026, 3, 31), date(2025, 12, 24)


def row(key: str = "", calls: int = 1, **nano: int) -> ReportRow:
    """Sums of some calls; amounts in billionths by currency."""
    found = {currency: Counter({"cost_nano": amount, "calls": calls}) for currency, amount in nano.items()}
    return ReportRow(key, found or {"": Counter({"calls": calls})})


@pytest.mark.parametrize(
    ("range", "first", "last", "before"),
    [
        ("today", TODAY, TODAY, date(2026, 3, 30)),
        ("7d", date(2026, 3, 25), TODAY, date(2026, 3, 18)),
        ("30d", date(2026, 3, 2), TODAY, date(2026, 1, 31)),
        ("all", FIRST, TODAY, date(2025, 9, 17)),
    ],
)
def test_the_days_and_as_many_before(range: Range, first: date, last: date, before: date) -> None:
    span = View(range).span(TODAY, FIRST)
    assert (span.first, span.last) == (first, last)
    assert (span.before.first, span.before.length) == (before, span.length)
    assert (span.first - span.before.last).days == 1


@pytest.mark.parametrize(
    ("range", "today", "days", "before"),
    [
        ("month", date(2026, 3, 15), ("2026-03-01", "2026-03-15"), ("2026-02-01", "2026-02-15")),
        ("month", date(2026, 3, 30), ("2026-03-01", "2026-03-30"), ("2026-02-01", "2026-02-28")),
        ("month", date(2026, 3, 31), ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28")),
        ("month", date(2026, 2, 28), ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
        ("month", date(2026, 1, 1), ("2026-01-01", "2026-01-01"), ("2025-12-01", "2025-12-01")),
        ("last_month", date(2026, 3, 31), ("2026-02-01", "2026-02-28"), ("2026-01-01", "2026-01-31")),
    ],
)
def test_a_month_is_compared_with_the_same_days_of_the_one_before(
    range: Range, today: date, days: tuple[str, str], before: tuple[str, str]
) -> None:
    span = View(range).span(today, FIRST)
    assert (span.first.isoformat(), span.last.isoformat()) == days
    assert (span.before.first.isoformat(), span.before.last.isoformat()) == before


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        (date(2026, 1, 2), date(2026, 1, 9), date(2026, 1, 2), date(2026, 1, 9)),
        (date(2026, 1, 9), date(2026, 1, 2), date(2026, 1, 2), date(2026, 1, 9)),
        (None, date(2026, 1, 2), FIRST, date(2026, 1, 2)),
        (date(2026, 1, 2), None, date(2026, 1, 2), TODAY),
    ],
)
def test_days_of_ones_choice(since: date | None, until: date | None, first: date, last: date) -> None:
    assert View("dates", since, until).span(TODAY, FIRST) == Span(first, last)


def test_a_long_time_is_told_by_month() -> None:
    days, months = Span(date(2026, 1, 30), date(2026, 2, 2)), Span(date(2025, 1, 30), date(2026, 2, 2))
    assert (days.step, days.steps) == ("day", ["2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02"])
    assert (months.step, len(months.steps), months.steps[-1]) == ("month", 14, "2026-02")


VIEWS = [
    ({}, View()),
    ({"range": "7d", "by": "model"}, View("7d", by="model")),
    ({"range": "nonsense", "by": "day", "model": ""}, View()),
    ({"range": "dates", "since": "2026-01-02"}, View("dates", date(2026, 1, 2))),
    ({"since": "2026-01-02", "until": "tomorrow"}, View("dates", date(2026, 1, 2))),
    ({"since": "0001-01-01"}, View()),
    ({"range": "today", "since": "2026-01-02"}, View("today")),
    ({"model": "gpt-4o", "unit": "-"}, View(where={"model": "gpt-4o", "unit": ""})),
]


@pytest.mark.parametrize(("address", "view"), VIEWS)
def test_an_address_is_read(address: dict[str, str], view: View) -> None:
    assert read(address) == view
    assert read(view.address) == view


@pytest.mark.parametrize(
    ("by", "name", "then"),
    [("provider", "provider", "model"), ("model", "model", "connection"), ("capability", "provider", "capability"),
     ("connection", "unit", "connection")],
)  # fmt: skip
def test_of_one_alone_is_split_by_what_tells_more(by: Dimension, name: Dimension, then: Dimension) -> None:
    view = View(by=by).only(name, "x")
    assert (view.by, view.where) == (then, {name: "x"})
    assert view.without(name).where == {}


@pytest.mark.parametrize(
    ("now", "before", "by"), [(3, 2, 0.5), (1, 2, -0.5), (0, 2, -1), (2, 0, None), (2, None, None), (None, 2, None)]
)
def test_a_change(now: int | None, before: int | None, by: float | None) -> None:
    assert change(now, before) == by
    assert change(None if now is None else Decimal(now), None if before is None else Decimal(before)) == by


def test_a_share() -> None:
    assert (share(1, 4), share(0, 0)) == (0.25, 0)


RATES = Conversion(currency="USD", rates={"CNY": Rate(per_usd=Decimal(7), as_of=TODAY)})


def test_currencies_are_added_only_by_a_rate() -> None:
    paid = row(calls=1, USD=10**9, CNY=7 * 10**9)
    assert {c: m.plain for c, m in shown_cost(paid, Conversion()).items()} == {"CNY": "7", "USD": "1"}
    assert {c: m.plain for c, m in shown_cost(paid, RATES).items()} == {"USD": "2"}
    assert shown_cost(None, RATES) == {}


@pytest.mark.parametrize(
    ("rows", "conversion", "shown"),
    [
        ([row(calls=2, USD=1), row(calls=3, CNY=1)], Conversion(), ["CNY", "USD"]),
        ([row(calls=2, USD=1), row(calls=3, CNY=1)], Conversion(currency="USD"), ["USD", "CNY"]),
        ([row(calls=2, USD=1), row(calls=3, CNY=1)], RATES, ["USD"]),
        ([row(calls=2, USD=0)], Conversion(), ["USD"]),
        ([row()], Conversion(currency="EUR"), ["EUR"]),
    ],
)
def test_the_currencies_shown(rows: list[ReportRow], conversion: Conversion, shown: list[str]) -> None:
    assert currencies(rows, conversion) == shown


def test_the_dearest_are_named_and_the_rest_is_one() -> None:
    rows = {f"m{n}": row(f"m{n}", USD=n * 10**9) for n in range(12)} | {"free": row("free", calls=99)}
    named = top(rows, Conversion(), "USD")
    assert named == ["m11", "m10", "m9", "m8", "m7", "m6", "m5"]
    assert in_order({OTHER, "m5", "m11"}, named) == ["m11", "m5", OTHER]
    assert len(top({f"m{n}": row(USD=1) for n in range(8)}, Conversion(), "USD")) == 8  # one left over has its name


def test_input_that_was_not_cached() -> None:
    sums = Counter({"input_tokens": 10, "cached_input_tokens": 3, "cache_write_tokens": 2})
    assert uncached(ReportRow("", {"USD": sums})) == 5


@pytest.mark.parametrize(
    ("amounts", "places"), [([], 2), (["12", "3.5"], 2), (["12", "0.00012"], 5), (["0"], 2), (["0.000000001"], 9)]
)
def test_a_sub_cent_amount_is_not_nothing(amounts: list[str], places: int) -> None:
    assert digits(map(Decimal, amounts)) == places


def test_csv_has_exact_amounts_and_no_formula() -> None:
    rows = {"=cmd()": row("=cmd()", USD=10**9 + 1), "b": row("b")}
    head, *lines = as_csv("model", rows, "Asia/Shanghai").splitlines()
    assert head.startswith("\ufeffmodel,calls,failed,unknown_cost_calls,input_tokens,")
    first, second = (dict(zip(head.split(","), line.split(","), strict=True)) for line in lines)
    assert (first["\ufeffmodel"], first["cost_USD"], first["zone"]) == ("'=cmd()", "1.000000001", "Asia/Shanghai")
    assert (second["\ufeffmodel"], second["cost_USD"]) == ("b", "")


@pytest.mark.parametrize(
    ("language", "long", "brief", "month"),
    [("en", "9 Nov 2026", "9 Nov", "Nov 2026"), ("zh_CN", "2026年11月9日", "11月9日", "2026年11月")],
)
def test_days_are_named(language: Language, long: str, brief: str, month: str) -> None:
    assert [day("2026-11-09", language), day("2026-11-09", language, short=True)] == [long, brief]
    assert day("2026-11", language) == month


@pytest.mark.parametrize(
    ("part", "told"), [(0.5, "+50 %"), (-0.123, "-12 %"), (0.004, "+0.4 %"), (0.0, "0 %"), (12.5, "+1,250 %")]
)
def test_percents(part: float, told: str) -> None:
    assert percent(part, "en", signed=True) == told


def test_names_from_servers_are_no_markup_in_a_chart() -> None:
    series = [Series("<b>x</b>", "<a href='https://evil.example'>x</a>", [1.0], ["USD 1.00"], charts.SERIES[0])]
    figure = charts.bars(["9 Nov 2026"], series, "USD", {"9 Nov 2026": "9 Nov"})
    assert "<a" not in figure.data[0].name
    assert "<a" not in figure.data[0].hovertemplate
    assert figure.data[0].customdata[0][0] == "<b>x</b>"  # never drawn: what a click means


def test_an_amount_on_the_axis_has_no_letter_for_its_size() -> None:
    figure = charts.bars(["9 Nov 2026"], [Series("a", "A", [0.00012], ["USD 0.00012"], charts.SERIES[0])], "USD",
                         {"9 Nov 2026": "9 Nov"})  # fmt: skip
    assert figure.layout.yaxis.exponentformat == "none"


@pytest.mark.parametrize(("count", "legend"), [(1, False), (5, False), (6, True)])
def test_few_series_are_named_beside_the_bars(count: int, legend: bool) -> None:
    series = [Series(str(n), f"name{n}", [1.0], ["1"], charts.SERIES[n]) for n in range(count)]
    figure = charts.bars(["9 Nov 2026"], series, "USD", {"9 Nov 2026": "9 Nov"})
    assert figure.layout.showlegend is legend
    assert len(figure.layout.annotations) == (0 if legend else count)
    assert figure.layout.xaxis.type == "category"
