"""The last rung: one smallest real call, an ordinary `Call`, priced before, logged and settled like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from lib.calls.draft import CallDraft, Riddle
from lib.calls.life import Calls
from lib.calls.quoting import MINIMUM_QUOTED_INPUT
from lib.calls.translation import CHINESE, TARGET
from lib.causes import CAUSES, reason, remembered
from lib.cost.book import PriceBook
from lib.cost.conversion import Conversion
from lib.cost.price import Price, at_most, cost
from lib.ledger.log import Log
from lib.ledger.row import CallRow
from lib.vocabulary import Capability, Evidence, Money, Reason, State, Usage, Verdict, as_state

RIDDLE = Riddle("17 + 25", "42")
"""A tiny sum: a real completion, not only an HTTP 200. A whole answer that is wrong proves the API too (traps.md)."""
QUESTION = f"What is {RIDDLE.question}? Reply with the number only."
MOST_OUTPUT = 1024
"""Tokens. One is below some models' floor, and a thinking model needs a few before it answers (traps.md, HTTP)."""
AT_ONCE = 6
"""Real calls at one host: they work there, where a free question only looks something up."""


SMALLEST: Mapping[Capability, tuple[str, Usage]] = {
    "embedding": ("17", Usage(characters=2)),
    "translation": ("Hello", Usage(characters=5)),
    "speech": ("17", Usage(characters=2)),
    "image": ("A red circle", Usage(images=1)),
    "music": ("A short melody", Usage(calls=1)),
    "video": ("A red circle", Usage(seconds=Decimal(4))),
}
"""What is asked of a key that writes no text, the cheapest first, and what of it is billed; what works on a file isn't
tried."""
TRIABLE: tuple[Capability, ...] = ("text", *SMALLEST)


async def smallest_call(
    calls: Calls, log: Log, book: PriceBook, conversion: Conversion, usable: Sequence[Verdict]
) -> Evidence | None:
    """Asks a connection's cheapest usable model, text before all else; a job is followed to its end.

    Returns what that showed; None where nothing is usable: nothing is sent. `book`: the prices that hold for the
    connection; `conversion`: the rates they are compared by.
    """
    if not usable:
        return None
    for capability in TRIABLE:
        models = [verdict.model for verdict in usable if verdict.capability == capability]
        if models:
            billed = smallest(capability)
            model = await asyncio.to_thread(cheapest, models, book, datetime.now(UTC), billed, conversion)
            return await tried(calls, log, smallest_draft(usable[0].connection, capability, model))
    first = usable[0]
    why = reason(CAUSES["no_smallest_call"])
    return _shown(first.connection, first.model, first.capability, "untested", why)


async def tried(calls: Calls, log: Log, draft: CallDraft) -> Evidence:
    """A draft sent and followed to its end: what that showed, be it nothing either way."""
    call = await calls.submit(draft)
    shown = await calls.wait(call)
    return shown or shows_nothing((await asyncio.to_thread(log.call, call))[0])


def smallest(capability: Capability) -> Usage:
    """What is billed of the smallest call that is no text."""
    return SMALLEST[capability][1] if capability in SMALLEST else Usage()


def smallest_draft(connection: str, capability: Capability, model: str) -> CallDraft:
    """The smallest call of a model, for a capability of `TRIABLE`."""
    if capability == "text":
        return CallDraft(
            connection, "text", QUESTION, model, params={"max_tokens": MOST_OUTPUT}, riddle=RIDDLE
        )
    params = {TARGET: CHINESE} if capability == "translation" else {}
    return CallDraft(connection, capability, SMALLEST[capability][0], model, params=params)


def cheapest(models: Sequence[str], book: PriceBook, at: datetime, billed: Usage, conversion: Conversion) -> str:
    """The model whose smallest call could cost least; one of unknown price comes last.

    So does one that no rate of the user's makes comparable with most of the others, unless it is free.
    """
    most = conversion.comparable([_at_most(book.price(model, at), billed) for model in models])
    return min(zip(most, models, strict=True), key=lambda one: one[0])[1]


def _at_most(price: Price | None, billed: Usage) -> Money | None:
    if price is None:
        return None
    return at_most(price, input_tokens=MINIMUM_QUOTED_INPUT, output_tokens=MOST_OUTPUT) or cost(price, billed)


def shows_nothing(row: CallRow) -> Evidence:
    """A call that proves nothing either way: its end, for whoever asked for it. No evidence to keep."""
    why = remembered(row.error_code or "not_tested", row.error_params, row.error_message or "")
    state = as_state(row.error_state) if row.error_state else "untested"
    return _shown(row.connection, row.model, row.capability, state, why, row)


def _shown(
    connection: str, model: str, capability: Capability, state: State, why: Reason, row: CallRow | None = None
) -> Evidence:
    return Evidence(
        at=datetime.now(UTC),
        connection=connection,
        step="call",
        ok=False,
        state=state,
        method="POST" if row and row.sent_at else "",
        path="",
        model=model,
        capability=capability,
        ms=row.duration_ms if row else None,
        http_status=row.http_status if row else None,
        request_id=row.request_id if row else None,
        reason=why,
        call=row.id if row else None,
    )
