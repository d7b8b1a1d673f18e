"""Sends. A GET is retried, `Retry-After` honoured; a POST is sent once, whatever happens to it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from httpx_retries import Retry, RetryTransport
from httpx_sse import EventSource

from lib import VERSION
from lib.errors import NotFetched
from lib.http.faults import line_fault, mapped, origin
from lib.http.media import guarded
from lib.http.redaction import AUTHORIZATION, keys_in, mark, without
from lib.http.stages import Clock, LineTimes, timed, times_of
from lib.http.way import DIRECTLY, ByAddress, Outward, Timeouts, Way
from lib.i18n import N_

USER_AGENT = f"relayscope/{VERSION}"
ANSWER_LIMIT = 32 * 1024 * 1024
"""Bytes of an answer to a question that is free; a list of 5,000 models is a hundredth of it."""
STREAM_LIMIT = 256 * 1024 * 1024
"""Bytes of an answer that was paid for: ten large pictures in base64 are 50 MiB."""
MEDIA_LIMIT = 512 * 1024 * 1024
REDIRECTS = 3
RETRIES = 2
LONGEST_WAIT_S = 5.0
"""A `Retry-After` beyond this is for the user to wait, not for a request."""
BOM = "\ufeff".encode()
"""May stand once at the start of a stream of events and isn't part of it (the standard's "parsing an event stream")."""
BROKEN_GATEWAYS = (502, 503, 504)


class TryAgain(httpx.NetworkError):
    """An answer that is worth a second question."""


def told_to_wait(response: httpx.Response) -> float:
    """Seconds that `Retry-After` asks for, be it seconds or a date; 0 where it says nothing that can be read."""
    after = response.headers.get("retry-after", "")
    try:
        return Retry().parse_retry_after(after) if after else 0.0
    except ValueError:
        return 0.0


async def worth_another_try(response: httpx.Response) -> None:
    """Raises `TryAgain` for a gateway that broke, or a limit that ends within `LONGEST_WAIT_S`."""
    limited = response.status_code == 429 and bool(response.headers.get("retry-after"))
    if told_to_wait(response) <= LONGEST_WAIT_S and (limited or response.status_code in BROKEN_GATEWAYS):
        raise TryAgain(f"HTTP {response.status_code}")


def retry() -> Retry:
    """Only for requests that cost nothing and change nothing. A time-out isn't repeated: it was long enough."""
    return Retry(
        total=RETRIES,
        allowed_methods=("GET", "HEAD"),
        status_forcelist=(599,),  # statuses are judged with their headers, by `worth_another_try`
        retry_on_exceptions=(httpx.NetworkError, httpx.RemoteProtocolError),
        backoff_factor=0.3,
        max_backoff_wait=LONGEST_WAIT_S,
        validate_response=worth_another_try,
    )


def once(request: httpx.Request) -> httpx.Request:
    """The request as one that isn't repeated, whatever happens: where every question counts."""
    request.extensions["retry"] = Retry(total=0)
    return request


async def without_broken_location(response: httpx.Response) -> None:
    """Takes away a `Location` that is no address, on which httpx would raise; the answer then stands as it is."""
    try:
        leads_somewhere = bool(response.request.url.join(response.headers.get("location", "")).host)
    except (httpx.InvalidURL, ValueError):
        leads_somewhere = False
    if not leads_somewhere:
        del response.headers["location"]


async def without_echoed_key(response: httpx.Response) -> None:
    """Takes the key that the request carried out of the answer's headers, such as a request id made of it."""
    keys = keys_in(response.request)
    for name, value in response.headers.items():
        if (kept := without(value, keys)) != value:
            response.headers.encoding = "utf-8"
            response.headers[name] = kept


class Streamed:
    """An answer whose head has come and whose body is still to be read."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response

    @property
    def is_events(self) -> bool:
        """Whether it is a stream of events that began well; anything else is read as a whole."""
        kind = self.response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return self.response.is_success and kind == "text/event-stream"

    async def read(self) -> httpx.Response:
        """The whole answer, which was paid for and may hold files; raises `LineFault` where it breaks or never ends."""
        return await whole(self.response, STREAM_LIMIT)

    @staticmethod
    def of(answer: httpx.Response) -> Streamed | None:
        """A whole answer as the stream of events that it is by its bytes, though not by its type; None if it isn't."""
        is_events = answer.is_success and answer.content.lstrip(BOM).lstrip().startswith(b"data:")
        return Streamed(answer) if is_events else None

    async def events(self) -> AsyncIterator[str]:
        """The data of the events as they come. A last one without its blank line counts too."""
        framed = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=self._ended())
        keys = keys_in(self.response.request)
        async for event in EventSource(framed).aiter_sse():
            yield without(event.data, keys)

    async def _ended(self) -> AsyncIterator[bytes]:
        mark = BOM
        async for chunk in limited(self.response, STREAM_LIMIT):
            yield chunk.removeprefix(mark)
            mark = b""
        yield b"\n\n"


async def limited(response: httpx.Response, limit: int) -> AsyncIterator[bytes]:
    """The body piece by piece; raises `LineFault` beyond the limit."""
    seen = 0
    async for chunk in response.aiter_bytes():
        seen += len(chunk)
        if seen > limit:
            raise line_fault("too_large", response.request, sent=True, http_status=response.status_code)
        yield chunk


