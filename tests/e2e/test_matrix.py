"""In two clicks from the first page: why an API doesn't work and what to do; and from a cell that works to its page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.running import App
from tests.e2e.views import button, navigate, opened

WORDS = {
    "en-US": {
        "matrix": "Capability matrix", "provider": "Claude (Anthropic)", "text": "text", "not set up": "Not set up",
        "why": "There is no connection for Claude (Anthropic).", "do": "Get a key for it and add a connection.",
        "add": "Add a key", "should": "Should work", "use": "Use", "page": "Text", "prompt": "Prompt",
        "connection": "Connection", "model": "Model", "details": "Details",
    },
    "zh-CN": {
        "matrix": "能力矩阵", "provider": "Claude (Anthropic)", "text": "文本", "not set up": "未配置",
        "why": "还没有 Claude (Anthropic) 的连接。", "do": "请先获取密钥，再添加连接。",
        "add": "添加密钥", "should": "应可用", "use": "使用", "page": "文本", "prompt": "提示词",
        "connection": "连接", "model": "模型", "details": "详情",
    },
}  # fmt: skip


@pytest.mark.parametrize("locale", WORDS)
def test_why_claude_does_not_work_in_two_clicks(fresh_app: App, browser: Browser, locale: str) -> None:
    words = WORDS[locale]
    page = opened(browser, fresh_app.url, locale)
    navigate(page, words["matrix"])
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=words["provider"]))
    row.get_by_role("button", name=re.compile(f"^{words['text']}, {words['not set up']}")).click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(words["not set up"])).to_be_visible()
    expect(dialog.get_by_text(words["why"])).to_be_visible()
    expect(dialog.get_by_text(words["do"])).to_be_visible()
    expect(button(dialog, words["add"])).to_be_visible()
    expect(page).to_have_url(re.compile(r"/matrix\?cell=anthropic\.text$"))

    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).to_have_url(re.compile("/matrix$"))
    page.go_back()
    expect(page.get_by_role("dialog")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize("locale", WORDS)
def test_a_cell_that_works_leads_to_its_page_by_the_keyboard(fresh_app: App, browser: Browser, locale: str) -> None:
    words = WORDS[locale]
    page = opened(browser, fresh_app.url + "/matrix", locale)
    cell = button(page, re.compile(f"^{words['text']}, {words['should']}"))
    cell.focus()
    cell.press("Enter")
    button(page.get_by_role("dialog"), words["use"], exact=True).press("Enter")
    expect(page.get_by_role("heading", name=words["page"], exact=True, level=1)).to_be_visible()
    expect(page.get_by_label(words["prompt"], exact=True)).to_be_visible()
    for label, value in ((words["connection"], "chatglm"), (words["model"], "glm-4-flash")):
        expect(page.get_by_role("combobox", name=label, exact=True)).to_have_value(re.compile(value))


def test_a_check_in_an_open_cell_leaves_it_open(fresh_app: App, browser: Browser) -> None:
    page = opened(browser, fresh_app.url + "/matrix?cell=zhipu.text", "en-US")
    broke: list[Exception] = []
    page.on("pageerror", lambda error: broke.append(error))
    dialog = page.get_by_role("dialog")
    button(dialog, "Check", exact=True).click()
    expect(page.get_by_test_id("stToast").get_by_text("chatglm")).to_be_visible()
    expect(dialog.get_by_text("The line answers.")).to_be_visible()
    assert broke == []


def test_head_and_first_column_stay_put(fresh_app: App, browser: Browser) -> None:
    page = opened(browser, fresh_app.url + "/matrix", "en-US", width=1024)
    last = page.get_by_role("rowheader", name="Other providers", exact=True)
    first = page.get_by_role("columnheader", name="Provider")
    expect(first).to_be_visible()
    before = first.bounding_box()
    button(page, re.compile("^translation, ")).last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
    expect(page.get_by_role("columnheader", name="translation")).to_be_in_viewport()
    after = first.bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] == before["x"]


def test_all_capabilities_are_in_sight_on_a_wide_screen(fresh_app: App, browser: Browser) -> None:
    page = opened(browser, fresh_app.url + "/matrix", "en-US")
    last = page.get_by_role("columnheader", name="translation")
    expect(last).to_be_in_viewport(ratio=1)


def test_where_it_is_narrow_both_are_cards(fresh_app: App, browser: Browser) -> None:
    page = opened(browser, fresh_app.url + "/matrix?text=sora", "zh-CN", width=390)
    words = WORDS["zh-CN"]
    cell = button(page, re.compile(words["should"]))
    expect(cell).to_be_in_viewport()
    assert (box := cell.bounding_box()) is not None
    assert box["x"] + box["width"] <= 390

    page.goto(fresh_app.url + "/catalogue?text=sora-2-pro")
    button(page, words["details"]).click()
    expect(page.get_by_role("dialog").get_by_text("sora-2-pro")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)


def test_a_row_of_the_catalogue_opens_and_closes_by_its_address(fresh_app: App, browser: Browser) -> None:
    page = opened(browser, fresh_app.url + "/catalogue?text=sora-2&usable=yes", "en-US")
    table = page.get_by_test_id("stDataFrame")
    table.get_by_test_id("data-grid-canvas").click(position={"x": 18, "y": 55}, force=True)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("sora-2", exact=True).first).to_be_visible()
    expect(page).to_have_url(re.compile("model=sora-2"))
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page).not_to_have_url(re.compile("model="))
