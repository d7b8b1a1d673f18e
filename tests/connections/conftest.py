"""A ledger and a key store in the test's own data folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.connections.keys import KeyStore
from lib.ledger import Ledger


@pytest.fixture
def ledger(own_home: Path) -> Iterator[Ledger]:
    with Ledger.open(None, own_home) as opened:
        yield opened


@pytest.fixture
def keys(own_home: Path, ledger: Ledger) -> KeyStore:
    return KeyStore(own_home, ledger)
