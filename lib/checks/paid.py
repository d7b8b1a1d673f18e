"""The last rung: one smallest real call, an ordinary `Call`, priced before, logged and settled like any other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from lib.calls.draft import CallDraft, make
from lib.calls.known import Known
from lib.calls.life import Calls
from lib.causes import CAUSES, reason
from lib.vocabulary import Evidence, Verdict

QUESTION = "What is 17 + 25? Reply with the number only."
"""A tiny sum with a checkable answer: a real completion, not only an HTTP 200."""
MOST_OUTPUT = 1024
"""Tokens. One is below some models' floor, and a thinking model needs a few before it answers (traps.md, HTTP)."""


async def smallest_call(calls: Calls, known: Known, connection_id: str, usable: Sequence[Verdict]) -> Evidence | None:
    """Asks the cheapest usable text model; returns what that showed. None where nothing is usable: nothing is sent."""
    if not usable:
        return None
    drafts = [_draft(verdict) for verdict in usable if verdict.capability == "text"]
    if not drafts:
        return _nothing(connection_id, usable[0])
    call_id = await calls.submit(min(drafts, key=lambda draft: _at_most(known, draft)))
    return await calls.wait(call_id) or _nothing(connection_id, usable[0])


def _draft(verdict: Verdict) -> CallDraft:
    return CallDraft(verdict.connection, "text", QUESTION, verdict.model, params={"max_tokens": MOST_OUTPUT})


def _at_most(known: Known, draft: CallDraft) -> Decimal:
    """What a draft could cost; one of unknown price comes last."""
    quoted = make(known, draft, datetime.now(UTC)).quoted
    return quoted.amount if quoted else Decimal("Infinity")


def _nothing(connection_id: str, verdict: Verdict) -> Evidence:
    return Evidence(
        at=datetime.now(UTC),
        connection=connection_id,
        step="call",
        ok=False,
        state="untested",
        method="",
        path="",
        model=verdict.model,
        capability=verdict.capability,
        reason=reason(CAUSES["cannot_call_yet"], capability=verdict.capability),
    )
