"""Data folders as users have them, made without a browser."""

from __future__ import annotations

from pathlib import Path

from lib.ledger import Ledger, settings
from ui.engine import LEFT


def leave_demo(home: Path) -> None:
    """A data folder whose owner has left the demo and set up nothing."""
    with Ledger.open(None, home) as ledger:
        ledger.write(lambda db: settings.put(db, LEFT, "yes"))
