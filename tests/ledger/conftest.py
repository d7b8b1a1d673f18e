"""A ledger in an empty folder, or in an empty database of the server that `TEST_POSTGRESQL` names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.ledger import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(None, tmp_path) as opened:
        yield opened
