"""Anthropic's Messages API, as Anthropic and relays speak it (wire.md 5, 1C). The base URL is without `/v1`."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import httpx
from pydantic import BeforeValidator, Field

from lib.vocabulary import Usage
from lib.wire import (
    Endpoint,
    Event,
    Fault,
    Finished,
    FinishReason,
    Json,
    Makes,
    Media,
    Message,
    Outcome,
    Reasoning,
    Request,
    Text,
    Unreadable,
    UsageSeen,
    refuse_others,
)
from lib.wire.answers import Answer, Count, Object, Words, document, event, fault, said
from lib.wire.openai.models import read_models

__all__ = ["MAKES", "build", "events", "models_request", "read", "read_models", "said"]

MAKES: Makes = frozenset({("text", "generate")})

VERSION = "2023-06-01"
MAX_TOKENS = 8192
"""The most an answer may have where the user doesn't say: the API has no default."""
MOST_LISTED = "1000"
"""The longest page of the model list (docs.anthropic.com, list models; not in wire.md)."""

FINISH_REASONS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
"""Any other word (`pause_turn`) is "other". The context window's is of docs.anthropic.com, not of wire.md."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The message that would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "anthropic")
    system = "\n\n".join(one.content for one in request.messages if one.role == "system")
    body: dict[str, Json] = {
        "max_tokens": MAX_TOKENS,
        **request.params,
        "model": request.model,
        "messages": [_turn(one) for one in request.messages if one.role != "system" and (one.content or one.images)],
        "stream": request.stream,
    }
    if system:
        body["system"] = system
    return httpx.Request("POST", f"{endpoint.base_url}/v1/messages", headers=_headers(endpoint), json=body)


def read(response: httpx.Response, _request: Request) -> Outcome:
    """A whole answer. Raises `Unreadable`; its `said` may be a fault told in a 200."""
    body = document(response)
    answer = _Message.model_validate(body)
    usage = _usage(body.get("usage"))
    if answer.content is None and usage is None:
        raise Unreadable(said(response))
    blocks = answer.content or ()
    return Outcome(
        "".join(block.text for block in blocks),
        "".join(block.thinking for block in blocks),
        usage,
        _finish(answer.stop_reason) or "other",
    )


def events(data: str) -> Iterator[Event]:
    """What one server-sent event's data says. Its `type` names it; those that say nothing to us are passed over.

    Usage comes in two parts, at the start and at the end, each cumulative. Raises `Unreadable` where the data is not
    a JSON object; a relay's `[DONE]` says nothing.
    """
    if data.strip() in ("", "[DONE]"):
        return
    body = event(data)
    told = fault(body) if body.get("error") or not body.get("type") else None
    if told is not None:
        yield Fault(told)
        return
    yield from _told(_Event.model_validate(body))


def models_request(endpoint: Endpoint) -> httpx.Request:
    """Asks for the key's own model list; costs nothing. Through a relay the headers make it answer in this form."""
    return httpx.Request(
        "GET", f"{endpoint.base_url}/v1/models", params={"limit": MOST_LISTED}, headers=_headers(endpoint)
    )


def _headers(endpoint: Endpoint) -> dict[str, str]:
    return {"anthropic-version": VERSION, **({"x-api-key": endpoint.secret} if endpoint.key else {})}


def _turn(message: Message) -> Json:
    """One turn; with images a list of blocks, the images first."""
    if not message.images:
        return {"role": message.role, "content": message.content}
    words: list[Json] = [{"type": "text", "text": message.content}] if message.content else []
    return {"role": message.role, "content": [*map(_image, message.images), *words]}


def _image(media: Media) -> Json:
    source: Json = {"type": "base64", "media_type": media.mime, "data": b64encode(media.data).decode()}
    return {"type": "image", "source": source}


def _told(told: _Event) -> Iterator[Event]:
    for block in (told.content_block, told.delta):
        if block.thinking:
            yield Reasoning(block.thinking)
        if block.text:
            yield Text(block.text)
    for raw in (told.message.usage, told.usage):
        if (usage := _usage(raw)) is not None:
            yield usage
    if (finished := _finish(told.delta.stop_reason)) is not None:
        yield Finished(finished)


def _finish(word: str) -> FinishReason | None:
    return FINISH_REASONS.get(word, "other") if word else None


def _usage(raw: object) -> UsageSeen | None:
    """The figures in our words: the server's input leaves out what was read from the cache and written to it."""
    if not isinstance(raw, dict) or not raw:
        return None
    told = _UsageBody.model_validate(raw)
    if told.input_tokens is None and told.output_tokens is None:
        return None
    read, written, hour = told.cache_read_input_tokens, told.written, told.cache_creation.hour
    whole = None if told.input_tokens is None else told.input_tokens + (read or 0) + (written or 0)
    usage = Usage(
        input_tokens=whole,
        cached_input_tokens=read,
        cache_write_tokens=written,
        output_tokens=told.output_tokens,
        reasoning_tokens=told.output_tokens_details.thinking_tokens,
        calls=1,
        cache_write_1h_tokens=hour,
    )
    return UsageSeen(usage, raw)


class _Block(Answer):
    """A block of content, or a piece of one. Signatures and tools' inputs are left out."""

    text: Words = ""
    thinking: Words = ""
    stop_reason: Words = ""


def _blocks(value: object) -> list[dict[str, Any]] | None:
    """Blocks; None where there is no content. Some relays give a bare string."""
    if isinstance(value, str):
        return [{"text": value}]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else None


class _Message(Answer):
    content: Annotated[tuple[_Block, ...] | None, BeforeValidator(_blocks)] = None
    stop_reason: Words = ""
    usage: Any = None


class _Event(Answer):
    message: Annotated[_Message, Object] = _Message()
    content_block: Annotated[_Block, Object] = _Block()
    delta: Annotated[_Block, Object] = _Block()
    usage: Any = None


class _Thinking(Answer):
    thinking_tokens: Count = None


class _Creation(Answer):
    """How long what was written to the cache is kept."""

    minutes: Count = Field(None, validation_alias="ephemeral_5m_input_tokens")
    hour: Count = Field(None, validation_alias="ephemeral_1h_input_tokens")


class _UsageBody(Answer):
    """`input_tokens` leaves out what was read from the cache and written to it, `output_tokens` has the thinking."""

    input_tokens: Count = None
    output_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_creation: Annotated[_Creation, Object] = _Creation()
    output_tokens_details: Annotated[_Thinking, Object] = _Thinking()

    @property
    def written(self) -> int | None:
        """What was written to the cache, also where only its parts are told."""
        parts = (self.cache_creation.minutes or 0) + (self.cache_creation.hour or 0)
        return max(self.cache_creation_input_tokens or 0, parts) if parts else self.cache_creation_input_tokens
