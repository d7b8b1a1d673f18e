"""The field's nouns as types. Every other module speaks in these words; they are the contract's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal, get_args

Capability = Literal[
    "text", "image", "image_edit", "video", "speech", "transcription", "music", "embedding", "translation"
]
CAPABILITIES: tuple[Capability, ...] = get_args(Capability)

State = Literal[
    "usable",
    "rate_limited",
    "untested",
    "quota_exhausted",
    "no_permission",
    "not_offered",
    "region_blocked",
    "expired_key",
    "bad_key",
    "upstream_fault",
    "wrong_address",
    "unreachable",
    "unsupported",
    "not_configured",
]
STATES: tuple[State, ...] = get_args(State)
"""Best first: a connection's, a cell's and a row's state is the first of its verdicts in this order."""

ErrorState = State | Literal[
    "wrong_capability", "budget_exceeded", "bad_request", "content_refused", "interrupted", "cancelled"
]
"""What a call's error may be: a state of the API, or a fault of this call alone."""

Proof = Literal["call", "ladder"]
WhoseMove = Literal["you", "relay", "upstream", "nobody"]
Step = Literal["line", "key", "quota", "permission", "call", "unpaid"]
"""The rungs; then a real call, and the weaker request that had to be refused and shows no fault: never in its place."""
OF_A_MODEL: tuple[Step, ...] = ("call", "unpaid")
"""The steps that show something of one model alone."""

Status = Literal[
    "drafted",
    "sent",
    "streaming",
    "accepted",
    "running",
    "succeeded",
    "failed",
    "interrupted",
    "cancelled",
    "unknown",
]
UNFINISHED: tuple[Status, ...] = ("drafted", "sent", "streaming", "accepted", "running")

Operation = Literal[
    "generate",
    "edit",
    "inpaint",
    "erase",
    "remove_background",
    "upscale",
    "variation",
    "zoom",
    "blend",
    "describe",
    "lyrics",
    "extend",
]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a server offers to do next with what it made: `value` names it to the server, `name` to people."""

    operation: Operation
    value: str
    name: str


BillingUnit = Literal["token", "call", "image", "second", "character"]
PriceSource = Literal["user", "relay", "official"]
UsageSource = Literal["server", "approximate"]
KeyStore = Literal["keyring", "env", "file"]

NANO = 9
"""Stored amounts are integers of 10⁻⁹ of their currency."""
MOST = Decimal(2**63 - 1).scaleb(-NANO)
"""The largest amount that can be stored: 9.2 thousand million."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency (ISO 4217 code, upper case)."""

    amount: Decimal
    currency: str = "USD"

    @property
    def nano(self) -> int:
        """The amount in 10⁻⁹ of the currency, rounded half-even: what is stored and summed."""
        return int(self.amount.scaleb(NANO).to_integral_value(ROUND_HALF_EVEN))

    @classmethod
    def of_nano(cls, nano: int, currency: str) -> Money:
        """The inverse of `nano`."""
        return cls(Decimal(nano).scaleb(-NANO), currency)

    @property
    def plain(self) -> str:
        """The amount as decimal digits, never in exponent form, without trailing zeros."""
        digits = f"{self.amount:f}"
        return digits.rstrip("0").rstrip(".") if "." in digits else digits

    def json(self) -> dict[str, str]:
        """The contract's form of an amount."""
        return {"amount": self.plain, "currency": self.currency}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call consumed. None: the server said nothing of it, which is not 0.

    `input_tokens` includes the cached and the cache-write ones, `output_tokens` the reasoning ones; both the tokens of
    sound and of images. What is kept in the cache for an hour is part of `cache_write_tokens`, and what was sound or an
    image in the cache part of the cached as of the input's.
    """

    input_tokens: int | None = None
    cached_input_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    images: int | None = None
    seconds: Decimal | None = None
    characters: int | None = None
    calls: int | None = None
    cache_write_1h_tokens: int | None = None
    cached_audio_tokens: int | None = None
    cached_image_tokens: int | None = None
    input_audio_tokens: int | None = None
    input_image_tokens: int | None = None
    output_audio_tokens: int | None = None
    output_image_tokens: int | None = None

    def json(self) -> dict[str, int | float | None]:
        """The contract's form: every figure by name, absent ones null."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: float(v) if isinstance(v, Decimal) else v for name, v in values.items()}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict or an error is what it is, as a code and its parameters; words come from `lib.i18n`.

    `code` names a row of `lib.causes` or a fact found by the engine, `said` quotes the server (untrusted, redacted).
    """

    code: str
    whose_move: WhoseMove
    params: Mapping[str, str] = field(default_factory=dict)
    said: str = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left for a key: money, or `characters` where that is the unit; neither, nor unlimited: nobody said."""

    remaining: Money | None
    unlimited: bool
    as_of: datetime
    characters: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one request showed of one rung. Codes and parameters only, never translated sentences."""

    at: datetime
    connection: str
    step: Step
    ok: bool
    state: State
    method: str
    path: str
    model: str | None = None
    capability: Capability | None = None
    ms: int | None = None
    http_status: int | None = None
    provider_code: str | None = None
    request_id: str | None = None
    reason: Reason | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    call: str | None = None
    """The id of the call that showed it."""

    @property
    def of_a_call(self) -> bool:
        """Whether a call showed it, of whichever rung; a free rung is asked for no capability."""
        return self.capability is not None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we conclude of one (connection, capability, model), citing the newest evidence that counts."""

    connection: str
    capability: Capability
    model: str
    state: State
    proof: Proof | None
    reason: Reason
    checked_at: datetime | None = None
    only_a_call_tells: bool = False
    """Whether a real call showed it of a rung that can't be asked for free: another one is how to know better."""


def as_state(state: ErrorState) -> State:
    """A fault as a state of the API: what is the fault of one call alone proves nothing of it."""
    return state if state in STATES else "untested"

