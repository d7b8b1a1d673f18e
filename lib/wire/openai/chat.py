"""Chat completions: text, and what is asked for in words (wire.md 1A, 1C, 3, 9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import httpx

from lib.wire import (
    Endpoint,
    Event,
    Fault,
    Finished,
    FinishReason,
    Json,
    Makes,
    Message,
    Outcome,
    Reasoning,
    Request,
    Text,
    Unreadable,
    UsageSeen,
)
from lib.wire.answers import (
    Answer,
    Count,
    Object,
    Objects,
    Words,
    data_uri,
    document,
    event,
    fault,
    plain,
    said,
)
from lib.wire.openai.tokens import counted

MAKES: Makes = frozenset({("text", "generate")})

RENAMES_MAX_TOKENS = re.compile(r"(?:^|/)(?:o\d+|gpt-[5-9]\d*)(?:[-.:]|$)")
"""Models that refuse `max_tokens` and take `max_completion_tokens` (wire.md 3: o-series and gpt-5)."""

FINISH_REASONS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "sensitive": "content_filter",
    "model_context_window_exceeded": "length",
}
"""OpenAI's words; `max_tokens` and `function_call` come from relays and old builds, the last two are Zhipu's (wire.md
6), which relays pass on. Any other word is "other".
"""

DONE = "[DONE]"


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The chat completion that would be sent. A stream asks for its usage."""
    url = endpoint.at("/v1/chat/completions")
    return httpx.Request("POST", url, headers=endpoint.bearer, json=body_of(request))


def body_of(request: Request) -> dict[str, Json]:
    """What is sent, for servers that take it elsewhere too."""
    body: dict[str, Json] = {
        **_renamed(request.model, request.params),
        "model": request.model,
        "messages": [{"role": message.role, "content": _content(message)} for message in request.messages],
    }
    if request.stream:
        given = request.params.get("stream_options")
        options = given if isinstance(given, Mapping) else {}
        body |= {"stream": True, "stream_options": {"include_usage": True, **options}}
    return body


def read(response: httpx.Response, _request: Request) -> Outcome:
    """A whole answer, whose finish mark may be missing: it can't be cut. One of no choice but usage is an empty answer.

    Raises `Unreadable`; its `said` may be a fault told in a 200.
    """
    body = document(response)
    choice, usage = _Chunk.model_validate(body).first, _usage(body)
    if choice is None and usage is None:
        raise Unreadable(said(response))
    choice = choice or _Choice()
    finished = _finish(choice.finish_reason) or "other"
    return Outcome(choice.message.words, choice.message.thoughts, usage, finished)


def events(data: str) -> Iterator[Event]:
    """What one server-sent event's data says: any of text, reasoning, usage and finish mark; or a fault.

    `[DONE]` says nothing: relays send it after a cut upstream too; the finish mark is `finish_reason`. Usage comes on
    any chunk, with or without choices. Raises `Unreadable` where the data is not a JSON object.
    """
    if data.strip() in ("", DONE):
        return
    body = event(data)
    told = fault(body) if body.get("error") or "choices" not in body else None
    if told is not None:
        yield Fault(told)
        return
    if (usage := _usage(body)) is not None:
        yield usage
    choice = _Chunk.model_validate(body).first
    if choice is None:
        return
    if choice.delta.thoughts:
        yield Reasoning(choice.delta.thoughts)
    if choice.delta.words:
        yield Text(choice.delta.words)
    if (finished := _finish(choice.finish_reason)) is not None:
        yield Finished(finished)


def _content(message: Message) -> Json:
    """A message's words; with images a list of parts, each image a data URI."""
    if not message.images:
        return message.content
    images: list[Json] = [{"type": "image_url", "image_url": {"url": data_uri(image)}} for image in message.images]
    return [*([{"type": "text", "text": message.content}] if message.content else []), *images]


def _renamed(model: str, params: Mapping[str, Json]) -> dict[str, Json]:
    if "max_tokens" not in params or not RENAMES_MAX_TOKENS.search(model):
        return dict(params)
    return {"max_completion_tokens" if name == "max_tokens" else name: value for name, value in params.items()}


def _flat(content: object) -> str:
    """Content as text: a string, null, or a list of parts of which the text ones count."""
    parts = content if isinstance(content, list) else [content]
    return "".join(_Part.model_validate(part).text if isinstance(part, dict) else plain(part) for part in parts)


class _Part(Answer):
    text: Words = ""


class _Message(Answer):
    """A message or a delta. Relays add the two forms of reasoning; a refusal stands in place of content."""

    content: Any = None
    refusal: Words = ""
    reasoning_content: Words = ""
    reasoning: Words = ""

    @property
    def words(self) -> str:
        return _flat(self.content) or self.refusal

    @property
    def thoughts(self) -> str:
        return self.reasoning_content or self.reasoning


class _Choice(Answer):
    index: Count = None
    message: Annotated[_Message, Object] = _Message()
    delta: Annotated[_Message, Object] = _Message()
    finish_reason: Words = ""


class _Chunk(Answer):
    """A whole completion or a chunk of one; they differ in `message` and `delta` only."""

    choices: Annotated[tuple[_Choice, ...], Objects] = ()

    @property
    def first(self) -> _Choice | None:
        return next((choice for choice in self.choices if not choice.index), None)


def _usage(body: Mapping[str, Any]) -> UsageSeen | None:
    raw = body.get("usage")
    if not isinstance(raw, dict) or not raw:
        return None
    usage = counted(raw)
    return None if usage.input_tokens is None and usage.output_tokens is None else UsageSeen(usage, raw)


def _finish(word: str) -> FinishReason | None:
    return FINISH_REASONS.get(word, "other") if word else None
