"""What was reckoned is kept until something is written, by this process or another."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from lib.ledger import Ledger, settings
from lib.ledger.remembered import KEPT

counted = pytest.mark.usefixtures("of_sqlite")
"""PostgreSQL tells of the transactions in any of its databases: of what other tests write meanwhile, too."""


class Asked:
    """Reads a setting, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, db: Connection) -> str | None:
        self.times += 1
        return settings.get(db, "colour")


@counted
def test_asked_again_only_after_a_write(ledger: Ledger) -> None:
    asked = Asked()
    assert [ledger.remembered("colour", asked) for _ in range(3)] == [None] * 3
    assert asked.times == 1
    ledger.write(lambda db: settings.put(db, "colour", "red"))
    assert [ledger.remembered("colour", asked) for _ in range(3)] == ["red"] * 3
    assert asked.times == 2


def test_another_process_may_have_written(ledger: Ledger, tmp_path: Path) -> None:
    asked = Asked()
    ledger.remembered("colour", asked)
    with Ledger.open(None, tmp_path) as other:
        other.write(lambda db: settings.put(db, "colour", "blue"))
    assert ledger.remembered("colour", asked) == "blue"


def test_what_is_written_while_it_is_reckoned_is_not_missed(ledger: Ledger) -> None:
    def slow(db: Connection) -> str | None:
        found = settings.get(db, "colour")
        ledger.write(lambda other: settings.put(other, "colour", "green"))
        return found

    assert ledger.remembered("colour", slow) is None
    assert ledger.remembered("colour", lambda db: settings.get(db, "colour")) == "green"


@counted
def test_each_question_has_its_own_answer_and_none_stays_for_ever(ledger: Ledger) -> None:
    asked = Asked()
    for number in range(KEPT + 1):
        ledger.remembered(number, asked)
    assert asked.times == KEPT + 1
    ledger.remembered(KEPT, asked)
    assert asked.times == KEPT + 1
    ledger.remembered(0, asked)
    assert asked.times == KEPT + 2


@counted
def test_nothing_is_an_answer_too(ledger: Ledger) -> None:
    asked = Asked()
    ledger.remembered(("colour", None), asked)
    ledger.remembered(("colour", None), asked)
    assert asked.times == 1


def test_a_compacted_database_is_still_watched(ledger: Ledger) -> None:
    asked = Asked()
    ledger.remembered("colour", asked)
    ledger.compact()
    ledger.write(lambda db: db.execute(text("DELETE FROM settings WHERE name = 'nothing'")))
    ledger.write(lambda db: settings.put(db, "colour", "red"))
    assert ledger.remembered("colour", asked) == "red"
