"""Proxies and time-outs: how one is written, that requests really go through it, and that this machine's never do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from lib.errors import BadAddress, LineFault
from lib.http import Http, Outward, Proxy, Timeouts, read_proxy
from lib.http.proxies import is_this_machine

FAR = "http://relay.example/v1/models"
"""A name that only a proxy could find."""


@pytest.mark.parametrize(
    ("written", "url", "user", "password"),
    [
        ("http://127.0.0.1:7890", "http://127.0.0.1:7890", "", ""),
        ("  127.0.0.1:7890 ", "http://127.0.0.1:7890", "", ""),
        ("proxy.example", "http://proxy.example", "", ""),
        ("https://proxy.example:8443/", "https://proxy.example:8443", "", ""),
        ("http://me:p%40ss@proxy.example:80", "http://proxy.example:80", "me", "p@ss"),
        ("http://me@proxy.example", "http://proxy.example", "me", ""),
        ("http://[::1]:7890", "http://[::1]:7890", "", ""),
    ],
)
def test_a_proxy_is_read_as_it_is_meant(written: str, url: str, user: str, password: str) -> None:
    assert read_proxy(written) == Proxy(url, user, SecretStr(password))


@pytest.mark.parametrize(
    "written",
    ["", "http://", "socks5://127.0.0.1:1080", "socks5h://h:1", "ftp://h:1", "http://h:port", "http://h:99999",
     "http://h/path", "http://h?x=1", "http://h#x", "http://a b:1", "http://h\n:1", "http://h:1:2", "http://[::1"],
)
def test_what_is_no_proxy_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(BadAddress) as caught:
        read_proxy(written.replace("//", "//me:my-secret@"))
    assert "my-secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_socks_is_named() -> None:
    with pytest.raises(BadAddress, match="SOCKS"):
        read_proxy("socks5://127.0.0.1:1080")


def test_a_password_is_never_shown() -> None:
    proxy = read_proxy("http://me:my-secret@proxy.example:80")
    assert proxy.shown == "http://me:…@proxy.example:80"
    assert "my-secret" not in repr(proxy) + repr(Outward(proxy))


@pytest.mark.parametrize(
    ("host", "is_here"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("[::1]", True), ("localhost", True),
     ("a.localhost", True), ("10.0.0.1", False), ("relay.example", False), ("localhost.example", False)],
)
def test_this_machine_is_known(host: str, is_here: bool) -> None:
    assert is_this_machine(host) is is_here


class Asked(list[str]):
    """The heads of the requests that a server of ours got, its address, and whether anything has come yet."""

    def __init__(self) -> None:
        self.address = ""
        self.came = asyncio.Event()


@asynccontextmanager
async def server(answer: bytes | None = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok") -> AsyncIterator[Asked]:
    """A server that answers everything alike; None: it never does."""
    asked, done = Asked(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        asked.came.set()
        if answer is None:
            await done.wait()
        else:
            writer.write(answer)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    asked.address = f"http://{host}:{port}"
    try:
        yield asked
    finally:
        done.set()
        listening.close()


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


async def get(http: Http, url: str) -> httpx.Response:
    return await http.send(httpx.Request("GET", url))


def test_a_request_goes_through_the_proxy_and_this_machines_own_do_not() -> None:
    async def work() -> None:
        async with server() as proxy, server() as here:
            outward = Outward(read_proxy(proxy.address.replace("//", "//me:my-secret@")))
            http = Http(outward)
            assert (await get(http, FAR)).text == "ok"
            await get(http, here.address + "/x")
            await http.probe(httpx.Request("GET", FAR))
            await http.aclose()
            assert [head.split("\r\n")[0] for head in proxy] == [f"GET {FAR} HTTP/1.1"] * 2
            assert "Proxy-Authorization: Basic " in proxy[0]
            assert [head.split("\r\n")[0] for head in here] == ["GET /x HTTP/1.1"]
            assert "Proxy-Authorization" not in here[0]

    run(work)


def test_the_environments_proxy_is_taken_only_where_that_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        async with server() as proxy, server() as own:
            monkeypatch.setenv("http_proxy", proxy.address)
            monkeypatch.setenv("no_proxy", "kept.example")
            http = Http(Outward(by_environment=True))
            await get(http, FAR)
            assert len(proxy) == 1
            with pytest.raises(LineFault):
                await get(http, "http://kept.example/")
            await http.take(Outward(read_proxy(own.address)))
            await get(http, FAR)
            await http.aclose()
            assert (len(proxy), len(own)) == (1, 1)

    run(work)


def test_a_socks_proxy_of_the_environment_fails_instead_of_being_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1")
        http = Http(Outward(by_environment=True))
        with pytest.raises(LineFault) as caught:
            await get(http, FAR)
        await http.aclose()
        assert caught.value.kind == "proxy_kind"

    run(work)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"", b"nonsense\r\n\r\n"])
def test_a_proxy_that_lets_nothing_through_is_told(answer: bytes) -> None:
    async def work() -> None:
        async with server(answer) as proxy:
            http = Http(Outward(read_proxy(proxy.address.replace("//", "//me:my-secret@"))))
            with pytest.raises(LineFault) as caught:
                await get(http, "https://relay.example/")
            await http.aclose()
        assert "my-secret" not in str(caught.value)

    run(work)


def test_a_proxy_that_is_not_there_is_not_the_servers_fault() -> None:
    async def work() -> None:
        async with server() as gone:
            pass
        http = Http(Outward(read_proxy(gone.address)))
        with pytest.raises(LineFault) as caught:
            await get(http, FAR)
        await http.aclose()
        assert (caught.value.kind, caught.value.sent) == ("proxy_gone", False)

    run(work)


def test_another_way_is_taken_without_breaking_what_is_under_way() -> None:
    async def work() -> None:
        async with server(None) as slow, server() as quick:
            http = Http()
            waiting = asyncio.create_task(get(http, slow.address))
            await slow.came.wait()
            await http.take(Outward(timeouts=Timeouts(read=0.05, whole=0.05)))
            assert (await get(http, quick.address)).text == "ok"
            with pytest.raises(LineFault, match="didn't answer in time"):
                await get(http, slow.address)
            assert not waiting.done()
            waiting.cancel()
            await asyncio.wait({waiting})
            await http.aclose()

    run(work)