async def whole(response: httpx.Response, limit: int = ANSWER_LIMIT) -> httpx.Response:
    """An answer read to its end, as one value. It never repeats the key it was asked with."""
    body = b"".join([chunk async for chunk in limited(response, limit)])
    for key in keys_in(response.request):
        body = body.replace(key.encode(), mark(key).encode())
    coded = (b"content-encoding", b"content-length", b"transfer-encoding")
    headers = [(name, value) for name, value in response.headers.raw if name.lower() not in coded]
    return httpx.Response(
        response.status_code, headers=headers, content=body, request=response.request, extensions=response.extensions
    )


def dressed(request: httpx.Request, timeouts: Timeouts) -> httpx.Request:
    """`AsyncClient.send` adds neither headers nor time-outs to a request that it did not build."""
    request.headers.setdefault("user-agent", USER_AGENT)
    request.headers.setdefault("accept", "*/*")
    wait = httpx.Timeout(timeouts.connect, read=timeouts.read, write=timeouts.write)
    request.extensions.setdefault("timeout", wait.as_dict())
    request.extensions.setdefault("trace", Clock())
    return request


class Http:
    """One client for everything that is sent; use it on one event loop and close it there."""

    def __init__(self, outward: Outward = DIRECTLY) -> None:
        self._ssl = ssl.create_default_context()
        self._way = Way(outward, self._client)

    def _client(self, outward: Outward) -> httpx.AsyncClient:
        return self._made(RetryTransport(ByAddress(outward, self._ssl), retry()))

    def _made(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
        hooks = {"response": [without_broken_location, without_echoed_key]}
        return httpx.AsyncClient(transport=transport, event_hooks=hooks)

    @property
    def outward(self) -> Outward:
        """The way out that the next request takes."""
        return self._way.outward

    async def take(self, outward: Outward) -> None:
        """From the next request on another way out; what is under way ends on its own."""
        left, self._way = self._way, Way(outward, self._client)
        await left.leave()

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._way.client.aclose()

    async def send(self, request: httpx.Request, *, afresh: bool = False) -> httpx.Response:
        """The whole answer to a request. Raises `LineFault` where none comes in time, or it leads elsewhere.

        `afresh`: on a connection of its own, from the look-up of the name on.
        """
        if not afresh:
            return await self._sent(request, self._way)
        way = Way(self.outward, self._client)
        try:
            return await self._sent(request, way)
        finally:
            await way.leave()

    async def _sent(self, request: httpx.Request, way: Way) -> httpx.Response:
        status: int | None = None
        try:
            async with asyncio.timeout(way.outward.timeouts.whole):
                for _ in range(REDIRECTS + 1):
                    async with self._answered(request, way) as response:
                        status = response.status_code
                        onward = self._onward(request, response)
                        if onward is None:
                            return await whole(response)
                    request = onward
        except TimeoutError:
            raise line_fault("timeout", request, sent=True, http_status=status) from None
        raise line_fault("redirects", request, sent=False, http_status=status, target=origin(request.url))

    @asynccontextmanager
    async def stream(self, request: httpx.Request) -> AsyncIterator[Streamed]:
        """The answer to a request as it comes. Raises `LineFault`, also from within where it breaks off."""
        async with self._answered(request, self._way) as response:
            self._onward(request, response)
            yield Streamed(response)

    @asynccontextmanager
    async def _answered(self, request: httpx.Request, taken: Way) -> AsyncIterator[httpx.Response]:
        """An answer whose head has come; it is closed in the end."""
        async with taken.used() as way:
            with mapped(request):
                response = await way.client.send(dressed(request, way.outward.timeouts), stream=True)
            try:
                with mapped(request, response.status_code):
                    yield response
            finally:
                await response.aclose()

    async def fetch(self, request: httpx.Request, home: httpx.URL) -> httpx.Response:
        """The file at an address that a model or a relay named, whole (see `lib.http.media`).

        Raises `NotFetched` where it may not be fetched or isn't there, `LineFault` where the line breaks.
        """
        for _ in range(REDIRECTS + 1):
            asked = await guarded(request, home, self.outward)
            async with self._answered(asked, self._way) as response:
                onward = response.next_request
                if onward is None:
                    if not response.is_success:
                        status = str(response.status_code)
                        raise NotFetched(N_("The file's address answers HTTP {status}."), again=True, status=status)
                    return await whole(response, MEDIA_LIMIT)
            request = _moved(request, response.headers.get("location", ""))
        raise NotFetched(N_("The file's address sends requests on and on."))

    async def probe(self, request: httpx.Request) -> tuple[httpx.Response, LineTimes]:
        """Times one request on a connection of its own. Any HTTP answer counts; raises `LineFault` where none comes."""
        with mapped(timed(request)):
            async with self._made(ByAddress(self.outward, self._ssl)) as client:
                response = await client.send(dressed(request, self.outward.timeouts), stream=True)
                try:
                    return await whole(response), times_of(request)
                finally:
                    await response.aclose()

    @staticmethod
    def _onward(request: httpx.Request, response: httpx.Response) -> httpx.Request | None:
        """Where a redirect leads, if it may be followed: a GET, on the same origin. Raises `LineFault` if not."""
        onward = response.next_request
        if onward is None:
            return None
        if request.method != "GET" or origin(onward.url) != origin(request.url):
            status, target = response.status_code, origin(onward.url)
            raise line_fault("redirects", request, sent=False, http_status=status, target=target)
        return onward


def _moved(request: httpx.Request, location: str) -> httpx.Request:
    """The request a redirect asks for; a key goes on to the same origin only."""
    url = request.url.join(location)
    headers = httpx.Headers({k: v for k, v in request.headers.items() if k != "host"})
    if origin(url) != origin(request.url):
        for name in AUTHORIZATION:
            headers.pop(name, None)
    return httpx.Request("GET", url, headers=headers)
