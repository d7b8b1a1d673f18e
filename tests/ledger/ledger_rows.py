"""Calls to fill a ledger with, and hypothesis' ways of making them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from lib.ledger.calls import CallRow, new_id
from lib.vocabulary import Money, Usage

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
"""The day on which New York's clocks go forward."""


def row(at: datetime = NOON, **changes: Any) -> CallRow:
    """A call that was just drafted, but for the changes."""
    plain: dict[str, Any] = {
        "id": new_id(at),
        "created_at": at,
        "status": "drafted",
        "owner": "nobody",
        "capability": "text",
        "provider": "zhipu",
        "connection": "chatglm",
        "base_url": "http://127.0.0.1:1",
        "protocol": "openai",
        "model": "glm-4-flash",
    }
    return CallRow(**(plain | changes))


def usd(amount: str) -> Money:
    return Money(Decimal(amount))


MOMENTS = st.integers(0, 10 * 24 * 60 * 60 * 1000).map(lambda ms: NOON - timedelta(days=5) + timedelta(milliseconds=ms))
MONEY = st.none() | st.builds(Money, st.decimals(0, 1000, places=9), st.sampled_from(("USD", "CNY")))
TOKENS = st.none() | st.integers(0, 10**9)
SECONDS = st.none() | st.decimals(0, 1000, places=6)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(("sent", "streaming", "succeeded", "failed", "interrupted", "cancelled", "unknown")),
        "sent_at": st.none() | st.just(NOON),
        "provider": st.sampled_from(("zhipu", "openai")),
        "model": st.sampled_from(("glm-4-flash", "gpt-4o-mini")),
        "connection": st.sampled_from(("chatglm", "all")),
        "capability": st.sampled_from(("text", "image")),
        "usage": st.builds(Usage, TOKENS, TOKENS, TOKENS, TOKENS, TOKENS, TOKENS, SECONDS, TOKENS),
        "estimated": MONEY,
        "billed": MONEY,
        "official": MONEY,
        "duration_ms": st.none() | st.integers(0, 10**6),
        "first_byte_ms": st.none() | st.integers(0, 10**6),
        "unit": st.none() | st.sampled_from(("token", "call")),
        "error_state": st.none() | st.sampled_from(("bad_key", "upstream_fault")),
    },
)
ROWS = st.builds(lambda at, changes: row(at, **changes), MOMENTS, CHANGES)
