"""The whole way a user goes, in both languages: from first start to his own key, to a prompt, to what it cost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from lib.i18n import Language, translator
from tests.conftest import DemoRelay
from tests.e2e.running import App
from tests.e2e.views import button, navigate, opened, settle

LOCALES: dict[str, Language] = {"zh-CN": "zh_CN", "en-US": "en"}
HIGH_BARS = """[...document.querySelector(".js-plotly-plot")?.querySelectorAll(".bars .point path") ?? []]
    .filter((bar) => bar.getBBox().height > 1).length"""
"""How many days have a bar in the first chart."""
Words = Callable[[str], str]


def key_of(demo: DemoRelay, id: str) -> str:
    """The key of one of the demo's connections."""
    found = (one["key"] for one in json.loads(demo.connections)["connections"] if one["id"] == id)
    return str(next(found))


def choose_provider(page: Page, words: Words, name: str) -> None:
    """Chooses whose API a new connection is for."""
    field = page.get_by_role("combobox", name=words("Provider")).first
    field.click()
    page.get_by_role("option", name=name).click()


@pytest.mark.parametrize("locale", LOCALES)
def test_from_first_start_to_what_a_call_cost(fresh_app: App, browser: Browser, demo: DemoRelay, locale: str) -> None:
    words = translator(LOCALES[locale])
    page = opened(browser, fresh_app.url, locale)
    button(page, words("Set up your own")).click()
    expect(page.get_by_role("heading", name=words("Connections"), exact=True, level=1)).to_be_visible()
    settle(page)
    choose_provider(page, words, "ChatGLM")
    expect(page.get_by_label(words("Short name"), exact=True)).to_have_value("zhipu")
    settle(page)
    address = page.get_by_label(words("Base URL"), exact=True)
    address.fill(demo.url + "/v1")
    address.press("Tab")
    expect(page.get_by_text(demo.url, exact=True).first).to_be_visible()
    page.get_by_label(words("Key"), exact=True).fill(key_of(demo, "chatglm"))
    button(page, words("Test connection")).click()
    ladder = page.locator(".st-key-outcome_usable")
    expect(ladder.get_by_text("glm-4-flash")).to_be_visible()
    button(page, words("Save"), exact=True).click()
    expect(page.get_by_text(words("Connection {id}").partition("{")[0].strip()).first).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav")).to_be_visible()
    expect(button(page, words("Leave the demo"))).to_have_count(0)

    navigate(page, words("Capability matrix"))
    usable = re.compile(f"^{words('Text')}.*{words('Should work')}", re.IGNORECASE)
    cell = button(page, usable)
    expect(cell).to_be_visible()
    settle(page)  # the ladder climbed after saving ends just now
    cell.click()
    button(page.get_by_role("dialog"), words("Use"), exact=True).click()

    expect(page.get_by_role("heading", name=words("Text"), exact=True, level=1)).to_be_visible()
    page.get_by_label(words("Prompt"), exact=True).fill("灯塔为什么会旋转？")
    button(page, re.compile(f"^{words('Generate — at most {amount}').partition(' ')[0]}")).click()
    expect(button(page, words("Download"), exact=True)).to_be_visible()

    navigate(page, words("Usage and cost"))
    page.wait_for_function(f"{HIGH_BARS} == 1")
    button(page, words("Details")).click()
    expect(page.get_by_role("heading", name=words("Call log"), exact=True, level=1)).to_be_visible()
    expect(page.get_by_text("灯塔为什么会旋转？").first).to_be_visible()
    button(page, words("All calls")).click()
    expect(button(page, words("Details"))).to_have_count(1)
    expect(page.get_by_test_id("stException")).to_have_count(0)
