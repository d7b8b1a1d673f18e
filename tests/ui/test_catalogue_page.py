"""The catalogue: its rows, filters by the address, a row opened by its address, the file, an empty house."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.calls.draft import CallDraft
from lib.ledger import snapshots
from tests.ui.conftest import go, words
from ui.engine import door
from ui.listed import Listed, Wanted, file, fitting, listed
from ui.text_form import why_unpriced
from ui.words import LANGUAGE, later

RELAY = {"id": "mine", "name": "Mine", "lines": [{"id": "a", "name": "A", "base_url": "http://127.0.0.1:9"}]}
CONNECTION = {"id": "key", "provider": "openai", "relay": "mine", "models": ["gpt-4o"]}


def models(app: AppTest) -> list[str]:
    """The models of the rows that are shown."""
    return list(app.dataframe[0].value["model"]) if app.dataframe else []


def at(app: AppTest, **view: str) -> AppTest:
    """The catalogue at an address."""
    for name, value in view.items():
        app.query_params[name] = value
    go(app, "catalogue")
    assert not app.exception
    return app


def own(data: list[dict[str, Any]] | None, connections: list[dict[str, Any]] | None = None) -> None:
    """A relay of the user's own, with a price list or without."""
    door().own.import_(json.dumps({"relays": [RELAY], "connections": [CONNECTION, *(connections or [])]}))
    if data is not None:
        body = json.dumps({"success": True, "data": data, "group_ratio": {"default": 1, "vip": 0.8}})
        door().own.ledger.write(lambda db: snapshots.put(db, "pricing", "relay:mine", datetime.now(UTC), body))


def entry(model: str, **more: Any) -> dict[str, Any]:
    return {"model_name": model, "quota_type": 0, "model_ratio": 1.25, "completion_ratio": 4, **more}


def test_what_can_be_used_stands_first(app: AppTest) -> None:
    at(app)
    assert sorted(models(app)[:3]) == ["gemini-2.5-flash-image", "glm-4-flash", "sora-2"]
    states = [state for (state,) in app.dataframe[0].value["state"]]
    assert states[:3] == ["✓ Should work"] * 3
    assert "✓ Should work" not in states[3:]


def test_every_listed_api_is_a_row_with_its_price_and_state(app: AppTest) -> None:
    at(app)
    rows = app.dataframe[0].value.set_index("model")
    assert len(rows) == len(door().engine.catalogue("demo"))
    sora = rows.loc["sora-2"]
    assert (list(sora["state"]), sora["capability"], sora["connections"]) == (["✓ Should work"], "video", "sora")
    assert (sora["price"], sora["per"]) == (0.1, "USD / call")
    mini = rows.loc["gpt-4o-mini"]
    assert (mini["price"], mini["output"], mini["official"], mini["markup"]) == (0.15, 0.6, 0.15, 0.0)
    assert list(mini["state"]) == ["→ Not set up"]
    assert "578 listed" in words(app)


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ({"usable": "yes"}, {"sora-2", "gemini-2.5-flash-image", "glm-4-flash"}),
        ({"state": "usable", "capability": "text"}, {"glm-4-flash"}),
        ({"text": "SORA-2"}, {"sora-2", "sora-2-pro"}),
        ({"text": "chatglm usable-by-nobody"}, set()),
        ({"maker": "sora", "billing": "call"}, {"sora-2", "sora-2-pro"}),
        ({"maker": "sora", "billing": "token"}, set()),
    ],
)
def test_the_address_says_which_rows_are_shown(app: AppTest, view: dict[str, str], shown: set[str]) -> None:
    at(app, **view)
    assert set(models(app)) == shown
    assert {name: app.query_params[name] for name in view} == view


def test_what_is_chosen_goes_into_the_address_and_is_cleared_again(app: AppTest) -> None:
    at(app)
    app.toggle(key="catalogue_usable").set_value(True).run()
    app.text_input(key="catalogue_text").set_value("nothing like it").run()
    assert app.query_params["usable"] == "yes"
    assert not models(app)
    app.button(key="catalogue_clear").click().run()
    assert "usable" not in app.query_params
    assert len(models(app)) > 500


def test_an_opened_row_shows_verdict_price_groups_and_evidence(app: AppTest) -> None:
    at(app, model="glm-4-flash")
    said = words(app)
    assert "Key, quota and permission have passed" in said
    assert "= USD 0.014 per 1M tokens" in said.replace("\\", "")
    assert "svip: not open to you" in said.replace("\\", "")
    assert "The line answers" in said
    app.button(key="row_use").click().run()
    assert app.title[0].value == "Text"
    assert app.selectbox(key="draft_text_model").value == "glm-4-flash"


def test_an_opened_row_without_a_key_says_what_to_do(app: AppTest) -> None:
    at(app, model="claude-haiku-4-5")
    assert "There is no connection for Claude" in words(app)
    app.button(key="row_add").click().run()
    assert app.title[0].value == "Connections"


@pytest.mark.parametrize(("model", "told"), [("kling-v1", True), ("kling-v1-6", False), ("gpt-4o", False)])
def test_an_opened_row_says_that_a_video_model_is_listed_under_chat(app: AppTest, model: str, told: bool) -> None:
    at(app, model=model)
    said = words(app)
    assert ("lists it under chat" in said, "it is for video" in said.lower()) == (told, told)


def test_prices_that_are_not_told_are_unknown_and_say_why(app: AppTest) -> None:
    own([entry("strange-1", billing_mode="tiered_expr"), entry("strange-2", model_ratio=37.5, completion_ratio=2)])
    app.run()
    at(app)
    per = app.dataframe[0].value.set_index("model")["per"]
    assert list(per[["strange-1", "strange-2"]]) == ["unknown: priced by a formula", "unknown: no price set"]
    at(app, model="strange-1")
    assert "by a formula" in words(app)
    at(app, model="strange-2")
    assert "where no price was set" in words(app)


