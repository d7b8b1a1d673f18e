"""Where a file may be fetched from: an address that a model or a relay names is untrusted.

Only http(s), never a private network, checked for every redirect and connected to the very address that was checked.
The host and port of the connection that made the call are always allowed, a relay on loopback among them.
"""

from __future__ import annotations

import asyncio
import os
import socket
from ipaddress import IPv6Address, ip_address

import httpx

from lib.errors import NotFetched
from lib.http.faults import origin
from lib.http.way import Outward
from lib.i18n import N_

ALLOWED = "RELAYSCOPE_ALLOW_PRIVATE_MEDIA"
PORTS = {"http": 80, "https": 443}


async def guarded(request: httpx.Request, home: httpx.URL, outward: Outward) -> httpx.Request:
    """The request as it may be sent. `home`: the address of the connection that made the call.

    Raises `NotFetched` for another scheme, a name that isn't known, and an address of a private network.
    """
    url = request.url
    if url.scheme not in PORTS or not url.host:
        raise NotFetched(N_("The file's address is none that can be fetched: {address}"), address=origin(url))
    if _place(url) == _place(home) or os.environ.get(ALLOWED) == "1":
        return request
    if outward.through(url) is not None:  # the proxy looks the name up, so only a bare address can be judged here
        if _is_private(url.host):
            raise _private(url)
        return request
    addresses = await _addresses(url)
    if any(map(_is_private, addresses)):
        raise _private(url)
    return _pinned(request, addresses[0])


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    """The same request to that very address: a name may be another's by the time it is asked for again."""
    headers = httpx.Headers(request.headers)
    headers["host"] = request.url.netloc.decode("ascii")
    return httpx.Request(
        request.method, request.url.copy_with(host=address), headers=headers,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )  # fmt: skip


async def _addresses(url: httpx.URL) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            url.host, url.port or PORTS[url.scheme], type=socket.SOCK_STREAM
        )
    except OSError:
        raise NotFetched(N_("The name of {address} is not known."), again=True, address=origin(url)) from None
    return [str(one[4][0]) for one in found]


def _is_private(host: str) -> bool:
    """Whether an address is of no public network; a name is none."""
    try:
        address = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return not address.is_global or address.is_multicast


def _private(url: httpx.URL) -> NotFetched:
    words = N_("The file's address is of a private network, so it isn't fetched: {address}")
    return NotFetched(words, address=origin(url))


def _place(url: httpx.URL) -> tuple[str, int | None]:
    return url.host, url.port or PORTS.get(url.scheme)
