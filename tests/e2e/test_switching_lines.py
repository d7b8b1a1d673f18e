"""The relay's lines in a browser: raced, one that is down told with what to do, another taken by hand."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.running import App
from tests.e2e.views import button, navigate, opened

WORDS = {
    "en-US": {
        "race": "Race the lines",
        "answered": "5 of 5 tries answered",
        "fastest": re.compile("is the fastest"),
        "down": "Line down",
        "what to do": re.compile("closed before an answer came.*choose another line"),
        "line": "Relay Demo, line {}",
        "checked": "Checked: 3 of 3 connections",
        "overview": "Overview",
    },
    "zh-CN": {
        "race": "线路测速",
        "answered": "5 次中 5 次有返回",
        "fastest": re.compile("最快"),
        "down": "线路不通",
        "what to do": re.compile("连接就被关闭了.*换一条线路"),
        "line": "中转站 Demo，线路 {}",
        "checked": "检测完成：3 / 3 个连接",
        "overview": "总览",
    },
}


def demo_relay(home: Path) -> str:
    """The address of the app's own demo relay."""
    return f"http://127.0.0.1:{(home / 'demo' / 'port').read_text()}"


@pytest.mark.parametrize("locale", WORDS)
def test_lines_are_raced_and_switched_by_hand(fresh_app: App, browser: Browser, locale: str) -> None:
    words = WORDS[locale]
    page = opened(browser, fresh_app.url + "/connections", locale)
    sidebar = page.get_by_test_id("stSidebar")
    race = button(page, str(words["race"]))
    race.click()
    expect(page.get_by_text(words["answered"])).to_have_count(3)
    expect(page.get_by_text(words["fastest"])).to_be_visible()
    expect(sidebar.get_by_text(str(words["line"]).format("HK"))).to_be_visible()  # a race switches nothing

    httpx.post(demo_relay(fresh_app.home) + "/demo/lines/us/fail").raise_for_status()
    race.click()
    expect(page.get_by_text(words["down"])).to_be_visible()
    expect(page.get_by_text(words["what to do"])).to_be_visible()
    expect(page.get_by_text(words["answered"])).to_have_count(2)

    page.get_by_role("radio", name="Official", exact=True).click()
    expect(sidebar.get_by_text(str(words["line"]).format("Official"))).to_be_visible()
    expect(page.get_by_text(str(words["checked"]))).to_be_visible()
    navigate(page, str(words["overview"]))
    expect(page.get_by_role("radio", name="Official", exact=True)).to_be_checked()
    expect(page.get_by_test_id("stMain").get_by_text(str(words["line"]).format("Official"))).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_line_that_is_down_says_so_of_every_connection(fresh_app: App, browser: Browser) -> None:
    page = opened(browser, fresh_app.url + "/connections", "en-US")
    expect(button(page, "Race the lines")).to_be_visible()
    httpx.post(demo_relay(fresh_app.home) + "/demo/lines/us/fail").raise_for_status()
    page.get_by_role("radio", name="US", exact=True).click()
    expect(page.get_by_text(re.compile("Checked: 3 of 3 connections, 3 failed"))).to_be_visible()
    navigate(page, "Overview")
    expect(page.get_by_text("Line down").first).to_be_visible()
    page.get_by_role("radio", name="HK", exact=True).click()
    expect(page.get_by_text(re.compile("3 of [5-9]\\d\\d listed APIs work"))).to_be_visible()