def test_an_opened_row_has_a_line_for_each_tier_of_a_price(app: AppTest) -> None:
    own([entry("gemini-2.5-pro")])
    app.run()
    at(app, model="gemini-2.5-pro")
    assert "Above 200,000 tokens of input, per 1M: Input tokens USD 2.50" in words(app).replace("\\", "")


def test_a_price_that_is_not_told_says_why_where_a_call_is_made(app: AppTest) -> None:
    keyed = {**CONNECTION, "id": "keyed", "models": ["gpt-4o", "gpt-4o-mini"], "key": "sk-no-such-key-anywhere"}
    own([entry("gpt-4o", billing_mode="tiered_expr")], [keyed])
    app.run()
    priced, unpriced = (door().own.draft(CallDraft("keyed", "text", "Hello", one)) for one in keyed["models"][::-1])
    assert (priced.unpriced, unpriced.unpriced, unpriced.quoted) == (None, "formula", None)
    assert why_unpriced(priced) is None
    assert "by a formula" in (why_unpriced(unpriced) or "")


def test_a_list_never_fetched_is_offered_and_a_failed_fetch_told(app: AppTest) -> None:
    own(None)
    app.run()
    at(app)
    assert "The list was never fetched" in words(app)
    app.button(key="catalogue_refresh").click().run()
    assert not app.exception
    assert "could not be fetched just now" in words(app)


def test_refreshing_fetches_the_list_anew(app: AppTest) -> None:
    def fetched() -> datetime:
        found = door().engine.listing("demo")
        assert found is not None
        return found.at

    at(app)
    before = fetched()
    app.button(key="catalogue_refresh").click().run()
    assert not app.exception
    assert fetched() > before


def test_without_anything_set_up_it_says_what_to_do(app: AppTest) -> None:
    app.button(key="banner_leave").click().run()
    at(app)
    assert "You have no relay and no connection yet" in words(app)
    app.button(key="catalogue_add").click().run()
    assert app.title[0].value == "Connections"


def test_what_a_key_itself_lists_is_a_catalogue_too(app: AppTest) -> None:
    own([entry("gpt-4o")], [{"id": "direct", "provider": "openai", "base_url": "https://api.openai.com"}])
    body = json.dumps({"object": "list", "data": [{"id": "gpt-4o-mini"}, {"id": "tts-1"}]})
    door().own.ledger.write(lambda db: snapshots.put(db, "models", "direct", datetime.now(UTC), body))
    app.run()
    at(app, relay="connection:direct")
    rows = app.dataframe[0].value.set_index("model")
    assert set(rows.index) == {"gpt-4o-mini", "tts-1"}
    assert rows.loc["gpt-4o-mini"]["price"] == 0.15
    app.selectbox(key="catalogue_relay").select("mine").run()
    assert models(app) == ["gpt-4o"]
    assert app.query_params["relay"] == "mine"


def made(data: list[dict[str, Any]]) -> tuple[Listed, ...]:
    own(data)
    return listed(door().own.prices(), "relay:mine")


def test_the_file_is_read_by_spreadsheets_and_obeyed_by_none(app: AppTest) -> None:
    rows = made([entry("gpt-4o"), entry("=HYPERLINK(1)"), entry("@sum", quota_type=1, model_price=0.0000001)])
    text = file(rows)
    assert text.startswith("\ufeff")
    head, *lines = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    found = [dict(zip(head, line, strict=True)) for line in lines]
    assert [line["Model"] for line in found] == ["gpt-4o", "'=HYPERLINK(1)", "'@sum"]
    assert (found[0]["Price (input)"], found[0]["Output"], found[0]["Price is in"]) == ("2.5", "10", "USD / 1M tokens")
    assert (found[0]["Official price (input)"], found[0]["Mark-up"]) == ("2.5", "0")
    assert found[2]["Price (input)"] == "0.0000001"
    assert found[0]["Price from"] == "the relay's list"


def test_the_file_is_in_the_language_of_the_page_it_was_asked_on(app: AppTest) -> None:
    rows = made([entry("gpt-4o")])
    st.session_state[LANGUAGE] = "zh_CN"
    make = later(lambda: file(rows))
    del st.session_state[LANGUAGE]
    assert make().startswith("\ufeff模型,")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (Wanted(), ["gpt-4o", "claude-x", "tts-1"]),
        (Wanted(text="4o openai"), ["gpt-4o"]),
        (Wanted(text="key"), ["gpt-4o"]),  # by its connection
        (Wanted(capabilities=["speech"]), ["tts-1"]),
        (Wanted(states=["not_configured"]), ["claude-x", "tts-1"]),
        (Wanted(makers=["anthropic", "openai"], billing=["token"]), ["gpt-4o", "claude-x"]),
        (Wanted(usable=True), []),
    ],
)
def test_filters_are_put_together(app: AppTest, asked: Wanted, shown: list[str]) -> None:
    rows = made([entry("gpt-4o"), entry("claude-x"), entry("tts-1", quota_type=1, model_price=0.1)])
    assert [row.one.row.model for row in fitting(rows, asked)] == shown


def test_rows_are_put_into_words_once_for_each_basis(app: AppTest) -> None:
    rows = made([entry("gpt-4o")])
    assert listed(door().own.prices(), "relay:mine") is rows
    assert made([entry("gpt-4o"), entry("tts-1")]) is not rows
