"""The first whole path in a browser, from a fresh start on: what works, a first answer, its cost in the log."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.conftest import DemoRelay
from tests.e2e.running import ROOT, SLOWLY, App, app
from tests.e2e.views import ADDRESSES, PAGES, SOON, button, navigate, opened
from tests.states import leave_demo
from ui.links import SECTIONS, PageOf

WORDS = {
    "en-US": {
        "sentence": r"3 of [5-9]\d\d listed APIs work with your keys",
        "generate": r"^Generate",
        "prompt": "Prompt",
        "stop": "Stop",
        "not set up": "Not set up",
    },
    "zh-CN": {
        "sentence": r"列出的 [5-9]\d\d 个 API 中，您的密钥可用 3 个",
        "generate": r"^生成",
        "prompt": "提示词",
        "stop": "停止",
        "not set up": "未配置",
    },
}


def log(home: Path) -> list[dict[str, Any]]:
    """The demo's log, as a second process sees it."""
    done = subprocess.run(
        [sys.executable, "-m", "lib", "log", "--json"], cwd=ROOT, capture_output=True, text=True, check=True,
        env=os.environ | {"RELAYSCOPE_HOME": str(home / "demo"), "RELAYSCOPE_KEYS": "file", "RELAYSCOPE_LANG": "en"},
    )  # fmt: skip
    calls: list[dict[str, Any]] = json.loads(done.stdout)["calls"]
    return calls


def begun(home: Path) -> list[dict[str, Any]]:
    """The demo's log, as soon as the newest call has words. Raises `TimeoutError` where none comes."""
    until = monotonic() + SOON / 1000
    while monotonic() < until:
        if (calls := log(home)) and calls[0]["text"]:
            return calls
    raise TimeoutError("no call has words")


def write(page: Page, prompt: str, locale: str = "en-US", *, by_keyboard: bool = False) -> None:
    """Types a prompt and sends it, by the keyboard or with a double click, which must not send it twice."""
    field = page.get_by_label(WORDS[locale]["prompt"], exact=True)
    field.fill(prompt)
    generate = button(page, re.compile(WORDS[locale]["generate"]))
    if by_keyboard:
        field.press("Tab")
        generate.press("Enter")
    else:
        generate.dblclick()


@pytest.mark.parametrize("locale", WORDS)
def test_the_first_page_says_what_works_and_why_not_the_rest(shared_app: App, browser: Browser, locale: str) -> None:
    page = opened(browser, shared_app.url, locale)
    words = WORDS[locale]
    expect(page.get_by_text(re.compile(words["sentence"]))).to_be_visible()
    for name in ("Sora 2", "Gemini (Google)", "ChatGLM (智谱)"):
        expect(page.get_by_text(name).first).to_be_visible()
    for name in ("ChatGPT (OpenAI)", "Claude (Anthropic)", "Midjourney", "Stable Diffusion (Stability AI)"):
        expect(page.get_by_text(name).first).to_be_visible()
    assert page.get_by_text(words["not set up"]).count() >= 4
    expect(page.get_by_test_id("stException")).to_have_count(0)


def opens(browser: Browser, url: str, asked: PageOf) -> None:
    """A page at its own address, in a tab of its own: it is that one, with the whole navigation beside it."""
    page = opened(browser, url + ADDRESSES[asked.file])
    expect(page.get_by_role("heading", name=asked.title, exact=True, level=1)).to_be_visible()
    navigation = page.get_by_test_id("stSidebarNav")
    for name in (*SECTIONS, *(one.title for one in PAGES)):
        expect(navigation.get_by_text(name, exact=True)).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize("asked", PAGES, ids=lambda page: page.file)
def test_a_pages_own_address(browser: Browser, shared_app: App, asked: PageOf) -> None:
    opens(browser, shared_app.url, asked)


@pytest.mark.parametrize("asked", [pages[-1] for pages in SECTIONS.values()], ids=lambda page: page.file)
def test_a_fresh_server_opened_first_at_a_pages_own_address(tmp_path: Path, browser: Browser, asked: PageOf) -> None:
    leave_demo(tmp_path)  # it isn't what this is about, and takes longest to start
    with app(tmp_path) as running:
        opens(browser, running.url, asked)


