"""The files that jobs end with, at `/demo/files/{job}/{number}.{extension}` without a key, as a relay's CDN."""

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from demo import media
from demo.books import Books, Job
from demo.faults import faults
from demo.jobs import state
from demo.relay import relay_of

FETCHES_TOO_EARLY = 2
"""How many fetches a late file misses."""

TYPES: Mapping[str, str] = MappingProxyType({"png": "image/png", "wav": "audio/wav", "mp4": "video/mp4"})

DEFAULT_SIDE, DEFAULT_SECONDS = 1024, 4.0

Maker = Callable[[Job, str, Sequence[bytes]], bytes]


async def job_file(request: Request) -> Response:
    """The route."""
    path = request.path_params
    return file_of(request, path["job"], path["number"], path["extension"])


def file_of(request: Request, id: str, number: int, extension: str) -> Response:
    """One file of a job; 404 where there is no such job or file, or it isn't finished."""
    relay = relay_of(request)
    job = relay.books.job(id)
    if job is None or not 0 <= number < job.params.get("n", 1) or extension not in MAKERS:
        return _gone()
    if state(job, relay.clock()).status != "SUCCESS":
        return _gone()
    return served(request, job, number, extension)


def served(request: Request, job: Job, number: int, extension: str) -> Response:
    """A finished job's file, or what its prompt asks for instead: 404 for ever or at first, or a web page."""
    relay = relay_of(request)
    wrong, fetches = faults(job.prompt), relay.books.count(job.id, "fetches")
    if "expired" in wrong or ("late-file" in wrong and fetches <= FETCHES_TOO_EARLY):
        return _gone()
    if "html" in wrong:
        return web_page()
    return ranged(request, made(relay.books, job, number, extension), TYPES[extension])


def web_page() -> Response:
    """What a gateway before the files answers, with status 200."""
    return HTMLResponse("<!doctype html><html><head><title>502 Bad Gateway</title></head><body></body></html>")


def address(request: Request, job: Job, extension: str, number: int = 0) -> str:
    """Where the job's file is, by the line the request came by."""
    return f"{str(request.base_url).rstrip('/')}/demo/files/{job.id}/{number}.{extension}"


def made(books: Books, job: Job, number: int, extension: str) -> bytes:
    """The job's file of that number; the same bytes every time."""
    words = job.prompt if number == 0 else f"{job.prompt} #{number + 1}"
    return MAKERS[extension](job, words, books.job_inputs(job.id))


def ranged(request: Request, data: bytes, media_type: str) -> Response:
    """`data`, or the one part of it that a Range header asks for (RFC 9110, 14)."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if not asked or asked.group(1, 2) == ("", ""):
        return Response(data, media_type=media_type, headers={"Accept-Ranges": "bytes"})
    first, last = (int(digits) if digits else None for digits in asked.groups())
    start = max(0, len(data) - (last or 0)) if first is None else first
    end = len(data) - 1 if first is None or last is None else min(last, len(data) - 1)
    if start > end:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers = {"Accept-Ranges": "bytes", "Content-Range": f"bytes {start}-{end}/{len(data)}"}
    return Response(data[start : end + 1], 206, headers, media_type)


def _picture(job: Job, words: str, inputs: Sequence[bytes]) -> bytes:
    width, height = (job.params.get(name, DEFAULT_SIDE) for name in ("width", "height"))
    draw = media.grid if job.params.get("grid") else media.png
    return draw(job.params.get("words", words), width, height, of=inputs)


def _sound(job: Job, words: str, _: Sequence[bytes]) -> bytes:
    return media.wav(words, job.params.get("seconds"))


def _film(job: Job, words: str, inputs: Sequence[bytes]) -> bytes:
    return media.mp4(words, float(job.params.get("seconds", DEFAULT_SECONDS)), of=inputs)


MAKERS: Mapping[str, Maker] = MappingProxyType({"png": _picture, "wav": _sound, "mp4": _film})


def _gone() -> Response:
    return Response("no such file", 404, media_type="text/plain")
