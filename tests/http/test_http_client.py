"""The one client: what is repeated and what never is, where it may be led, and how it tells what broke."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
import respx

from lib.errors import LineFault
from lib.http import Http, LineTimes, Outward, Timeouts
from lib.http.client import ANSWER_LIMIT, STREAM_LIMIT
from lib.http.faults import FAULTS, ProxyNotReached, classify
from lib.http.stages import Stage

URL = "https://relay.example/v1/models"


def asked(action: Callable[[Http], Awaitable[object]]) -> object:
    """Runs one action with a client of its own."""

    async def run() -> object:
        http = Http()
        try:
            return await action(http)
        finally:
            await http.aclose()

    return asyncio.run(run())


def fault_of(action: Callable[[Http], Awaitable[object]]) -> LineFault:
    with pytest.raises(LineFault) as caught:
        asked(action)
    return caught.value


@pytest.mark.parametrize(
    ("answers", "status", "tries"),
    [
        ([200], 200, 1),
        ([502, 200], 200, 2),
        ([503, 504, 200], 200, 3),
        ([503, 503, 503], 503, 3),
        ([500], 500, 1),
        ([401], 401, 1),
        ([429], 429, 1),
        ([httpx.ConnectError, 200], 200, 2),
        ([httpx.RemoteProtocolError, httpx.ReadError, 200], 200, 3),
    ],
)
@respx.mock
def test_a_get_is_repeated_where_that_may_help(answers: list[object], status: int, tries: int) -> None:
    route = respx.get(URL).mock(side_effect=[httpx.Response(a) if isinstance(a, int) else a for a in answers])
    response = asked(lambda http: http.send(httpx.Request("GET", URL)))
    assert isinstance(response, httpx.Response)
    assert (response.status_code, route.call_count) == (status, tries)


@pytest.mark.parametrize(
    ("status", "after", "tries"), [(429, "0", 2), (429, "3600", 1), (503, "3600", 1), (429, "soon", 2)]
)
@respx.mock
def test_retry_after_is_honoured_or_left_to_the_user(status: int, after: str, tries: int) -> None:
    answers = [httpx.Response(status, headers={"Retry-After": after}), httpx.Response(200)]
    route = respx.get(URL).mock(side_effect=answers)
    asked(lambda http: http.send(httpx.Request("GET", URL)))
    assert route.call_count == tries


@pytest.mark.parametrize(
    "answer", [502, 503, 504, 429, httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError, httpx.ReadError]
)
@respx.mock
def test_a_post_is_sent_once_whatever_becomes_of_it(answer: object) -> None:
    headers = {"Retry-After": "0"}
    route = respx.post(URL).mock(
        side_effect=[httpx.Response(answer, headers=headers) if isinstance(answer, int) else answer] * 3
    )

    async def post(http: Http) -> None:
        async with http.stream(httpx.Request("POST", URL, json={})) as streamed:
            await streamed.read()

    if isinstance(answer, int):
        asked(post)
    else:
        fault_of(post)
    assert route.call_count == 1


@respx.mock
def test_a_redirect_is_followed_on_the_same_origin_only() -> None:
    respx.get(URL).respond(301, headers={"Location": "/v1/models/"})
    respx.get(URL + "/").respond(200, json={"data": []})
    response = asked(lambda http: http.send(httpx.Request("GET", URL)))
    assert isinstance(response, httpx.Response)
    assert response.json() == {"data": []}


@pytest.mark.parametrize("method", ["GET", "POST"])
@respx.mock(assert_all_called=False)
def test_no_key_is_taken_elsewhere(respx_mock: respx.MockRouter, method: str) -> None:
    elsewhere = respx_mock.route(host="elsewhere.example").respond(200)
    respx_mock.route(host="relay.example").respond(302, headers={"Location": "https://elsewhere.example/x"})
    request = httpx.Request(method, URL, headers={"Authorization": "Bearer sk-secret"})
    fault = fault_of(lambda http: http.send(request))
    assert (fault.kind, fault.params["target"], elsewhere.called) == ("redirects", "https://elsewhere.example", False)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("location", ["javascript:alert(1)", "https://xn--a.example/", "http://[::1", "http://a:b/"])
@respx.mock
def test_a_redirect_to_no_address_is_an_answer_like_any_other(location: str, method: str) -> None:
    route = respx.route(method=method, url=URL).respond(302, headers={"Location": location}, text="moved")
    response = asked(lambda http: http.send(httpx.Request(method, URL)))
    assert isinstance(response, httpx.Response)
    assert (response.status_code, response.text, route.call_count) == (302, "moved", 1)


@respx.mock
def test_a_redirect_in_circles_ends() -> None:
    respx.get(URL).respond(302, headers={"Location": URL})
    assert fault_of(lambda http: http.send(httpx.Request("GET", URL))).kind == "redirects"


def _leaves(kind: type[Exception]) -> list[type[Exception]]:
    below = kind.__subclasses__()
    return [leaf for one in below for leaf in _leaves(one)] if below else [kind]


@pytest.mark.parametrize("kind", _leaves(httpx.TransportError), ids=lambda kind: kind.__name__)
def test_no_fault_of_httpx_is_left_unmapped(kind: type[httpx.TransportError]) -> None:
    found = classify(kind("broken"))
    assert found in FAULTS
    assert found.sent is not issubclass(
        kind, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError
        | httpx.UnsupportedProtocol | httpx.LocalProtocolError
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raised", "cause", "stage", "kind", "sent"),
    [
        (httpx.ConnectError, socket.gaierror("no such name"), "dns", "dns", False),
        (httpx.ConnectError, socket.gaierror("no such name"), None, "dns", False),
        (httpx.ConnectError, ssl.SSLCertVerificationError("self-signed"), "tls", "certificate", False),
        (httpx.ConnectError, ssl.SSLError("wrong version"), None, "tls", False),
        (httpx.ConnectError, ConnectionRefusedError(), "connect", "connect", False),
        (httpx.ConnectError, ConnectionResetError(), "tls", "tls", False),
        (httpx.ProxyError, socket.gaierror("no such name"), "proxy", "proxy", False),
        (ProxyNotReached, socket.gaierror("no such name"), "dns", "proxy_gone", False),
        (httpx.ReadError, ConnectionResetError(), "proxy", "proxy", False),
        (httpx.ReadTimeout, TimeoutError(), "proxy", "timeout", False),
        (httpx.ReadError, ssl.SSLError("bad record"), "first_byte", "closed", True),
        (httpx.WriteError, ssl.SSLError("bad record"), None, "closed", True),
        (httpx.ReadTimeout, TimeoutError(), "first_byte", "timeout", True),
    ],
)
def test_what_lies_beneath_decides_only_while_connecting(
    raised: type[httpx.TransportError], cause: Exception, stage: Stage | None, kind: str, sent: bool
) -> None:
    fault = raised("broken")
    fault.__cause__ = OSError("between")
    fault.__cause__.__context__ = cause
    found = classify(fault, stage)
    assert (found.kind, found.sent) == (kind, sent)


@asynccontextmanager
async def server(*pieces: bytes) -> AsyncIterator[str]:
    """A real server that answers every request with those bytes and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "events"),
    [
        ([b"data: a\n\ndata: b\n\n"], ["a", "b"]),
        ([b"data: a\n\nda", b"ta: b\n\n"], ["a", "b"]),
        ([b"data: a\r\n\r\n: PING\r\n\r\ndata: b\r\n\r\n"], ["a", "b"]),
        ([b"data: a\n\ndata: last without its blank line"], ["a", "last without its blank line"]),
        (["data: a\u2028b\u0085c\n\n".encode()], ["a\u2028b\u0085c"]),
        (["data: 你".encode()[:-1], "你".encode()[-1:] + b"\n\n"], ["你"]),
    ],
)
def test_events_come_whole_however_the_bytes_are_cut(pieces: list[bytes], events: list[str]) -> None:
    async def read(http: Http) -> list[str]:
        async with server(EVENTS, *pieces) as url, http.stream(httpx.Request("POST", url)) as streamed:
            assert streamed.is_events
            return [data async for data in streamed.events() if data]

    assert asked(read) == events


