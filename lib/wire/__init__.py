"""How bytes look, one module a protocol. Pure: builds `httpx.Request`, reads `httpx.Response` and stream events.

This file holds the values that every protocol speaks in. No sockets, no clock, no state.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, TypeAlias

import httpx
from pydantic import SecretStr

from lib.vocabulary import Capability, FollowUp, Operation, Usage

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "content_filter", "tool_calls", "other"]

VERSION = re.compile(r"^/v\d+")
ENDS_IN_VERSION = re.compile(r"/v\d+$")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a request goes and with which key. `base_url` is stored without `/v1`; the protocol owns what follows."""

    base_url: str
    key: SecretStr | None = None

    def at(self, path: str) -> str:
        """The address of a path that begins with a version. Where the base URL ends in one (`…/api/v3`), that holds."""
        return self.base_url + (VERSION.sub("", path) if ENDS_IN_VERSION.search(self.base_url) else path)

    @property
    def secret(self) -> str:
        """The key itself, for the header that carries it; empty without one."""
        return self.key.get_secret_value() if self.key else ""

    @property
    def bearer(self) -> dict[str, str]:
        """The header that most servers take a key in; none without a key."""
        return {"Authorization": f"Bearer {self.secret}"} if self.key else {}


@dataclass(frozen=True, slots=True)
class Media:
    """A file, given or made: its bytes and the type they are of. `name`: the file's own, for a multipart body."""

    data: bytes = field(repr=False)
    mime: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Where something made is to be fetched. `keyed`: only with the key it was made with (see `Later.fetch`)."""

    url: str
    keyed: bool = False


Made: TypeAlias = Media | Link


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation, with the images the user put in."""

    role: Role
    content: str
    images: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, in no protocol's words. `params` are passed on as they are, in the protocol's own names.

    `prompt` is what the capability works on: words to write about, to draw, to speak, to translate or to embed.
    `inputs` are the files it works on: images, a recording, a first frame. `history` is the conversation before.
    """

    model: str
    prompt: str
    capability: Capability = "text"
    operation: Operation = "generate"
    system: str = ""
    history: tuple[Message, ...] = ()
    inputs: tuple[Media, ...] = ()
    mask: Media | None = None
    params: Mapping[str, Json] = field(default_factory=dict)
    stream: bool = True

    @property
    def messages(self) -> tuple[Message, ...]:
        """The conversation as it is sent: system prompt, what was said before, and what is asked now."""
        system = (Message("system", self.system),) if self.system.strip() else ()
        return (*system, *self.history, Message("user", self.prompt, self.inputs))


class Unfit(Exception):
    """What is asked can't be said in this protocol. `code` names a row of `lib.causes`, whose words `params` fill."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of the model's thinking, kept apart from the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class UsageSeen:
    """Usage as understood so far (cumulative: the last one seen holds), and the server's raw words of it."""

    usage: Usage
    raw: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Finished:
    """The finish mark. A stream without one is not a success."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Said:
    """What a server says of a fault, in one form for all protocols; the input of `lib.causes`.

    `status` is the HTTP status (200 for a fault inside a stream or a 200), `code` and `kind` the body's own code and
    type, `message` its words (untrusted, may be long), `param` what it blames, `html` that the body is a web page,
    `finer` the code in its details, where one code stands for several faults (Gemini's reason, Anthropic's error_code).
    """

    status: int
    code: str = ""
    kind: str = ""
    message: str = ""
    param: str = ""
    request_id: str = ""
    html: bool = False
    empty: bool = False
    finer: str = ""

    @property
    def provider_code(self) -> str | None:
        """The server's own name of the fault."""
        return self.finer or self.code or self.kind or None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault told inside a stream."""

    said: Said


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work is, of 100; None where the server doesn't say. `words` are the server's own."""

    percent: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class MadeOne:
    """One thing that was made, told in a stream."""

    made: Made


Event: TypeAlias = Text | Reasoning | UsageSeen | Finished | Fault | Progress | MadeOne


