"""What can break between us and an HTTP answer, mapped by one table, most specific first."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from lib.errors import LineFault, LineFaultKind
from lib.http.stages import Stage, clock_of
from lib.i18n import N_


class ProxyNotReached(httpx.ProxyError):
    """There is no connection to the proxy."""


class ProxyNotSpoken(httpx.ProxyError):
    """The proxy is of a kind that isn't used here."""


class ProxyWantsLogin(httpx.ProxyError):
    """The proxy asks for a user name and a password."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What httpx raised, what is in its chain of causes, and at which stage (None: any): that is a fault of this kind.

    `sent`: whether the server may have got the request.
    """

    raised: type[httpx.RequestError]
    kind: LineFaultKind
    sent: bool = False
    cause: type[BaseException] = BaseException
    stage: Stage | None = None


FAULTS = (
    Fault(ProxyNotReached, "proxy_gone"),
    Fault(ProxyNotSpoken, "proxy_kind"),
    Fault(ProxyWantsLogin, "proxy_login"),
    Fault(httpx.ProxyError, "proxy"),
    Fault(httpx.TimeoutException, "timeout", stage="proxy"),
    Fault(httpx.RequestError, "proxy", stage="proxy"),
    Fault(httpx.ConnectError, "dns", cause=socket.gaierror),
    Fault(httpx.ConnectError, "certificate", cause=ssl.SSLCertVerificationError),
    Fault(httpx.ConnectError, "tls", cause=ssl.SSLError),
    Fault(httpx.ConnectError, "tls", stage="tls"),
    Fault(httpx.ConnectError, "connect"),
    Fault(httpx.PoolTimeout, "timeout"),
    Fault(httpx.ConnectTimeout, "timeout"),
    Fault(httpx.TimeoutException, "timeout", sent=True),
    Fault(httpx.UnsupportedProtocol, "connect"),
    Fault(httpx.LocalProtocolError, "connect"),
    Fault(httpx.RequestError, "closed", sent=True),
)
"""The first that fits holds. DNS and TLS are told only where the connection was being made: TLS that breaks later
breaks a request already sent.
"""

MESSAGES: dict[LineFaultKind, str] = {
    "dns": N_("The name of {address} is not known."),
    "tls": N_("No secure connection to {address}."),
    "certificate": N_("The certificate of {address} isn't accepted."),
    "proxy": N_("The proxy doesn't let requests to {address} through."),
    "proxy_gone": N_("The proxy can't be reached, so nothing went to {address}."),
    "proxy_kind": N_("The proxy for {address} is of a kind that can't be used here."),
    "proxy_login": N_("The proxy wants a user name and a password, so nothing went to {address}."),
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
    told = {"address": origin(request.url), **_way(request), **params}
    return LineFault(kind, MESSAGES[kind], sent=sent, http_status=http_status, **told)


def _way(request: httpx.Request) -> dict[str, str]:
    """The stage that a request is at, and the proxy that it goes through."""
    clock = clock_of(request)
    stage = {"stage": clock.stage} if clock and clock.stage else {}
    return {**stage, "proxy": clock.proxy.place} if clock and clock.proxy else {**stage}


def origin(url: httpx.URL) -> str:
    """Scheme, host and port."""
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


@contextmanager
def mapped(request: httpx.Request, http_status: int | None = None) -> Iterator[None]:
    """Turns every fault of httpx inside into a `LineFault`. `http_status`: of the answer whose head has come."""
    try:
        yield
    except httpx.RequestError as fault:
        clock = clock_of(request)
        found = classify(fault, clock.stage if clock else None)
        params = _answer(fault) if found.kind == "proxy" else {}
        raise line_fault(found.kind, request, sent=found.sent, http_status=http_status, **params) from fault


def classify(fault: httpx.RequestError, stage: Stage | None = None) -> Fault:
    """Where it broke, and whether the server may have got the request. `stage`: how far that came."""
    chain = tuple(_chain(fault))
    return next(
        one
        for one in FAULTS
        if isinstance(fault, one.raised)
        and one.stage in (None, stage)
        and any(isinstance(link, one.cause) for link in chain)
    )


def _answer(fault: httpx.RequestError) -> dict[str, str]:
    """The status with which a proxy refused, if it did: httpx tells it in words."""
    status = str(fault)[:3]
    return {"answer": f"HTTP {status}"} if status.isdecimal() else {}


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
