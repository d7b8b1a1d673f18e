"""What was fetched before: read once for each time it was fetched, whoever fetched it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from lib.calls.files import Files
from lib.calls.known import Dated, Known
from lib.connections.keys import KeyStore
from lib.ledger import Ledger, snapshots
from lib.wire import KeyModel, Unreadable

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(microseconds=1)

Found = Dated[tuple[KeyModel, ...]]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(None, tmp_path) as opened:
        yield opened


@pytest.fixture
def known(ledger: Ledger, tmp_path: Path) -> Known:
    return Known(ledger, KeyStore(tmp_path, ledger, "file"), Files(tmp_path))


def models(*names: str) -> str:
    return json.dumps({"object": "list", "data": [{"id": name} for name in names]})


def keep(known: Known, at: datetime, body: str) -> None:
    asyncio.run(known.keep("models", "mine", at, httpx.Response(200, text=body)))


def stored_elsewhere(ledger: Ledger, at: datetime, body: str) -> None:
    """As another process would."""
    ledger.write(lambda db: snapshots.put(db, "models", "mine", at, body))


def names(found: Found | None) -> tuple[datetime, list[str]] | None:
    return (found.at, [one.model for one in found.value]) if found else None


def test_what_is_kept_is_not_read_again(known: Known) -> None:
    assert known.key_models("mine") is None
    keep(known, NOW, models("a"))
    found = known.key_models("mine")
    assert names(found) == (NOW, ["a"])
    assert known.key_models("mine") is found


@pytest.mark.parametrize(("at", "seen"), [(LATER, (LATER, ["b"])), (NOW - timedelta(hours=1), (NOW, ["a"]))])
def test_what_another_process_stores_is_seen_if_it_is_newer(
    known: Known, ledger: Ledger, at: datetime, seen: tuple[datetime, list[str]]
) -> None:
    keep(known, NOW, models("a"))
    stored_elsewhere(ledger, at, models("b"))
    assert names(known.key_models("mine")) == seen


def test_what_comes_late_does_not_hide_the_newer(known: Known, ledger: Ledger) -> None:
    stored_elsewhere(ledger, LATER, models("b"))
    keep(known, NOW, models("a"))
    assert names(known.key_models("mine")) == (LATER, ["b"])


def test_what_cannot_be_read_is_not_kept(known: Known) -> None:
    keep(known, NOW, models("a"))
    with pytest.raises(Unreadable):
        keep(known, LATER, "<html>")
    assert names(known.key_models("mine")) == (NOW, ["a"])
