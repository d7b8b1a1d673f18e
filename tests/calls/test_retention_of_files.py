"""Retention of a data folder: what goes leaves the disk, by a rule or by an act."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from lib.calls import retention as module
from lib.calls.files import Files
from lib.calls.retention import Gone, Retention
from lib.engine import Engine
from lib.ledger import Ledger, calls, media, rollups
from lib.ledger.calls import Payload
from lib.ledger.media import Kept
from lib.ledger.retention import Rule
from tests.ledger.ledger_rows import row

AGE = Rule("age", 30)
NOW = datetime.now(UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(None, tmp_path) as opened:
        yield opened


def made(ledger: Ledger, files: Files, days: int, data: bytes) -> Kept:
    """A call that made a file, some days ago."""
    at, kept = NOW - timedelta(days=days), files.keep(data)
    call = row(at, status="succeeded", sent_at=at)
    ledger.write(partial(calls.insert, row=call, payload=Payload("x" * 10_000)))
    ledger.write(partial(media.add, call=call.id, role="output", files=[kept]))
    return kept


def there(files: Files, *kept: Kept) -> list[bool]:
    return [files.path(one).exists() for one in kept]


@pytest.mark.usefixtures("of_sqlite")
@pytest.mark.parametrize("rule", [AGE, Rule("size", 10**6)])
def test_a_preview_is_reckoned_once_until_something_is_written(tmp_path: Path, ledger: Ledger, rule: Rule) -> None:
    files = Files(tmp_path)
    made(ledger, files, 90, b"old")
    kept = Retention(ledger, files)
    before = kept.leaving(rule)
    assert kept.leaving(rule) is before
    made(ledger, files, 80, b"older")
    assert kept.leaving(rule) is not before


def test_files_that_no_call_has_any_more_leave_the_disk(tmp_path: Path, ledger: Ledger) -> None:
    files = Files(tmp_path)
    old, shared, new = (made(ledger, files, days, data) for days, data in ((90, b"old"), (80, b"shared"), (1, b"new")))
    made(ledger, files, 2, b"shared")
    kept = Retention(ledger, files)
    going = kept.leaving(AGE)
    assert (going.calls, going.files, going.file_bytes) == (2, 1, 3)
    assert there(files, old, shared, new) == [True] * 3
    heard: list[int] = []
    assert kept.apply(AGE, heard.append) == Gone(2, 3)
    assert there(files, old, shared, new) == [False, True, True]
    assert heard == [2]
    assert kept.apply(AGE) == Gone(0, 0)
    assert kept.leaving(AGE).calls == 0


def test_a_file_that_is_gone_already_is_no_fault(tmp_path: Path, ledger: Ledger) -> None:
    files = Files(tmp_path)
    files.path(made(ledger, files, 90, b"old")).unlink()
    assert Retention(ledger, files).apply(AGE) == Gone(1, 0)


def test_many_go_some_at_a_time(tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 20)
    files = Files(tmp_path)
    for n in range(50):
        made(ledger, files, 60, f"{n}".encode())
    heard: list[int] = []
    assert Retention(ledger, files).apply(AGE, heard.append).calls == 50
    assert heard == [20, 40, 50]
    with ledger.read() as db:
        assert rollups.prove(db)


@pytest.mark.usefixtures("of_sqlite")
def test_the_file_gets_smaller(tmp_path: Path, ledger: Ledger) -> None:
    files = Files(tmp_path)
    for n in range(50):
        made(ledger, files, 60, f"{n}".encode())
    before = ledger.sizes().database + ledger.sizes().log
    Retention(ledger, files).apply(AGE)
    assert ledger.sizes().database + ledger.sizes().log < before / 2


@pytest.mark.usefixtures("of_sqlite")
@pytest.mark.parametrize(("staying", "smaller"), [(0, True), (500, False)])
def test_day_by_day_the_file_is_written_anew_only_when_much_of_it_is_spare(
    tmp_path: Path, ledger: Ledger, staying: int, smaller: bool
) -> None:
    files = Files(tmp_path)
    for days in (1,) * staying + (60,) * 50:
        made(ledger, files, days, b"one")
    kept = Retention(ledger, files)
    kept.choose(AGE)
    ledger.compact()
    before = ledger.sizes().database
    kept.keep_to_rule()
    assert (ledger.sizes().database < before) is smaller
    assert kept.leaving(AGE).calls == 0


@pytest.mark.parametrize(("rule", "left"), [(None, 2), (AGE, 1)])
@pytest.mark.parametrize("goes_on", [True, False])
def test_the_app_keeps_to_the_rule_at_its_start(tmp_path: Path, rule: Rule | None, left: int, goes_on: bool) -> None:
    engine = Engine(tmp_path, goes_on=goes_on)
    for days in (90, 1):
        made(engine.ledger, engine.files, days, b"%d" % days)
    engine.retention.choose(rule)

    async def lives() -> int:
        await engine.start()
        async with asyncio.timeout(60):
            while goes_on and len(engine.log.page().rows) != left:  # noqa: ASYNC110
                await asyncio.sleep(0)
        found = len(engine.log.page().rows)
        await engine.stop()
        return found

    assert asyncio.run(lives()) == (left if goes_on else 2)
