"""Usage and cost as a user meets it: before the first call, with calls, filtered by its address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from lib.cost.budget import Budget
from lib.cost.conversion import Conversion, Rate
from lib.ledger import Ledger, retention
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import Money, Usage
from tests.ledger.ledger_rows import row, usd
from tests.many_calls import fill
from tests.states import leave_demo
from tests.ui.conftest import PATIENCE_S, ROOT, go, words
from ui.engine import door

NOW = datetime.now(UTC)


def paid(days: float = 0, **changes: object) -> CallRow:
    """A call that succeeded, some days ago."""
    at = NOW - timedelta(days=days)
    plain = {"status": "succeeded", "sent_at": at, "estimated": usd("1"), "unit": "token", "duration_ms": 1500,
             "first_byte_ms": 300, "usage": Usage(1000, 400, output_tokens=50)}  # fmt: skip
    return row(at, **(plain | changes))


def logged(home: Path, *rows: CallRow) -> None:
    """A data folder without the demo, with these calls."""
    leave_demo(home)
    with Ledger.open(None, home) as ledger:
        ledger.write(lambda db: [log.insert(db, one, Payload()) for one in rows])


def shown(app: AppTest, **address: str) -> AppTest:
    """The page at an address."""
    for name, value in address.items():
        app.query_params[name] = value
    return go(app, "usage")


def at(app: AppTest, name: str) -> str:
    """A parameter of the address."""
    found = app.query_params[name]
    return found if isinstance(found, str) else found[0]


def metrics(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


@pytest.fixture
def start(home: Path) -> AppTest:
    """The app, to be run once its data folder is as it is to be."""
    return AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=PATIENCE_S)


def test_before_the_first_call(home: Path, start: AppTest) -> None:
    leave_demo(home)
    app = shown(start.run())
    assert "No call has been made yet" in words(app)
    assert not app.metric
    assert [button.label for button in app.button if button.key == "usage_begin"] == ["Write a prompt"]


def test_the_demo_before_a_call(app: AppTest) -> None:
    assert "No call has been made yet" in words(shown(app))


def test_no_call_in_the_days_shown(home: Path, start: AppTest) -> None:
    logged(home, paid(50))
    app = shown(start.run(), range="7d")
    assert "No call was made in these days." in words(app)
    app = app.button(key="usage_all").click().run()
    assert at(app, "range") == "all"
    assert metrics(app)["Spend"] == "USD 1.00"


def test_the_figures_and_their_change(home: Path, start: AppTest) -> None:
    failed = paid(1, status="failed", estimated=usd("0"), error_state="bad_key", usage=Usage())
    unknown = paid(1, estimated=None, model="nobody-knows", unit=None)
    logged(home, paid(1, estimated=usd("2")), failed, unknown, paid(8, estimated=usd("1")), paid(8))
    app = shown(start.run(), range="7d")
    found = metrics(app)
    assert found["Spend"] == "USD 2.00"
    assert found["Calls"] == "3"
    assert found["Tokens"] == "2,100"
    assert found["Failed"] == "1 (33 %)"
    assert found["Unknown cost"] == "1"
    deltas = {one.label: one.delta for one in app.metric}
    assert (deltas["Spend"], deltas["Calls"], deltas["Failed"]) == ("0 %", "+50 %", "+33 points")
    said = words(app)
    assert "Calls whose cost nobody knows: 1." in said
    assert "`nobody-knows` (1)" in said
    assert "without error: 2" in said
    assert "Key refused" in said
    assert not app.exception


def test_an_average_is_of_what_was_paid_in_its_currency(app: AppTest, home: Path) -> None:
    yuan = {"estimated": Money(Decimal(7), "CNY"), "usage": Usage(100, None, output_tokens=900)}
    logged(home, paid(), paid(**yuan), paid(status="failed", estimated=None))
    said = words(shown(app))
    assert "a million tokens: USD 952.38" in said
    assert "a million tokens: CNY 7,000.00" in said
    assert "\\+ USD 1.00" in said, "both currencies are in sight"


def test_per_token_and_per_call_stand_apart(home: Path, start: AppTest) -> None:
    video = {"unit": "call", "estimated": usd("5"), "usage": Usage(calls=1), "model": "sora-2", "provider": "sora"}
    logged(home, paid(), paid(0.01, **video), paid(0.02, unit="image", usage=Usage(images=4), estimated=usd("2")))
    app = shown(start.run())
    found = metrics(app)
    assert (found["per token"], found["per call"], found["per image"]) == ("USD 1.00", "USD 5.00", "USD 2.00")
    said = words(app)
    assert "a million tokens: USD 952.38" in said
    assert "a call: USD 5.00" in said
    assert "an image: USD 0.50" in said
    app = app.button(key="usage_only_unit_call").click().run()
    assert at(app, "unit") == "call"
    assert metrics(app)["Spend"] == "USD 5.00"
    app = app.button(key="usage_drop_unit").click().run()
    assert metrics(app)["Spend"] == "USD 8.00"


def test_an_address_filters_across_dimensions(home: Path, start: AppTest) -> None:
    logged(home, paid(), paid(0.1, model="gpt-4o", provider="openai", estimated=usd("3")),
           paid(0.2, model="gpt-4o", provider="openai", capability="image", estimated=usd("7")))  # fmt: skip
    app = shown(start.run(), provider="openai", capability="image", by="model")
    assert metrics(app)["Spend"] == "USD 7.00"
    assert list(app.dataframe[0].value["Name"]) == ["gpt-4o"]
    app = app.button(key="usage_clear").click().run()
    assert metrics(app)["Spend"] == "USD 11.00"
    assert "provider" not in app.query_params


def test_what_is_chosen_is_kept_in_the_address(home: Path, start: AppTest) -> None:
    logged(home, paid(), paid(0.1, connection="other"))
    app = shown(start.run()).button_group(key="usage_by").set_value("connection").run()
    assert sorted(app.dataframe[0].value["Name"]) == ["chatglm", "other"]
    app = app.selectbox(key="usage_range").select("7d").run()
    assert (at(app, "range"), at(app, "by")) == ("7d", "connection")


def test_days_of_ones_choice(home: Path, start: AppTest) -> None:
    logged(home, paid(3), paid(40, estimated=usd("4")))
    zone = ZoneInfo(door().own.ledger.zone)
    then = (NOW - timedelta(days=40)).astimezone(zone).date()
    app = shown(start.run(), range="dates", since=then.isoformat(), until=then.isoformat())
    assert metrics(app)["Spend"] == "USD 4.00"
    app = app.date_input(key="usage_until").set_value(NOW.astimezone(zone).date()).run()
    assert metrics(app)["Spend"] == "USD 5.00"


def test_currencies_are_shown_apart_until_there_is_a_rate(home: Path, start: AppTest) -> None:
    logged(home, paid(), paid(0.1, estimated=Money(Decimal(7), "CNY")))
    app = shown(start.run())
    assert (metrics(app)["Spend in USD"], metrics(app)["Spend in CNY"]) == ("USD 1.00", "CNY 7.00")
    assert "never added together" in words(app)
    rate = Rate(per_usd=Decimal(7), as_of=NOW.date())
    door().own.show_in(Conversion(currency="USD", rates={"CNY": rate}))
    app = app.run()
    assert metrics(app)["Spend"] == "USD 2.00"
    assert "amounts in USD, at your rate of" in words(app)
    assert "never added together" not in words(app)


def test_estimated_billed_and_official(home: Path, start: AppTest) -> None:
    both = {"estimated": usd("1"), "billed": usd("1.25"), "official": usd("2.5")}
    logged(home, paid(0, **both), paid(0.1, estimated=usd("4")))
    app = shown(start.run())
    found = metrics(app)
    assert (found["Estimated"], found["Billed"], found["Official price"]) == ("USD 5.00", "USD 1.25", "USD 2.50")
    said = words(app)
    assert "known of 1 of 2 calls" in said
    assert "the estimate is 80 % of the bill" in said
    assert "50 % of the official price" in said


def test_the_differences_are_told_in_the_currency_shown(home: Path, start: AppTest) -> None:
    both = {"estimated": usd("1"), "billed": usd("1.25"), "official": usd("2.5")}
    yuan = {name: Money(7 * money.amount, "CNY") for name, money in both.items()}
    logged(home, paid(0, **both), paid(0.1, **yuan))
    app = shown(start.run())
    said = words(app)
    assert "Calls with both: 1. They cost USD 1.25, officially USD 2.50" in said
    assert "Calls with both: 1. They cost CNY 8.75, officially CNY 17.50" in said
    door().own.show_in(Conversion(currency="CNY", rates={"CNY": Rate(per_usd=Decimal(7), as_of=NOW.date())}))
    said = words(app.run())
    assert "Calls with both: 2. Estimated CNY 14.00, billed CNY 17.50: the estimate is 80 % of the bill." in said
    assert "Calls with both: 2. They cost CNY 17.50, officially CNY 35.00: 50 % of the official price." in said


def test_times_are_told_as_quantiles(home: Path, start: AppTest) -> None:
    logged(home, *(paid(n / 100, duration_ms=1000) for n in range(9)), paid(0.5, duration_ms=60_000, model="slow"))
    app = shown(start.run())
    assert "Half of them took up to about 939 ms, 95 % up to about 60.1 s" in words(app)
    app = app.toggle(key="usage_table_times").set_value(True).run()
    (table,) = [one.value for one in app.dataframe if "First token, on average" in one.value]
    assert list(table["Model"]) == ["glm-4-flash", "slow"]
    assert list(table["Calls"]) == [9, 1]


def test_what_calls_cost_is_told_by_currency(home: Path, start: AppTest) -> None:
    logged(home, *(paid(n / 100, estimated=usd("0.01")) for n in range(9)), paid(0.5, estimated=usd("0")),
           paid(0.6, estimated=Money(Decimal(7), "CNY")))  # fmt: skip
    said = words(shown(start.run()))
    assert "Half of those that cost anything cost up to about USD 0.011, 95 % up to about USD 0.011" in said
    assert "Half of those that cost anything cost up to about CNY 6.60, 95 %" in said
    assert said.count("Calls that cost nothing: 1.") == 1


@pytest.mark.parametrize(
    ("nano", "told"),
    [(5 * 10**8, "the cache saved USD 0.50"), (-(10**8), "writing to it cost USD 0.10 more than it saved"), (None, "")],
)
def test_what_the_cache_saved(home: Path, start: AppTest, nano: int | None, told: str) -> None:
    logged(home, paid(saved_nano=nano))
    said = words(shown(start.run()))
    assert "From the cache: 40 % of the input tokens." in said
    assert told in said
    assert ("By the prices of these calls" in said) == bool(told)


def test_the_dearest_calls_lead_to_the_log(home: Path, start: AppTest) -> None:
    dear = paid(0, estimated=usd("9"))
    logged(home, *(paid(n / 10) for n in range(1, 7)), dear)
    app = shown(start.run())
    keys = [str(one.key) for one in app.button if str(one.key).startswith("usage_call_")]
    assert len(keys) == 5
    assert keys[0] == f"usage_call_{dear.id}"
    app = app.button(key=keys[0]).click().run()
    assert [title.value for title in app.title] == ["Call log"]
    assert at(app, "call") == dear.id


def test_unknown_costs_and_causes_lead_to_the_log(home: Path, start: AppTest) -> None:
    logged(home, paid(0, estimated=None, model="m"), paid(0.1, status="failed", error_state="bad_key"))
    app = shown(start.run(), by="model", model="m")
    app = app.button(key="usage_log_unknown").click().run()
    assert (at(app, "unknown_cost"), at(app, "model")) == ("1", "m")
    assert not app.exception
    for name in list(app.query_params):
        del app.query_params[name]
    app = shown(app)
    app = app.button(key="usage_log_bad_key").click().run()
    assert at(app, "cause") == "bad_key"
    assert not app.exception


def test_a_chart_as_a_table(home: Path, start: AppTest) -> None:
    logged(home, paid())
    app = shown(start.run(), range="7d")
    before = len(app.dataframe)
    app = app.toggle(key="usage_table_USD").set_value(True).run()
    assert len(app.dataframe) == before + 1
    assert list(app.dataframe[0].value["ChatGLM (智谱)"])[-1] == "USD 1.00"


def test_the_budget_warns(home: Path, start: AppTest) -> None:
    logged(home, paid(0, estimated=usd("9")))
    app = shown(start.run())
    door().own.keep_budgets([Budget(amount=Decimal(10))])
    assert "USD 9.00 of this month's budget of USD 10.00" in _progress(app.run())
    door().own.keep_budgets([Budget(amount=Decimal(5))])
    assert "is used up" in _progress(app.run())


def _progress(app: AppTest) -> str:
    return " ".join(str(one.proto.text) for one in app.get("progress")).replace("\\", "")


def test_many_calls_of_every_kind(home: Path, start: AppTest) -> None:
    leave_demo(home)
    with Ledger.open(None, home) as ledger:
        fill(ledger, 3_000)
    app = start.run()
    for address in ({"range": "all"}, {"by": "model"}, {"by": "connection", "cause": "rate_limited"}):
        app = shown(app, **address)
        assert not app.exception
        assert not app.error
        assert app.metric


@pytest.mark.parametrize(("range", "told"), [("all", True), ("7d", False)])
def test_days_whose_calls_are_deleted_say_so(home: Path, start: AppTest, range: str, told: bool) -> None:
    logged(home, paid(90), paid(1))
    with Ledger.open(None, home) as ledger:
        assert ledger.write(lambda db: retention.forget(db, NOW - timedelta(days=30), 10))[0] == 1
    app = shown(start.run(), range=range)
    assert ("Old calls up to" in words(app)) == told
    assert metrics(app)["Spend"] == ("USD 2.00" if told else "USD 1.00")
    assert not app.exception
