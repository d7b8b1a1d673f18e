"""Settings: each is taken and kept, a wrong value says so at its field and loses nothing that was typed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from lib.cost.budget import Budget
from lib.cost.conversion import Conversion, Rate
from lib.errors import WrongUse
from lib.http import Outward, Timeouts, read_proxy
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.ledger.retention import Rule
from tests.ledger.ledger_rows import row, usd
from tests.ui.conftest import go, words
from ui.demo import story
from ui.engine import door
from ui.settings_form import decimal


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return go(app, "settings")


def spend(amount: str) -> None:
    """A call of the user's own, now."""
    now = datetime.now(ZoneInfo("UTC"))
    made = row(now, status="succeeded", sent_at=now, estimated=usd(amount))
    door().own.ledger.write(lambda db: log.insert(db, made, Payload()))


def test_opening_it_sends_and_changes_nothing(page: AppTest) -> None:
    assert not page.exception
    assert door().own.outward == Outward()
    assert door().own.spendings() == ()
    assert door().own.conversion() == Conversion()


@pytest.mark.parametrize(
    ("chosen", "title", "beside"), [("zh_CN", "设置", "zh_CN"), ("en", "Settings", "en"), ("", "Settings", "en")]
)
def test_a_language_is_taken_here_and_in_the_sidebar(app: AppTest, chosen: str, title: str, beside: str) -> None:
    door().keep("language", "" if chosen else "en")
    page = go(app, "settings")
    page.selectbox(key="settings_language").set_value(chosen).run()
    assert not page.exception
    assert page.title[0].value == title
    assert page.segmented_control(key="language_choice").value == beside
    assert door().setting("language") == chosen


def test_a_zone_is_taken_for_both_ledgers(page: AppTest) -> None:
    spend("1")
    page.selectbox(key="settings_zone").set_value("Pacific/Auckland").run()
    assert not page.exception
    assert (door().own.ledger.zone, door().engine.ledger.zone) == ("Pacific/Auckland", "Pacific/Auckland")
    with door().own.ledger.read() as db:
        assert log.rollups.prove(db)
    assert page.selectbox(key="settings_zone").value == "Pacific/Auckland"


def test_a_zone_changed_elsewhere_is_not_changed_back(page: AppTest) -> None:
    door().own.ledger.change_zone("Asia/Tokyo")
    page.run()
    assert door().own.ledger.zone == "Asia/Tokyo"
    assert page.selectbox(key="settings_zone").value == "Asia/Tokyo"


def test_currency_and_rates(page: AppTest) -> None:
    page.selectbox(key="settings_currency").set_value("CNY").run()
    assert "There is no rate for CNY" in words(page)
    page.text_input(key="settings_rate_currency").set_value("cny")
    page.text_input(key="settings_rate").set_value("7.12")
    page.date_input(key="settings_rate_day").set_value(date(2026, 11, 1))
    page.button(key="rate_save").click().run()
    assert not page.exception
    kept = Rate(per_usd=Decimal("7.12"), as_of=date(2026, 11, 1))
    assert door().own.conversion() == Conversion(currency="CNY", rates={"CNY": kept})
    assert "1 USD = 7.12 CNY, on 2026-11-01" in words(page)
    page.button(key="rate_drop_CNY").click().run()
    assert door().own.conversion().rates == {}


@pytest.mark.parametrize(
    ("currency", "rate", "told"),
    [("YU", "7", "three letters"), ("C1Y", "7", "three letters"), ("USD", "1", "needs no rate"),
     ("CNY", "", "above 0"), ("CNY", "-1", "above 0"), ("CNY", "many", "above 0"), ("CNY", "NaN", "above 0"),
     ("CNY", "1e99", "above 0"), ("CNY", "7,12", "decimal point"), ("CNY", "0,92", "decimal point")],
)
def test_a_wrong_rate_says_so_and_stays(page: AppTest, currency: str, rate: str, told: str) -> None:
    page.text_input(key="settings_rate_currency").set_value(currency)
    page.text_input(key="settings_rate").set_value(rate)
    page.button(key="rate_save").click().run()
    assert told in words(page)
    assert page.text_input(key="settings_rate").value == rate
    assert door().own.conversion() == Conversion()
    assert not page.exception


def test_proxy_and_timeouts_hold_at_once_and_the_password_is_not_shown(page: AppTest) -> None:
    page.segmented_control(key="net_mode").set_value("own").run()
    page.text_input(key="net_address").set_value("127.0.0.1:7890")
    page.text_input(key="net_user").set_value("me")
    page.text_input(key="net_password_0").set_value("my-secret")
    page.number_input(key="net_connect").set_value(3)
    page.button(key="net_save").click().run()
    assert not page.exception
    wanted = Outward(read_proxy("http://me:my-secret@127.0.0.1:7890"), timeouts=Timeouts(connect=3))
    assert door().own.outward == wanted
    assert door().engine.outward == Outward()
    assert page.text_input(key="net_password_1").value == ""
    assert "my-secret" not in str(page.session_state) + words(page)
    page.button(key="net_save").click().run()  # without typing it again
    assert door().own.outward == wanted
    page.text_input(key="net_address").set_value("http://elsewhere.example:1").run()
    page.button(key="net_save").click().run()
    assert door().own.outward.proxy == read_proxy("http://me@elsewhere.example:1")


