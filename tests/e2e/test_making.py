"""One of each is made through its page, found in the gallery, and films and sounds play."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from demo import media
from lib.ledger import Ledger
from lib.ledger.calls import page as calls
from tests.e2e.running import App
from tests.e2e.states import STATES
from tests.e2e.views import button, navigate, opened, settle

WORDS = {
    "en-US": {
        "image": "Images", "image_edit": "Image editing", "video": "Video", "speech": "Speech", "music": "Music",
        "transcription": "Transcription", "embedding": "Embeddings", "translation": "Translation",
        "gallery": "Gallery", "generate": "Generate", "download": "Download", "again": "Again", "use": "Use as input",
        "edit": "Image editing",
    },
    "zh-CN": {
        "image": "图片", "image_edit": "图像编辑", "video": "视频", "speech": "语音合成", "music": "音乐",
        "transcription": "语音转写", "embedding": "向量", "translation": "翻译",
        "gallery": "作品库", "generate": "生成", "download": "下载", "again": "再来一次", "use": "作为输入",
        "edit": "图像编辑",
    },
}  # fmt: skip
FILES = {"image_edit": ("cat.png", "image/png"), "transcription": ("hello.wav", "audio/wav")}
MAKES_FILES = ("image", "image_edit", "video", "speech", "music", "embedding")
SAID = "Hello from the pier"
PLAYS = """async (element) => {
    element.muted = true;
    await element.play();
    while (element.readyState < 2) await new Promise((done) => setTimeout(done, 50));
    return element.duration;
}"""


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[App]:
    """The app of somebody whose keys may do everything."""
    with STATES["every-key"](tmp_path / "owner") as running:
        yield running


def given(capability: str) -> bytes:
    return media.wav(SAID) if capability == "transcription" else media.png("a cat", 256, 256)


def write(page: Page, capability: str, prompt: str) -> None:
    field = page.locator(f".st-key-draft_{capability}_prompt textarea")
    field.fill(prompt)
    field.press("Control+Enter")
    settle(page)


def make(page: Page, words: dict[str, str], capability: str) -> None:
    """Makes one on the page of its capability, with what stands chosen there."""
    navigate(page, words[capability])
    if capability in FILES:
        name, mime = FILES[capability]
        file = {"name": name, "mimeType": mime, "buffer": given(capability)}
        page.locator("input[type=file]").first.set_input_files(files=[file])
        expect(page.get_by_text(name).first).to_be_visible()
        settle(page)
        navigate(page, words["gallery"])
        navigate(page, words[capability])
        expect(page.get_by_text(name).first).to_be_visible()  # what was given outlives a change of page
    if capability != "transcription":
        write(page, capability, "A lighthouse in the rain")
    button(page, re.compile(f"^{words['generate']}")).click()
    expect(button(page, words["again"])).to_be_visible()
    settle(page)


@pytest.mark.parametrize("locale", WORDS)
def test_one_of_each_is_made_found_and_played(owner: App, browser: Browser, locale: str) -> None:
    words = WORDS[locale]
    page = opened(browser, owner.url, locale)
    for capability in (*MAKES_FILES, "transcription", "translation"):
        make(page, words, capability)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        if capability in MAKES_FILES:
            expect(button(page, words["download"]).first).to_be_visible()
        for element in ("video", "audio"):
            for one in page.locator(element).all():
                assert one.evaluate(PLAYS) > 0, capability
    navigate(page, words["transcription"])
    expect(page.get_by_text(SAID).first).to_be_visible()

    navigate(page, words["gallery"])
    assert page.get_by_text("A lighthouse in the rain").count() >= len(MAKES_FILES)
    assert page.locator("video").first.evaluate(PLAYS) > 0
    assert page.locator("audio").first.evaluate(PLAYS) > 0
    button(page, words["use"]).first.click()
    expect(page.get_by_role("heading", name=words["edit"], exact=True, level=1)).to_be_visible()
    settle(page)
    expect(button(page, re.compile(f"^{words['generate']}"))).to_be_enabled()
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_the_second_of_two_clicks_sends_nothing_however_late_it_comes(owner: App, browser: Browser) -> None:
    """A busy browser delivers it to the button drawn since, maybe to other words."""
    page = opened(browser, f"{owner.url}/embedding")
    generate = button(page, re.compile("^Generate"))
    for asked in ("A lighthouse in the rain", "A lighthouse in the sun"):
        write(page, "embedding", asked)
        generate.click()
        expect(button(page, "Again")).to_be_visible()
        settle(page)
        write(page, "embedding", f"{asked}, at dusk")
        generate.hover()
        page.mouse.down(click_count=2)
        page.mouse.up(click_count=2)
        settle(page)
    page.get_by_role("heading", level=1).click()  # the first of two, that met no button
    generate.hover()
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    expect(page.get_by_text("A lighthouse in the sun, at dusk").first).to_be_visible()
    settle(page)
    with Ledger.open(None, owner.home) as ledger, ledger.read() as db:
        assert len(calls(db, limit=9, capability="embedding").rows) == 3
