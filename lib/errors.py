"""One error tree.

    RelayscopeError            a sentence for the user, as a message id and parameters (`lib.i18n` words it)
    ├─ WrongUse                what was asked can't be done as asked: unknown id, bad file, bad zone (exit status 2)
    │  ├─ BadAddress           a base URL that can't be one, with what to type instead
    │  └─ BadKey               a key that can't be sent (control characters, not ASCII, empty)
    │     └─ KeyElsewhere      a key that was saved for other addresses
    ├─ Refused                 the guard: not sent, with the setting that says so
    └─ LineFault               no whole HTTP answer came: DNS, connect, TLS, proxy, time-out
"""

from __future__ import annotations

from typing import Literal

RefusedState = Literal[
    "wrong_capability", "budget_exceeded", "bad_request", "unsupported", "not_configured", "not_offered"
]
LineFaultKind = Literal[
    "dns", "connect", "tls", "certificate", "proxy", "proxy_gone", "proxy_kind", "proxy_login", "timeout", "closed",
    "redirects", "too_large",
]  # fmt: skip


class RelayscopeError(Exception):
    """Anything the user is told about. `message` is an English message id, `params` fill its {braces}."""

    def __init__(self, message: str, **params: str) -> None:
        super().__init__(message.format(**params) if params else message)
        self.message = message
        self.params = params


class WrongUse(RelayscopeError):
    """What was asked can't be done as asked; nothing has changed."""


class BadAddress(WrongUse):
    """Not a base URL."""


class BadKey(WrongUse):
    """Not a key that could be sent."""


class KeyElsewhere(BadKey):
    """A key that was saved for other addresses than the one in use."""


class Refused(RelayscopeError):
    """The guard refused a call; nothing was sent. `state` is the call's error state, `code` names the cause."""

    def __init__(self, state: RefusedState, code: str, message: str, **params: str) -> None:
        super().__init__(message, **params)
        self.state = state
        self.code = code


class NotFetched(RelayscopeError):
    """A file that was made couldn't be fetched. `again`: it may be there later."""

    def __init__(self, message: str, *, again: bool = False, **params: str) -> None:
        super().__init__(message, **params)
        self.again = again


class LineFault(RelayscopeError):
    """No whole HTTP answer came. `kind` says where it broke; `sent` whether the server may have begun to work on it.

    `http_status`: that of an answer whose head came, None where none did: only then it is the line's fault.
    """

    def __init__(
        self, kind: LineFaultKind, message: str, *, sent: bool, http_status: int | None = None, **params: str
    ) -> None:
        super().__init__(message, **params)
        self.kind = kind
        self.sent = sent
        self.http_status = http_status