def test_a_stream_that_breaks_off_says_so() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    async def read(http: Http) -> None:
        async with server(head, b"9\r\ndata: a\n\n\r\n") as url, http.stream(httpx.Request("POST", url)) as streamed:
            async for _ in streamed.events():
                pass

    fault = fault_of(read)
    assert (fault.kind, fault.sent) == ("closed", True)


def test_half_a_body_says_so() -> None:
    half = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"data": ['

    async def read(http: Http) -> object:
        async with server(half) as url:
            return await http.send(httpx.Request("GET", url))

    assert fault_of(read).kind == "closed"


def test_nobody_there_is_the_lines_fault_and_nothing_was_sent() -> None:
    fault = fault_of(lambda http: http.send(httpx.Request("GET", "http://127.0.0.1:1/")))
    assert (fault.kind, fault.sent) == ("connect", False)


def test_a_server_without_tls_is_told_as_such() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1024)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def ask(http: Http) -> object:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            return await http.send(httpx.Request("GET", f"https://127.0.0.1:{port}/"))

    fault = fault_of(ask)
    assert (fault.kind, fault.sent) == ("tls", False)


@pytest.mark.parametrize("ask", [Http.send, Http.probe])
@respx.mock
def test_an_answer_without_end_is_not_read_to_its_end(ask: Callable[[Http, httpx.Request], Awaitable[object]]) -> None:
    bomb = gzip.compress(bytes(ANSWER_LIMIT + 1))
    respx.get(URL).respond(200, headers={"Content-Encoding": "gzip"}, content=bomb)
    assert fault_of(lambda http: ask(http, httpx.Request("GET", URL))).kind == "too_large"


