"""Usage and cost in a browser: a call's bar and its row appear, a click filters, the dearest call is reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from lib.ledger import Ledger
from tests.e2e.running import App, app
from tests.e2e.views import button, navigate, opened
from tests.many_calls import fill
from tests.states import leave_demo

WORDS = {
    "en-US": {
        "text": "Text", "prompt": "Prompt", "generate": r"^Generate", "usage": "Usage and cost", "download": "Download",
        "table": "Show as table", "details": "Details", "log": "Call log", "spend": "Spend",
    },
    "zh-CN": {
        "text": "文本", "prompt": "提示词", "generate": r"^生成", "usage": "用量与费用", "download": "下载",
        "table": "以表格显示", "details": "详情", "log": "调用日志", "spend": "花费",
    },
}  # fmt: skip


@pytest.mark.parametrize("locale", WORDS)
def test_a_calls_bar_is_on_the_page_and_its_row_in_the_log(fresh_app: App, browser: Browser, locale: str) -> None:
    words = WORDS[locale]
    page = opened(browser, fresh_app.url + "/text", locale)
    page.get_by_label(words["prompt"], exact=True).fill("Tell me about lighthouses. 灯塔")
    button(page, re.compile(words["generate"])).click()
    expect(button(page, words["download"], exact=True)).to_be_visible()

    navigate(page, words["usage"])
    chart = page.get_by_test_id("stPlotlyChart").first
    bar = chart.locator(".barlayer .point path")
    expect(bar.last).to_be_visible()
    heights = [box["height"] for one in bar.all() if (box := one.bounding_box())]
    assert sum(height > 1 for height in heights) == 1
    chart.locator(".barlayer .point path").last.hover(force=True)
    expect(chart.locator(".hoverlayer")).to_contain_text(re.compile(r"[A-Z]{3} 0\.0*[1-9]"))

    button(page, re.compile(words["details"])).first.click()
    expect(page.get_by_role("heading", name=words["log"], exact=True, level=1)).to_be_visible()
    assert "call=" in page.url
    expect(page.get_by_text("灯塔").first).to_be_visible()


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app of a user of half a year."""
    home: Path = tmp_path_factory.mktemp("busy") / "home"
    leave_demo(home)
    with Ledger.open(None, home) as ledger:
        fill(ledger, 3_000)
    with app(home) as running:
        yield running


def test_a_click_on_a_bar_shows_it_alone(busy: App, browser: Browser) -> None:
    page = opened(browser, busy.url + "/usage")
    bars = page.get_by_test_id("stPlotlyChart").first.locator(".barlayer .trace").first.locator(".point path")
    expect(bars.filter(visible=True).first).to_be_visible()  # not the last: a day that has just begun is still flat
    tallest = max(bars.all(), key=lambda one: (one.bounding_box() or {"height": 0.0})["height"])
    tallest.click(force=True)
    chip = page.locator(".st-key-usage_drop_provider")
    expect(chip).to_be_visible()
    assert "provider=" in page.url
    assert "by=model" in page.url
    chip.get_by_role("button").click()
    expect(chip).to_have_count(0)
    assert "provider=" not in page.url


def test_a_view_is_kept_in_its_address(busy: App, browser: Browser) -> None:
    page = opened(browser, busy.url + "/usage?range=all&by=connection&capability=image")
    expect(page.locator(".st-key-usage_drop_capability")).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart").first).to_contain_text("gemini")
    expect(page.get_by_test_id("stException")).to_have_count(0)
