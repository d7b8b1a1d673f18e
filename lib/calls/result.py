"""What one exchange came to, read event by event: pure bookkeeping, no sockets, no clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal

from lib.calls.unpaid import let_in
from lib.causes import CAUSES, Cause, judge, of_line_fault, reason
from lib.cost.official import approximate_tokens
from lib.errors import LineFault, RelayscopeError
from lib.ledger.media import Kept
from lib.vocabulary import Capability, ErrorState, FollowUp, Reason, Status, Usage, UsageSource
from lib.wire import (
    Event,
    Fault,
    Finished,
    FinishReason,
    Json,
    Made,
    MadeOne,
    Outcome,
    Progress,
    Reasoning,
    Request,
    Said,
    Task,
    TaskState,
    Text,
    UsageSeen,
)
from lib.wire.answers import amount

BEHIND = 2
"""A stream that broke off has told too little if its output is less than this share of what came."""

WHY_EMPTY: Mapping[FinishReason | None, str] = {
    None: "empty_answer",
    "stop": "empty_answer",
    "other": "empty_answer",
    "length": "no_room",
    "content_filter": "content_refused",
}
"""The cause of an answer that ended without a word, marked or not. One that only calls tools is whole."""

PLAIN = ("openai",)
"""Protocols whose paths every relay has: where one isn't, the address is wrong."""

NOT_SERVED_SO = ("wrong_path", "html_page", "model_unknown", "not_implemented")
"""Causes which say no more than that a model isn't served this way, where the way was chosen by hand."""
NOT_CONVERTED = "convert_request_failed"
"""new-api's code for a model that its channel can't be asked for by this path (wire.md 1B)."""

SAYS_NOTHING = ("unreadable", "empty_answer")
"""Causes of an answer that came and doesn't tell of a fault: it may have been made, and billed."""


@dataclass(slots=True)
class Reading:
    """What came so far. `text` and `reasoning` grow by pieces; of usage each figure is the last one seen.

    `made` are files told of, `kept` those that are in the data folder; `task` will bring what isn't there yet.
    """

    pieces: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    usage: UsageSeen | None = None
    finished: FinishReason | None = None
    fault: Said | None = None
    made: list[Made] = field(default_factory=list)
    kept: tuple[Kept, ...] = ()
    task: Task | None = None
    progress: Progress | None = None
    follow_ups: tuple[FollowUp, ...] = ()

    def take(self, event: Event) -> None:
        """Adds one event of the stream."""
        match event:
            case Text(text):
                self.pieces.append(text)
            case Reasoning(text):
                self.thoughts.append(text)
            case UsageSeen():
                self.usage = merged(self.usage, event) if self.usage else event
            case Finished(reason):
                self.finished = reason
            case Fault(said):
                self.fault = said
            case MadeOne(made):
                self.made.append(made)
            case Progress():
                self.progress = event

    def take_whole(self, outcome: Outcome) -> None:
        """Adds an answer that came in one piece."""
        self.pieces.append(outcome.text)
        self.thoughts.append(outcome.reasoning)
        self.usage = outcome.usage
        self.finished = outcome.finished
        self.made += outcome.made
        self.task = outcome.task
        self.fault = outcome.refused

    def take_state(self, state: TaskState) -> None:
        """Takes in how a task stands; of one that has ended also what it made."""
        self.progress = Progress(state.progress, state.words)
        if state.usage is not None:
            self.usage = merged(self.usage, state.usage) if self.usage else state.usage
        if state.status == "succeeded":
            self.follow_ups = state.follow_ups
            self.pieces, self.made, self.finished = [state.text], list(state.made), "stop"

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
        """Whether anything has come: a file, or a word of the answer or of the thinking."""
        return bool(self.made or self.kept or self.text.strip() or self.reasoning.strip())

    def used(self, asked: Request) -> tuple[Usage, UsageSource | None]:
        """What was consumed: the server's figures, and what can be counted of the rest; of words a guess, marked so."""
        if asked.capability in IN_WORDS or not (self.kept or self.task):
            return self.usage_or_approximation(_words(asked))
        counted = COUNTED.get(asked.capability, _one_call)(asked, len(self.kept))
        if self.usage is None:
            return counted, "approximate" if asked.capability == "embedding" else "server"
        told = self.usage.usage
        missing = {one.name: getattr(counted, one.name) for one in fields(Usage) if getattr(told, one.name) is None}
        return replace(told, **missing), "server"

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


