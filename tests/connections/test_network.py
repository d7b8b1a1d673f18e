"""The user's proxy and time-outs: kept, the password apart, and taken by whoever opens the folder."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from lib.connections import network
from lib.connections.keys import KeyStore
from lib.engine import Engine
from lib.errors import WrongUse
from lib.http import Outward, Timeouts, read_proxy
from lib.ledger import Ledger
from lib.ledger.schema import metadata

PROXY = read_proxy("http://me:my-secret@proxy.example:7890")
CHOSEN = Outward(PROXY, timeouts=Timeouts(connect=3, read=60, whole=20))


@pytest.mark.parametrize("outward", [Outward(), CHOSEN, Outward(by_environment=True), Outward(read_proxy("h:1"))])
def test_it_is_kept(ledger: Ledger, keys: KeyStore, outward: Outward) -> None:
    network.save(ledger, keys, CHOSEN)
    network.save(ledger, keys, outward)
    assert network.load(ledger, keys) == outward


def test_the_password_is_with_the_keys_and_nowhere_else(ledger: Ledger, keys: KeyStore) -> None:
    network.save(ledger, keys, CHOSEN)
    with ledger.read() as db:
        assert "my-secret" not in str([db.execute(table.select()).all() for table in metadata.tables.values()])
    assert keys.saved(network.PASSWORD) == SecretStr("my-secret")


def test_no_password_no_trace(ledger: Ledger, keys: KeyStore) -> None:
    network.save(ledger, keys, CHOSEN)
    network.save(ledger, keys, Outward())
    assert keys.saved(network.PASSWORD) is None


def test_where_keys_are_the_environments_a_password_is_too(
    ledger: Ledger, keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAYSCOPE_KEYS", "env")
    with pytest.raises(WrongUse, match="RELAYSCOPE_KEY__PROXY"):
        network.save(ledger, keys, CHOSEN)
    assert network.load(ledger, keys) == Outward()


def test_an_engine_takes_it_at_once_and_the_next_one_at_its_start(tmp_path: Path) -> None:
    async def work() -> None:
        first = Engine(tmp_path)
        await first.start()
        assert first.outward == Outward()
        await first.go_out(CHOSEN)
        assert first.outward == CHOSEN
        await first.stop()
        second = Engine(tmp_path)
        await second.start()
        assert second.outward == CHOSEN
        await second.stop()

    asyncio.run(work())
