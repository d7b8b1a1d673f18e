"""Where made things are found in an answer: the `http(s)` addresses on the paths where they were seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from lib.wire.answers import plain

Path = tuple[str, ...]
"""The names that lead from an object to a value; a list on the way counts with each of its items."""


def is_address(text: str) -> bool:
    """Whether `text` is an `http(s)` address that could be asked."""
    if not text.startswith(("http://", "https://")):
        return False
    try:
        return bool(httpx.URL(text).host)
    except (httpx.InvalidURL, ValueError):
        return False


def addresses(body: object, paths: Sequence[Path]) -> tuple[str, ...]:
    """The addresses on the first of `paths` that leads to any, each once."""
    found = (tuple(dict.fromkeys(filter(is_address, map(plain, values(body, path))))) for path in paths)
    return next(filter(None, found), ())


def values(body: object, path: Path) -> list[Any]:
    """What a path leads to; lists within lists aren't looked into."""
    found = _items([body])
    for name in path:
        found = _items([one[name] for one in found if isinstance(one, dict) and name in one])
    return found


def _items(found: list[Any]) -> list[Any]:
    return [item for one in found for item in (one if isinstance(one, list) else [one])]
