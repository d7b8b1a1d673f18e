"""An account's log as it is kept: whose rows are whose, and none twice, whichever way they were read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from ledger_rows import NOON, row

from lib.ledger import Ledger, relay_log
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.ledger.relay_log import ACCOUNT, Owner, Pulled
from lib.wire.relay_log import LogRow, RelayLog

UNITS = 500_000
MINE, OTHERS = Owner("key 1", {"all": None, "chat": None}), Owner("key 2", {"sora": None})
OWNERS = (MINE, OTHERS)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def used(second: float, token: str = "41", name: str = "") -> LogRow:
    return LogRow(at(second), "consumed", "gpt-4o", 5, 7, 3, 0, token=token, request_id=name)


def called(ledger: Ledger, second: float, name: str, connection: str = "all") -> None:
    made = row(at(second), relay="demo", connection=connection, request_id=name)
    ledger.write(lambda db: log.insert(db, made, Payload()))


def by_account(
    ledger: Ledger, *rows: LogRow, read: float = 100, cut: bool = False, since: float | None = None,
    owners: Sequence[Owner] = OWNERS, account: str = "7",
) -> tuple[int, set[str]]:  # fmt: skip
    found = RelayLog(rows, cut, None if since is None else at(since))
    kept = ledger.write(
        lambda db: relay_log.keep_account(db, "demo", account, owners, found, at(read), UNITS)
    )
    return kept[0], set(kept[1])


def by_key(ledger: Ledger, *rows: LogRow, owner: Owner = MINE, read: float = 100) -> int:
    found = RelayLog(rows, cut=False)
    return ledger.write(lambda db: relay_log.keep(db, "demo", owner, found, at(read), UNITS))


def kept(ledger: Ledger) -> list[tuple[str, LogRow]]:
    with ledger.read() as db:
        return [(one.connection, one.row) for one in relay_log.rows(db, "demo")]


def reach(ledger: Ledger) -> dict[str, Pulled]:
    with ledger.read() as db:
        return {name: replace(one, unsettled=None) for name, one in relay_log.pulls(db, "demo").items()}


NUMBERED = (used(1), used(2, "42"), used(3, "99"))
NAMED = tuple(replace(one, token=name) for one, name in zip(NUMBERED, ("mine", "sora's", "other"), strict=True))


def test_a_key_is_known_by_its_number(ledger: Ledger) -> None:
    by_key(ledger, used(1), read=50)
    assert by_account(ledger, *NUMBERED) == (2, {"all", "chat"})
    assert kept(ledger) == [("all", used(1)), (ACCOUNT, used(2, "42")), (ACCOUNT, used(3, "99"))]
    whole = Pulled(at(100), None, None, "41", "7", "key 1")
    assert reach(ledger) == {"all": whole, "chat": whole, ACCOUNT: replace(whole, token=None, key=None)}


@pytest.mark.parametrize("rows", [NUMBERED, NAMED])
def test_a_key_is_known_by_the_request_of_a_call(ledger: Ledger, rows: Sequence[LogRow]) -> None:
    mine, *others = rows
    called(ledger, 1, "r1", "chat")
    called(ledger, 1, "r3", "elsewhere")
    first = replace(mine, request_id="r1")
    assert by_account(ledger, first, *others) == (3, {"all", "chat"})
    assert [name for name, _ in kept(ledger)] == ["all", ACCOUNT, ACCOUNT]
    assert by_account(ledger, since=50, read=200) == (0, {"all", "chat"}), "and is remembered"
    assert reach(ledger)["chat"] == Pulled(at(200), None, None, mine.token, "7", "key 1")


@pytest.mark.parametrize("rows", [NUMBERED, NAMED])
@pytest.mark.parametrize("first", ["account", "key"])
def test_no_row_is_kept_twice(ledger: Ledger, rows: Sequence[LogRow], first: str) -> None:
    ways = [lambda: by_account(ledger, *rows), lambda: by_key(ledger, rows[0]),
            lambda: by_key(ledger, rows[1], owner=OTHERS)]  # fmt: skip
    for _ in range(2):
        for way in ways if first == "account" else reversed(ways):
            way()
            assert sorted(one.at for _, one in kept(ledger)) == sorted({one.at for _, one in kept(ledger)})
    assert [one for _, one in kept(ledger)] == [*rows]


def test_two_alike_stay_two(ledger: Ledger) -> None:
    one = replace(used(1), token="")
    by_key(ledger, one)
    by_account(ledger, one, one)
    by_key(ledger, one, owner=OTHERS)
    assert [row for _, row in kept(ledger)] == [one, one]


def test_a_row_that_is_told_twice_by_one_way_and_once_by_the_other(ledger: Ledger) -> None:
    one = replace(used(1), token="")
    by_account(ledger, one, one)
    by_key(ledger, one)
    by_account(ledger, one)
    assert [row for _, row in kept(ledger)] == [one]


@pytest.mark.parametrize("numbered", ["key", "account"])
@pytest.mark.parametrize("again", [True, False])
def test_a_relay_that_begins_to_tell_numbers_tells_no_row_twice(ledger: Ledger, numbered: str, again: bool) -> None:
    by_key(ledger, *(replace(row, token="mine") for row in (used(1), used(2))))
    for way in (by_key, by_account) if numbered == "key" else (by_account, by_key):
        way(ledger, used(1), used(2))
    if again:
        by_key(ledger, *(replace(row, token="mine") for row in (used(1), used(2))))
    assert [row for _, row in kept(ledger)] == [used(1), used(2)]


def test_another_key_in_the_environment_is_another_log(ledger: Ledger) -> None:
    by_key(ledger, used(1), read=50)
    other = (Owner("key of the environment", {"all": None}),)
    assert by_account(ledger, *NUMBERED, owners=other)[1] == set()
    by_key(ledger, read=300, owner=other[0])
    assert reach(ledger)["all"] == Pulled(at(300), None, None, None, None, "key of the environment")


def test_of_a_log_that_was_cut_before_any_call_nothing_is_known(ledger: Ledger) -> None:
    by_account(ledger, cut=True)
    assert reach(ledger)[ACCOUNT].since == at(100)


def test_a_key_of_another_account_stays_its_own(ledger: Ledger) -> None:
    called(ledger, 2, "r2", "sora")
    by_key(ledger, used(2, "77", "r2"), owner=OTHERS)
    assert by_account(ledger, *NUMBERED) == (3, set())
    assert reach(ledger)["sora"] == Pulled(at(100), None, None, "77", None, "key 2")


def test_another_account_s_log_is_another_log(ledger: Ledger) -> None:
    by_key(ledger, used(1))
    by_account(ledger, *NUMBERED, account="7", read=100)
    assert by_account(ledger, account="8", since=150, read=200) == (0, set())
    assert reach(ledger)[ACCOUNT] == Pulled(at(200), at(150), None, None, "8")
    with ledger.read() as db:
        known = relay_log.pulls(db, "demo")
    assert (relay_log.reached(known, "7"), relay_log.reached(known, "8")) == (None, known[ACCOUNT])


def test_a_key_that_is_another_s_now_tells_nothing_of_the_calls_before(ledger: Ledger) -> None:
    anew = (Owner("key 1", {"all": at(150)}),)
    called(ledger, 1, "r1")
    assert by_account(ledger, used(1, name="r1"), owners=anew) == (1, set())
    called(ledger, 160, "r2")
    assert by_account(ledger, used(1, name="r1"), used(160, name="r2"), read=200, owners=anew) == (1, {"all"})
    assert reach(ledger)["all"] == Pulled(at(200), at(150), None, "41", "7", "key 1")
    ledger.write(lambda db: relay_log.forget_token(db, "all"))
    assert by_account(ledger, since=190, read=300, owners=anew) == (0, set())


@pytest.mark.parametrize(
    ("second", "known"),
    [
        pytest.param({"since": 90.0}, Pulled(at(200), None), id="what is new joins on"),
        pytest.param({"since": 150.0}, Pulled(at(200), at(150)), id="but not over a gap"),
        pytest.param({"since": 90.0, "cut": True}, Pulled(at(200), at(121)), id="or where it was too much"),
    ],
)
def test_how_far_back_it_is_known(ledger: Ledger, second: dict[str, float], known: Pulled) -> None:
    by_account(ledger, *NUMBERED, read=100)
    by_account(ledger, used(120), used(130), read=200, cut=bool(second.pop("cut", False)), **second)
    assert reach(ledger)[ACCOUNT] == replace(known, account="7")


def test_what_is_taken_away_there_goes_here(ledger: Ledger) -> None:
    by_account(ledger, *NAMED)
    assert by_account(ledger, *NAMED[:2], read=200)[0] == 1
    assert [one for _, one in kept(ledger)] == [*NAMED[:2]]