@pytest.mark.parametrize(("size", "fits"), [(ANSWER_LIMIT + 1, True), (STREAM_LIMIT + 1, False)])
@respx.mock
def test_an_answer_that_was_paid_for_may_be_as_large_as_its_files(size: int, fits: bool) -> None:
    """Ten pictures in base64, of several MiB each, come as one answer; to lose it would be to pay for nothing."""
    respx.post(URL).respond(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(bytes(size), 1))

    async def read(http: Http) -> int:
        async with http.stream(httpx.Request("POST", URL)) as streamed:
            return len((await streamed.read()).content)

    if fits:
        assert asked(read) == size
    else:
        assert fault_of(read).kind == "too_large"


@respx.mock
def test_headers_that_nobody_set_are_set_and_others_kept() -> None:
    route = respx.get(URL).respond(200)
    asked(lambda http: http.send(httpx.Request("GET", URL, headers={"Accept": "application/json"})))
    headers = route.calls.last.request.headers
    assert (headers["user-agent"].split("/")[0], headers["accept"]) == ("relayscope", "application/json")


def test_a_probe_times_a_fresh_connection() -> None:
    async def probe(http: Http) -> tuple[httpx.Response, LineTimes]:
        async with server(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n") as url:
            return await http.probe(httpx.Request("GET", url))

    answer, times = asked(probe)
    assert answer.status_code == 401
    assert list(times.stages) == ["connect", "first_byte"]
    assert times.total_ms >= (times.first_byte_ms or 0) >= 0


KEY = "sk-mine-and-nobody-elses"
TOLD = f"Incorrect API key: {KEY}."


@respx.mock
def test_an_answer_never_repeats_the_key_it_was_asked_with() -> None:
    route = respx.route(url=URL)
    route.respond(401, json={"error": {"message": TOLD, "code": KEY}}, headers={"x-request-id": f"for-{KEY}"})
    request = httpx.Request("GET", URL, headers={"Authorization": f"Bearer {KEY}"})
    answer = asked(lambda http: http.send(request))
    assert isinstance(answer, httpx.Response)
    assert KEY not in answer.text + str(answer.headers)
    assert answer.json()["error"]["message"] == "Incorrect API key: [key …lses]."


def test_a_stream_never_repeats_the_key_it_was_asked_with() -> None:
    async def read(http: Http) -> list[str]:
        async with server(EVENTS, f"data: {TOLD}\n\n".encode()) as url:
            request = httpx.Request("POST", url, headers={"x-api-key": KEY})
            async with http.stream(request) as streamed:
                return [data async for data in streamed.events() if data]

    (data,) = asked(read)  # type: ignore[misc]
    assert KEY not in data


def test_a_word_too_short_for_a_key_is_left_in_the_answer() -> None:
    """Local servers take any word for a key; it stands in their answers by chance."""
    with respx.mock:
        respx.get(URL).respond(json={"data": [{"id": "lm-studio-model"}]})
        request = httpx.Request("GET", URL, headers={"Authorization": "Bearer lm-studio"})
        answer = asked(lambda http: http.send(request))
    assert answer.json()["data"][0]["id"] == "lm-studio-model"  # type: ignore[attr-defined]


def test_a_mark_at_the_start_of_a_stream_is_no_part_of_it() -> None:
    async def read(http: Http) -> list[str]:
        pieces = ("\ufeffdata: a\n\n".encode(), "data: \ufeffb\n\n".encode())
        async with server(EVENTS, *pieces) as url, http.stream(httpx.Request("POST", url)) as streamed:
            return [data async for data in streamed.events() if data]

    assert asked(read) == ["a", "\ufeffb"]


@pytest.mark.parametrize(
    ("answer", "kind", "status"),
    [
        (httpx.Response(302, headers={"Location": "https://elsewhere.example/v1"}), "redirects", 302),
        (httpx.ConnectError, "connect", None),
        (httpx.ReadTimeout, "timeout", None),
    ],
)
@respx.mock
def test_a_fault_after_a_head_has_its_status(answer: object, kind: str, status: int | None) -> None:
    respx.get(URL).mock(**{"return_value" if isinstance(answer, httpx.Response) else "side_effect": answer})
    fault = fault_of(lambda http: http.send(httpx.Request("GET", URL)))
    assert (fault.kind, fault.http_status) == (kind, status)
    if kind == "redirects":
        assert fault.params["target"] == "https://elsewhere.example"


def test_half_a_body_has_the_status_of_its_head() -> None:
    async def read(http: Http) -> object:
        async with server(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"data": [') as url:
            return await http.send(httpx.Request("GET", url))

    assert fault_of(read).http_status == 200


class Dripping(httpx.AsyncByteStream):
    """A body that never ends."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()


@respx.mock
def test_an_answer_that_drips_is_not_waited_for() -> None:
    respx.get(URL).mock(return_value=httpx.Response(200, stream=Dripping()))

    async def ask() -> None:
        http = Http(Outward(timeouts=Timeouts(whole=0.05)))
        try:
            await http.send(httpx.Request("GET", URL))
        finally:
            await http.aclose()

    with pytest.raises(LineFault) as caught:
        asyncio.run(ask())
    assert (caught.value.kind, caught.value.http_status) == ("timeout", 200)
