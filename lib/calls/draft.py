"""What a user asks for, made ready: guarded, priced, as the very request that would be sent. Sends nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from lib.calls.conversation import AFTER, after, conversation, messages
from lib.calls.dialect import makes, protocol_of, takes_mask
from lib.calls.files import Files, suffix
from lib.calls.guard import bound, default_model, guard, refusal, served_by
from lib.calls.known import Known
from lib.calls.quoting import by_second, quote
from lib.calls.route import Route, retired
from lib.calls.translation import in_words
from lib.calls.unpaid import incomplete
from lib.cost.price import Price, stored
from lib.cost.relay import Unpriced
from lib.errors import Refused, WrongUse
from lib.http import curl, python
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.media import Kept, Role
from lib.ledger.row import CallRow
from lib.vocabulary import Capability, Money, Operation
from lib.wire import Json, Media, Message, Request, Unfit
from lib.wire.protocols import PROTOCOLS

TOLD_IN_WORDS: tuple[Operation, ...] = ("generate", "edit", "inpaint", "lyrics")
"""Operations that are told in words what to do; the others need a file or an earlier result."""
VERTEX = re.compile(r"(^|[.-])aiplatform\.googleapis\.com$")
"""The hosts of Google's Vertex AI."""
UNPAID = "unpaid"
"""Where the log keeps that of a call."""
GIVEN: tuple[Role, Role] = ("input", "mask")
"""The roles of the files that a call is given."""
OURS = ("model", "messages", "stream", "stream_options")
"""Parameters that the call itself decides."""


@dataclass(frozen=True, slots=True)
class Riddle:
    """A question with one right answer, a number."""

    question: str
    answer: str

    def told(self, text: str) -> Mapping[str, str]:
        """Of an answer that isn't right the question and what was expected; nothing of one that is."""
        if re.search(rf"(?<![\d.,]){self.answer}(?![\d]|[.,]\d)", text):
            return {}
        return {"question": self.question, "expected": self.answer}


