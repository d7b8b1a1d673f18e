"""Files that calls are given and make: kept in the data folder under the hash of their bytes, typed by those bytes."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import filetype

from lib.ledger.media import Kept
from lib.vocabulary import Capability
from lib.wire.answers import parsed

FOLDER = "media"
UNKNOWN = "application/octet-stream"
JSON = "application/json"
HTML = "text/html"
NAMES: Mapping[str, str] = {"audio/x-wav": "audio/wav", "audio/mp4": "audio/mp4", "video/x-m4v": "video/mp4"}
"""Types that `filetype` names otherwise than browsers do."""
SUFFIXES: Mapping[str, str] = {
    "image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif", "image/svg+xml": ".svg",
    "video/mp4": ".mp4", "video/webm": ".webm", "video/quicktime": ".mov", "audio/wav": ".wav", "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg", "audio/x-flac": ".flac", "audio/aac": ".aac", "audio/mp4": ".m4a", JSON: ".json",
}  # fmt: skip
FAMILY: Mapping[Capability, tuple[str, ...]] = {
    "image": ("image/",), "image_edit": ("image/",), "video": ("video/",), "speech": ("audio/",),
    "music": ("audio/", "video/"), "embedding": (JSON,),
}  # fmt: skip
"""What a capability's files are; the others make none."""


INPUTS: Mapping[Capability, tuple[str, ...]] = {
    "image": ("image/",), "image_edit": ("image/",), "video": ("image/", "video/"),
    "transcription": ("audio/", "video/"), "text": ("image/",),
}  # fmt: skip
"""What may be given to a capability to work on."""


class Files:
    """The folder `media` of a data folder. Made when the first file is kept."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def keep(self, data: bytes, told: str = "") -> Kept:
        """Keeps bytes and says what they are; the same bytes are kept once."""
        kept = described(data, told)
        path = self.path(kept)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{secrets.token_hex(8)}.part")
            part.write_bytes(data)
            os.replace(part, path)
        return kept

    def path(self, kept: Kept) -> Path:
        """Where a file stands; nothing of its name comes from a server."""
        return self._folder / kept.sha256[:2] / f"{kept.sha256}{suffix(kept.mime)}"

    def read(self, kept: Kept) -> bytes:
        """Its bytes; raises OSError where it is gone."""
        return self.path(kept).read_bytes()

    def delete(self, kept: Kept) -> int:
        """Takes it from the disk and returns the bytes freed; 0 if it was gone. Raises OSError where it can't be."""
        path = self.path(kept)
        try:
            freed = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        return freed


def described(data: bytes, told: str = "") -> Kept:
    """What bytes are. `told`: the type somebody says they are, believed where they don't show it."""
    return Kept(hashlib.sha256(data).hexdigest(), type_of(data, told), len(data))


def type_of(data: bytes, told: str = "") -> str:
    """The media type by the bytes: their signature, else JSON or a web page; what is told only where none of these."""
    found: str | None = filetype.guess_mime(data)
    if found is not None:
        return NAMES.get(found, found)
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return HTML
    if start[:1] in (b"{", b"[") and _is_json(data):
        return JSON
    plain = told.partition(";")[0].strip().lower()
    return plain if plain in SUFFIXES and plain != JSON else UNKNOWN


def suffix(mime: str) -> str:
    """The ending of a file's name; empty for a type that isn't among ours."""
    return SUFFIXES.get(mime, "")


def fits(capability: Capability, mime: str) -> bool:
    """Whether a file of this type is what the capability makes."""
    return mime.startswith(FAMILY.get(capability, ()))


def fits_input(capability: Capability, mime: str) -> bool:
    """Whether a file of this type may be given to the capability."""
    return mime.startswith(INPUTS.get(capability, ()))


def _is_json(data: bytes) -> bool:
    try:
        parsed(data)
    except (ValueError, UnicodeDecodeError):
        return False
    return True
