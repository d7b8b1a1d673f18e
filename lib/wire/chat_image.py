"""Images by chat completions, as relays serve Gemini's (wire.md 4): what is made stands in the answer's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import httpx

from lib.vocabulary import Usage
from lib.wire import Endpoint, Link, Made, Makes, Outcome, Request, Unfit, Unreadable, UsageSeen, refuse_others
from lib.wire.addresses import Path, is_address, values
from lib.wire.answers import QUOTED, document, plain, said
from lib.wire.media import of_address
from lib.wire.openai import chat

__all__ = ["MAKES", "build", "read", "said"]

MAKES: Makes = frozenset({("image", "generate"), ("image_edit", "edit")})

FIELDS: Sequence[Path] = (
    ("choices", "message", "images", "image_url", "url"),
    ("choices", "message", "images", "url"),
    ("choices", "message", "content", "image_url", "url"),
)
"""Where images stand beside the words, at OpenRouter and those like it; and content as a list of parts."""
REFUSAL: Path = ("choices", "message", "refusal")

_MARKDOWN = r"(?P<mark>!?)\[[^\[\]]{0,500}+\]\(\s*+<?(?P<shown>(?:data:image/|https?://)[^()\[\]\s>]++)>?[^)]{0,500}+\)"
_DATA = r"(?P<data>data:image/[\w.+-]++;base64,[A-Za-z0-9+/_=-]++)"
_BARE = r"(?P<bare>https?://[^\s<>()\[\]\"'`|，。；、）】》]+)"
"""Every quantifier is bounded or possessive: an answer is megabytes long."""
_FOUND = re.compile(f"{_MARKDOWN}|{_DATA}|{_BARE}", re.IGNORECASE)
_OF_AN_IMAGE = re.compile(r"\.(?:png|jpe?g|webp|gif|avif|bmp)(?:[?#!]|$)", re.IGNORECASE)


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent, never as a stream: an image is one piece of megabytes. Raises `Unfit`."""
    refuse_others(MAKES, request, "chat_image")
    if request.capability == "image_edit" and not request.inputs:
        raise Unfit("needs_input")
    params = {name: value for name, value in request.params.items() if name not in ("stream", "stream_options")}
    return chat.build(endpoint, replace(request, stream=False, params=params))


def read(response: httpx.Response, request: Request) -> Outcome:
    """The images, and the words around them. A refusal is an answer without any; all else without raises `Unreadable`.

    That one's `said` are the model's words.
    """
    outcome = chat.read(response, request)
    body = document(response)
    text, in_words = images_in(outcome.text)
    beside = (_made(plain(url).strip()) for path in FIELDS for url in values(body, path))
    made = tuple(dict.fromkeys((*(one for one in beside if one is not None), *in_words)))
    if made:
        finished = "stop" if outcome.finished == "other" else outcome.finished
        return replace(outcome, text=text, made=made, finished=finished, usage=_counted(outcome.usage, len(made)))
    if outcome.finished == "content_filter" or any(map(plain, values(body, REFUSAL))):
        return replace(outcome, finished="content_filter")
    fault = said(response)
    raise Unreadable(replace(fault, message=outcome.text[:QUOTED] or fault.message))


def images_in(text: str) -> tuple[str, tuple[Made, ...]]:
    """The images in a model's words, and the words without them.

    Images in Markdown, `data:` addresses, links and bare addresses that end as an image's does, or one that is all
    there is.
    """
    made: list[Made] = []

    def taken(found: re.Match[str]) -> str:
        address = found["shown"] or found["data"] or found["bare"]
        sure = found["mark"] or found["data"] or address == text.strip() or _OF_AN_IMAGE.search(address)
        one = _made(address) if sure else None
        if one is None:
            return found[0]
        made.append(one)
        return ""

    return _FOUND.sub(taken, text).strip(), tuple(dict.fromkeys(made))


def _made(address: str) -> Made | None:
    made = of_address(address)
    return None if isinstance(made, Link) and not is_address(made.url) else made


def _counted(usage: UsageSeen | None, images: int) -> UsageSeen:
    seen = usage or UsageSeen(Usage(calls=1), {})
    return replace(seen, usage=replace(seen.usage, images=images))
