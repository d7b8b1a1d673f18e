"""POST /v1/chat/completions: from the request to an answer whose tokens come in real time, and its settlement.

The order of the checks is new-api's: key, model, channel, body, quota, upstream.
"""

import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from demo import prose
from demo.auth import admit
from demo.books import Key
from demo.charge import Usage
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.relay import Relay, relay_of
from demo.settlement import Settlement, opened
from demo.tokens import IMAGE_TOKENS, MESSAGE_TOKENS, prefix_hashes, split

CHAT_PATH = "/v1/chat/completions"
TOKENS_A_SECOND = 28.0
FIRST_TOKEN_SECONDS = 0.3
WHOLE_ANSWER_SHARE = 1 / 3
"""An answer that isn't streamed takes this part of the time that streaming it takes."""

PING_EVERY = 64
"""A comment line comes once in so many tokens, as relays keep slow streams alive."""

CHUNK: Mapping[str, str] = MappingProxyType({"object": "chat.completion.chunk", "system_fingerprint": ""})

THINKS = re.compile(r"thinking|reasoner|-r1\b", re.IGNORECASE)


class Part(BaseModel):
    """One piece of a message's content; other fields are accepted unread."""

    type: str
    text: str = ""
    image_url: Any = None


class Message(BaseModel):
    """One message, its content a string or parts."""

    role: str
    content: str | list[Part] | None = None

    def words(self) -> str:
        """All its text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""

    def images(self) -> int:
        """How many image parts it has."""
        return sum(part.type == "image_url" for part in self.content) if isinstance(self.content, list) else 0


class StreamOptions(BaseModel):
    """Whether the last chunk tells the usage."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """What the demo reads of a request; every other parameter is accepted and has no effect."""

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=0)
    max_completion_tokens: int | None = Field(None, ge=0)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)

    def limit(self) -> int | None:
        """The most tokens the answer may have."""
        return self.max_completion_tokens or self.max_tokens or None

    def thinks(self) -> bool:
        """Whether the model shows what it thinks before it answers."""
        return bool(THINKS.search(self.model))

    def caches(self) -> bool:
        """Whether its prompt is kept, to be read at less by a later one; OpenAI keeps any."""
        return True

    def written(self, cacheable: int, read: int) -> int:
        """How many tokens of its prompt are charged as written to the cache; OpenAI takes nothing for that."""
        return 0

    def last_words(self, *roles: str) -> str:
        """The text of the last message by one of `roles`."""
        return next((message.words() for message in reversed(self.messages) if message.role in roles), "")


Piece = tuple[Literal["reasoning_content", "content"], str]


class Completion:
    """One answer: its pieces, how many were given out so far, and the settlement it ends with."""

    def __init__(self, asked: ChatRequest, relay: Relay, settlement: Settlement, prompt: Usage) -> None:
        self.asked, self.relay, self.settlement, self.prompt = asked, relay, settlement, prompt
        whole = _pieces(asked)
        self.pieces = whole[: asked.limit()]
        self.finish_reason = "stop" if len(self.pieces) == len(whole) else "length"
        self.given = 0
        self.id = secrets.token_hex(12)
        self.head = {"id": f"chatcmpl-{self.id}", "created": int(time.time()), "model": asked.model}

    async def paced(self, share: float = 1.0) -> AsyncIterator[Piece]:
        """The pieces, each when it is due; `share` shortens every wait."""
        start = time.monotonic()
        for number, piece in enumerate(self.pieces):
            due = (FIRST_TOKEN_SECONDS + number / TOKENS_A_SECOND) * share
            await self.relay.pause(due - (time.monotonic() - start) * self.relay.speed)
            if number == 0:
                self.settlement.first_token()
            self.given = number + 1
            yield piece

    async def finish(self) -> None:
        """Give out everything at once, in a third of the time, and settle."""
        async for _ in self.paced(WHOLE_ANSWER_SHARE):
            pass
        self.settle()

    def text(self, kind: str) -> str:
        """All its pieces of one kind."""
        return "".join(text for each, text in self.pieces if each == kind)

    def usage(self) -> Usage:
        """What was used up to now."""
        given = self.pieces[: self.given]
        thought = sum(kind != "content" for kind, _ in given)
        return replace(self.prompt, completion=len(given), reasoning=thought)

    def settle(self) -> None:
        """Charge and log what was given out; a second time does nothing."""
        self.settlement.settle(self.usage())


async def completions(request: Request) -> Response:
    """The route: a JSON answer, or server-sent events."""
    key, relay = admit(request), relay_of(request)
    body = await json_body(request)
    model = distribute(key, body.get("model"))
    with opened(request, key, model, is_stream=body.get("stream") is True) as settlement:
        asked = validated(ChatRequest, body)
        completion = begin(asked, relay, key, settlement)
    if asked.stream:
        return ChatStream(completion, _events(completion))
    await completion.finish()
    return JSONResponse(_whole(completion))


class ChatStream(StreamingResponse):
    """`events` of one completion; a client that leaves midway is charged for what it was sent."""

    def __init__(
        self,
        completion: Completion,
        events: AsyncIterator[str],
        headers: Mapping[str, str] = MappingProxyType({}),
        media_type: str = "text/event-stream",
    ) -> None:
        super().__init__(events, media_type=media_type, headers={"Cache-Control": "no-cache", **headers})
        self.completion = completion

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events, and settle however that ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.completion.settle()


def begin(asked: ChatRequest, relay: Relay, key: Key, settlement: Settlement) -> Completion:
    """An answer that may begin; Refused where channel, model, funds or the upstream are against it."""
    model = settlement.model
    check_channel(model, CHAT_PATH, served="openai" in model.endpoints)
    prompt = prompt_usage(asked, relay, key)
    check_means(key, settlement, Usage(prompt.prompt, asked.limit() or 0))
    return Completion(asked, relay, settlement, prompt)


def prompt_usage(asked: ChatRequest, relay: Relay, key: Key) -> Usage:
    """The tokens of a prompt, and which of them the cache has; remembers it where the request is one that caches."""
    tokens = [token for message in asked.messages for token in (message.role, *split(message.words()))]
    images = sum(message.images() for message in asked.messages)
    prefixes = prefix_hashes(f"{key.spec.name} {asked.model}", tokens) if asked.caches() else []
    cached = max([length for length, prefix in prefixes if relay.seen_before(prefix)], default=0)
    written = asked.written(prefixes[-1][0], cached) if prefixes else 0
    total = len(tokens) + (MESSAGE_TOKENS - 1) * len(asked.messages) + IMAGE_TOKENS * images
    return Usage(total, 0, cached, written=written)


def _pieces(asked: ChatRequest) -> list[Piece]:
    prompt = asked.last_words("user")
    text = prose.answer(asked.model, asked.last_words("system", "developer"), prompt)
    thoughts = prose.reasoning(prompt) if asked.thinks() else ""
    return [
        *(("reasoning_content", token) for token in split(thoughts)),
        *(("content", token) for token in split(text)),
    ]


def _whole(completion: Completion) -> dict[str, Any]:
    texts: dict[str, str] = {
        kind: "".join(text for each, text in completion.pieces if each == kind) for kind, _ in completion.pieces
    }
    return whole(completion.head, texts, completion.finish_reason, completion.usage())


async def _events(completion: Completion) -> AsyncIterator[str]:
    head = completion.head
    yield chunk(head, {"role": "assistant", "content": ""})
    async for kind, text in completion.paced():
        yield chunk(head, {kind: text})
        if completion.given % PING_EVERY == 0:
            yield ": PING\n\n"
    completion.settle()
    yield chunk(head, {}, completion.finish_reason)
    for last in ending(completion.asked, head, completion.usage()):
        yield last


def new_head(model: str) -> dict[str, Any]:
    """What every part of one answer begins with."""
    return {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": model}


def whole(head: Mapping[str, Any], texts: Mapping[str, str], finish_reason: str, usage: Usage) -> dict[str, Any]:
    """An answer that isn't streamed."""
    message = {"role": "assistant", "content": "", **texts}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
    document = {"object": "chat.completion", "choices": [choice], "usage": _usage(usage), "system_fingerprint": ""}
    return {**head, **document}


def chunk(head: Mapping[str, Any], delta: dict[str, str], finish_reason: str | None = None) -> str:
    """One event of a stream."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return _data({**head, **CHUNK, "choices": [choice], "usage": None})


def ending(asked: ChatRequest, head: Mapping[str, Any], usage: Usage) -> Iterator[str]:
    """A stream's last events: the usage, where it was asked for, and the mark that it is whole."""
    if asked.stream_options and asked.stream_options.include_usage:
        yield _data({**head, **CHUNK, "choices": [], "usage": _usage(usage)})
    yield "data: [DONE]\n\n"


def _data(document: dict[str, Any]) -> str:
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning, "audio_tokens": 0},
    }
