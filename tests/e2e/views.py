"""Every page as it is looked at: its address, the languages, schemes and widths, and when it has come to rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from playwright.sync_api import Page

from ui.links import SECTIONS

PAGES = tuple(page for pages in SECTIONS.values() for page in pages)
ADDRESSES: Mapping[str, str] = {page.file: "/" if page.first else f"/{page.file}" for page in PAGES}
"""By file: where a page is found."""
LOCALES = {"zh": "zh-CN", "en": "en-US"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {1440: 900, 1024: 768, 390: 844}
SOON = 60_000


def settle(page: Page) -> None:
    """Waits until the script has run and nothing is drawn as stale."""
    page.wait_for_selector("h1", timeout=SOON)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=SOON)
    page.wait_for_timeout(600)
