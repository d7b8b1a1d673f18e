"""A way out: directly or through a proxy, and how long to wait. Another is taken without breaking what is under way."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from lib.errors import BadAddress
from lib.http.faults import ProxyNotReached, ProxyNotSpoken, ProxyWantsLogin
from lib.http.proxies import Proxy, is_this_machine, named
from lib.http.stages import Clock, Stage, clock_of


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `read` is between two pieces of a stream: a model may think that long before its first word.

    `whole` is for an answer that is read as one, with all its redirects and repetitions.
    """

    connect: float = 10.0
    read: float = 120.0
    write: float = 30.0
    whole: float = 30.0


@dataclass(frozen=True, slots=True)
class Outward:
    """What the user decides of a way out. `by_environment`: through whatever proxy the environment names."""

    proxy: Proxy | None = None
    by_environment: bool = False
    timeouts: Timeouts = Timeouts()

    def through(self, url: httpx.URL) -> Proxy | None:
        """The proxy for an address; raises `BadAddress` where the environment names one that can't be used here."""
        if is_this_machine(url.host):
            return None
        return named(url.scheme, url.host) if self.by_environment else self.proxy


DIRECTLY = Outward()
TO_THE_PROXY: tuple[Stage | None, ...] = (None, "dns", "connect", "proxy")
"""The stages, where one goes through a proxy, that lead to it and no further."""
WANTS_LOGIN = 407


class ByAddress(httpx.AsyncBaseTransport):
    """Sends each request directly or through a proxy, as its address asks for."""

    def __init__(self, outward: Outward, context: ssl.SSLContext) -> None:
        self._outward = outward
        self._context = context
        self._open: dict[Proxy | None, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer. A proxy that isn't there is told apart from a server that isn't."""
        try:
            proxy = self._outward.through(request.url)
        except BadAddress:
            raise ProxyNotSpoken("a proxy of a kind not used here", request=request) from None
        if proxy not in self._open:
            self._open[proxy] = self._made(proxy)
        clock = clock_of(request) or Clock()
        clock.begin(proxy)
        try:
            return await _let_through(await self._open[proxy].handle_async_request(request))
        except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
            if proxy is None or clock.stage not in TO_THE_PROXY:
                raise
            raise ProxyNotReached("the proxy can't be reached", request=request) from fault
        except httpx.ProxyError as fault:
            if str(fault).startswith(str(WANTS_LOGIN)):
                raise ProxyWantsLogin(str(fault), request=request) from fault
            raise

    async def aclose(self) -> None:
        """Closes every connection."""
        for transport in self._open.values():
            await transport.aclose()

    def _made(self, proxy: Proxy | None) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        spoken = proxy.spoken() if proxy else None
        return httpx.AsyncHTTPTransport(verify=self._context, proxy=spoken, limits=limits)


async def _let_through(response: httpx.Response) -> httpx.Response:
    """An answer that isn't the proxy's own: no server but a proxy says 407."""
    if response.status_code == WANTS_LOGIN:
        await response.aclose()
        raise ProxyWantsLogin(f"HTTP {WANTS_LOGIN}")
    return response


class Way:
    """A way out in use: its client, which closes once it is left and its last request has ended."""

    def __init__(self, outward: Outward, made: Callable[[Outward], httpx.AsyncClient]) -> None:
        self.outward = outward
        self.client = made(outward)
        self._users = 0
        self._left = False

    @asynccontextmanager
    async def used(self) -> AsyncIterator[Way]:
        """Keeps the client open meanwhile."""
        self._users += 1
        try:
            yield self
        finally:
            self._users -= 1
            await self._close_if_done()

    async def leave(self) -> None:
        """Nobody takes it any more."""
        self._left = True
        await self._close_if_done()

    async def _close_if_done(self) -> None:
        if self._left and not self._users:
            await self.client.aclose()
