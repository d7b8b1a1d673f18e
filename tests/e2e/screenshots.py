"""Pictures of every page for a look: `python tests/e2e/screenshots.py ADDRESS FOLDER`. Not a test.

Every page × zh_CN/en × light/dark × 1440/1024/390, of the app that runs at ADDRESS.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from typing import Literal

import click
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.running import chromium

PAGES = {"overview": "/", "text": "/text"}
LOCALES = {"zh": "zh-CN", "en": "en-US"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {1440: 900, 1024: 768, 390: 844}


def settle(page: Page) -> None:
    """Waits until the script has run and nothing is drawn as stale."""
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=60_000)
    page.wait_for_timeout(600)


def take(
    browser: Browser, address: str, folder: Path, name: str, locale: str, scheme: Literal["light", "dark"], width: int
) -> None:
    """One picture of the whole page."""
    context = browser.new_context(
        locale=LOCALES[locale], color_scheme=scheme, viewport={"width": width, "height": WIDTHS[width]},
        timezone_id="Asia/Shanghai",
    )
    page = context.new_page()
    page.goto(address + PAGES[name])
    settle(page)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(WIDTHS[width], min(int(height) + 20, 6000))})
    page.wait_for_timeout(400)
    page.screenshot(path=folder / f"{name}-{locale}-{scheme}-{width}.png")
    context.close()


@click.command()
@click.argument("address")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def main(address: str, folder: Path) -> None:
    """Takes them all."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, locale, scheme, width in product(PAGES, LOCALES, SCHEMES, WIDTHS):
            take(browser, address.rstrip("/"), folder, name, locale, scheme, width)


if __name__ == "__main__":
    main()