def _words(asked: Request) -> str:
    """All that is told the model, what was said before too."""
    return "\n".join((asked.system, *(one.content for one in asked.history), asked.prompt))


def _one_call(_asked: Request, _files: int) -> Usage:
    return Usage(calls=1)


def _images(_asked: Request, files: int) -> Usage:
    return Usage(images=files, calls=1)


def _seconds(asked: Request, _files: int) -> Usage:
    return Usage(seconds=seconds_asked(asked.params), calls=1)


def _characters(asked: Request, _files: int) -> Usage:
    return Usage(characters=len(asked.prompt), calls=1)


def _tokens(asked: Request, _files: int) -> Usage:
    return Usage(input_tokens=approximate_tokens(asked.prompt), output_tokens=0, calls=1)


COUNTED: Mapping[Capability, Callable[[Request, int], Usage]] = {
    "image": _images,
    "image_edit": _images,
    "video": _seconds,
    "speech": _characters,
    "embedding": _tokens,
}
"""What is known of a capability's consumption without the server: from what was asked, and how many files came."""


IN_WORDS: tuple[Capability, ...] = ("text", "transcription", "translation")
"""Capabilities whose answer is words."""


SECONDS = ("seconds", "duration", "durationSeconds")
"""Parameters that say how long a video is to be."""


def seconds_asked(params: Mapping[str, Json]) -> Decimal | None:
    """How long a video was asked for, by the names protocols have for it; None where nothing was said."""
    return next((found for name in SECONDS if (found := amount(params.get(name))) is not None), None)


def merged(older: UsageSeen, newer: UsageSeen) -> UsageSeen:
    """Usage told in two parts of one stream: every figure as last told. What one part left out, the other holds.

    Input that is told again without its cached part (Anthropic's last event may) is never less than it was.
    """
    before, after = older.usage, newer.usage
    names = (one.name for one in fields(Usage))
    figures = {name: getattr(before if getattr(after, name) is None else after, name) for name in names}
    usage = Usage(**figures)
    inputs = [one.input_tokens for one in (before, after) if one.input_tokens is not None]
    if inputs and after.cached_input_tokens is None and (before.cached_input_tokens or before.cache_write_tokens):
        usage = replace(usage, input_tokens=max(inputs))
    return UsageSeen(usage, {**older.raw, **newer.raw})


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


def of_reading(
    reading: Reading, protocol: str, *, through_relay: bool, model: str, makes_files: bool = False,
    needs_words: bool = False,
) -> Ending:  # fmt: skip
    """The ending of an answer whose bytes have all come: whole, empty, filtered, cut, or faulted midway.

    `makes_files`: words alone are no answer, and what was filtered isn't billed unless it was counted; of words the
    prompt may be. `needs_words`: what was only thought is no answer.
    """
    nothing = not reading.kept if makes_files else not (reading.text.strip() if needs_words else reading.something)
    free_if_filtered = makes_files and nothing and not (reading.usage and reading.usage.usage.images)
    if reading.fault is not None:
        cause = judge(reading.fault, protocol, through_relay=through_relay)
        charged = not (free_if_filtered and cause.state == "content_refused")
        status: Status = "interrupted" if reading.something else "failed"
        return _ending(status, cause, reading.fault, charged=charged, model=model)
    if reading.finished is None and reading.something:
        return _ending("interrupted", CAUSES["interrupted"])
    if nothing and reading.finished in WHY_EMPTY:
        cause = CAUSES[WHY_EMPTY[reading.finished]]
        return _ending("failed", cause, charged=not (free_if_filtered and cause.state == "content_refused"))
    return Ending("succeeded")


