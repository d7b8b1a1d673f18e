"""Where made things are found: `http(s)` addresses that can be asked, and files written out as `data:` addresses."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from lib.wire import Media
from lib.wire.answers import plain

Path = tuple[str, ...]
"""The names that lead from an object to a value; a list on the way counts with each of its items."""

_DATA = re.compile(r"data:(?P<mime>[\w.+-]+/[\w.+-]+)?(?:;[\w.=+-]+)*;base64,(?P<data>.+)", re.IGNORECASE | re.DOTALL)
_URL_SAFE = str.maketrans("-_", "+/")
_NO_BASE64 = re.compile(r"[^A-Za-z0-9+/]+")


def is_address(text: str) -> bool:
    """Whether `text` is an `http(s)` address that could be asked."""
    if not text.startswith(("http://", "https://")):
        return False
    try:
        return bool(httpx.URL(text).host)
    except (httpx.InvalidURL, ValueError):
        return False


def of_data_uri(text: str) -> Media | None:
    """The file in a `data:` address; None where there is none."""
    found = _DATA.fullmatch(text.strip())
    data = decoded(found["data"]) if found else b""
    return Media(data, (found and found["mime"]) or "application/octet-stream") if data else None


def decoded(text: str) -> bytes:
    """Base64, plain or for URLs, padded or not, however broken into lines; empty for what is none."""
    digits = _NO_BASE64.sub("", text.translate(_URL_SAFE))
    return b64decode(digits + "=" * (-len(digits) % 4)) if len(digits) % 4 != 1 else b""


def addresses(body: object, paths: Sequence[Path]) -> tuple[str, ...]:
    """The addresses on the first of `paths` that leads to any, each once."""
    found = (tuple(dict.fromkeys(filter(is_address, map(plain, values(body, path))))) for path in paths)
    return next(filter(None, found), ())


def values(body: object, path: Path) -> Iterator[Any]:
    """What a path leads to."""
    if isinstance(body, list):
        for item in body:
            yield from values(item, path)
    elif not path:
        yield body
    elif isinstance(body, dict) and path[0] in body:
        yield from values(body[path[0]], path[1:])
