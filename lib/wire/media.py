"""What a JSON answer holds of a file: its bytes in base64, a `data:` address that is them, or where to fetch it."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from urllib.parse import unquote_to_bytes

from lib.wire import Link, Made, Media
from lib.wire.addresses import is_address

UNTOLD = "application/octet-stream"

_DATA = re.compile(r"data:([^;,]*)((?:;[^;,]*)*),", re.IGNORECASE)


def of_base64(text: str, mime: str = UNTOLD) -> Media | None:
    """The bytes, also of a `data:` address, which tells its own type; None for what is no base64, or nothing."""
    if (found := _DATA.match(text)) is not None:
        return _of_data(text, found, mime)
    data = _decoded(text)
    return Media(data, mime) if data else None


def of_address(text: str, mime: str = UNTOLD) -> Made | None:
    """Where something made is to be fetched, or the thing itself; None for what is no address."""
    address = text.strip()
    if address[:5].lower() == "data:":
        return of_base64(address, mime)
    return Link(address) if is_address(address) else None


def _of_data(text: str, found: re.Match[str], mime: str) -> Media | None:
    rest = text[found.end() :]
    data = _decoded(rest) if "base64" in found[2].lower() else unquote_to_bytes(rest)
    return Media(data, found[1].lower() or mime) if data else None


def _decoded(text: str) -> bytes:
    """Base64 of either alphabet, with or without line breaks and padding; empty for anything else."""
    plain = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (Error, ValueError):
        return b""
