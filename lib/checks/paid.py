"""The last rung: one smallest real call, an ordinary `Call`, priced before, logged and settled like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from lib.calls.draft import MINIMUM_QUOTED_INPUT, CallDraft
from lib.calls.life import Calls
from lib.causes import CAUSES, reason
from lib.cost.book import PriceBook
from lib.cost.price import Price, at_most
from lib.vocabulary import Capability, Evidence, Verdict

QUESTION = "What is 17 + 25? Reply with the number only."
"""A tiny sum with a checkable answer: a real completion, not only an HTTP 200."""
MOST_OUTPUT = 1024
"""Tokens. One is below some models' floor, and a thinking model needs a few before it answers (traps.md, HTTP)."""


SMALLEST: Mapping[Capability, str] = {
    "embedding": "17",
    "translation": "Hello",
    "speech": "17",
    "image": "A red circle",
    "music": "A short melody",
    "video": "A red circle",
}
"""What is asked of a key that writes no text, the cheapest first; what works on a file isn't tried."""


async def smallest_call(calls: Calls, book: PriceBook, usable: Sequence[Verdict]) -> Evidence | None:
    """Asks a connection's cheapest usable model, text before all else; a job is followed to its end.

    Returns what that showed; None where nothing is usable: nothing is sent. `book`: the prices that hold for the
    connection.
    """
    if not usable:
        return None
    for capability in ("text", *SMALLEST):
        models = [verdict.model for verdict in usable if verdict.capability == capability]
        if models:
            model = await asyncio.to_thread(cheapest, models, book, datetime.now(UTC))
            draft = _draft(usable[0].connection, capability, model)
            return await calls.wait(await calls.submit(draft)) or _nothing(usable[0])
    return _nothing(usable[0])


def _draft(connection: str, capability: Capability, model: str) -> CallDraft:
    if capability == "text":
        return CallDraft(connection, "text", QUESTION, model, params={"max_tokens": MOST_OUTPUT})
    return CallDraft(connection, capability, SMALLEST[capability], model)


def cheapest(models: Sequence[str], book: PriceBook, at: datetime) -> str:
    """The model whose smallest call could cost least; one of unknown price comes last."""
    return min(models, key=lambda model: _at_most(book.price(model, at)))


def _at_most(price: Price | None) -> Decimal:
    most = at_most(price, input_tokens=MINIMUM_QUOTED_INPUT, output_tokens=MOST_OUTPUT) if price else None
    return most.amount if most else Decimal("Infinity")


def _nothing(verdict: Verdict) -> Evidence:
    return Evidence(
        at=datetime.now(UTC),
        connection=verdict.connection,
        step="call",
        ok=False,
        state="untested",
        method="",
        path="",
        model=verdict.model,
        capability=verdict.capability,
        reason=reason(CAUSES["cannot_call_yet"], capability=verdict.capability),
    )
