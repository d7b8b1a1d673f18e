"""Video by chat completions, as relays' reverse-engineered channels serve it (wire.md 2D).

All is told in words: how far it is, where the film is, or why there is none; a fault ends like a success. So what
came of it is concluded from the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx

from lib.wire import (
    Endpoint,
    Event,
    Link,
    Made,
    Makes,
    Outcome,
    Progress,
    Reasoning,
    Request,
    Said,
    Text,
    Unreadable,
    refuse_others,
)
from lib.wire.addresses import is_address
from lib.wire.answers import QUOTED, said
from lib.wire.openai import chat

__all__ = ["MAKES", "build", "conclude", "events", "read", "said"]

MAKES: Makes = frozenset({("video", "generate")})

_PERCENT = re.compile(r"进度\s*[:：]?\s*(\d{1,3})(?!\d)|^\s*(\d{1,3})(?:\.\d+)?\s*(?:%|\.{2,})\s*$")
"""`进度 76..`, `🏃 进度：36.0%`, or a piece that is nothing but the next figure: `79..`."""
_WAITING = re.compile(r"排队中|队列中|生成中")
_MOST_WORDS = 100
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"'`|，。；、）】》]+", re.IGNORECASE)
_OF_A_VIDEO = re.compile(r"\.mp4(?:[?#]|$)", re.IGNORECASE)
_FAILED = re.compile(r"生成失败|❌")
_WORDS_OF_FAILURE = re.compile(r"失败|错误|违规|error|fail|violat", re.IGNORECASE)


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent, always as a stream. Raises `Unfit`."""
    refuse_others(MAKES, request, "chat_video")
    return chat.build(endpoint, replace(request, stream=True))


def events(data: str) -> Iterator[Event]:
    """What one server-sent event's data says: as in a chat, and how far the work is. Raises `Unreadable`."""
    for event in chat.events(data):
        yield event
        if isinstance(event, Text | Reasoning) and (progress := _progress(event.text)) is not None:
            yield progress


def conclude(text: str) -> tuple[tuple[Made, ...], Said | None]:
    """What came of it, from all the text: the last address of an mp4, unless a failure is told after it; else why not.

    Pages of the task's data are linked too; they are no film.
    """
    films = [found for found in _ADDRESS.finditer(text) if _OF_A_VIDEO.search(found[0]) and is_address(found[0])]
    failed = max((found.start() for found in _FAILED.finditer(text)), default=-1)
    if films and films[-1].start() > failed:
        return (Link(films[-1][0]),), None
    return (), _why(text)


def read(response: httpx.Response, request: Request) -> Outcome:
    """A whole answer; one without a film raises `Unreadable`, unless it was filtered."""
    outcome = chat.read(response, request)
    made, why = conclude(outcome.text)
    if why is None:
        return replace(outcome, made=made, finished="stop" if outcome.finished == "other" else outcome.finished)
    if outcome.finished == "content_filter":
        return outcome
    raise Unreadable(replace(why, status=response.status_code, request_id=said(response).request_id))


def _progress(piece: str) -> Progress | None:
    if _ADDRESS.search(piece):
        return None
    words = piece.strip()[:_MOST_WORDS]
    figures = [figure for found in _PERCENT.finditer(piece) for figure in found.groups() if figure]
    if figures:
        return Progress(min(int(figures[-1]), 100), words)
    return Progress(words=words) if _WAITING.search(piece) else None


def _why(text: str) -> Said:
    """From the line that tells of a failure, else all of it."""
    told = _FAILED.search(text) or _WORDS_OF_FAILURE.search(text)
    words = text[text.rfind("\n", 0, told.start()) + 1 if told else 0 :].strip()
    return Said(200, message=words[:QUOTED], empty=not words)
