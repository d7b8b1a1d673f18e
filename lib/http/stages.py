"""How far a request came, how long each stage took, and through which proxy: as httpcore reports it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic
from typing import Any, Literal

import httpx

from lib.http.proxies import Proxy

Stage = Literal["dns", "connect", "proxy", "tls", "first_byte"]
"""In their order. `connect` leads to the proxy where there is one, `proxy` is its way on to the address."""

BEGINS: Mapping[str, Stage] = {"connect_tcp": "connect", "start_tls": "tls", "send_request_headers": "first_byte"}
ENDS = ("connect_tcp", "start_tls", "receive_response_headers")


@dataclass(frozen=True, slots=True)
class LineTimes:
    """Milliseconds of each stage that a request went through. None: it didn't, as the connection was there already, no
    TLS is spoken there, or it never came so far. `stage`: the last one that it reached.
    """

    dns_ms: int | None = None
    connect_ms: int | None = None
    proxy_ms: int | None = None
    tls_ms: int | None = None
    first_byte_ms: int | None = None
    total_ms: int = 0
    stage: Stage | None = None
    proxy: Proxy | None = None

    @property
    def stages(self) -> Mapping[Stage, int]:
        """Those it came through, in their order."""
        took: Mapping[Stage, int | None] = {
            "dns": self.dns_ms, "connect": self.connect_ms, "proxy": self.proxy_ms, "tls": self.tls_ms,
            "first_byte": self.first_byte_ms,
        }  # fmt: skip
        return {stage: ms for stage, ms in took.items() if ms is not None}


class Clock:
    """A request's `trace`, called at each of httpcore's steps; begun anew each time that the request is repeated."""

    def __init__(self, *, looks_up: bool = False) -> None:
        """`looks_up`: look the name up apart from the connection, which does both in one; the system remembers it."""
        self._looks_up = looks_up
        self.begin(None)

    def begin(self, proxy: Proxy | None) -> None:
        """The request is sent, through that proxy."""
        self.proxy = proxy
        self.stage: Stage | None = None
        self._took: dict[Stage, int] = {}
        self._began = self._since = monotonic()

    async def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Raises `httpx.ConnectError` or `httpx.ConnectTimeout` where the name can't be looked up."""
        layer, step, end = event.split(".")
        if end == "started" and step in BEGINS:
            if step == "connect_tcp" and self._looks_up and not _is_address(info["host"]):
                await self._look_up(info["host"], info["port"], info["timeout"])
            self._enter("proxy" if self._is_proxys(layer, step, info) else BEGINS[step])
        elif end == "complete" and step in ENDS:
            self._leave()

    def _is_proxys(self, layer: str, step: str, info: Mapping[str, Any]) -> bool:
        """Whether a step is the proxy's own: TLS with it, or asking it for a way on."""
        if self.proxy is None or step == "connect_tcp":
            return False
        return layer == "connection" if step == "start_tls" else info["request"].method == b"CONNECT"

    def _enter(self, stage: Stage) -> None:
        self.stage, self._since = stage, monotonic()

    def _leave(self) -> None:
        if self.stage is not None:
            self._took[self.stage] = round((monotonic() - self._since) * 1000)

    async def _look_up(self, host: str, port: int, longest: float | None) -> None:
        self._enter("dns")
        try:
            async with asyncio.timeout(longest):
                await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as fault:
            raise httpx.ConnectTimeout("the name was looked up for too long") from fault
        except OSError as fault:
            raise httpx.ConnectError("the name is not known") from fault
        self._leave()

    def times(self) -> LineTimes:
        """What was noted up to now."""
        total = round((monotonic() - self._began) * 1000)
        took = {f"{stage}_ms": ms for stage, ms in self._took.items()}
        return LineTimes(**took, total_ms=total, stage=self.stage, proxy=self.proxy)


def timed(request: httpx.Request) -> httpx.Request:
    """The request as one whose stages are noted, its name's look-up apart."""
    request.extensions["trace"] = Clock(looks_up=True)
    return request


def clock_of(request: httpx.Request) -> Clock | None:
    """What notes a request's stages, if anything does."""
    clock = request.extensions.get("trace")
    return clock if isinstance(clock, Clock) else None


def times_of(request: httpx.Request) -> LineTimes:
    """How far a request came; nothing is known of one that wasn't sent."""
    clock = clock_of(request)
    return clock.times() if clock else LineTimes()


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True
