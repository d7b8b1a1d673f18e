"""The tables. `VERSION` names the migration that makes exactly these; a test compares both.

Times are integers of microseconds since 1970 in UTC (sortable and summable on every database), amounts integers of
10⁻⁹ of their currency. A call's id begins with its time, so the primary key is also the index by time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

VERSION = "0013"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MICRO = 6

MONEY = ("quoted", "estimated", "billed", "official")
"""A call's four figures; each is two columns, `…_nano` and `…_currency`."""

MODALITIES = (
    "cache_write_1h_tokens",
    "cached_audio_tokens",
    "cached_image_tokens",
    "input_audio_tokens",
    "input_image_tokens",
    "output_audio_tokens",
    "output_image_tokens",
)
"""Parts of a call's tokens that have prices of their own; no rollup sums them."""

SUMS = (
    "calls",
    "failed",
    "unknown_cost_calls",
    "cost_nano",
    "estimated_nano",
    "official_nano",
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "duration_ms",
    "timed_calls",
    "first_byte_ms",
    "first_byte_calls",
    "billed_nano",
    "estimated_calls",
    "billed_calls",
    "official_calls",
    "checked_calls",
    "checked_estimated_nano",
    "checked_billed_nano",
    "compared_calls",
    "compared_cost_nano",
    "compared_official_nano",
    "images",
    "seconds_micro",
    "characters",
    "saved_nano",
)
"""What the rollups add up; what each counts stands in `lib.ledger.contribution`."""

CROSS = ("day", "provider", "model", "capability", "connection", "unit", "cause")
"""All that calls are told apart by together, in the order of the tables' keys."""

PERIOD = 3
"""How many characters of an id make a call's `period`: 2⁴¹ microseconds, some 25 days."""


def microseconds(at: datetime) -> int:
    """An aware time as microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, stored in microseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


class Millionths(TypeDecorator[Decimal]):
    """A Decimal kept to its sixth place, stored as an integer."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.scaleb(MICRO).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-MICRO)


metadata = MetaData()

calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("finished_at", Moment),
    Column("status", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("capability", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("connection", Text, nullable=False),
    Column("relay", Text),
    Column("line", Text),
    Column("base_url", Text, nullable=False),
    Column("protocol", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("request_id", Text),
    Column("task_id", Text),
    Column("http_status", Integer),
    Column("retries", Integer, nullable=False),
    Column("error_state", Text),
    Column("error_code", Text),
    Column("error_message", Text),
    Column("error_params", JSON, nullable=False),
    Column("input_tokens", BigInteger),
    Column("cached_input_tokens", BigInteger),
    Column("cache_write_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("images", BigInteger),
    Column("seconds", Millionths),
    Column("characters", BigInteger),
    Column("calls", BigInteger),
    *(
        Column(f"{figure}_{part}", kind)
        for figure in MONEY
        for part, kind in (("nano", BigInteger), ("currency", Text))
    ),
    Column("price_source", Text),
    Column("usage_source", Text),
    Column("finish_reason", Text),
    Column("first_byte_ms", Integer),
    Column("duration_ms", Integer),
    Column("unit", Text),
    Column("cost_nano", BigInteger),
    Column("cost_currency", Text),
    Column("period", Text),
    *(Column(name, BigInteger) for name in MODALITIES),
    Column("saved_nano", BigInteger),
    *(Index(f"calls_by_{name}", name, "id") for name in ("status", "connection", "capability", "model")),
    *(Index(f"calls_by_{name}", name, "id") for name in ("provider", "error_state")),
    Index("calls_by_cost", "period", "cost_currency", "cost_nano", "id"),
)

_NOBODY_KNOWS = calls.c.billed_nano.is_(None) & calls.c.estimated_nano.is_(None)
Index("calls_of_unknown_cost", calls.c.id, sqlite_where=_NOBODY_KNOWS, postgresql_where=_NOBODY_KNOWS)

payloads = Table(
    "payloads",
    metadata,
    Column("call", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("prompt", Text, nullable=False),
    Column("request_json", JSON(none_as_null=True)),
    Column("text", Text, nullable=False),
    Column("reasoning", Text, nullable=False),
    Column("raw_usage", JSON(none_as_null=True)),
    Column("prices", JSON(none_as_null=True)),
)

tasks = Table(
    "tasks",
    metadata,
    Column("call", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("progress", Integer),
    Column("words", Text, nullable=False),
    Column("links", JSON, nullable=False),
    Column("follow_ups", JSON, nullable=False),
)

media = Table(
    "media",
    metadata,
    Column("call", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("mime", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Index("media_by_sha256", "sha256"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("connection", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("model", Text),
    Column("capability", Text),
    Column("ms", Integer),
    Column("http_status", Integer),
    Column("provider_code", Text),
    Column("request_id", Text),
    Column("reason", JSON(none_as_null=True)),
    Column("detail", JSON, nullable=False),
    Column("call", Text),
    Column("spell", Integer),
    Index("evidence_by_spell", "spell", "at"),
    Index("evidence_by_connection", "connection", "at"),
)

evidence_spells = Table(
    "evidence_spells",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("connection", "step", "model", "capability")),
    Column("ok", Boolean, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("state", "cause")),
    *(Column(name, Moment, nullable=False) for name in ("since", "until")),
    Column("times", Integer, nullable=False),
    Index("spells_by_subject", "connection", "step", "model", "capability", "since"),
    Index("spells_by_connection", "connection", "since"),
)

evidence_newest = Table(
    "evidence_newest",
    metadata,
    Column("connection", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("capability", Text, primary_key=True),
    Column("ok", Boolean, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("evidence", Integer, ForeignKey("evidence.id", ondelete="CASCADE"), nullable=False),
)

rations = Table(
    "rations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("requests", Integer, nullable=False),
    Index("rations_by_address", "address", "at"),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),
)

relays = Table(
    "relays",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("body", JSON, nullable=False),
)

connections = Table(
    "connections",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("body", JSON, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

relay_log = Table(
    "relay_log",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("relay", "scope", "connection")),
    Column("at", Moment, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("kind", "model")),
    *(Column(name, BigInteger, nullable=False) for name in ("quota", "amount_nano")),
    Column("currency", Text, nullable=False),
    *(Column(f"{name}_tokens", BigInteger) for name in ("input", "output", "cached", "written")),
    Column("seconds", BigInteger),
    Column("streamed", Boolean, nullable=False),
    *(Column(name, Text, nullable=False) for name in ("group", "token", "request_id", "task_id", "content")),
    Column("ratios", JSON, nullable=False),
    Index("relay_log_by_scope", "relay", "scope", "at"),
)

balances = Table(
    "balances",
    metadata,
    Column("connection", Text, primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("remaining_nano", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
)

relay_pulls = Table(
    "relay_pulls",
    metadata,
    Column("relay", Text, primary_key=True),
    Column("connection", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("since", Moment),
    Column("unsettled", Moment),
    *(Column(name, Text) for name in ("token", "account", "key")),
)

rollups = Table(
    "rollups",
    metadata,
    Column("dimension", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in SUMS),
)


def _cross(name: str) -> Table:
    """Sums by all that calls are told apart by, together."""
    return Table(
        name,
        metadata,
        *(Column(key, Text, primary_key=True) for key in (*CROSS, "currency")),
        *(Column(number, BigInteger, nullable=False) for number in SUMS),
    )


def _histogram(name: str, *keys: str) -> Table:
    """How many calls of what `keys` say lie in each bucket of a measure."""
    return Table(
        name,
        metadata,
        *(Column(key, Text, primary_key=True) for key in ("measure", *keys, "currency")),
        Column("bucket", Integer, primary_key=True),
        Column("calls", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )


rollup_cross = _cross("rollup_cross")
histogram_model = _histogram("histogram_model", "day", "model")
histogram_cross = _histogram("histogram_cross", *CROSS)
rollup_gone = _cross("rollup_gone")
histogram_gone = _histogram("histogram_gone", *CROSS)