@dataclass(frozen=True, slots=True)
class CallDraft:
    """What is asked for. `model` None: the connection's default for the capability.

    `inputs` are the files it works on, `mask` what of the first of them may change. `protocol`: the module of
    `lib.wire` to speak, where the usual one is to be overruled. `after` is the call that this one goes on from;
    `history`, the conversation up to there, is read from the log when the draft is made ready. `riddle`: what is asked
    has one right answer; that words came is then not enough to know of it. `unpaid`: it goes without what it must have,
    so that it is refused before anything is made. `line`: that of the relay to go by, where it isn't the one in use.
    `over_budget`: the user wants it sent though it may break a budget that stops.
    """

    connection: str
    capability: Capability
    prompt: str
    model: str | None = None
    operation: Operation = "generate"
    system: str = ""
    params: Mapping[str, Json] = field(default_factory=dict)
    protocol: str | None = None
    inputs: tuple[Media, ...] = ()
    mask: Media | None = None
    after: str | None = None
    history: tuple[Message, ...] = ()
    riddle: Riddle | None = None
    unpaid: bool = False
    line: str | None = None
    over_budget: bool = False

    def elsewhere(self, connection: str, model: str, line: str | None = None) -> CallDraft:
        """The same asked of another connection, model or line; in the usual protocol, but where only the line differs.
        """
        there = (connection, model) == (self.connection, self.model)
        protocol = self.protocol if there else None
        return replace(self, connection=connection, model=model, protocol=protocol, line=line)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft made ready, or refused with the reason; in both cases with what it would cost at most, if known.

    `protocol` is the module of `lib.wire` that `asked` was said in as `request`; `by_hand`, whether it isn't the usual.
    """

    draft: CallDraft
    route: Route
    model: str
    protocol: str
    asked: Request
    request: httpx.Request | None
    price: Price | None
    quoted: Money | None
    refused: Refused | None
    by_hand: bool = False
    unpriced: Unpriced | None = None
    """Why there is no price, where the relay's list is what doesn't tell it."""

    def at(self, base_url: str) -> Drafted:
        """The same request at another address: where an earlier call went. To be shown, not to be sent."""
        if self.request is None:
            return self
        path = str(self.request.url).removeprefix(self.route.endpoint.base_url)
        moved = httpx.Request(
            self.request.method, base_url + path, headers=self.request.headers, content=self.request.read()
        )
        return replace(self, request=moved)

    @property
    def key_variable(self) -> str:
        """The environment variable that stands for the key in exported code."""
        return f"RELAYSCOPE_KEY_{self.draft.connection.upper()}"

    @property
    def curl(self) -> str:
        """The request as a shell command; empty if refused."""
        return curl(self.request, self.key_variable) if self.request else ""

    @property
    def python(self) -> str:
        """The request as a Python script; empty if refused."""
        return python(self.request, self.key_variable) if self.request else ""


def draft_of(row: CallRow, payload: Payload) -> CallDraft:
    """The draft a call was made of, but for the files it was given."""
    more = payload.request_json or {}
    return CallDraft(
        connection=row.connection, capability=row.capability, prompt=payload.prompt, model=row.model,
        operation=row.operation, system=more.get("system", ""), params=more.get("params", {}),
        protocol=row.protocol, after=after(payload), unpaid=UNPAID in more,
    )  # fmt: skip


def given_again(draft: CallDraft, given: Mapping[Role, Sequence[Kept]], files: Files) -> CallDraft:
    """A draft with the files that its call was given. Raises `WrongUse` where one of them is gone."""
    try:
        inputs, masks = (
            tuple(Media(files.read(one), one.mime, f"{role}{suffix(one.mime)}") for one in given.get(role, ()))
            for role in GIVEN
        )
    except OSError:
        raise WrongUse(N_("A file that this call was given is gone from the data folder.")) from None
    return replace(draft, inputs=inputs, mask=next(iter(masks), None))


def resumed(known: Known, row: CallRow, payload: Payload) -> Drafted:
    """A call that was sent before, as far as going on with it needs: by its own line, another may not know its task; by
    the one in use where its own is gone, or no key goes there. Raises `WrongUse` where its connection is gone.
    """
    in_use, its_own = known.route(row.connection), _by_its_line(known, row)
    route = its_own or in_use
    elsewhere = its_own.line if its_own and its_own.line != in_use.line else None
    draft = replace(draft_of(row, payload), line=elsewhere.id if elsewhere else None)
    price = stored(payload.prices)
    return Drafted(
        draft, route, row.model, row.protocol, asked_of(draft, row.model, row.protocol), None,
        price, row.quoted, None,
    )  # fmt: skip


def _by_its_line(known: Known, row: CallRow) -> Route | None:
    try:
        route = known.route(row.connection, row.line)
    except WrongUse:
        return None
    return None if route.keyless else route


def make(known: Known, draft: CallDraft, at: datetime) -> Drafted:
    """Guards and prices a draft, with the conversation that it goes on from.

    Raises `WrongUse` for an unknown connection, a parameter the call itself decides, or an image that was deleted.
    """
    draft = _with_history(known, draft)
    route = known.route(draft.connection, draft.line)
    models = known.models(route.connection)
    served = served_by(draft.capability, bound(route.connection, models), draft.model)
    model = draft.model or default_model(route.connection, served, models)
    ours = sorted(set(draft.params) & set(OURS))
    if ours:
        raise WrongUse(N_("The parameter {name} is set by the call itself."), name=ours[0])
    usual = protocol_of(
        route, draft.capability, draft.operation, model or "", *known.dialects(route.connection, model or "")
    )
    protocol = draft.protocol or usual
    drafted = Drafted(
        draft, route, model or "", protocol, asked_of(draft, model or "", protocol), None, None, None, None,
        by_hand=protocol != usual,
    )
    try:
        if since := retired(route.connection, model or "", at.date()):
            raise refusal("retired", provider=since[0], model=model or "", day=since[1].isoformat())
        guard(route.connection, draft.capability, model, models)
        request = _request(drafted)
    except Refused as refused:
        return replace(drafted, refused=refused)
    book = known.book(route.connection)
    price = book.price(model or "", at, draft.params)
    quoted = quote(price, drafted.asked, protocol)
    unpriced = None if price else book.unpriced(model or "")
    return replace(drafted, request=request, price=price, quoted=quoted, unpriced=unpriced)


def of_submitted(known: Known, draft: CallDraft, at: datetime) -> Drafted:
    """A task that was submitted elsewhere: asked after also where a draft like this, without its prompt, isn't sent.

    With the price of its model, but for where a relay may multiply that by what it told at submission only. Raises
    what `make` does, and `Refused` where no key goes to its address.
    """
    drafted = make(known, draft, at)
    if drafted.route.keyless is not None:
        raise drafted.route.keyless
    price = known.book(drafted.route.connection).price(drafted.model, at, draft.params)
    multiplied = price is not None and by_second(price, drafted.protocol)
    return replace(drafted, price=None if multiplied else price, quoted=None, refused=None)


def as_stored(draft: CallDraft) -> dict[str, Json]:
    """What the log keeps of a draft beside the prompt; `draft_of` reads it again."""
    more: dict[str, Json] = {AFTER: draft.after} if draft.after is not None else {}
    if draft.unpaid:
        more |= {UNPAID: True}
    return {"system": draft.system, "params": dict(draft.params), **more}


def _with_history(known: Known, draft: CallDraft) -> CallDraft:
    """A draft that goes on from a call, with all that was said up to there."""
    if draft.after is None or draft.capability != "text":
        return draft
    return replace(draft, history=messages(conversation(known.ledger, draft.after), known.files.read))


def needs_words(capability: Capability, operation: Operation) -> bool:
    """Whether there is nothing to do without a prompt."""
    return capability != "transcription" and operation in TOLD_IN_WORDS


def asked_of(draft: CallDraft, model: str, protocol: str) -> Request:
    """What is asked; a translation in words, where the protocol has none of its own."""
    request = Request(
        model=model, prompt=draft.prompt, capability=draft.capability, operation=draft.operation, system=draft.system,
        history=draft.history, inputs=draft.inputs, mask=draft.mask, params=draft.params,
    )  # fmt: skip
    spoken = PROTOCOLS.get(protocol)
    own = spoken is None or (draft.capability, draft.operation) in spoken.MAKES
    return request if own or draft.capability != "translation" else in_words(request)


def _request(drafted: Drafted) -> httpx.Request:
    draft, route = drafted.draft, drafted.route
    spoken = PROTOCOLS.get(drafted.protocol)
    if spoken is None:
        raise refusal("protocol_unknown", protocol=drafted.protocol)
    if not makes(drafted.protocol, draft.capability, draft.operation):
        raise _not_made(drafted)
    if draft.mask is not None and not takes_mask(drafted.protocol, draft.capability, draft.operation):
        raise refusal("takes_no_mask", protocol=drafted.protocol, operation=draft.operation)
    if VERTEX.search(urlsplit(route.endpoint.base_url).hostname or ""):
        raise refusal("vertex")
    if needs_words(draft.capability, draft.operation) and not draft.prompt.strip():
        raise refusal("empty_prompt")
    if route.keyless is not None:
        raise route.keyless
    try:
        request = spoken.build(route.endpoint, drafted.asked)
        return _unpaid(request, drafted) if draft.unpaid else request
    except Unfit as unfit:
        raise refusal(unfit.code, **unfit.params) from None


def _unpaid(request: httpx.Request, drafted: Drafted) -> httpx.Request:
    """Only relays are known to refuse it unpaid. Raises `Unfit`."""
    protocol = drafted.protocol if drafted.route.through_relay else ""
    return incomplete(request, protocol, drafted.draft.capability)


def _not_made(drafted: Drafted) -> Refused:
    """Why a protocol isn't asked: it can't do this, or none of ours can."""
    capability, operation = drafted.draft.capability, drafted.draft.operation
    if any(makes(name, capability, operation) for name in PROTOCOLS):
        return refusal("not_in_protocol", capability=capability, operation=operation, protocol=drafted.protocol)
    return refusal("cannot_call_yet", capability=capability if operation == "generate" else operation)
