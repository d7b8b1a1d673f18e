"""Pictures that come with a request: files, data URIs, or addresses of the demo's own files. It fetches nothing."""

import base64
import binascii
import io
import re
from collections.abc import Iterable

from PIL import Image
from starlette.requests import Request

from demo.files import MAKERS, made
from demo.refusals import Refused
from demo.relay import relay_of

DATA = re.compile(r"data:image/[\w.+-]+;base64,(.*)", re.DOTALL)
OWN_FILE = re.compile(r"https?://[^/]+(?:/\w+)?/demo/files/([^/]+)/(\d+)\.(\w+)")

MOST_PIXELS = 25_000_000


async def pictures(request: Request, given: Iterable[bytes | str]) -> list[bytes]:
    """The bytes of each picture; Refused where one is no picture, or lies elsewhere."""
    return [checked(one if isinstance(one, bytes) else await _fetched(request, one)) for one in given]


def checked(data: bytes) -> bytes:
    """`data` where it is a picture of a size that can be worked on; Refused otherwise."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError("too large")
            image.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused("bad_field", reason="field image: invalid image file") from error
    return data


def sent(value: object) -> list[str]:
    """The strings of a field that is one picture, several, or an object with `image_url` or `url`."""
    if isinstance(value, list):
        return [text for one in value for text in sent(one)]
    if isinstance(value, dict):
        return sent(value.get("image_url") or value.get("url"))
    return [value] if isinstance(value, str) and value else []


async def _fetched(request: Request, text: str) -> bytes:
    if own := OWN_FILE.match(text):
        return await _own(request, *own.groups())
    if text.startswith(("http://", "https://")):
        raise Refused("foreign_address", address=text[:200])
    data = DATA.fullmatch(text)
    try:
        return base64.b64decode(data[1] if data else text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused("bad_field", reason="field image: invalid base64") from error


async def _own(request: Request, id: str, number: str, extension: str) -> bytes:
    books = relay_of(request).books
    job = books.job(id)
    if job is None or extension not in MAKERS:
        raise Refused("bad_field", reason="field image: no such file")
    return made(books, job, int(number), extension)
