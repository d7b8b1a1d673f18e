"""Files that are given to a call: checked by their bytes before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from lib.calls.files import fits_input, type_of
from lib.errors import WrongUse
from lib.i18n import N_
from lib.vocabulary import Capability
from lib.wire import Media
from ui.words import count

LARGEST = 25 * 1024 * 1024
"""Bytes of a file that may be given: OpenAI's limit for a recording, and beyond all others' for a picture."""
ONLY: Mapping[Capability, tuple[str, ...]] = {"text": ("image/png", "image/jpeg", "image/webp")}
"""Where fewer types are taken than fit the capability: those that every model which sees can read."""


def media(capability: Capability, data: bytes, name: str) -> Media:
    """An uploaded file. Raises `WrongUse` where it is too large, or by its bytes nothing for this."""
    if len(data) > LARGEST:
        raise WrongUse(N_("{name} is larger than {most} MB."), name=name, most=count(LARGEST // 1024 // 1024))
    mime = type_of(data)
    if not fits_input(capability, mime) or mime not in ONLY.get(capability, (mime,)):
        raise WrongUse(N_("{name} is no file for this: its bytes are {type}."), name=name, type=mime)
    return Media(data, mime, name)


def same_size(picture: Media, mask: Media) -> None:
    """Raises `WrongUse` where a mask doesn't cover its picture: it would be paid for and refused."""
    sizes = [size_of(one) for one in (picture, mask)]
    if None not in sizes and sizes[0] != sizes[1]:
        wide, high = sizes[0] or (0, 0)
        words = N_("The mask must be of the picture's own size, {width} × {height}.")
        raise WrongUse(words, width=str(wide), height=str(high))


def size_of(picture: Media) -> tuple[int, int] | None:
    """Its width and height in pixels; None where it can't be read."""
    from PIL import Image

    try:
        with Image.open(BytesIO(picture.data)) as image:
            return image.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
