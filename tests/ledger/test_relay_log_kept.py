"""A relay's own log as it is kept: read again nothing doubles, and how far back it is known is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from ledger_rows import NOON
from sqlalchemy import select

from lib.ledger import Ledger, relay_log
from lib.ledger.relay_log import Owner, Pulled
from lib.ledger.schema import relay_log as table
from lib.vocabulary import Money
from lib.wire.relay_log import LogRow, RelayLog

UNITS = 500_000


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def used(second: float, quota: int = 5, token: str = "41", **more: str) -> LogRow:
    ratios = {"model_ratio": Decimal("0.075")}
    return LogRow(at(second), "consumed", "gpt-4o", quota, 7, 3, 0, token=token, ratios=ratios, **more)


def kept(
    ledger: Ledger, *rows: LogRow, read: float = 100, cut: bool = False, of: tuple[str, ...] = ("all",),
    key: str = "key 1", anew: float | None = None,
) -> int:  # fmt: skip
    owner = Owner(key, dict.fromkeys(of, None if anew is None else at(anew)))
    return ledger.write(lambda db: relay_log.keep(db, "demo", owner, RelayLog(rows, cut), at(read), UNITS))


def found(ledger: Ledger) -> list[LogRow]:
    with ledger.read() as db:
        return [one.row for one in relay_log.rows(db, "demo")]


def reach(ledger: Ledger) -> dict[str, Pulled]:
    with ledger.read() as db:
        return relay_log.pulls(db, "demo")


ONE, TWO, THREE = used(1), used(2, 9, request_id="r2"), used(3, 1)


@pytest.mark.parametrize(
    ("second", "changed", "then"),
    [
        pytest.param((THREE, TWO, ONE), 0, [ONE, TWO, THREE], id="the same again, whatever its order"),
        pytest.param((ONE, TWO, THREE, used(4)), 1, [ONE, TWO, THREE, used(4)], id="one more"),
        pytest.param((ONE, used(2, 90, request_id="r2"), THREE), 2, [ONE, used(2, 90, request_id="r2"), THREE],
                     id="a figure changed"),
        pytest.param((ONE, THREE), 1, [ONE, THREE], id="one was taken away"),
        pytest.param((TWO, THREE), 0, [ONE, TWO, THREE], id="the oldest are no longer shown, and stay known"),
        pytest.param((ONE, ONE, TWO, THREE), 1, [ONE, ONE, TWO, THREE], id="one is there twice"),
        pytest.param((used(2, token="42"),), 1, [ONE, TWO, used(2, token="42"), THREE], id="another key's"),
        pytest.param((), 0, [ONE, TWO, THREE], id="the log was emptied"),
    ],
)  # fmt: skip
def test_a_log_read_again(ledger: Ledger, second: tuple[LogRow, ...], changed: int, then: list[LogRow]) -> None:
    assert kept(ledger, ONE, TWO, THREE) == 3
    assert kept(ledger, *second) == changed
    assert sorted(found(ledger), key=lambda row: (row.at, row.token)) == then


UNNUMBERED = (replace(ONE, token=""), replace(TWO, token="mine"))


def test_keys_without_a_number_are_told_apart_by_what_stands_for_them(ledger: Ledger) -> None:
    kept(ledger, *UNNUMBERED, of=("all",), key="key 1")
    kept(ledger, *UNNUMBERED, of=("sora",), key="key 2")
    with ledger.read() as db:
        assert [one.connection for one in relay_log.rows(db, "demo")] == ["all", "sora", "all", "sora"]


@pytest.mark.parametrize("then", [("chat",), ("sora", "chat")])
def test_whoever_asks_with_a_key_its_rows_are_kept_once(ledger: Ledger, then: tuple[str, ...]) -> None:
    kept(ledger, *UNNUMBERED, of=("all", "chat"))
    assert kept(ledger, *UNNUMBERED, of=then) == 0
    assert found(ledger) == [*UNNUMBERED]


def test_rows_that_were_kept_by_who_asked_are_taken_over(ledger: Ledger) -> None:
    """As Relayscope kept them before: under `connection/name`."""
    other = replace(THREE, token="other")
    kept(ledger, replace(ONE, quota=99, token=""), *UNNUMBERED, of=("gone",), key="gone/")
    kept(ledger, *UNNUMBERED, of=("all",), key="all/mine")
    kept(ledger, other, of=("sora",), key="sora/other")
    kept(ledger, used(4), of=("sora",))
    kept(ledger, *UNNUMBERED, of=("chat",), read=200)
    assert sorted(map(repr, found(ledger))) == sorted(map(repr, [*UNNUMBERED, used(4), other]))
    with ledger.read() as db:
        assert set(db.scalars(select(table.c.scope))) == {"key 1", "sora/other", "#41"}


@pytest.mark.parametrize(
    ("before", "cut", "known"),
    [
        pytest.param(100, False, Pulled(at(300), at(200), key="key 2"), id="read before the key was another"),
        pytest.param(250, False, Pulled(at(300), at(200), key="key 2"), id="and after"),
        pytest.param(250, True, Pulled(at(300), at(200), key="key 2"), id="of which it tells a part"),
    ],
)
def test_a_log_of_another_key_tells_nothing_of_the_calls_before(
    ledger: Ledger, before: float, cut: bool, known: Pulled
) -> None:
    kept(ledger, used(1), read=before, anew=200 if before > 200 else None)
    kept(ledger, used(1), used(2), read=300, cut=cut, key="key 2", anew=200)
    assert replace(reach(ledger)["all"], unsettled=None, token=None) == known


def test_of_the_oldest_second_of_a_log_that_was_cut_nothing_new_is_believed(ledger: Ledger) -> None:
    kept(ledger, ONE, replace(ONE, quota=6), TWO)
    kept(ledger, ONE, TWO, THREE, cut=True, read=200)
    assert found(ledger) == [ONE, replace(ONE, quota=6), TWO, THREE]


@pytest.mark.parametrize(
    ("reads", "known"),
    [
        ([(1, 100, False)], Pulled(at(100), None)),
        ([(1, 100, True)], Pulled(at(100), at(2))),
        ([(1, 100, True), (50, 200, True)], Pulled(at(200), at(2))),
        ([(1, 100, True), (150, 200, True)], Pulled(at(200), at(151))),
        ([(1, 100, False), (50, 200, True)], Pulled(at(200), None)),
        ([(1, 100, True), (1, 200, False)], Pulled(at(200), None)),
    ],
)
def test_how_far_back_a_log_is_known(ledger: Ledger, reads: list[tuple[float, float, bool]], known: Pulled) -> None:
    for oldest, read, cut in reads:
        kept(ledger, used(oldest), read=read, cut=cut, of=("all", "chat"))
    found = {name: replace(one, unsettled=None, token=None, key=None) for name, one in reach(ledger).items()}
    assert found == {"all": known, "chat": known}
    assert known.covers(known.at, known.at)
    assert known.covers(at(1), at(3)) is (known.since is None)
    assert not known.covers(at(90), at(999))


@pytest.mark.parametrize(
    ("second", "unsettled"),
    [
        pytest.param((ONE, TWO, THREE), None, id="nothing new"),
        pytest.param((ONE, TWO, THREE, used(4), used(5)), at(4), id="some more"),
        pytest.param((ONE, used(2, 90, request_id="r2"), THREE, used(4)), at(2), id="a figure changed"),
        pytest.param((ONE, TWO), at(3), id="one was taken away"),
    ],
)
def test_from_when_on_calls_arent_settled(
    ledger: Ledger, second: tuple[LogRow, ...], unsettled: datetime | None
) -> None:
    kept(ledger, ONE, TWO, THREE)
    assert reach(ledger)["all"].unsettled == at(1)
    ledger.write(lambda db: relay_log.settled(db, "demo", reach(ledger), None))
    kept(ledger, *second, read=200)
    assert reach(ledger)["all"].unsettled == unsettled
    kept(ledger, *second, read=300)
    assert reach(ledger)["all"].unsettled == unsettled, "it stays so until they are"


def test_what_was_read_meanwhile_isnt_settled(ledger: Ledger) -> None:
    kept(ledger, ONE, of=("all",))
    kept(ledger, used(1, token="42"), of=("sora",))
    before = reach(ledger)
    kept(ledger, ONE, TWO, read=200, of=("all",))
    ledger.write(lambda db: relay_log.settled(db, "demo", before, at(9)))
    assert {name: one.unsettled for name, one in reach(ledger).items()} == {"all": at(1), "sora": at(9)}


def test_amounts_are_exact_and_nonsense_fits(ledger: Ledger) -> None:
    kept(ledger, used(1, 57), used(2, 2**53 - 1))
    with ledger.read() as db:
        small, large = relay_log.rows(db, "demo", since=at(1), until=at(3))
    assert small.amount == Money(Decimal("0.000114"))
    assert large.amount.amount > 10**9
    ledger.write(lambda db: relay_log.forget(db, "demo"))
    assert (found(ledger), reach(ledger)) == ([], {})
