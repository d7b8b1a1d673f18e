"""How a request's body is put together where files are sent with it (multipart, RFC 7578)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import httpx

from lib.wire import Endpoint, Json, Media

File: TypeAlias = tuple[str, tuple[str, bytes, str]]

ENDINGS: Mapping[str, str] = {
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif",
    "audio/mpeg": "mp3", "audio/wav": "wav", "audio/x-wav": "wav", "audio/ogg": "ogg", "audio/flac": "flac",
    "audio/x-flac": "flac", "audio/mp4": "m4a", "audio/webm": "webm", "audio/aac": "aac",
    "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov",
}  # fmt: skip
"""Servers tell a file's type by its name's ending."""


def form(endpoint: Endpoint, path: str, fields: Mapping[str, Json], files: Sequence[File]) -> httpx.Request:
    """A multipart POST with the key as bearer. A field that is None is left out."""
    data = dict(_field(name, value) for name, value in fields.items() if value is not None)
    return httpx.Request("POST", endpoint.at(path), headers=endpoint.bearer, data=data, files=[*files])


def part(name: str, media: Media) -> File:
    """A file as a part of a form, by its own name, else by one that shows its type."""
    given = media.name or f"{name.removesuffix('[]')}.{ENDINGS.get(media.mime, 'bin')}"
    return name, (given, media.data, media.mime)


def _field(name: str, value: Json) -> tuple[str, str | list[str]]:
    """A list of plain values is a field said again and again, its name ending in `[]` as OpenAI's client has it."""
    if isinstance(value, list | tuple) and not any(isinstance(one, Mapping | list | tuple) for one in value):
        return f"{name.removesuffix('[]')}[]", [_word(one) for one in value]
    return name, _word(value)


def _word(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
