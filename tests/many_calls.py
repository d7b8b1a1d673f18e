"""A ledger full of calls as a busy half year leaves them, made quickly: `fill(ledger, 100_000)`."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Table

from lib.ledger import Ledger
from lib.ledger.ids import new_id
from lib.ledger.row import CallRow, record
from lib.ledger.schema import EPOCH, MICRO, MICROSECOND, PERIOD, calls, microseconds, payloads
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


def fill(ledger: Ledger, count: int, until: datetime | None = None) -> None:
    """Logs `count` calls of the last 180 days into a SQLite file, then makes the rollups: 100,000 in 9 s of CPU."""
    end = until or datetime.now(UTC)
    chance, begin = random.Random(SEED), end - timedelta(days=DAYS)
    kinds = [_stored(_call(chance, begin)) for _ in range(min(KINDS, count))]
    step = microseconds(end) - microseconds(begin)
    made = [_moved(kinds[n % len(kinds)], microseconds(begin) + step * n // count) for n in range(count)]
    ledger.write(lambda db: db.exec_driver_sql(_insert(calls, made[0]), made))
    texts = list(_texts(made))
    ledger.write(lambda db: db.exec_driver_sql(_insert(payloads, texts[0]), texts))
    ledger.change_zone(ledger.zone)


def _insert(table: Table, row: Mapping[str, Any]) -> str:
    """Past SQLAlchemy, which takes five times as long."""
    return f"INSERT INTO {table.name} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"


def _stored(row: CallRow) -> dict[str, Any]:
    """The row as SQLite has it."""
    times = {name: microseconds(at) for name in TIMES if (at := getattr(row, name))}
    seconds = None if row.usage.seconds is None else int(row.usage.seconds * 10**MICRO)
    return record(row) | times | {"error_params": "{}", "seconds": seconds}


def _moved(row: Mapping[str, Any], at: int) -> dict[str, Any]:
    """The same call at another time."""
    made = dict(row)
    for name in TIMES:
        made[name] += at - row["created_at"]
    made["id"] = new_id(EPOCH + at * MICROSECOND)
    made["period"] = made["id"][:PERIOD]
    return made


def _texts(rows: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for n, row in enumerate(rows):
        answer = ANSWER if row["status"] == "succeeded" else ""
        yield {"call": row["id"], "prompt": f"{PROMPTS[n % len(PROMPTS)]} ({n})", "text": answer, "reasoning": ""}


def _call(chance: random.Random, at: datetime) -> CallRow:
    api = chance.choices(APIS, [one.share for one in APIS])[0]
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


def _billed(chance: random.Random, cost: Money | None) -> Money | None:
    return None if cost is None else Money(cost.amount * chance.choice((1, 1, 1, Decimal("1.2"))), cost.currency)
