"""A call as a value: a row of the log, its form in the database and its form for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from lib.ledger.schema import MONEY, PERIOD
from lib.vocabulary import (
    BillingUnit,
    Capability,
    ErrorState,
    Money,
    Operation,
    PriceSource,
    Status,
    Usage,
    UsageSource,
)

NOTHING_SAID = Usage()
LET_IN = "let_in"
"""The cause of a call that was refused as it had to be, unpaid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call. `sent_at` None means that nothing was sent; `owner` is the process that works on it."""

    id: str
    created_at: datetime
    status: Status
    owner: str
    capability: Capability
    provider: str
    connection: str
    base_url: str
    protocol: str
    model: str
    operation: Operation = "generate"
    relay: str | None = None
    line: str | None = None
    sent_at: datetime | None = None
    finished_at: datetime | None = None
    request_id: str | None = None
    task_id: str | None = None
    http_status: int | None = None
    retries: int = 0
    error_state: ErrorState | None = None
    error_code: str | None = None
    error_message: str | None = None
    """The server's own words, redacted; never a translated sentence."""
    error_params: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = NOTHING_SAID
    usage_source: UsageSource | None = None
    quoted: Money | None = None
    estimated: Money | None = None
    billed: Money | None = None
    official: Money | None = None
    price_source: PriceSource | None = None
    unit: BillingUnit | None = None
    """What the price it is settled by is for; None where no price was known."""
    finish_reason: str | None = None
    """The model's own word for why it ended, in `lib.wire`'s vocabulary."""
    first_byte_ms: int | None = None
    duration_ms: int | None = None
    saved_nano: int | None = None
    """By how much the price it is settled by makes it cheaper that tokens were cached, in 10⁻⁹ of the estimate's
    currency; less than nothing where writing to the cache cost more than reading it saved."""

    @property
    def cost(self) -> Money | None:
        """What it cost as far as anybody knows: what the biller says, else the estimate."""
        return self.billed or self.estimated

    @property
    def let_in(self) -> bool:
        """Whether it was refused as it had to be, unpaid: it came through, and has not failed."""
        return self.error_code == LET_IN

    def json(self, text: str, artifacts: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """The contract's document of a call; `text` is its answer, `artifacts` the files it made."""
        return {
            "id": self.id,
            **{name: iso(getattr(self, name)) for name in ("created_at", "sent_at", "finished_at")},
            **{name: getattr(self, name) for name in _TOLD},
            "error": self._error(),
            "retries": self.retries,
            "usage": self.usage.json(),
            "cost": self._cost(),
            "finish_reason": self.finish_reason,
            "first_byte_ms": self.first_byte_ms,
            "duration_ms": self.duration_ms,
            "text": text,
            "artifacts": list(artifacts),
        }

    def _error(self) -> dict[str, str | None] | None:
        if self.error_state is None:
            return None
        return {"state": self.error_state, "code": self.error_code, "message": self.error_message}

    def _cost(self) -> dict[str, Any]:
        figures: dict[str, Money | None] = {name: getattr(self, name) for name in MONEY}
        told = {name: None if money is None else money.json() for name, money in figures.items()}
        return {**told, "source": self.price_source, "usage_source": self.usage_source}


_TOLD = (
    "status",
    "capability",
    "operation",
    "provider",
    "connection",
    "relay",
    "line",
    "model",
    "request_id",
    "task_id",
    "http_status",
)
_USAGE = tuple(f.name for f in fields(Usage))
_PLAIN = tuple(f.name for f in fields(CallRow) if f.name not in (*MONEY, "usage"))


def iso(at: datetime | None) -> str | None:
    """A time as the contract's documents have it: ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def record(row: CallRow) -> dict[str, Any]:
    """The row as columns of the table `calls`, those included by which the dearest calls are found."""
    plain = {name: getattr(row, name) for name in _PLAIN}
    usage = {name: getattr(row.usage, name) for name in _USAGE}
    return {**plain, "error_params": dict(row.error_params), **usage, **_amounts(row), "period": row.id[:PERIOD]}


def _amounts(row: CallRow) -> dict[str, Any]:
    figures: dict[str, Money | None] = {name: getattr(row, name) for name in (*MONEY, "cost")}
    return {f"{name}_nano": None if money is None else money.nano for name, money in figures.items()} | {
        f"{name}_currency": None if money is None else money.currency for name, money in figures.items()
    }


def of_record(columns: RowMapping) -> CallRow:
    """The inverse of `record`."""
    values = {name: columns[name] for name in _PLAIN}
    values |= {name: _money(columns[f"{name}_nano"], columns[f"{name}_currency"]) for name in MONEY}
    return CallRow(**values, usage=Usage(*(columns[name] for name in _USAGE)))


def _money(nano: int | None, currency: str | None) -> Money | None:
    return None if nano is None or currency is None else Money.of_nano(nano, currency)
