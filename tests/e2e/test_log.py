"""A call made on the Text page stands in the log, is found by two characters of its prompt, told, and run again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.running import App
from tests.e2e.test_first_path import log, write
from tests.e2e.views import button, navigate, opened, settle

PROMPT = "给我讲讲海边灯塔的故事"
WORDS = {
    "en-US": {
        "log": "Call log", "text": "Text", "prompt": "Prompt", "download": "Download", "search": "Text in the prompt",
        "details": "Details", "timeline": "Timeline", "per million": "per million", "again": "Run again",
        "none": "No call matches.", "clear": "Clear filters", "table": "Table", "all": "All calls",
        "csv": "CSV",
    },
    "zh-CN": {
        "log": "调用日志", "text": "文本", "prompt": "提示词", "download": "下载", "search": "提示词中的文字",
        "details": "详情", "timeline": "时间线", "per million": "百万", "again": "再次运行",
        "none": "没有符合条件的调用。", "clear": "清除筛选", "table": "表格", "all": "全部调用",
        "csv": "导出 CSV",
    },
}  # fmt: skip


def search(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")


def exported(page: Page, words: dict[str, str]) -> str:
    """The file that the page's link leads to, of the one call that is found."""
    page.locator(".st-key-log_export").get_by_role("button").click()
    with page.expect_download() as begun:
        page.get_by_role("link", name=words["csv"]).click()
    text = begun.value.path().read_text("utf-8-sig")
    assert len(text.splitlines()) == 2
    assert "succeeded" in text
    page.keyboard.press("Escape")
    settle(page)
    return text


@pytest.mark.parametrize("locale", WORDS)
def test_a_call_is_found_told_and_run_again(fresh_app: App, browser: Browser, locale: str) -> None:
    words = WORDS[locale]
    page = opened(browser, fresh_app.url + "/text", locale)
    write(page, PROMPT, locale)
    expect(button(page, words["download"])).to_be_visible()

    navigate(page, words["log"])
    search(page, words["search"], "火车")
    expect(page.get_by_text(words["none"])).to_be_visible()
    button(page, words["clear"]).last.click()
    search(page, words["search"], "灯塔")
    expect(page).to_have_url(re.compile("text="))
    expect(page.get_by_text(PROMPT).first).to_be_visible()
    settle(page)
    assert PROMPT not in exported(page, words)
    button(page, words["details"]).click()

    expect(page.get_by_role("heading", name=words["timeline"])).to_be_visible()
    expect(page.get_by_text(words["per million"]).first).to_be_visible()
    expect(page).to_have_url(re.compile("call="))
    page.reload()
    (call,) = log(fresh_app.home)
    expect(page.get_by_text(call["request_id"]).first).to_be_visible()
    button(page, words["again"]).click()
    expect(page.get_by_role("heading", name=words["text"], level=1, exact=True)).to_be_visible()
    expect(page.get_by_label(words["prompt"], exact=True)).to_have_value(PROMPT)
    assert len(log(fresh_app.home)) == 1
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_row_of_the_table_leads_to_its_call_and_back(fresh_app: App, browser: Browser) -> None:
    words = WORDS["en-US"]
    page = opened(browser, fresh_app.url + "/text")
    write(page, PROMPT)
    expect(button(page, words["download"])).to_be_visible()
    page.goto(fresh_app.url + "/log")
    page.get_by_role("radio", name=words["table"]).click()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    table.click(position={"x": 16, "y": 52})
    expect(page.get_by_role("heading", name=words["timeline"])).to_be_visible()
    button(page, words["all"]).click()
    expect(table).to_be_visible()
    expect(page.get_by_role("heading", name=words["timeline"])).to_have_count(0)
