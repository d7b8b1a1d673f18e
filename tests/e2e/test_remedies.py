"""Every key that fails: found in the matrix, its evidence read, its remedy followed at the relay, until it works."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lib.causes import CAUSES, reason, words
from lib.engine import Engine
from lib.i18n import Language, choose, translator
from tests.conftest import DemoRelay
from tests.e2e.running import app
from tests.e2e.views import button, opened, settle

WORDS = {
    "en-US": {
        "check": "Check now", "check one": "Check", "connection": "Connection", "rests on": "What it rests on",
        "console": "Open console", "works": "Should work", "worked": "Done", "prompt": "Prompt", "generate": "Generate",
        "text": "text",
    },
    "zh-CN": {
        "check": "立即检测", "check one": "检测", "connection": "连接", "rests on": "依据",
        "console": "打开控制台", "works": "应可用", "worked": "已完成", "prompt": "提示词", "generate": "生成",
        "text": "文本",
    },
}  # fmt: skip
REMEDIES = {
    "expired": ("key_expired", "renew"),
    "exhausted": ("key_quota_exhausted", "top-up"),
    "disabled": ("key_disabled", "enable"),
    "forbidden": ("not_in_key_list", "permit"),
    "banned": ("account_banned", "enable"),
    "balance": ("quota_empty", "top-up"),
    "region": ("relay_region_blocked", "unblock"),
    "limited": ("rate_limited", "unlimit"),
    "html": ("html_page", "repair"),
}
"""By connection of demo/connections.json: its cause, and what lifts it on the demo relay's page."""
AT_A_CALL = {"saturated": ("saturated", "unlimit"), "no_channel": ("no_channel", "repair")}
"""Those that fail at a call only."""


PARAMETER = re.compile(r"\{\w+\}|this model|该模型")


def told(code: str, language: Language) -> list[re.Pattern[str]]:
    """What is said of a cause and what to do about it, whatever stands for the parameters."""
    why = words(reason(CAUSES[code]), translator(language))
    return [re.compile(".+".join(map(re.escape, PARAMETER.split(one)))) for one in (why.message, why.remedy)]


def follow(page: Page, demo: DemoRelay, connection: str, action: str) -> None:
    """Presses the button on the relay's own page, in another tab."""
    console = page.context.new_page()
    console.goto(demo.url)
    console.locator(f'form[action$="/demo/keys/{connection}/{action}"] button').click()
    expect(console.locator("body")).to_be_visible()
    console.close()


def choose_connection(dialog: Locator, label: str, connection: str) -> None:
    """Shows the evidence of one of the connections that reach a cell."""
    dialog.get_by_role("combobox", name=label).click()
    dialog.page.get_by_role("option", name=re.compile(rf"^{connection} · ")).click()
    settle(dialog.page)


def generate(page: Page, url: str, connection: str, said: Mapping[str, str]) -> None:
    """Sends a prompt with that connection from the page of text."""
    page.goto(f"{url}/text?connection={connection}")
    settle(page)
    page.get_by_label(said["prompt"], exact=True).fill(f"Hello from {connection}")
    button(page, re.compile(f"^{said['generate']}")).click()


def evidence(page: Page, url: str, connection: str, code: str, asked: str, locale: str) -> Locator:
    """Opens the cell of a connection that fails: cause, what to do, and the request that it rests on."""
    said = WORDS[locale]
    page.goto(f"{url}/matrix")
    settle(page)
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="OpenAI"))
    row.get_by_role("button", name=re.compile(f"^{said['text']}, ")).click()
    settle(page)
    dialog = page.get_by_role("dialog")
    choose_connection(dialog, said["connection"], connection)
    for words_of in told(code, choose(locale)):
        expect(dialog.get_by_text(words_of).first).to_be_visible()
    expect(dialog.get_by_text(said["rests on"])).to_be_visible()
    expect(dialog.get_by_text(re.compile(rf"{asked}\s/")).first).to_be_visible()
    return dialog


@pytest.mark.parametrize("locale", WORDS)
def test_each_key_that_fails_is_led_to_working(
    tmp_path: Path, browser: Browser, demo: DemoRelay, locale: str
) -> None:
    said, language, home = WORDS[locale], choose(locale), tmp_path / "home"
    engine = Engine(home)
    engine.import_(demo.connections)
    engine.ledger.close()
    with app(home) as running:
        page = opened(browser, running.url, locale)
        button(page, said["check"]).click()
        expect(page.get_by_text(told("key_expired", language)[0]).first).to_be_visible()
        settle(page)
        for connection, (code, action) in REMEDIES.items():
            dialog = evidence(page, running.url, connection, code, "GET", locale)
            follow(page, demo, connection, action)
            button(dialog, said["check one"], exact=True).click()
            expect(dialog.get_by_text(said["works"]).first).to_be_visible()
        for connection, (code, action) in AT_A_CALL.items():
            generate(page, running.url, connection, said)
            for words_of in told(code, language):
                expect(page.get_by_text(words_of).first).to_be_visible()
            evidence(page, running.url, connection, code, "POST", locale)
            follow(page, demo, connection, action)
            generate(page, running.url, connection, said)
            expect(button(page, re.compile("Download|下载"))).to_be_enabled()
        expect(page.get_by_test_id("stException")).to_have_count(0)
