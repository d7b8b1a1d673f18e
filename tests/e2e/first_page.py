"""`python tests/e2e/first_page.py URL`: opens a running app in Chromium and reads its first page as a newcomer."""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from playwright.sync_api import expect

from tests.e2e.running import chromium


def main(url: str) -> None:
    """Fails unless the page says how many of more than 500 listed APIs work."""
    with chromium() as browser, browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(url)
        sentence = page.get_by_text(re.compile(r"3 of [5-9]\d\d listed APIs work with your keys"))
        expect(sentence).to_be_visible(timeout=60_000)
        sys.stdout.write(f"{sentence.inner_text()}\n")


if __name__ == "__main__":
    main(sys.argv[1])
