"""Connections in a browser: a first one typed in, tested, saved and removed; and each key that fails says why."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from lib.causes import CAUSES, reason, words
from lib.i18n import translator
from tests.conftest import DemoRelay
from tests.e2e.running import App
from tests.e2e.views import button, opened, settle
from ui.rungs import ONLY_A_CALL

WORDS = {
    "en-US": {
        "set up": "Set up your own",
        "title": "Connections",
        "address": "Base URL",
        "key": "Key",
        "models": "Models",
        "test": "Test connection",
        "save": "Save",
        "works": "Should work",
        "relay": "It is the relay Relayscope Demo",
        "left": "USD 3.20 left",
        "unsaved": "Nothing was saved.",
        "demo": "You are looking at the demo relay",
        "open": "Connection openai",
        "remove": "Remove",
        "first": "Your first connection",
        "with relay": "Also remove this relay with its lines",
    },
    "zh-CN": {
        "set up": "配置自己的密钥",
        "title": "API 接口配置",
        "address": "Base URL（接口地址）",
        "key": "密钥（API Key）",
        "models": "模型",
        "test": "测试连接",
        "save": "保存",
        "works": "应可用",
        "relay": "这是中转 Relayscope Demo",
        "left": "剩余 USD 3.20",
        "unsaved": "未保存任何内容。",
        "demo": "您正在查看演示中转站",
        "open": "连接 openai",
        "remove": "移除",
        "first": "您的第一个连接",
        "with relay": "同时移除该中转及其线路",
    },
}
FAILING = {
    "forbidden": "not_in_key_list",
    "expired": "key_expired",
    "exhausted": "key_quota_exhausted",
    "disabled": "key_disabled",
    "banned": "account_banned",
    "region": "relay_region_blocked",
    "limited": "rate_limited",
    "balance": "quota_empty",
    "html": "html_page",
}
"""What the free rungs tell of each key of docs/demo.md that fails."""
AT_A_CALL = ("saturated", "no_channel")
"""Those that fail at a call only."""


def secrets(demo: DemoRelay) -> dict[str, str]:
    return {one["id"]: one["key"] for one in json.loads(demo.connections)["connections"]}


def type_address(page: Page, label: str, typed: str, shown: str) -> None:
    """Types a base URL once the page stands, and waits until the form has told what it became."""
    settle(page)
    field = page.get_by_label(label, exact=True)
    field.fill(typed)
    field.press("Tab")
    expect(page.get_by_text(shown, exact=True).first).to_be_visible()


@pytest.mark.parametrize("locale", WORDS)
def test_a_first_connection_is_typed_in_tested_saved_and_removed(
    fresh_app: App, browser: Browser, demo: DemoRelay, locale: str
) -> None:
    told, key = WORDS[locale], secrets(demo)["chatglm"]
    page = opened(browser, fresh_app.url, locale)
    button(page, told["set up"]).click()
    expect(page.get_by_role("heading", name=told["title"], exact=True, level=1)).to_be_visible()
    field = page.get_by_label(told["key"], exact=True)
    expect(field).to_have_value("")
    type_address(page, told["address"], demo.url + "/v1/chat/completions", demo.url)
    field.fill(f" Bearer {key}")
    button(page, told["test"]).click()
    for seen in ("relay", "left", "works", "unsaved"):
        expect(page.get_by_text(told[seen]).first).to_be_visible()
    expect(page.get_by_text(told["demo"])).to_be_visible()

    button(page, told["save"], exact=True).dblclick()
    expect(page.get_by_role("heading", name=told["open"])).to_be_visible()
    card = page.locator(".st-key-card_openai")
    expect(card.get_by_text(told["works"]).first).to_be_visible()
    expect(card.get_by_text(key[-4:])).to_be_visible()
    expect(page.locator("[class*=st-key-card_]")).to_have_count(1)
    expect(page.get_by_text(told["demo"])).to_have_count(0)
    expect(page.get_by_label(told["key"], exact=True)).to_have_value("")

    page.reload()
    expect(page.get_by_role("heading", name=told["open"])).to_be_visible()
    expect(page.get_by_label(told["key"], exact=True)).to_have_value("")
    assert key not in page.content()
    page.locator(".st-key-connection_remove").get_by_role("button").click()
    page.get_by_role("dialog").get_by_text(told["with relay"]).click()
    button(page.get_by_role("dialog"), told["remove"], exact=True).dblclick()
    expect(page.get_by_role("heading", name=told["first"])).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("[class*=st-key-card_]")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("locale", WORDS)
def test_each_failing_key_says_its_own_cause_and_remedy(
    fresh_app: App, browser: Browser, demo: DemoRelay, locale: str
) -> None:
    told, keys = WORDS[locale], secrets(demo)
    page = opened(browser, fresh_app.url + "/connections", locale)
    type_address(page, told["address"], demo.url, demo.url)
    say = translator("zh_CN" if locale == "zh-CN" else "en")
    models = page.get_by_role("combobox", name=re.compile(told["models"]))
    models.fill("gpt-4o")
    models.press("Enter")
    for id, code in FAILING.items():
        settle(page)
        page.get_by_label(told["key"], exact=True).fill(keys[id])
        button(page, told["test"]).click()
        why = words(reason(CAUSES[code], address=demo.url, model="gpt-4o"), say)
        ladder = page.locator(".st-key-ladder")
        expect(ladder.get_by_text(why.message)).to_be_visible()
        expect(ladder.get_by_text(why.remedy)).to_be_visible()
        expect(page.get_by_text(told["unsaved"])).to_be_visible()
    models.press("Backspace")  # takes the model away again
    for id in AT_A_CALL:
        settle(page)
        page.get_by_label(told["key"], exact=True).fill(keys[id])
        button(page, told["test"]).click()
        outcome = page.locator(".st-key-outcome_usable")
        expect(outcome.get_by_text(say(ONLY_A_CALL))).to_be_visible()
        expect(outcome.get_by_text("gpt-4o-mini")).to_be_visible()
    expect(page.locator("[class*=st-key-card_]")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_key_that_is_left_by_tab_is_the_one_that_is_tested(
    fresh_app: App, browser: Browser, demo: DemoRelay
) -> None:
    told, keys = WORDS["en-US"], secrets(demo)
    page = opened(browser, fresh_app.url + "/connections")
    type_address(page, told["address"], demo.url, demo.url)
    field, ladder = page.get_by_label(told["key"], exact=True), page.locator(".st-key-ladder")
    for id, leave in {"expired": "Enter", "disabled": "Tab", "exhausted": "Shift+Tab"}.items():
        settle(page)
        field.fill(keys[id])
        field.press(leave)
        button(page, told["test"]).click()
        why = words(reason(CAUSES[FAILING[id]], address=demo.url, model="gpt-4o"), translator("en"))
        expect(ladder.get_by_text(why.message)).to_be_visible()
