"""A ledger full of calls as a busy half year leaves them, made quickly: `fill(ledger, 100_000)`."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, Text, text

from lib.ledger import Ledger
from lib.ledger.ids import new_id
from lib.ledger.row import CallRow, record
from lib.ledger.schema import EPOCH, MICROSECOND, PERIOD, calls, microseconds
from lib.vocabulary import BillingUnit, Capability, ErrorState, Money, Status, Usage

DAYS, SEED = 180, 7
KINDS = 5_000
"""So many different calls there are; more of them are the same at another time."""


@dataclass(frozen=True)
class Api:
    """A model through a connection, how it is billed and how often it is called."""

    connection: str
    provider: str
    model: str
    capability: Capability = "text"
    unit: BillingUnit | None = "token"
    price: str | None = "0.000001"
    """For one of the unit; None: nobody knows."""
    currency: str = "USD"
    share: int = 10
    seconds: float = 4
    """How long it takes."""


APIS = (
    Api("chatglm", "zhipu", "glm-4-flash", price="0.0000001", currency="CNY", share=30),
    Api("chatglm", "zhipu", "glm-4.5-air", price="0.0000008", currency="CNY"),
    Api("relay_text", "openai", "gpt-4o-mini", price="0.0000004", share=40, seconds=2),
    Api("relay_text", "openai", "gpt-4o", price="0.000006", share=20),
    Api("relay_text", "anthropic", "claude-sonnet-4-5", price="0.000009", share=15, seconds=9),
    Api("relay_text", "deepseek", "deepseek-chat", price="0.0000005", share=25, seconds=6),
    Api("relay_text", "qwen", "qwen-max", price=None, unit=None, share=6),
    Api("gemini", "gemini", "gemini-2.5-flash-image", "image", "image", "0.039", share=8, seconds=12),
    Api("draw", "midjourney", "mj_imagine", "image", "call", "0.05", share=8, seconds=50),
    Api("sora", "sora", "sora-2", "video", "second", "0.10", share=3, seconds=140),
    Api("voice", "openai", "tts-1", "speech", "character", "0.000015", share=5, seconds=3),
    Api("local", "ollama", "llama3.2", price="0", share=12, seconds=7),
)
FAULTS: Sequence[tuple[Status, ErrorState, str, int | None]] = (
    ("failed", "rate_limited", "rate_limited", 429),
    ("failed", "quota_exhausted", "quota_exhausted", 403),
    ("failed", "upstream_fault", "upstream_fault", 502),
    ("failed", "no_permission", "model_forbidden", 403),
    ("failed", "bad_key", "bad_key", 401),
    ("interrupted", "interrupted", "interrupted", 200),
    ("cancelled", "cancelled", "cancelled", 200),
    ("unknown", "upstream_fault", "possibly_billed", 524),
)
PROMPTS = ("Tell me about lighthouses.", "给我讲讲灯塔的故事", "把这封邮件翻译成英文", "A haiku about relays.", "中转")
TIMES = ("created_at", "sent_at", "finished_at")
ANSWER = "A lighthouse is a tower with a bright light at the top. 灯塔是海上的路标。"


def fill(
    ledger: Ledger, count: int, until: datetime | None = None, apis: Sequence[Api] = APIS, kinds: int = KINDS
) -> None:
    """Logs `count` calls of the last 180 days, then makes the rollups: a million in 30 s of CPU.

    There are at most `kinds` different ones.
    """
    end = until or datetime.now(UTC)
    chance, begin = random.Random(SEED), end - timedelta(days=DAYS)
    drawn = chance.choices(apis, [one.share for one in apis], k=min(kinds, count))
    different = [{"kind": n} | record(_call(chance, begin, api)) for n, api in enumerate(drawn)]
    first, step = microseconds(begin), microseconds(end) - microseconds(begin)
    moments = (first + step * n // count for n in range(count))
    numbered = [{"n": n, "id": new_id(EPOCH + at * MICROSECOND), "later": at - first} for n, at in enumerate(moments)]
    ledger.write(partial(_spread, different=different, numbered=numbered))
    ledger.change_zone(ledger.zone)


_KINDS = Table(
    "kinds", MetaData(), Column("kind", Integer, primary_key=True),
    *(Column(one.name, one.type) for one in calls.columns), prefixes=["TEMP"],
)  # fmt: skip
_NUMBERED = Table(
    "numbered", MetaData(), Column("n", Integer, primary_key=True), Column("id", Text), Column("later", BigInteger),
    prefixes=["TEMP"],
)  # fmt: skip


def _spread(db: Connection, different: Sequence[Mapping[str, Any]], numbered: Sequence[Mapping[str, Any]]) -> None:
    """The different calls again and again, each with an id and a time of its own, made by the database."""
    for table, rows in ((_KINDS, different), (_NUMBERED, numbered)):
        table.create(db)
        db.execute(table.insert(), rows)
    taken = {one.name: f"kinds.{one.name}" for one in calls.columns}
    taken |= {name: f"{name} + later" for name in TIMES}
    taken |= {"id": "numbered.id", "period": f"substr(numbered.id, 1, {PERIOD})"}
    among = f"FROM numbered JOIN kinds ON kind = n % {len(different)} ORDER BY n"
    db.execute(text(f"INSERT INTO calls ({', '.join(taken)}) SELECT {', '.join(taken.values())} {among}"))
    whens = " ".join(f"WHEN {n} THEN '{prompt} ('" for n, prompt in enumerate(PROMPTS))
    db.execute(text(
        f"INSERT INTO payloads (call, prompt, text, reasoning) SELECT numbered.id, CASE n % {len(PROMPTS)} {whens} END "
        f"|| n || ')', CASE status WHEN 'succeeded' THEN '{ANSWER}' ELSE '' END, '' {among}"
    ))  # fmt: skip
    for table in (_KINDS, _NUMBERED):
        table.drop(db)


def _call(chance: random.Random, at: datetime, api: Api) -> CallRow:
    works = chance.random() > 0.08
    status, state, code, http = (
        ("succeeded", None, None, 200) if works else FAULTS[int(len(FAULTS) * chance.random() ** 2)]
    )
    usage = _usage(chance, api) if status in ("succeeded", "interrupted", "cancelled") else Usage()
    cost = _cost(api, usage) if status != "unknown" else None
    takes = int(api.seconds * 1000 * (0.5 + chance.random()))
    return CallRow(
        id=new_id(at), created_at=at, sent_at=at, finished_at=at + timedelta(milliseconds=takes), status=status,
        owner="nobody", capability=api.capability, provider=api.provider, connection=api.connection,
        relay="gptbest" if api.connection != "local" else None, line="hk" if api.connection != "local" else None,
        base_url="http://127.0.0.1:1", protocol="openai", model=api.model, request_id=f"req-{new_id(at)[:20]}",
        http_status=http, error_state=state, error_code=code, error_message=None if works else "said by the server",
        usage=usage, usage_source="server" if works else None, estimated=cost,
        billed=_billed(chance, cost) if works and chance.random() < 0.3 else None,
        official=Money(cost.amount * 2) if cost and works and cost.currency == "USD" else None,
        price_source="relay" if cost else None, unit=api.unit, finish_reason="stop" if works else None,
        saved_nano=_saved(api, usage) if works else None,
        first_byte_ms=takes // 8 if api.capability == "text" and status != "failed" else None, duration_ms=takes,
    )  # fmt: skip


def _usage(chance: random.Random, api: Api) -> Usage:
    size = chance.randrange(20, 4_000)
    if api.capability == "text":
        cached, written = chance.choice(((0, 0), (0, 0), (size // 2, 0), (0, size // 3)))
        output = chance.randrange(5, 900)
        return Usage(size, cached, written, output, output // 2 if api.provider == "deepseek" else 0, calls=1)
    return Usage(
        images=1 if api.capability == "image" else None,
        seconds=Decimal(chance.choice((4, 8, 12))) if api.unit == "second" else None,
        characters=size if api.unit == "character" else None,
        calls=1,
    )


def _cost(api: Api, usage: Usage) -> Money | None:
    if api.price is None:
        return None
    counted = {
        "token": (usage.input_tokens or 0) + 4 * (usage.output_tokens or 0),
        "call": usage.calls or 0, "image": usage.images or 0, "second": usage.seconds or 0,
        "character": usage.characters or 0,
    }  # fmt: skip
    return Money(Decimal(api.price) * counted[api.unit or "call"], api.currency)


def _saved(api: Api, usage: Usage) -> int | None:
    """As if what was cached cost half."""
    if api.price is None or api.unit != "token":
        return None
    return int(Decimal(api.price) * (usage.cached_input_tokens or 0) * 10**9 / 2)


def _billed(chance: random.Random, cost: Money | None) -> Money | None:
    return None if cost is None else Money(cost.amount * chance.choice((1, 1, 1, Decimal("1.2"))), cost.currency)
