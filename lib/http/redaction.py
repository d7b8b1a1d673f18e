"""Keeps keys out of every text that is stored or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import SecretStr

SHOWN = 4
SHORTEST = 8
"""Of a secret shorter than this not even the end is shown."""

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
    for value in sorted(filter(None, values), key=len, reverse=True):
        text = text.replace(value, _mark(value))
    text = LOOKS_LIKE_A_KEY.sub(lambda found: _mark(found[0]), text)
    return HEADER.sub(lambda found: found[1] + _mark(found[2]), text)


def _mark(value: str) -> str:
    return f"[key …{value[-SHOWN:]}]" if len(value) >= SHORTEST else "[key]"