@pytest.mark.parametrize("address", ["", "socks5://127.0.0.1:1080", "http://h:port", "ftp://x"])
def test_a_wrong_proxy_says_so_and_stays(page: AppTest, address: str) -> None:
    page.segmented_control(key="net_mode").set_value("own").run()
    page.text_input(key="net_address").set_value(address)
    page.button(key="net_save").click().run()
    assert ":red[:material/error:" in words(page)
    assert page.text_input(key="net_address").value == address
    assert door().own.outward == Outward()
    assert not page.exception


@pytest.mark.parametrize(
    ("field", "seconds", "told"),
    [("connect", -1, "To connect (s) must be from 1 to 120."), ("connect", 0, "from 1 to 120"),
     ("connect", 999_999, "from 1 to 120"), ("connect", None, "To connect (s) must be"),
     ("read", 4, "Between two pieces (s) must be from 5 to 3600."), ("read", 3601, "from 5 to 3600"),
     ("whole", 601, "For a whole answer (s) must be from 5 to 600."),
     ("whole", None, "For a whole answer (s) must be")],
)
def test_a_wrong_timeout_says_so_and_stays(page: AppTest, field: str, seconds: int | None, told: str) -> None:
    page.number_input(key=f"net_{field}").set_value(seconds)
    page.button(key="net_save").click().run()
    assert told in words(page).replace("\\", "")
    assert page.number_input(key=f"net_{field}").value == seconds
    assert door().own.outward == Outward()
    assert not page.toast
    assert not page.exception


@pytest.mark.parametrize(
    "timeouts", [Timeouts(connect=1, read=5, whole=5), Timeouts(connect=120, read=3600, whole=600)]
)
def test_the_shortest_and_the_longest_timeouts_are_taken(page: AppTest, timeouts: Timeouts) -> None:
    for field in ("connect", "read", "whole"):
        page.number_input(key=f"net_{field}").set_value(int(getattr(timeouts, field)))
    page.button(key="net_save").click().run()
    assert door().own.outward == Outward(timeouts=timeouts)


def test_a_browser_sends_whatever_timeout_is_typed(page: AppTest) -> None:
    fields = [page.number_input(key=f"net_{name}") for name in ("connect", "read", "whole")]
    assert {(one.min, one.max) for one in fields} == {(None, None)}


def test_the_environments_proxy_is_off_until_chosen(page: AppTest) -> None:
    page.segmented_control(key="net_mode").set_value("environment").run()
    assert not door().own.outward.by_environment
    page.button(key="net_save").click().run()
    assert door().own.outward == Outward(by_environment=True)


@pytest.mark.parametrize(
    ("spent", "said"),
    [("1", ""), ("8.5", "USD 8.50 of this month's budget of USD 10.00"), ("10", "budget of USD 10.00 is used up")],
)
def test_a_budget_warns_wherever_it_matters(page: AppTest, spent: str, said: str) -> None:
    spend(spent)
    page.text_input(key="budget_amount").set_value("10")
    page.button(key="budget_save").click().run()
    assert not page.exception
    assert budgets() == [Budget(amount=Decimal(10))]
    for name in ("settings", "text", "overview"):
        told = words(go(page, name)).replace("\\", "")
        assert said in told if said else "budget of" not in told
        assert not any("budget of" in one.value for one in page.caption)  # which is faint


@pytest.mark.parametrize(
    ("amount", "told"),
    [("", "above 0"), ("0", "above 0"), ("-5", "above 0"), ("lots", "above 0"), ("12,50", "decimal point")],
)
def test_a_wrong_budget_says_so_and_stays(page: AppTest, amount: str, told: str) -> None:
    page.text_input(key="budget_amount").set_value(amount)
    page.button(key="budget_save").click().run()
    assert told in words(page)
    assert page.text_input(key="budget_amount").value == amount
    assert budgets() == []


def budgets() -> list[Budget]:
    return [one.budget for one in door().own.spendings()]


def test_a_budget_is_removed_and_another_changed(page: AppTest) -> None:
    day = Budget(amount=Decimal(1), period="day", of="model", name="sora-2", stops=True, lets_unknown=True)
    door().own.keep_budgets([Budget(amount=Decimal(10)), day])
    page.run()
    page.button(key="budget_remove_0").click().run()
    assert budgets() == [day]
    page.button(key="budget_change_0").click().run()
    page.text_input(key="budget_amount").set_value("2.5")
    page.button(key="budget_save").click().run()
    assert not page.exception
    assert budgets() == [day.model_copy(update={"amount": Decimal("2.5")})]
    assert page.text_input(key="budget_amount").value == ""