@dataclass(frozen=True, slots=True)
class Task:
    """Work that finishes later, by the id its server gave it. `kind`: the protocol's own, where an id isn't enough."""

    id: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole answer: what came, or the task that will bring it. A `task` isn't finished by having been accepted.

    `refused`: why there is none, where a good answer tells that beside its usage.
    """

    text: str = ""
    reasoning: str = ""
    usage: UsageSeen | None = None
    finished: FinishReason | None = "stop"
    made: tuple[Made, ...] = ()
    task: Task | None = None
    refused: Said | None = None


TaskStatus = Literal["queued", "running", "succeeded", "failed", "cancelled", "unknown"]
"""`unknown`: the server answered, and doesn't know the task (any more)."""


@dataclass(frozen=True, slots=True)
class TaskState:
    """How a task stands. `words` is the provider's own state, `said` why it failed.

    One that has succeeded without anything made is polled on: the address may come later. `follow_ups`: what the
    server offers to do next with what was made.
    """

    status: TaskStatus
    progress: int | None = None
    words: str = ""
    made: tuple[Made, ...] = ()
    text: str = ""
    usage: UsageSeen | None = None
    said: Said | None = None
    follow_ups: tuple[FollowUp, ...] = ()


class KeyModel(NamedTuple):
    """One entry of a key's own model list, and what its relay's price list says beside: all that
    `lib.providers.capabilities_of` asks for."""

    model: str
    endpoints: tuple[str, ...] = ()
    vendor: str = ""
    by_call: bool = False
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a parameter can take, as a server lists it (a language, a voice), and its name for people."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an account has used of what it may use, in the provider's own unit. `limit` None: nobody said, or none."""

    used: int
    limit: int | None


class Unreadable(Exception):
    """The answer is not what this protocol answers. `said` holds what could be read of it."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.message)
        self.said = said


Makes: TypeAlias = Collection[tuple[Capability, Operation]]


class Part(Protocol):
    """A kind of answer of a protocol; a module itself is the implementation."""

    MAKES: Makes
    """What it can be asked for."""

    def build(self, endpoint: Endpoint, request: Request, /) -> httpx.Request:
        """What would be sent (so the cURL and Python export are free). Raises `Unfit`."""

    def read(self, response: httpx.Response, request: Request, /) -> Outcome:
        """A whole answer of a read response; raises `Unreadable`."""


class Speaks(Part, Protocol):
    """What every protocol's module offers."""

    def said(self, response: httpx.Response, /) -> Said:
        """What a read response says of a fault."""


class Streams(Speaks, Protocol):
    """A module whose answers may come as server-sent events."""

    def events(self, data: str, /) -> Iterator[Event]:
        """What one server-sent event's data says; raises `Unreadable`."""


class Concludes(Streams, Protocol):
    """A module whose streams tell what was made in their words only, and end as well where nothing was."""

    def conclude(self, text: str, /) -> tuple[tuple[Made, ...], Said | None]:
        """What came of it, from all the text of a stream that has ended: what was made, or why nothing was."""


class Later(Speaks, Protocol):
    """A module whose work may finish later. All of it are GETs, but for `cancel`."""

    def poll(self, endpoint: Endpoint, task: Task, /) -> httpx.Request:
        """Asks how a task stands."""

    def read_poll(self, response: httpx.Response, task: Task, /) -> TaskState:
        """How it stands; raises `Unreadable` where the answer says nothing of it: a gateway's fault, a refusal."""

    def fetch(self, endpoint: Endpoint, link: Link, /) -> httpx.Request:
        """Fetches what a `keyed` link leads to."""

    def cancel(self, endpoint: Endpoint, task: Task, /) -> httpx.Request | None:
        """Asks the server to stop; None where it can't."""


def refuse_others(makes: Makes, request: Request, protocol: str) -> None:
    """Raises `Unfit` where a protocol doesn't make what is asked."""
    if (request.capability, request.operation) not in makes:
        raise Unfit("not_in_protocol", capability=request.capability, operation=request.operation, protocol=protocol)
