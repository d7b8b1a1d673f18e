"""Connections: set up, tested as typed, saved, edited, copied, removed; and no key stays in the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from lib.verdicts.tried import Tried
from tests.conftest import DemoRelay, start_demo, stop_demo
from tests.ui.conftest import go, words
from ui.climb import Climb
from ui.demo import story
from ui.engine import door

P = "draft_connection_"
SECRETS = {one["id"]: one["key"] for one in json.loads(DemoRelay("http://x:1").connections)["connections"]}
CHATGLM = SECRETS["chatglm"]
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def relay() -> Iterator[DemoRelay]:
    process, found = start_demo("--speed", "1000")
    yield found
    stop_demo(process)


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return go(app, "connections")


def key_field(page: AppTest) -> str:
    (name,) = (one.key for one in page.text_input if one.key.startswith("connection_key_"))
    return str(name)


def type_in(page: AppTest, *, key: str = "", **fields: str) -> AppTest:
    """Fills in text fields by their name, and the key."""
    for name, value in fields.items():
        page.text_input(key=P + name).set_value(value)
    page.text_input(key=key_field(page)).set_value(key)
    return page.run()


def press(page: AppTest, button: str) -> AppTest:
    page.button(key=f"connection_{button}").click().run()
    return settled(page)


def settled(page: AppTest) -> AppTest:
    """The page once the ladder that is climbed has ended."""
    if "connection_climb" in page.session_state:
        page.session_state["connection_climb"].work.exception()
    return page.run()


def saved(page: AppTest, relay: DemoRelay) -> AppTest:
    type_in(page, address=relay.url, key=CHATGLM)
    page.selectbox(key=P + "provider").set_value("zhipu").run()
    return press(page, "save")


def test_the_other_pages_tell_of_the_check_of_what_was_saved(page: AppTest, silent: str) -> None:
    type_in(page, address=silent, id="mine", key=CHATGLM)
    page.button(key="connection_save").click().run()
    go(page, "matrix")
    (link,) = [one for one in page.sidebar.get("page_link") if "Checking" in one.proto.label]
    assert link.proto.label == "Checking mine"


class Ending(Future[Tried]):
    """Work that ends while the page is drawn: after it was asked twice whether it has."""

    asked = 0

    def done(self) -> bool:
        self.asked += 1
        if self.asked == 3:
            self.set_result(Tried("", (), (), ()))
        return super().done()


def test_a_test_that_ends_while_the_page_is_drawn_leaves_nothing_locked(page: AppTest) -> None:
    found = Climb("mine", saved=False)
    found.work = Ending()
    page.session_state["connection_climb"] = found
    page.run()
    assert not page.button(key="connection_test").disabled


def test_an_empty_page_says_what_to_do_and_opening_it_sends_nothing(page: AppTest) -> None:
    assert not page.exception
    assert "Paste the key and test it" in words(page)
    assert page.text_input(key=key_field(page)).value == ""
    assert not door().own.facts().evidence
    assert "once you save a connection of your own" in words(page)


def test_a_test_shows_each_rung_and_saves_nothing(page: AppTest, relay: DemoRelay) -> None:
    type_in(page, address=relay.url + "/v1", key=f" Bearer {CHATGLM} ")
    press(page, "test")
    said = words(page)
    assert not page.exception
    for seen in ("**line**", "**key**", "**quota**", "**permission**", "Relayscope Demo", "USD 3\\.20", "glm-4-flash"):
        assert seen in said
    assert "Nothing was saved." in said
    assert door().own.configuration().connections == ()
    assert page.text_input(key=key_field(page)).value.strip().endswith(CHATGLM)


FAILING = {
    "expired": ("Key expired", "Renew the key"),
    "exhausted": ("Out of quota", "Top up the key"),
    "disabled": ("Key refused", "Enable the key"),
    "banned": ("Key refused", "Ask the relay why"),
    "balance": ("Out of quota", "No quota is left"),
    "region": ("Region blocked", "region"),
    "limited": ("Rate limited", ""),
    "html": ("Wrong address", "Check the base URL", "log in there"),
}


@pytest.mark.parametrize("id", FAILING)
def test_a_failing_key_says_its_own_cause_and_remedy(page: AppTest, relay: DemoRelay, id: str) -> None:
    type_in(page, address=relay.url, key=SECRETS[id])
    press(page, "test")
    assert not page.exception
    for told in FAILING[id]:
        assert told in words(page)


def test_a_saved_one_that_fails_says_why_and_what_to_do_when_it_is_opened(page: AppTest, relay: DemoRelay) -> None:
    type_in(page, address=relay.url, key=SECRETS["expired"])
    press(page, "save")
    page.query_params["id"] = "openai"
    again = go(page, "connections")
    assert not again.exception
    assert "Renew the key in the console it came from" in words(again)
    assert any("An API call failed" in one.value for one in again.code)


def test_a_key_that_may_not_use_the_model_says_so(page: AppTest, relay: DemoRelay) -> None:
    type_in(page, address=relay.url, key=SECRETS["forbidden"])
    page.session_state[P + "models"] = ["gpt-4o"]
    press(page.run(), "test")
    assert "No permission" in words(page)
    assert "Allow it for this key" in words(page)


@pytest.mark.parametrize("id", ["saturated", "no_channel"])
def test_what_only_a_call_can_tell_passes_the_free_rungs(page: AppTest, relay: DemoRelay, id: str) -> None:
    type_in(page, address=relay.url, key=SECRETS[id])
    press(page, "test")
    assert "Should work" in words(page)


def test_saving_checks_shows_a_card_and_keeps_no_key_in_the_page(page: AppTest, relay: DemoRelay) -> None:
    before = key_field(page)
    saved(page, relay)
    assert not page.exception
    assert not door().is_demo
    (one,) = door().own.configuration().connections
    assert (one.id, one.key_tail) == ("zhipu", CHATGLM[-4:])
    assert page.button(key="open_zhipu")
    assert f"••••{CHATGLM[-4:]}" in words(page)
    assert "Should work" in words(page)
    assert page.query_params["id"] in ("zhipu", ["zhipu"])
    assert key_field(page) != before
    assert page.text_input(key=key_field(page)).value == ""
    assert page.text_input(key=key_field(page)).placeholder.startswith(f"•••• {CHATGLM[-4:]}")
    assert CHATGLM not in str(page.session_state)
    assert CHATGLM not in words(page)
    (relay_there,) = door().own.configuration().relays
    assert relay_there.chosen.base_url == relay.url


WRONG = {
    "no address": ({"address": "", "key": "sk-12345678"}, "Type the base URL"),
    "no address at all": ({"address": "what?", "key": "sk-12345678"}, "Type"),
    "documentation": ({"address": "https://docs.example.com", "key": "sk-12345678"}, "documentation page"),
    "no key": ({"address": NOWHERE}, "Enter the key: a connection is tested and saved with one."),
    "key with a space": ({"address": NOWHERE, "key": "sk-12 34"}, "Key: the key has a space"),
    "key with dots": ({"address": NOWHERE, "key": "sk-12…34"}, "Key: the key has characters"),
    "id": ({"address": NOWHERE, "key": "sk-12345678", "id": "Not an id"}, "Short name: must be small letters"),
    "no id": ({"address": NOWHERE, "key": "sk-12345678", "id": ""}, "Short name: must be small letters"),
}


@pytest.mark.parametrize("button", ["test", "save"])
@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_at_the_form_and_nothing_typed_is_lost(page: AppTest, case: str, button: str) -> None:
    fields, told = WRONG[case]
    type_in(page, **fields)
    press(page, button)
    assert not page.exception
    (error,) = page.error
    assert told in error.value.replace("\\", "")
    assert "sk-12" not in error.value
    assert page.text_input(key=P + "address").value == fields["address"]
    assert page.text_input(key=key_field(page)).value == fields.get("key", "")
    assert door().own.configuration().connections == ()


def test_errors_of_prices_name_the_row_and_column(page: AppTest) -> None:
    type_in(page, address=NOWHERE, key="sk-12345678")
    page.session_state[P + "prices"] = [{}, {"model": "m", "unit": "call", "amount": "cheap"}]
    press(page.run(), "save")
    assert page.error[0].value.replace("\\", "").startswith("Own prices, row 2, Amount: must be an amount")


@pytest.mark.parametrize(
    ("price", "told"),
    [
        ({"unit": "call", "input": "1"},
         "priced per call, it takes Amount; leave Input, Output and Cached input empty."),
        ({"unit": "token", "amount": "1", "input": "1"},
         "priced per token, it takes either Amount, or Input (and Output, Cached input)."),
    ],
)  # fmt: skip
def test_errors_of_prices_use_the_words_of_the_table(page: AppTest, price: dict[str, str], told: str) -> None:
    type_in(page, address=NOWHERE, key="sk-12345678")
    page.session_state[P + "prices"] = [{"model": "m", **price}]
    press(page.run(), "save")
    assert page.error[0].value.replace("\\", "") == f"Own prices, row 1: {told}"


def test_what_came_by_import_and_has_no_column_is_shown_and_kept(app: AppTest) -> None:
    price = {"model": "deep", "unit": "token", "input": "1", "tiers": [{"above": 200000, "input": "2.5"}]}
    own = {"id": "mine", "provider": "openai", "base_url": NOWHERE, "key": "sk-12345678", "prices": [price]}
    door().own.import_(json.dumps({"connections": [own]}))
    app.query_params["id"] = "mine"
    page = go(app, "connections")
    assert "deep · Above 200,000 tokens of input, per 1M: Input tokens USD 2.50" in words(page).replace("\\", "")
    press(page, "save")
    assert not page.error
    (one,) = door().own.configuration().connections[0].prices
    assert [tier.rates for tier in one.tiers or ()] == [{"input": Decimal("2.5")}]


def test_an_id_that_is_taken_replaces_nothing(page: AppTest, relay: DemoRelay) -> None:
    saved(page, relay)
    page.button(key="connection_new").click().run()
    type_in(page, id="zhipu", key=SECRETS["all"])
    press(page, "save")
    assert "is taken already" in page.error[0].value
    (one,) = door().own.configuration().connections
    assert one.key_tail == CHATGLM[-4:]
    assert page.text_input(key=key_field(page)).value == SECRETS["all"]


def test_editing_keeps_the_key_and_what_was_seen(page: AppTest, relay: DemoRelay) -> None:
    saved(page, relay)
    page.session_state[P + "models"] = ["glm-4-flash"]
    press(page.run(), "save")
    assert not page.exception
    assert not page.error
    (one,) = door().own.configuration().connections
    assert (one.models, one.key_tail) == (("glm-4-flash",), CHATGLM[-4:])
    assert door().own.keys.read("zhipu") is not None
    assert "Should work" in words(page)


def test_a_new_address_asks_for_the_key_again(page: AppTest, relay: DemoRelay) -> None:
    saved(page, relay)
    page.selectbox(key=P + "way").set_value("own").run()
    type_in(page, address="http://127.0.0.1:8")
    for button in ("test", "save"):
        press(page, button)
        assert "Enter the key again" in page.error[0].value
    assert door().own.configuration().connections[0].relay is not None


def test_a_copy_has_an_id_of_its_own_and_no_key(page: AppTest, relay: DemoRelay) -> None:
    saved(page, relay)
    page.button(key="connection_copy").click().run()
    assert page.text_input(key=P + "id").value == "zhipu_2"
    assert page.text_input(key=key_field(page)).placeholder == "sk-…"
    press(page, "save")
    assert "Enter the key" in page.error[0].value
    type_in(page, key=SECRETS["all"])
    press(page, "save")
    assert [one.id for one in door().own.configuration().connections] == ["zhipu", "zhipu_2"]
    assert len(door().own.configuration().relays) == 1


def test_removing_says_what_depends_on_it_first(page: AppTest, relay: DemoRelay) -> None:
    saved(page, relay)
    page.button(key="connection_remove").click().run()
    said = words(page)
    assert "Its saved key is deleted here" in said
    assert "Its calls stay in the log: 0." in said
    assert "Nothing else uses the relay" in said
    page.checkbox(key="connection_with_relay").check()
    page.button(key="remove_yes").click().run()
    page.run()
    assert not page.exception
    assert door().own.configuration().connections == ()
    assert door().own.configuration().relays == ()
    assert door().own.keys.read("zhipu") is None
    assert "Your first connection" in words(page)


def test_a_relay_that_others_use_is_not_offered_for_removal(page: AppTest) -> None:
    door().own.import_(story(NOWHERE))
    page.run()
    page.button(key="open_sora").click().run()
    page.button(key="connection_remove").click().run()
    assert "also used by: gemini, chatglm" in words(page)
    assert not page.checkbox
    page.button(key="remove_yes").click().run()
    assert [one.id for one in door().own.configuration().connections] == ["gemini", "chatglm"]
    assert len(door().own.configuration().relays) == 1


@pytest.mark.parametrize(
    ("view", "title", "provider"),
    [
        ({"id": "gemini"}, "Connection gemini", "gemini"),
        ({"new": "anthropic"}, "New connection", "anthropic"),
        ({"new": "nobody"}, "New connection", "openai"),
        ({"id": "nobody"}, "New connection", "openai"),
    ],
)
def test_the_address_says_what_is_open(app: AppTest, view: dict[str, str], title: str, provider: str) -> None:
    door().own.import_(story(NOWHERE))
    app.query_params.update(view)
    go(app, "connections")
    assert not app.exception
    assert title in [one.value for one in app.subheader]
    assert app.selectbox(key=P + "provider").value == provider
    if view == {"id": "nobody"}:
        assert "There is no connection nobody" in words(app)
    if "new" in view:
        assert app.text_input(key=P + "id").value == (provider if provider != "gemini" else "gemini_2")


@pytest.mark.parametrize("button", ["open_sora", "connection_copy", "connection_check", "connection_save"])
def test_what_another_tab_has_removed_is_told(page: AppTest, button: str) -> None:
    door().own.import_(story(NOWHERE))
    page.run()
    page.button(key="open_sora").click().run()
    door().own.remove_connection("sora")
    page.button(key=button).click().run()
    assert not page.exception
    assert "There is no connection sora" in words(page)
    assert [one.value for one in page.title] == ["Connections"]
    assert [one.key for one in page.button if one.key.startswith("open_")] == ["open_gemini", "open_chatglm"]


def test_a_removed_one_in_the_list_leaves_what_is_typed(page: AppTest) -> None:
    door().own.import_(story(NOWHERE))
    type_in(page, id="mine", key="sk-half-typed")
    door().own.remove_connection("sora")
    page.button(key="open_sora").click().run()
    assert "There is no connection sora" in words(page)
    assert page.text_input(key=P + "id").value == "mine"
    assert page.text_input(key=key_field(page)).value == "sk-half-typed"


WRONG_ID = {"address": NOWHERE, "key": "sk-12345678", "id": "Not an id"}


CORRECTIONS = [{"id": "mine"}, {"address": NOWHERE + "1"}, {"key": "sk-1"}, {"relay_name": "Mine"}]


@pytest.mark.parametrize("correct", CORRECTIONS)
def test_what_was_wrong_goes_with_any_change(page: AppTest, correct: dict[str, str]) -> None:
    type_in(page, **WRONG_ID)
    assert press(page, "save").error
    type_in(page, **{**WRONG_ID, **correct})
    assert not page.error


def test_what_was_wrong_is_not_there_again_on_coming_back(page: AppTest) -> None:
    type_in(page, **WRONG_ID)
    assert press(page, "save").error
    go(page, "overview")
    assert not go(page, "connections").error


def test_what_is_wrong_is_said_also_where_the_button_sends_the_change(page: AppTest) -> None:
    page.text_input(key=P + "address").set_value(NOWHERE)
    page.button(key="connection_save").click().run()
    assert page.error


def test_what_is_typed_outlives_a_change_of_page_but_the_key_does_not(page: AppTest) -> None:
    type_in(page, address=NOWHERE, key="sk-half-typed")
    go(page, "overview")
    assert "sk-half-typed" not in str(page.session_state)
    go(page, "connections")
    assert page.text_input(key=P + "address").value == NOWHERE
    assert page.text_input(key=key_field(page)).value == ""


def test_many_connections_are_searched(page: AppTest) -> None:
    many = [{"id": f"key{n}", "provider": "openai" if n else "zhipu"} for n in range(30)]
    door().own.import_(json.dumps({"connections": [
        {**one, "base_url": NOWHERE} for one in many
    ]}))  # fmt: skip
    page.run()
    assert len([one for one in page.button if one.key.startswith("open_")]) == 12
    page.text_input(key="connection_sought").set_value("chatglm").run()
    assert [one.key for one in page.button if one.key.startswith("open_")] == ["open_key0"]
    page.text_input(key="connection_sought").set_value("nobody").run()
    assert "No connection matches." in words(page)
    page.button(key="connection_sought_clear").click().run()
    assert page.text_input(key="connection_sought").value == ""
    assert len([one for one in page.button if one.key.startswith("open_")]) == 12
    assert "No connection matches." not in words(page)


def test_what_a_new_key_would_give_leads_to_its_form(app: AppTest) -> None:
    page = go(app, "connections")
    assert "through Demo" in words(page)
    assert "on your machine, without a key · text, embeddings" in words(page).replace("\u00a0", " ")
    assert "without a key · text, embeddings · per token" not in words(page).replace("\u00a0", " ")
    assert "new_key_for_sora" not in [one.key for one in page.button]
    page.button(key="new_key_for_elevenlabs").click().run()
    assert not page.exception
    assert page.selectbox(key="draft_connection_provider").value == "elevenlabs"


def test_an_import_says_what_it_will_do_and_is_saved_without_sending(page: AppTest) -> None:
    door().own.import_(json.dumps({"connections": [{"id": "sora", "provider": "custom", "base_url": NOWHERE}]}))
    page.session_state["import_text_1"] = story(NOWHERE)
    page.button(key="connections_import").click().run()
    said = words(page)
    assert "Adds gemini, chatglm" in said
    assert "Replaces sora" in said
    assert "New relays: Demo" in said
    page.button(key="import_save").click().run()
    page.run()
    assert not page.exception
    assert len(door().own.configuration().connections) == 3
    assert not door().own.facts().evidence
    assert "sk-demo" not in str(page.session_state)


def import_form() -> None:
    from ui.connect import form

    form()


@pytest.mark.parametrize("text", ["", "{", '{"connections": [{"id": "x", "nonsense": 1}]}'])
def test_a_bad_import_says_so_and_saves_nothing(text: str) -> None:
    app = AppTest.from_function(import_form, default_timeout=60).run()
    app.text_area(key="import_text_0").set_value(text)
    app.button(key="import_save").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert door().own.configuration().connections == ()


def test_the_page_says_where_keys_are_kept(page: AppTest, relay: DemoRelay) -> None:
    saved(page, relay)
    assert "Keys are kept in a file that only you can read" in words(page)
