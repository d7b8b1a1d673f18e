"""What one exchange came to, read event by event: pure bookkeeping, no sockets, no clock of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lib.causes import CAUSES, Cause, judge, of_line_fault, reason
from lib.cost.official import approximate_tokens
from lib.errors import LineFault
from lib.vocabulary import ErrorState, Reason, Status, Usage, UsageSource
from lib.wire import Event, Fault, Finished, FinishReason, Outcome, Reasoning, Said, Text, UsageSeen

BEHIND = 2
"""A stream that broke off has told too little if its output is less than this share of what came."""

WHY_EMPTY: Mapping[FinishReason, str] = {
    "stop": "empty_answer",
    "other": "empty_answer",
    "length": "no_room",
    "content_filter": "content_refused",
}
"""The cause of an answer that ended without a word. One that only calls tools is whole."""

SAYS_NOTHING = ("unreadable", "empty_answer")
"""Causes of an answer that came and doesn't tell of a fault: it may have been made, and billed."""


@dataclass(slots=True)
class Reading:
    """What came so far. `text` and `reasoning` grow by pieces; usage is the last one seen."""

    pieces: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    usage: UsageSeen | None = None
    finished: FinishReason | None = None
    fault: Said | None = None

    def take(self, event: Event) -> None:
        """Adds one event of the stream."""
        match event:
            case Text(text):
                self.pieces.append(text)
            case Reasoning(text):
                self.thoughts.append(text)
            case UsageSeen():
                self.usage = event
            case Finished(reason):
                self.finished = reason
            case Fault(said):
                self.fault = said

    def take_whole(self, outcome: Outcome) -> None:
        """Adds an answer that came in one piece."""
        self.pieces.append(outcome.text)
        self.thoughts.append(outcome.reasoning)
        self.usage = outcome.usage
        self.finished = outcome.finished

    @property
    def text(self) -> str:
        """The answer so far."""
        return "".join(self.pieces)

    @property
    def reasoning(self) -> str:
        """The model's thinking so far."""
        return "".join(self.thoughts)

    @property
    def something(self) -> bool:
        """Whether any word has come, of the answer or of the thinking."""
        return bool(self.text.strip() or self.reasoning.strip())

    def usage_or_approximation(self, prompt: str) -> tuple[Usage, UsageSource | None]:
        """The server's figures; else what prompt and text let one guess, marked so; else nothing.

        Figures seen early in a stream that broke off may be far behind what came: then the output is guessed.
        """
        seen = approximate_tokens(self.text) + approximate_tokens(self.reasoning)
        if self.usage is None:
            if not self.text and not self.reasoning:
                return Usage(), None
            return Usage(input_tokens=approximate_tokens(prompt), output_tokens=seen, calls=1), "approximate"
        told = self.usage.usage
        if self.finished is None and BEHIND * (told.output_tokens or 0) < seen:
            return replace(told, output_tokens=seen), "approximate"
        return told, "server"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended: its status, and for anything but a success why. `charged` False: certainly not billed.

    `provider_code` is the server's own name of what went wrong.
    """

    status: Status
    state: ErrorState | None = None
    why: Reason | None = None
    charged: bool = True
    provider_code: str | None = None

    @property
    def code(self) -> str | None:
        """The cause, None of a success."""
        return self.why.code if self.why else None


def _ending(status: Status, cause: Cause, said: Said | None = None, *, charged: bool = True, **params: str) -> Ending:
    code = said.provider_code if said else None
    return Ending(status, cause.state, reason(cause, said, **params), charged, code)


def of_reading(reading: Reading, protocol: str, *, through_relay: bool, model: str) -> Ending:
    """The ending of an answer whose bytes have all come: whole, empty, filtered, cut, or faulted midway."""
    if reading.fault is not None:
        cause = judge(reading.fault, protocol, through_relay=through_relay)
        return _ending("interrupted" if reading.something else "failed", cause, reading.fault, model=model)
    if reading.finished is None:
        return _ending("interrupted", CAUSES["interrupted"])
    if not reading.something and reading.finished in WHY_EMPTY:
        return _ending("failed", CAUSES[WHY_EMPTY[reading.finished]])
    return Ending("succeeded")


def of_refusal(said: Said, reading: Reading, protocol: str, *, through_relay: bool, model: str) -> Ending:
    """The ending where a fault came, or what can't be read: midway the answer is interrupted, else it failed.

    Only a fault that is told is certainly not billed; what a gateway made of a time-out nobody knows.
    """
    cause = judge(said, protocol, through_relay=through_relay)
    if cause is CAUSES["possibly_billed"]:
        return _ending("unknown", cause, said, model=model)
    if reading.something:
        return _ending("interrupted", cause, said, model=model)
    return _ending("failed", cause, said, charged=cause.code in SAYS_NOTHING, model=model)


def of_broken_line(fault: LineFault) -> Ending:
    """The ending where the line broke: before anything was sent it failed for nothing, after that it is interrupted."""
    if not fault.sent:
        cause = of_line_fault(fault)
        return Ending("failed", cause.state, reason(cause, **fault.params), charged=False)
    if fault.http_status is None:
        return _ending("interrupted", CAUSES["no_answer"])
    return _ending("interrupted", CAUSES["too_large" if fault.kind == "too_large" else "interrupted"])


def of_cancelling(*, sent: bool, by_user: bool) -> Ending:
    """The ending of an exchange that was stopped, by the user or with the program."""
    if not sent:
        return _ending("cancelled", CAUSES["cancelled" if by_user else "never_sent"], charged=False)
    return _ending("cancelled" if by_user else "interrupted", CAUSES["cancelled" if by_user else "server_gone"])


def of_own_fault(*, sent: bool) -> Ending:
    """The ending where Relayscope itself broke."""
    return _ending("interrupted", CAUSES["own_fault"]) if sent else of_cancelling(sent=False, by_user=False)
