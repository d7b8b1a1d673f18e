"""Keeps keys out of every text that is stored or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import httpx
from pydantic import SecretStr

from lib.vocabulary import Reason

AUTHORIZATION = ("authorization", "x-api-key", "x-goog-api-key", "xi-api-key", "mj-api-secret")
"""The headers that carry a key."""

SHOWN = 4
SHORTEST = 8
"""Of a secret shorter than this not even the end is shown."""
LONG = 16
"""No mere word is as long as this."""

LOOKS_LIKE_A_KEY = re.compile(
    r"""
    (?<![A-Za-z0-9]) (?: (?: sk | pk | rk ) [-_] [-_A-Za-z0-9*.]{8,} | AIza [-_A-Za-z0-9]{20,} )
    | (?<= Bearer\s ) (?!\[key) [^\s"',;)}\]]{8,}
    | (?<= [?&]key= ) (?!\[key) [^\s&"'#]{4,}
    | (?<= api[-_]key= ) (?!\[key) [^\s&"'#]{4,}
    """,
    re.VERBOSE | re.IGNORECASE,
)
HEADER = re.compile(r"""(api-key["'\\]*\s*:\s*["'\\]*)(?!\[key)([^\s"',;}\\]{12,})""", re.IGNORECASE)
"""`x-api-key` and its like with a value, as a header or in JSON (quoted once more, too)."""


def redact(text: str, secrets: Iterable[SecretStr | str] = ()) -> str:
    """The text with each secret, and all that looks like a key, replaced by `[key …abcd]`. Never raises."""
    values = {value.get_secret_value() if isinstance(value, SecretStr) else value for value in secrets}
    text = LOOKS_LIKE_A_KEY.sub(lambda found: mark(found[0]), without(text, values))
    return HEADER.sub(lambda found: found[1] + mark(found[2]), text)


def without(text: str, keys: Iterable[str]) -> str:
    """The text with each of these keys replaced."""
    for key in sorted(filter(None, keys), key=len, reverse=True):
        text = text.replace(key, mark(key))
    return text


def without_keys(why: Reason) -> Reason:
    """A reason whose words, a server's, tell nothing that looks like a key."""
    return replace(why, said=redact(why.said), params={name: redact(value) for name, value in why.params.items()})


def keys_in(request: httpx.Request) -> tuple[str, ...]:
    """The keys that a request carries, but for what is no secret: local servers take any word, such as `lm-studio`."""
    carried = (request.headers.get(name, "").rpartition(" ")[2] for name in AUTHORIZATION)
    return tuple(key for key in carried if len(key) >= LONG or (len(key) >= SHORTEST and re.search(r"\d", key)))


def mark(value: str) -> str:
    """What stands for a key: its end, if it is long enough."""
    return f"[key …{value[-SHOWN:]}]" if len(value) >= SHORTEST else "[key]"
