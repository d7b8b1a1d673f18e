"""`python -m tests.scenarios` writes docs/causes.md."""

from __future__ import annotations

from tests.conftest import ROOT
from tests.scenarios.page import PAGE, page

if __name__ == "__main__":
    (ROOT / PAGE).write_text(page(), encoding="utf-8")
