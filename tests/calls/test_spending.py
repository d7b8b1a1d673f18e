"""Budgets that stop: what isn't sent, what counts already, and the way to go on. The relay is an HTTP answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import respx

from lib.calls.spending import forecasts
from lib.cost.budget import Budget
from lib.engine import Engine
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.vocabulary import Money
from tests.calls.test_life import CHAT, CONFIGURED, DRAFT, STOP, USAGE, events, relay, text
from tests.ledger.ledger_rows import row, usd

__all__ = ["relay"]

ASKED = replace(DRAFT, params={"max_tokens": 500})
"""At most 1,000 tokens at USD 2 per million and 500 at USD 6: USD 0.005, and that is what it comes to."""
TWO_OF_THEM = Budget(amount=Decimal("0.0149"), stops=True)


ANY = {"id": "any", "provider": "zhipu", "relay": "relay", "key": "sk-2"}


@asynccontextmanager
async def at_work(home: Path, *budgets: Budget) -> AsyncIterator[Engine]:
    engine = Engine(home)
    engine.import_(json.dumps(CONFIGURED))
    engine.keep_budgets(budgets)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


@pytest.fixture(autouse=True)
def chat(relay: respx.MockRouter) -> Any:
    return relay.post(CHAT).mock(side_effect=lambda _: events(text("Hi."), STOP, USAGE))


def ends(engine: Engine) -> list[tuple[str, str | None, str | None]]:
    rows = engine.log.page(limit=50).rows
    return sorted((one.status, one.error_code, one.cost and one.cost.plain) for one in rows)


def logged(engine: Engine, *, days: float = 0, **changes: Any) -> None:
    """A call as it stood, some days ago."""
    at = datetime.now(UTC) - timedelta(days=days)
    plain = {"status": "succeeded", "sent_at": at, "estimated": usd("0.0145"), "connection": "mine"}
    made = row(at, **(plain | {"model": "glm-4-flash"} | changes))
    engine.ledger.write(lambda db: log.insert(db, made, Payload()))


def test_of_eight_at_once_no_more_are_sent_than_it_holds(own_home: Path, chat: respx.Route) -> None:
    """Also where none of them knew a price before."""
    async def run() -> None:
        async with at_work(own_home, TWO_OF_THEM) as engine:
            ids = await asyncio.gather(*(engine.submit(ASKED) for _ in range(8)))
            await asyncio.gather(*map(engine.wait, ids))
            assert ends(engine) == [("failed", "budget_exceeded", "0")] * 6 + [("succeeded", None, "0.005")] * 2

    asyncio.run(run())
    assert chat.call_count == 2


BEFORE: Mapping[str, Any] = {}
DAY = TWO_OF_THEM.model_copy(update={"period": "day"})
MINE, OTHER = (DAY.model_copy(update={"of": "connection", "name": name}) for name in ("mine", "other"))
OF_MODEL, OF_MAKER = (
    DAY.model_copy(update={"of": of, "name": name}) for of, name in (("model", "glm-4-flash"), ("provider", "zhipu"))
)
UNPRICED = replace(ASKED, model="unlisted", connection="any")


@pytest.mark.parametrize(
    ("budget", "before", "draft", "refused"),
    [
        (TWO_OF_THEM, None, ASKED, None),
        (TWO_OF_THEM, BEFORE, ASKED, "budget_exceeded"),
        (TWO_OF_THEM, BEFORE, replace(ASKED, over_budget=True), None),
        (TWO_OF_THEM.model_copy(update={"stops": False}), BEFORE, ASKED, None),
        (DAY, {"days": 2}, ASKED, None),
        (DAY, BEFORE, ASKED, "budget_exceeded"),
        (TWO_OF_THEM, dict(status="running", estimated=None, quoted=usd("0.0145")), ASKED, "budget_exceeded"),
        (TWO_OF_THEM, dict(status="failed", estimated=usd("0")), ASKED, None),
        (TWO_OF_THEM, dict(status="unknown", estimated=None, quoted=usd("0.0145")), ASKED, "budget_exceeded"),
        (TWO_OF_THEM, dict(status="cancelled", estimated=None, quoted=usd("0.0145"), sent_at=None), ASKED, None),
        (DAY, dict(status="unknown", estimated=None, quoted=usd("0.0145"), days=2), ASKED, None),
        (MINE, BEFORE, ASKED, "budget_exceeded"),
        (MINE, dict(connection="other"), ASKED, None),
        (OTHER, dict(connection="other"), ASKED, None),
        (OF_MODEL, BEFORE, ASKED, "budget_exceeded"),
        (OF_MAKER, dict(provider="zhipu"), ASKED, "budget_exceeded"),
        (DAY, None, UNPRICED, "budget_price_unknown"),
        (DAY.model_copy(update={"lets_unknown": True}), None, UNPRICED, None),
        (DAY, dict(estimated=Money(Decimal("0.001"), "CNY")), ASKED, "budget_no_rate"),
    ],
)  # fmt: skip
def test_what_a_budget_lets_through(
    own_home: Path, chat: respx.Route, budget: Budget, before: Mapping[str, Any] | None, draft: Any, refused: str | None
) -> None:
    """What is typed is told of it as what is sent is refused."""

    async def run() -> None:
        async with at_work(own_home, budget) as engine:
            engine.import_(json.dumps({"connections": [ANY]}))
            assert await engine.fresh_listing("relay")
            if before is not None:
                logged(engine, **before)
            ready = engine.draft(draft)
            assert (ready.refused and ready.refused.code) == refused
            call, _ = engine.log.call(await engine.submit(draft))
            await engine.wait(call.id)
            assert (call.error_state, call.error_code) == (("budget_exceeded", refused) if refused else (None, None))

    asyncio.run(run())
    assert chat.call_count == (refused is None)


@pytest.mark.parametrize(("day", "comes_to"), [(1, None), (3, None), (4, usd("31")), (11, usd("9.3"))])
def test_what_the_months_come_to(own_home: Path, day: int, comes_to: Money | None) -> None:
    """USD 3 in the month's first days: of 3 whole days that is 1 a day, of 10 0.3; March has 31."""
    month, daily = Budget(amount=Decimal(10)), Budget(amount=Decimal(1), period="day")
    engine = Engine(own_home)
    engine.ledger.change_zone("UTC")
    engine.keep_budgets((month, daily))
    for of in (1, 2):
        spent = row(datetime(2026, 3, of, 12, tzinfo=UTC), estimated=usd("1.5"), status="succeeded")
        engine.ledger.write(lambda db, spent=spent: log.insert(db, spent, Payload()))
    with engine.ledger.read() as db:
        found = forecasts(db, datetime(2026, 3, day, 12, tzinfo=UTC))
    assert found == ({} if comes_to is None else {month.place: comes_to})


def test_how_budgets_stand(own_home: Path) -> None:
    async def run() -> None:
        both = (Budget(amount=Decimal(1)), OTHER)
        async with at_work(own_home, *both) as engine:
            logged(engine)
            month, day = engine.spendings()
            assert (month.standing.spent, month.standing.state) == (usd("0.0145"), "fine")
            assert day.standing.spent.amount == 0

    asyncio.run(run())