def test_a_budget_for_one_thing_needs_its_name(page: AppTest) -> None:
    page.selectbox(key="budget_of").set_value("model").run()
    page.text_input(key="budget_amount").set_value("2")
    page.button(key="budget_save").click().run()
    assert "Choose what it is for" in words(page)
    assert budgets() == []


def test_a_line_is_switched_by_hand(page: AppTest) -> None:
    relay = door().engine.configuration().relays[0]
    page.segmented_control(key=f"line_{relay.id}").set_value(relay.lines[-1].id).run()
    assert not page.exception
    assert door().engine.configuration().relay(relay.id).line == relay.lines[-1].id


def test_the_demo_is_left_and_entered_and_begun_anew(page: AppTest, home: Path) -> None:
    door().ask(door().engine.check(["chatglm"]))
    page.button(key="settings_reset").click().run()
    assert not page.exception
    assert door().is_demo
    assert len(door().engine.configuration().connections) == 3
    page.button(key="settings_leave").click().run()
    assert not door().is_demo
    page.button(key="settings_demo").click().run()
    assert door().is_demo


def test_the_demo_cannot_be_entered_beside_own_connections(page: AppTest) -> None:
    door().own.import_(story("http://127.0.0.1:9"))
    page.run()
    assert page.button(key="settings_demo").disabled
    assert "you have 3" in words(page)


def test_the_folder_and_what_is_in_it_are_told(page: AppTest, home: Path) -> None:
    assert str(home) in [block.value for block in page.code]
    for part in ("calls\\: 0", "Keys are kept in a file", "MIT licence", "Relayscope 0.1.0"):
        assert part.replace("\\", "") in words(page).replace("\\", "")


@pytest.mark.usefixtures("of_sqlite")
def test_what_the_database_takes_is_told(page: AppTest) -> None:
    assert "database " in words(page)
    assert "WAL" in words(page)


@pytest.mark.parametrize(
    ("text", "value"),
    [("7.12", "7.12"), (" 1,000 ", "1000"), ("0.000001", "0.000001"), ("1,234.5", "1234.5"), ("1,234.50", "1234.5"),
     ("12,345,678", "12345678")],
)
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert decimal(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["7,12", "0,92", "12,50", "150,5", "1,00,000", "1.234,5", "0,001", "1234,567", "1,0000", ",5", "1,000,", "7，12",
     "1 000,5", "N,aN", "1e5,000", "1,0000000000000000000000000000000000", "1.1234567890123456789"],
)
def test_what_might_be_misread_is_refused(text: str) -> None:
    with pytest.raises(WrongUse, match="decimal point"):
        decimal(text)


def test_the_version_is_the_projects() -> None:
    import tomllib

    from lib import VERSION

    project: dict[str, Any] = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == VERSION


def old(days: int) -> None:
    """A call of the user's own, some days ago."""
    at = datetime.now(ZoneInfo("UTC")) - timedelta(days=days)
    made = row(at, status="succeeded", sent_at=at, estimated=usd("1"))
    door().own.ledger.write(lambda db: log.insert(db, made, Payload("old")))


def logged() -> int:
    return len(door().own.log.page().rows)


def test_what_retention_would_delete_is_shown_first(page: AppTest) -> None:
    old(400)
    old(1)
    page.run()
    assert "All calls are kept." in words(page)
    page.selectbox(key="settings_retention_by").set_value("age").run()
    page.button(key="settings_retention_look").click().run()
    assert not page.exception
    assert ": 1, with texts about" in words(page)
    assert "Their sums stay" in words(page)
    assert (logged(), door().own.retention.rule) == (2, None)
    page.button(key="settings_retention_once").click().run()
    assert (logged(), door().own.retention.rule) == (1, None)
    assert "Calls deleted: 1." in words(page)
    assert "Deleted, their sums kept: 1." in words(page)
    assert "calls: 1" in words(page)
    assert sum(one.calls for one in door().own.log.report("model", None, None, door().own.ledger.zone)) == 2


def test_a_rule_of_retention_is_taken_and_left(page: AppTest) -> None:
    old(100)
    page.selectbox(key="settings_retention_by").set_value("age").run()
    page.number_input(key="settings_retention_age").set_value(90).run()
    page.button(key="settings_retention_look").click().run()
    page.number_input(key="settings_retention_age").set_value(120).run()
    assert not [one for one in page.button if one.key == "settings_retention_rule"]  # what was shown is of another rule
    page.number_input(key="settings_retention_age").set_value(90).run()
    page.button(key="settings_retention_rule").click().run()
    assert (logged(), door().own.retention.rule) == (0, Rule("age", 90))
    assert "Calls of the last days are kept: 90." in words(page)
    page.selectbox(key="settings_retention_by").set_value("all").run()
    page.button(key="settings_retention_off").click().run()
    assert door().own.retention.rule is None
    assert not page.exception


def test_retention_by_size_shows_that_nothing_would_go(page: AppTest) -> None:
    old(3)
    page.selectbox(key="settings_retention_by").set_value("size").run()
    page.button(key="settings_retention_look").click().run()
    assert "Nothing would go now" in words(page)
    assert page.button(key="settings_retention_once").disabled
