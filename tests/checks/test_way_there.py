"""How far the line rung came, over real sockets: each stage that fails is named, also through a proxy."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeAlias

import pytest

from lib.causes import words
from lib.checks.many import check
from lib.checks.words import way
from lib.cli.documents import check_document
from lib.engine import Engine, home
from lib.http import Http, Outward, Timeouts, read_proxy
from lib.i18n import translator
from lib.vocabulary import Evidence
from tests.conftest import DemoRelay

KEY = "sk-mine-0000000000000000"
OK = b'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}'
GONE = "http://127.0.0.1:9"
"""The port of `discard`, where nothing listens."""
FAR, FAR_TLS = "http://relay.invalid", "https://relay.invalid"
"""RFC 2606: a name that is never known; a proxy may know it all the same."""
SOON = Timeouts(connect=0.3, read=0.3, whole=3)
_en, _zh = translator("en"), translator("zh_CN")


class Server:
    """What listens on loopback: it answers each request with these bytes, the next ones first (None: never)."""

    def __init__(self, *answers: bytes | None) -> None:
        self._answers = list(answers)
        self._done = asyncio.Event()
        self.asked: list[bytes] = []

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in self._answers:
            self.asked.append(await reader.read(4096))
            if answer is None:
                await self._done.wait()
                break
            writer.write(answer)
            await writer.drain()
        writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[str]:
        """Its address while it is open."""
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        finally:
            self._done.set()
            listening.close()


CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def refusing(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n".encode()


def climbed(
    address: str, server: Server | None = None, proxy: Server | str | None = None, outward: Outward | None = None
) -> Evidence:
    """The first rung of a connection at an address (`{}`: where the server is), through a proxy of the settings."""

    async def run() -> Evidence:
        async with AsyncExitStack() as stack:
            here = await stack.enter_async_context(server.open()) if server else ""
            through = await stack.enter_async_context(proxy.open()) if isinstance(proxy, Server) else proxy
            http = Http(outward or Outward(read_proxy(f"http://me:my-secret@{through}") if through else None,
                                           timeouts=SOON))  # fmt: skip
            stack.push_async_callback(http.aclose)
            engine = Engine(home())
            await engine.start()
            stack.push_async_callback(engine.stop)
            engine.import_(json.dumps({"connections": [
                {"id": "mine", "provider": "custom", "base_url": address.format(here), "key": KEY}]}))  # fmt: skip
            return (await check(http, engine.ledger, engine.known, ["mine"]))["mine"][0]

    return asyncio.run(run())


Case: TypeAlias = Callable[[], tuple[str, Server | None, Server | str | None]]
CASES: Mapping[str, tuple[Case, str, str, str]] = {
    "its name isn't known": (lambda: (FAR, None, None), "line_dns", "dns", ""),
    "a closed port": (lambda: (GONE, None, None), "line_connect", "connect", ""),
    "no TLS is spoken there": (lambda: ("https://{}", Server(OK), None), "line_tls", "tls", "connect"),
    "TLS is cut off without a word": (lambda: ("https://{}", Server(b""), None), "line_tls", "tls", "connect"),
    "TLS is never answered": (lambda: ("https://{}", Server(None), None), "line_timeout", "tls", "connect"),
    "the request is never answered": (lambda: ("http://{}", Server(None), None), "line_timeout", "first_byte",
                                      "connect"),
    "it hangs up": (lambda: ("http://{}", Server(b""), None), "line_closed", "first_byte", "connect"),
    "the proxy isn't there": (lambda: (FAR, None, "127.0.0.1:9"), "line_proxy_gone", "connect", ""),
    "the proxy's name isn't known": (lambda: (FAR, None, "proxy.invalid:80"), "line_proxy_gone", "dns", ""),
    "the proxy finds no way": (lambda: (FAR_TLS, None, Server(refusing("502 Bad Gateway"))), "line_proxy", "proxy",
                               "connect proxy"),
    "the proxy wants a login": (
        lambda: (FAR_TLS, None, Server(refusing("407 Proxy Authentication Required"))), "line_proxy_login", "proxy",
        "connect proxy"),
    "the proxy wants a login for HTTP": (
        lambda: (FAR, None, Server(refusing("407 Proxy Authentication Required"))), "line_proxy_login", "first_byte",
        "connect first_byte"),
    "the proxy hangs up": (lambda: (FAR_TLS, None, Server(b"")), "line_proxy", "proxy", "connect"),
    "the proxy never answers": (lambda: (FAR_TLS, None, Server(None)), "line_timeout", "proxy", "connect"),
    "TLS is cut off behind the proxy": (lambda: (FAR_TLS, None, Server(CONNECTED, b"")), "line_tls", "tls",
                                        "connect proxy"),
}  # fmt: skip


@pytest.mark.parametrize(("made", "code", "stopped", "came"), CASES.values(), ids=CASES)
def test_a_failing_line_names_its_stage(made: Case, code: str, stopped: str, came: str) -> None:
    address, server, proxy = made()
    rung = climbed(address, server, proxy)
    assert rung.reason is not None
    assert (rung.step, rung.state, rung.reason.code) == ("line", "unreachable", code)
    assert (rung.detail.get("stopped", ""), _stages(rung)) == (stopped, came.split())
    assert (rung.detail.get("proxy_by"), "proxy" in rung.detail) == (("settings", True) if proxy else (None, False))
    assert "my-secret" not in str(rung)
    for t in (_en, _zh):
        told = words(rung.reason, t)
        assert "…" not in told.message
        assert ("DNS" in told.message + told.remedy) is (code == "line_dns")


def _stages(rung: Evidence) -> list[str]:
    return [name.removesuffix("_ms") for name in rung.detail if name.endswith("_ms")]


@pytest.mark.parametrize(
    ("address", "stages"), [("http://{}", ["connect", "first_byte"]),
                            ("http://localhost:{}", ["dns", "connect", "first_byte"])],
)  # fmt: skip
def test_a_line_that_answers_tells_its_stages(address: str, stages: list[str]) -> None:
    class Here(Server):
        @asynccontextmanager
        async def open(self) -> AsyncIterator[str]:
            async with super().open() as place:
                yield place.rpartition(":")[2] if "localhost" in address else place

    rung = climbed(address, Here(OK))
    assert (rung.ok, _stages(rung)) == (True, stages)


def test_the_environments_proxy_goes_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("ALL_PROXY", "http://me:my-secret@127.0.0.1:9")
    rung = climbed(FAR, outward=Outward(by_environment=True, timeouts=SOON))
    assert (rung.detail["proxy"], rung.detail["proxy_by"]) == ("127.0.0.1:9", "ALL_PROXY")
    assert "my-secret" not in str(rung)


def test_the_document_of_a_check_tells_the_way_in_figures(demo: DemoRelay) -> None:
    async def run() -> list[Any]:
        engine = Engine(home())
        engine.import_(demo.connections)
        await engine.start()
        document = check_document(await engine.check(["chatglm"]), engine, _en)
        await engine.stop()
        return [step["way"] for step in document["connections"][0]["steps"]]

    line, *others = asyncio.run(run())
    assert all(isinstance(line.pop(name), int) for name in ("connect_ms", "first_byte_ms"))
    assert line == {"dns_ms": None, "proxy_ms": None, "tls_ms": None, "stopped": None, "proxy": None}
    assert others == [None] * 3


FIGURES = {"dns_ms": "3", "connect_ms": "12", "tls_ms": "31", "first_byte_ms": "88"}


@pytest.mark.parametrize(
    ("detail", "en", "zh"),
    [
        ({}, "", ""),
        ({"relay": "R"}, "", ""),
        (FIGURES, "DNS 3 ms · connect 12 ms · TLS 31 ms · first byte 88 ms",
         "DNS 3 ms · 建立连接 12 ms · TLS 31 ms · 首字节 88 ms"),
        ({**FIGURES, "proxy": "127.0.0.1:7890", "proxy_by": "HTTPS_PROXY"},
         "DNS 3 ms · connect 12 ms · TLS 31 ms · first byte 88 ms · through the proxy 127.0.0.1:7890 (HTTPS_PROXY)",
         "DNS 3 ms · 建立连接 12 ms · TLS 31 ms · 首字节 88 ms · 经代理 127.0.0.1:7890（HTTPS_PROXY）"),
        ({"proxy": "h:1", "proxy_by": "settings"}, "through the proxy h:1 (your settings)", "经代理 h:1（设置）"),
    ],
)
def test_the_way_is_told_shortly(detail: Mapping[str, str], en: str, zh: str) -> None:
    assert (way(detail, _en), way(detail, _zh)) == (en, zh)
