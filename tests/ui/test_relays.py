"""Relays and lines on the page: added, edited, raced, switched, removed; and what is refused, with a sentence."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from streamlit.testing.v1 import AppTest

from lib.connections.model import Configuration, Connection, Line, Relay
from lib.errors import WrongUse
from tests.conftest import DemoRelay
from tests.ui.conftest import checked, go, words
from ui.engine import door
from ui.relay_form import NEW, lines, relay_of

HK, US = "https://hk.example.com", "https://us.example.com"
RELAY = {"id": "mine", "name": "Mine", "lines": [{"id": "hk", "name": "HK", "base_url": HK},
         {"id": "us", "name": "US", "base_url": US}], "line": "hk"}  # fmt: skip
CHAT = {"id": "chat", "provider": "zhipu", "relay": "mine", "key": "sk-chat-000000000000"}


def saved(*connections: dict[str, Any], relay: dict[str, Any] = RELAY) -> None:
    door().own.import_(json.dumps({"relays": [relay], "connections": connections}))


@pytest.fixture
def page(home: object, app: AppTest) -> AppTest:
    """The connections page, the demo left."""
    door().leave_demo()
    return go(app, "connections")


def fill(app: AppTest, **fields: str) -> AppTest:
    for name, value in fields.items():
        app.text_input(key=f"draft_relay_{name}").set_value(value)
    return app


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def relay(id: str) -> Relay:
    return door().own.configuration().relay(id)


# ---- adding


def test_a_relay_is_added_from_a_preset_and_changed_on_the_way(page: AppTest) -> None:
    click(page, "add_relay")
    page.segmented_control(key="draft_relay_preset").set_value("gptbest").run()
    fill(page, line_1_address="api.gptbest.vip/v1/chat/completions").run()
    assert "Will be saved as `https://api.gptbest.vip`" in words(page)
    click(page, "relay_save")
    assert (relay("gptbest").preset, relay("gptbest").line) == ("gptbest", "hk")
    assert [line.name for line in relay("gptbest").lines] == ["HK", "US", "Official"]
    assert [one.value for one in page.toast] == ["Saved: GPTBest. Nothing was sent."]
    assert "preset GPTBest" in words(page)
    click(page, "add_relay")
    assert page.text_input(key="draft_relay_name").value == ""


def test_a_relay_of_ones_own_is_typed_in_line_by_line(page: AppTest) -> None:
    click(page, "add_relay")
    fill(page, name="My relay", line_0_address=HK + "/v1/")
    click(page, "relay_add_line")
    fill(page, line_1_name="美国", line_1_address=US)
    click(page, "relay_save")
    mine = relay("my_relay")
    assert [(line.id, line.name, line.base_url) for line in mine.lines] == [
        ("hk_example_com", "hk.example.com", HK), ("line", "美国", US)
    ]  # fmt: skip
    assert not door().own.facts().evidence


def test_an_error_keeps_what_was_typed_also_through_another_page(page: AppTest) -> None:
    click(page, "add_relay")
    fill(page, name="Mine", line_0_name="HK", line_0_address="https://docs.example.com")
    click(page, "relay_save")
    assert [one.value for one in page.error] == ["Nothing is saved yet: correct the address marked above."]
    assert words(page).count("documentation page") == 1
    go(page, "text")
    go(page, "connections")
    assert page.text_input(key="draft_relay_name").value == "Mine"
    assert page.text_input(key="draft_relay_line_0_address").value == "https://docs.example.com"
    fill(page, line_0_address=HK)
    click(page, "relay_save")
    assert relay("mine").chosen.base_url == HK
    assert not page.error


def test_cancel_saves_nothing_and_forgets(page: AppTest) -> None:
    click(page, "add_relay")
    fill(page, name="Mine", line_0_address=HK)
    click(page, "relay_cancel")
    assert door().own.configuration().relays == ()
    click(page, "add_relay")
    assert page.text_input(key="draft_relay_line_0_address").value == ""


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([], "at least one line"),
        ([("", " ")], "at least one line"),
        ([("HK", "")], "The line HK has no address"),
        ([("HK", "hk")], "no host's full name"),
        ([("HK", "ftp://hk.example.com")], "not an http or https address"),
        ([("HK", HK), ("US", "https://user:pass@us.example.com")], "user name or password"),
        ([("HK", HK), ("HK", US)], "Two lines are called HK"),
        ([("HK", HK), ("US", HK + "/v1")], "The lines HK and US have the same address"),
    ],
)
def test_what_cant_be_a_relays_lines_is_said(typed: list[tuple[str, str]], said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        relay_of(Configuration(), NEW, None, "Mine", lines([(None, *one) for one in typed]))


def test_ids_are_new_ones() -> None:
    taken = Configuration(
        relays=(Relay.model_validate(RELAY),), connections=(Connection(id="mine_2", provider="zhipu", relay="mine"),)
    )
    made = relay_of(taken, NEW, None, "Mine!", lines([("us", "US 1", US), (None, "US", HK), (None, "中", HK + "/x")]))
    assert (made.id, made.line, [line.id for line in made.lines]) == ("mine_3", "us", ["us", "us_2", "line"])


# ---- editing


def test_editing_says_before_it_saves_whose_keys_are_asked_for_again(page: AppTest) -> None:
    saved(CHAT, {"id": "other", "provider": "zhipu", "relay": "mine"})
    page.run()
    click(page, "relay_edit_mine")
    fill(page, name="Ours").run()
    assert "enter again" not in words(page)
    click(page, "relay_add_line")
    fill(page, line_2_name="JP", line_2_address="https://jp.example.com/").run()
    assert "To use JP, you will have to enter again the key of: chat" in words(page)
    assert len(relay("mine").lines) == 2
    click(page, "relay_save")
    assert [line.id for line in relay("mine").lines] == ["hk", "us", "jp"]
    assert (relay("mine").name, relay("mine").line) == ("Ours", "hk")
    assert "Enter again for this line the key of: chat" in words(page)


def test_a_line_is_removed_but_not_the_one_in_use(page: AppTest) -> None:
    saved(CHAT)
    page.run()
    click(page, "relay_edit_mine")
    assert page.button(key="relay_drop_0").disabled
    click(page, "relay_drop_1")
    door().own.choose_line("mine", "us")  # another tab switches meanwhile
    click(page, "relay_save")
    assert "The line US of Mine is in use" in page.error[0].value
    assert len(relay("mine").lines) == 2
    door().own.choose_line("mine", "hk")
    click(page, "relay_save")
    assert relay("mine").lines == (Line(id="hk", name="HK", base_url=HK),)


# ---- switching and racing


def test_the_line_is_switched_by_hand_and_its_connections_are_checked_once(app: AppTest) -> None:
    go(app, "connections")
    before = {(one.connection, one.step): one.at for one in door().engine.facts().evidence}
    app.segmented_control(key="line_demo").set_value("us").run()
    assert not app.exception
    checked(app)
    assert door().engine.configuration().relay("demo").line == "us"
    now = {(one.connection, one.step): one.at for one in door().engine.facts().evidence}
    assert all(now[key] > at for key, at in before.items())
    assert "line **US**" in words(app)
    assert go(app, "overview").segmented_control(key="line_demo").value == "us"


def raced(app: AppTest, relay_id: str, *, own: bool = False) -> AppTest:
    click(app, f"relay_race_{'own_' if own else ''}{relay_id}")
    engine = door().own if own else door().engine
    door().ask(engine.runs.races[relay_id].wait())
    return app.run()


def test_a_race_says_how_each_line_ran_and_switches_nothing(app: AppTest) -> None:
    raced(go(app, "connections"), "demo")
    assert not app.exception
    assert words(app).count("5 of 5 tries answered") == 3
    assert words(app).count("with the key of `sora`") == 3
    assert "medians of 5 tries" in words(app)
    assert "is the fastest." in words(app)
    assert door().engine.configuration().relay("demo").line == "hk"


def test_a_line_that_is_down_says_why_and_what_to_do(page: AppTest, demo: DemoRelay) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        dead = f"http://127.0.0.1:{gone.getsockname()[1]}"
    alive = {"id": "us", "name": "US", "base_url": demo.url}
    saved(relay={**RELAY, "lines": [{"id": "hk", "name": "HK", "base_url": dead}, alive]})
    raced(page.run(), "mine")
    said = words(page)
    assert "Line down" in said
    assert "Nothing accepts connections at this address" in said
    assert "The line in use is down; **US** is the fastest." in said
    click(page, "use_line_mine")
    assert relay("mine").line == "us"
    assert "**US**, the line in use, is the fastest." in words(page)


def test_while_the_demo_is_shown_only_the_users_own_relays_are_changed(app: AppTest, demo: DemoRelay) -> None:
    saved(relay={"id": "demo", "name": "Like the demo's", "lines": [{"id": "hk", "name": "HK", "base_url": demo.url}]})
    assert door().is_demo
    go(app, "connections")
    assert [one.key for one in app.button if one.key.startswith(("relay_edit_", "relay_remove_"))] == [
        "relay_edit_own_demo", "relay_remove_own_demo"
    ]  # fmt: skip
    raced(app, "demo", own=True)
    assert "demo" not in door().engine.runs.races
    assert words(app).count("5 of 5 tries answered") == 1
    assert "without a key" in words(app)


# ---- removing


def test_a_relay_in_use_names_its_connections_and_stays(page: AppTest) -> None:
    saved(CHAT)
    page.run()
    click(page, "relay_remove_mine")
    assert "These connections go through it." in words(page)
    assert not [one for one in page.button if one.key == "remove_relay"]


def test_a_relay_nobody_uses_is_removed(page: AppTest) -> None:
    saved()
    page.run()
    click(page, "relay_remove_mine")
    click(page, "remove_relay")
    assert door().own.configuration().relays == ()
    assert "No relay yet." in words(page)


def test_the_access_to_the_account_goes_with_its_relay(page: AppTest, home: Path) -> None:
    token = SecretStr("AcCe55Token000000000000000000001")
    saved()
    door().own.save_account("mine", "7", token)
    page.run()
    click(page, "relay_remove_mine")
    assert "The access token of your account is deleted here" in words(page)
    click(page, "remove_relay")
    assert door().own.account("mine") is None
    assert token.get_secret_value() not in (home / "keys.json").read_text()


def test_a_relay_taken_up_meanwhile_stays(page: AppTest) -> None:
    saved()
    page.run()
    click(page, "relay_remove_mine")
    saved(CHAT)
    click(page, "remove_relay")
    assert relay("mine")


@pytest.mark.parametrize("id", ["relay", "new", "save", "yes"])
def test_any_id_is_told_apart_from_the_pages_own_keys(page: AppTest, id: str) -> None:
    saved({"id": id, "provider": "zhipu", "base_url": HK}, relay={**RELAY, "id": id})
    click(page.run(), "add_relay")
    click(page, f"open_{id}")
    click(page, "connection_remove")
    click(page, f"relay_edit_{id}")
    click(page, "relay_cancel")
    click(page, f"relay_remove_{id}")
    click(page, "remove_relay")
    assert door().own.configuration().relays == ()