def of_task(state: TaskState, protocol: str, *, through_relay: bool, model: str) -> Ending:
    """The ending of a task that came to nothing: failed there, stopped there, or known there no more."""
    if state.status == "unknown":
        return _ending("unknown", CAUSES["task_lost"], state.said)
    if state.status == "cancelled":
        return _ending("cancelled", CAUSES["cancelled"], state.said)
    said = state.said or Said(200, message=state.words)
    cause = judge(said, protocol, through_relay=through_relay, posted=False)
    known = cause if cause.state in ("content_refused", "rate_limited", "quota_exhausted") else CAUSES["task_failed"]
    return _ending("failed", known, said, charged=False, model=model)


def of_told_failure(said: Said, protocol: str, *, through_relay: bool, model: str) -> Ending:
    """The ending of a stream whose words tell why nothing came of it. It ended well: it may have been billed."""
    return _ending("failed", judge(said, protocol, through_relay=through_relay, posted=False), said, model=model)


def of_not_fetched(fault: RelayscopeError) -> Ending:
    """The ending where what was made is still to be fetched."""
    return _ending("interrupted", CAUSES["not_fetched"], Said(200, message=fault.message.format(**fault.params)))


def of_refusal(
    said: Said, reading: Reading, protocol: str, *, through_relay: bool, model: str, by_hand: bool = False,
    unpaid: bool = False,
) -> Ending:  # fmt: skip
    """The ending where a fault came, or what can't be read: midway the answer is interrupted, else it failed.

    Only a fault that is told is certainly not billed; what a gateway made of a time-out nobody knows. `by_hand`: the
    protocol isn't the usual one. `unpaid`: it went without what it must have, so that it be refused.
    """
    cause = judge(said, protocol, through_relay=through_relay)
    if unpaid and let_in(cause, said):
        cause = CAUSES["let_in"]
    if cause is CAUSES["possibly_billed"]:
        return _ending("unknown", cause, said, model=model)
    if _not_served_so(cause, said, protocol, by_hand=by_hand):
        cause = CAUSES["wrong_dialect"]  # a guess of how the relay is spoken to, which proves nothing of the key
        return _ending("failed", cause, said, charged=False, model=model, protocol=protocol)
    if reading.something:
        return _ending("interrupted", cause, said, model=model)
    return _ending("failed", cause, said, charged=cause.code in SAYS_NOTHING, model=model)


def _not_served_so(cause: Cause, said: Said, protocol: str, *, by_hand: bool) -> bool:
    if by_hand:
        return cause.code in NOT_SERVED_SO or said.code == NOT_CONVERTED
    return cause is CAUSES["wrong_path"] and protocol not in PLAIN


def of_broken_line(fault: LineFault) -> Ending:
    """The ending where the line broke: before anything was sent it failed for nothing, after that it is interrupted."""
    if not fault.sent:
        cause = of_line_fault(fault)
        return Ending("failed", cause.state, reason(cause, **fault.params), charged=False)
    if fault.http_status is None:
        return _ending("interrupted", CAUSES["no_answer"])
    return _ending("interrupted", CAUSES["too_large" if fault.kind == "too_large" else "interrupted"])


def of_cancelling(*, sent: bool, by_user: bool, accepted: bool = False) -> Ending:
    """The ending of an exchange that was stopped, by the user or with the program.

    `accepted`: as work that goes on at its server, unless that stops when it is asked to.
    """
    if accepted and by_user:
        return _ending("cancelled", CAUSES["cancelled_there"])
    if not sent:
        return _ending("cancelled", CAUSES["cancelled" if by_user else "never_sent"], charged=False)
    return _ending("cancelled" if by_user else "interrupted", CAUSES["cancelled" if by_user else "server_gone"])


def of_own_fault(*, sent: bool) -> Ending:
    """The ending where Relayscope itself broke."""
    return _ending("interrupted", CAUSES["own_fault"]) if sent else of_cancelling(sent=False, by_user=False)
