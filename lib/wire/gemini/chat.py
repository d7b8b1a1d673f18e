"""Gemini's text (wire.md 4)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from lib.wire import Endpoint, Event, Fault, Finished, MadeOne, Makes, Outcome, Reasoning, Request, Text, Unreadable
from lib.wire.answers import document, event, fault, said
from lib.wire.gemini.asking import body_of, key, post, url
from lib.wire.gemini.told import Told, usage_of

MAKES: Makes = frozenset({("text", "generate")})

SSE = {"alt": "sse"}
"""Without it a stream comes as one JSON array."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The answer that would be asked for, whole or as a stream."""
    body = body_of(request, {}, request.params)
    if not request.stream:
        return post(endpoint, request.model, "generateContent", body)
    address = url(endpoint, request.model, "streamGenerateContent")
    return httpx.Request("POST", address, params=SSE, headers=key(endpoint), json=body)


def read(response: httpx.Response, _request: Request) -> Outcome:
    """A whole answer; one to a refused prompt is empty and filtered. Raises `Unreadable`."""
    body = document(response)
    told, usage = Told.model_validate(body), usage_of(body)
    if told.first is None and not told.blocked and usage is None:
        raise Unreadable(said(response))
    return Outcome(told.text, told.thoughts, usage, told.finished or "other", told.media, refused=told.blocked)


def events(data: str) -> Iterator[Event]:
    """What one server-sent event's data says. Usage is cumulative; there is no end mark but `finishReason`.

    Raises `Unreadable` where the data is not a JSON object; a relay's `[DONE]` says nothing.
    """
    if data.strip() in ("", "[DONE]"):
        return
    body = event(data)
    nothing_else = "candidates" not in body and "promptFeedback" not in body
    problem = fault(body) if body.get("error") or nothing_else else None
    if problem is not None:
        yield Fault(problem)
        return
    if (usage := usage_of(body)) is not None:
        yield usage
    told = Told.model_validate(body)
    if told.blocked:
        yield Fault(told.blocked)
        return
    if told.thoughts:
        yield Reasoning(told.thoughts)
    if told.text:
        yield Text(told.text)
    yield from map(MadeOne, told.media)
    if (finished := told.finished) is not None:
        yield Finished(finished)