def test_a_forged_host_gets_nothing(shared_app: App) -> None:
    for path in ("/", "/text", "/_stcore/health", "/_stcore/host-config"):
        assert httpx.get(shared_app.url + path, headers={"Host": "evil.example"}).status_code == 400
    address = shared_app.url.replace("http://", "ws://") + "/_stcore/stream"
    with pytest.raises(InvalidStatus) as refused:
        connect(address, additional_headers={"Host": "evil.example"}).close()
    assert refused.value.response.status_code in (400, 403)
    with connect(address, origin=None):
        pass


def test_an_answer_outlives_its_tab(slow_app: App, browser: Browser) -> None:
    page = opened(browser, slow_app.url)
    expect(page.get_by_text(re.compile(WORDS["en-US"]["sentence"]))).to_be_visible()
    navigate(page, "Text")
    write(page, "Tell me about lighthouses.")
    expect(button(page, "Stop")).to_be_visible()
    calls = begun(slow_app.home)
    assert [call["status"] for call in calls] == ["streaming"]
    page.context.close()

    again = browser.new_page(locale="en-US")
    again.goto(slow_app.url + "/text")
    expect(again.get_by_text("lighthouses").first).to_be_visible()
    expect(button(again, "Download")).to_be_visible()
    calls = log(slow_app.home)
    assert len(calls) == 1
    call = calls[0]
    assert call["status"] == "succeeded"
    last = call["text"].strip().splitlines()[-1]
    expect(again.get_by_text(last[:40]).first).to_be_visible()
    assert call["cost"]["estimated"]["amount"] != "0"
    expect(again.get_by_text(call["request_id"]).first).to_be_visible()
    again.reload()
    expect(again.get_by_text(last[:40]).first).to_be_visible()
    assert len(log(slow_app.home)) == 1


def test_a_kill_while_streaming_keeps_what_came(tmp_path: Path, browser: Browser) -> None:
    home = tmp_path / "home"
    with app(home, speed=SLOWLY) as running:
        page = opened(browser, running.url + "/text", "zh-CN")
        write(page, "给我讲讲灯塔的故事", "zh-CN")
        calls = begun(home)
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        page.context.close()
    partial = calls[0]["text"]
    with app(home) as running:
        page = opened(browser, running.url + "/text", "zh-CN")
        expect(page.get_by_text(partial.strip().splitlines()[0][:15]).first).to_be_visible()
        call = log(home)[0]
    assert (call["status"], call["error"]["state"]) == ("interrupted", "interrupted")
    assert call["text"].startswith(partial)
    assert call["cost"]["usage_source"] == "approximate"


def test_stop_keeps_what_came(slow_app: App, browser: Browser) -> None:
    page = opened(browser, slow_app.url + "/text")
    write(page, "Tell me about lighthouses.", by_keyboard=True)
    begun(slow_app.home)
    button(page, "Stop").click()
    expect(button(page, "Stop")).to_have_count(0)
    call = log(slow_app.home)[0]
    assert call["status"] == "cancelled"
    assert call["text"]


def test_own_connections_are_brought_in_after_a_mistake(fresh_app: App, browser: Browser, demo: DemoRelay) -> None:
    page = opened(browser, fresh_app.url)
    button(page, "Set up your own").click()
    button(page, "Import", exact=True).click()
    field = page.get_by_label("Import text (JSON)")
    field.fill('{"connections": [{"id": "Not an id", "key": "sk-typed-by-mistake"}]}')
    button(page, "Save connections").click()
    expect(page.get_by_text("connections[0]")).to_be_visible()
    page.keyboard.press("Escape")
    button(page, "Import", exact=True).click()
    expect(field).to_have_count(1)
    expect(field).to_have_value("")
    button(page, "Save connections").click()
    expect(page.get_by_text("one of the two")).to_be_visible()
    field.fill(demo.connections)
    button(page, "Save connections").click()
    navigate(page, "Overview")
    button(page, "Check now").click()
    expect(page.get_by_text(re.compile(r"of 5\d\d listed APIs work with your keys"))).to_be_visible()
    expect(page.get_by_text("This key has expired.")).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
