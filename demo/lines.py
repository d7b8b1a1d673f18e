"""The relay's lines: path prefixes of the one port, each with its own latency, and how a failing one behaves."""

import asyncio
import socket
from dataclasses import dataclass

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

API_PATHS = (
    "/v1", "/v1beta", "/v2", "/v2beta", "/api", "/dashboard/billing",
    "/mj", "/mj-fast", "/mj-turbo", "/mj-relax", "/suno",
)  # fmt: skip
"""What is API below a line; everything else is a page."""


@dataclass(frozen=True, slots=True)
class Line:
    """One way to the relay. `latency` in seconds is waited before every API answer."""

    id: str
    prefix: str
    zh: str
    en: str
    latency: float


LINES = {
    line.id: line
    for line in (
        Line("hk", "", "香港线路", "Hong Kong", 0.040),
        Line("us", "/us", "美国线路", "United States", 0.180),
        Line("official", "/official", "官方直连", "Official", 0.090),
    )
}


def below(path: str, prefix: str) -> bool:
    """Whether `path` is `prefix` or lies under it."""
    return path == prefix or path.startswith(prefix + "/")


def path_of(scope: Scope) -> str:
    """A request's path without its line's prefix."""
    return str(scope["path"]).removeprefix(scope.get("root_path", ""))


def line_of(path: str) -> Line:
    """The line a request path came by; without a known prefix it is `hk`."""
    return next((line for line in LINES.values() if line.prefix and below(path, line.prefix)), LINES["hk"])


def is_api(path: str) -> bool:
    """Whether `path` (without a line's prefix) is the API and not a page."""
    return any(below(path, prefix) for prefix in API_PATHS)


_transports: dict[tuple[str, int], asyncio.Transport] = {}


class Protocol(H11Protocol):
    """uvicorn's HTTP, remembering each connection's transport: ASGI alone has no way to hang up without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        # asyncio does this for its own sockets; without it a client's delayed ACK adds 40 ms to every answer.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.client:
            _transports[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _transports.pop(self.client, None)
        super().connection_lost(exc)


def hang_up(scope: Scope) -> None:
    """Cut the connection a request came by, so that the client sees a network error and no HTTP answer.

    Raises ConnectionResetError where there is no connection (a test that calls the app without a server).
    """
    transport = _transports.get(scope["client"])
    if transport is None:
        raise ConnectionResetError("this line is made to fail")
    transport.abort()
