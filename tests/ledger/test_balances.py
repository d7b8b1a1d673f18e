"""What was left for keys over time: noted whenever it was told and had changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from ledger_rows import NOON, usd

from lib.ledger import Ledger, balances
from lib.vocabulary import Evidence, Money, Step


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def told(
    ledger: Ledger, minute: float, left: str | None, *, of: str = "sora", step: Step = "quota", **more: str
) -> None:
    detail = ({} if left is None else {"remaining": left, "currency": "USD"}) | more
    seen = Evidence(at(minute), of, step, True, "usable", "GET", "/v1/dashboard/billing/subscription", detail=detail)
    ledger.write(lambda db: balances.note(db, seen))


def found(ledger: Ledger, *of: str, since: float | None = None) -> list[tuple[float, Money]]:
    with ledger.read() as db:
        seen = balances.of(db, of, None if since is None else at(since))
    return [((one.at - NOON) / timedelta(minutes=1), one.left) for one in seen]


def test_a_balance_is_noted_when_it_changes(ledger: Ledger) -> None:
    for minute, left in ((0, "5"), (1, "5.00"), (2, "4.5"), (3, "4.5"), (4, "5")):
        told(ledger, minute, left)
    told(ledger, 9, "7", of="gemini")
    assert found(ledger, "sora") == [(0, usd("5")), (2, usd("4.5")), (4, usd("5"))]
    assert found(ledger, "sora", "gemini")[0] == (9, usd("7"))


@pytest.mark.parametrize(
    ("since", "minutes"), [(None, [0, 2, 4]), (3, [2, 4]), (2, [2, 4]), (4, [4]), (99, [4]), (-1, [0, 2, 4])]
)
def test_what_held_at_the_beginning_is_told_too(ledger: Ledger, since: float | None, minutes: list[float]) -> None:
    for minute, left in ((0, "5"), (2, "4.5"), (4, "4")):
        told(ledger, minute, left)
    assert [minute for minute, _ in found(ledger, "sora", since=since)] == minutes


def test_what_is_no_amount_isn_t_noted(ledger: Ledger) -> None:
    told(ledger, 0, None, unlimited="1")
    told(ledger, 1, None, characters="500")
    told(ledger, 2, "3", step="key")
    told(ledger, 3, str(Decimal(10) ** 30))
    assert found(ledger, "sora") == []
