"""How bytes look, one module a protocol. Pure: builds `httpx.Request`, reads `httpx.Response` and stream events.

This file holds the values that every protocol speaks in. No sockets, no clock, no state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import httpx
from pydantic import SecretStr

from lib.vocabulary import Usage

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "content_filter", "tool_calls", "other"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a request goes and with which key. `base_url` is stored without `/v1`; the protocol owns what follows."""

    base_url: str
    key: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class TextRequest:
    """A text generation, in no protocol's words. `params` are passed on as they are (temperature, max_tokens …)."""

    model: str
    messages: tuple[Message, ...]
    params: Mapping[str, Json] = field(default_factory=dict)
    stream: bool = True


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
    type, `message` its words (untrusted, may be long), `param` what it blames, `html` that the body is a web page.
    """

    status: int
    code: str = ""
    kind: str = ""
    message: str = ""
    param: str = ""
    request_id: str = ""
    html: bool = False
    empty: bool = False

    @property
    def provider_code(self) -> str | None:
        """The server's own name of the fault."""
        return self.code or self.kind or None


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault told inside a stream."""

    said: Said


Event: TypeAlias = Text | Reasoning | UsageSeen | Finished | Fault


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole answer."""

    text: str
    reasoning: str
    usage: UsageSeen | None
    finished: FinishReason | None


@dataclass(frozen=True, slots=True)
class KeyModel:
    """One entry of a key's own model list."""

    model: str
    endpoints: tuple[str, ...] = ()


class Unreadable(Exception):
    """The answer is not what this protocol answers. `said` holds what could be read of it."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.message)
        self.said = said


class TextProtocol(Protocol):
    """What a module offers that can generate text; the module itself is the implementation."""

    def build(self, endpoint: Endpoint, request: TextRequest) -> httpx.Request:
        """What would be sent (so the cURL and Python export are free)."""

    def read(self, response: httpx.Response) -> Outcome:
        """A whole answer of a read response; raises `Unreadable`."""

    def events(self, data: str) -> Iterator[Event]:
        """What one server-sent event's data says."""

    def said(self, response: httpx.Response) -> Said:
        """What a read response says of a fault."""
