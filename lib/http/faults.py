"""What can break between us and an HTTP answer, mapped by one table, most specific first."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from lib.errors import LineFault, LineFaultKind
from lib.i18n import N_

FAULTS: tuple[tuple[type[httpx.RequestError], type[BaseException], LineFaultKind, bool], ...] = (
    (httpx.ConnectError, socket.gaierror, "dns", False),
    (httpx.ConnectError, ssl.SSLError, "tls", False),
    (httpx.ConnectError, BaseException, "connect", False),
    (httpx.ProxyError, BaseException, "proxy", False),
    (httpx.PoolTimeout, BaseException, "timeout", False),
    (httpx.ConnectTimeout, BaseException, "timeout", False),
    (httpx.TimeoutException, BaseException, "timeout", True),
    (httpx.UnsupportedProtocol, BaseException, "connect", False),
    (httpx.LocalProtocolError, BaseException, "connect", False),
    (httpx.RequestError, BaseException, "closed", True),
)
"""What httpx raised, what is in its chain of causes → where it broke, and whether the server may have got the request.

DNS and TLS are told only where the connection was being made: TLS that breaks later breaks a request already sent.
"""

MESSAGES: dict[LineFaultKind, str] = {
    "dns": N_("The name of {address} is not known."),
    "tls": N_("No secure connection to {address}."),
    "proxy": N_("The proxy doesn't let requests to {address} through."),
    "timeout": N_("{address} didn't answer in time."),
    "connect": N_("Nothing accepts connections at {address}."),
    "closed": N_("{address} closed the connection before its answer was whole."),
    "redirects": N_("{address} sends requests on to {target}."),
    "too_large": N_("The answer of {address} is larger than any of this kind."),
}


def line_fault(
    kind: LineFaultKind, request: httpx.Request, *, sent: bool, http_status: int | None = None, **params: str
) -> LineFault:
    """A fault of the line to a request's address, or of an answer whose head had come with that status."""
    return LineFault(kind, MESSAGES[kind], sent=sent, http_status=http_status, address=origin(request.url), **params)


def origin(url: httpx.URL) -> str:
    """Scheme, host and port."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


@contextmanager
def mapped(request: httpx.Request, http_status: int | None = None) -> Iterator[None]:
    """Turns every fault of httpx inside into a `LineFault`. `http_status`: of the answer whose head has come."""
    try:
        yield
    except httpx.RequestError as fault:
        kind, sent = classify(fault)
        raise line_fault(kind, request, sent=sent, http_status=http_status) from fault


def classify(fault: httpx.RequestError) -> tuple[LineFaultKind, bool]:
    """Where it broke, and whether the server may have got the request."""
    chain = tuple(_chain(fault))
    return next(
        (kind, sent)
        for raised, cause, kind, sent in FAULTS
        if isinstance(fault, raised) and any(isinstance(one, cause) for one in chain)
    )


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
