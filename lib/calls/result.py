"""What one exchange came to, read event by event: pure bookkeeping, no sockets, no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from lib.causes import CAUSES, Cause, judge, of_line_fault, reason
from lib.cost.official import approximate_tokens
from lib.errors import LineFault
from lib.vocabulary import ErrorState, Reason, Status, Usage, UsageSource
from lib.wire import Event, Fault, Finished, FinishReason, Outcome, Reasoning, Said, Text, UsageSeen


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

    def usage_or_approximation(self, prompt: str) -> tuple[Usage, UsageSource | None]:
        """The server's figures; else what prompt and text let one guess, marked so; else nothing."""
        if self.usage is not None:
            return self.usage.usage, "server"
        if not self.text and not self.reasoning:
            return Usage(), None
        seen = approximate_tokens(self.text) + approximate_tokens(self.reasoning)
        return Usage(input_tokens=approximate_tokens(prompt), output_tokens=seen, calls=1), "approximate"


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


def _ending(status: Status, cause: Cause, said: Said | None = None, *, charged: bool = True, **params: str) -> Ending:
    code = said.provider_code if said else None
    return Ending(status, cause.state, reason(cause, said, **params), charged, code)


def of_reading(reading: Reading, protocol: str, *, through_relay: bool, model: str) -> Ending:
    """The ending of an answer whose bytes have all come: whole, empty, filtered, cut, or faulted midway."""
    something = bool(reading.text.strip() or reading.reasoning.strip())
    if reading.fault is not None:
        cause = judge(reading.fault, protocol, through_relay=through_relay)
        return _ending("interrupted" if something else "failed", cause, reading.fault, model=model)
    if reading.finished is None:
        return _ending("interrupted", CAUSES["interrupted"])
    if reading.finished == "content_filter" and not reading.text.strip():
        return _ending("failed", CAUSES["content_refused"])
    if not something:
        return _ending("failed", CAUSES["empty_answer"])
    return Ending("succeeded")


def of_refusal(said: Said, protocol: str, *, through_relay: bool, model: str) -> Ending:
    """The ending of a request the server answered with a fault: certainly failed, unless a gateway gave up waiting."""
    cause = judge(said, protocol, through_relay=through_relay)
    if cause is CAUSES["possibly_billed"]:
        return _ending("unknown", cause, said, model=model)
    return _ending("failed", cause, said, charged=False, model=model)


def of_broken_line(fault: LineFault, address: str, *, answered: bool) -> Ending:
    """The ending where the line broke: before anything was sent it failed for nothing, after that it is interrupted."""
    if not fault.sent:
        return _ending("failed", of_line_fault(fault), charged=False, address=address)
    return _ending("interrupted", CAUSES["interrupted" if answered else "no_answer"])
