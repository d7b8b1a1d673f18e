"""Proxies: how one is written, which one the environment names, and which addresses never go through any."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from pydantic import SecretStr

from lib.errors import BadAddress
from lib.i18n import N_

SPOKEN = ("http", "https")
SETTINGS, SYSTEM = "settings", "system"
NONE = SecretStr("")
HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")

WRONG = N_("A proxy is written like http://127.0.0.1:7890, with user:password@ before the host where it wants one.")
SOCKS = N_("SOCKS proxies can't be used here. The programs that offer one mostly offer HTTP too: write http:// and "
           "that port.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy's address, and who asks it. Its password is a secret like a key.

    `named_by`: the user's `settings`, a variable of the environment, or the `system`.
    """

    url: str
    user: str = ""
    password: SecretStr = NONE
    named_by: str = field(default=SETTINGS, compare=False)

    @property
    def shown(self) -> str:
        """As it may be shown: without the password."""
        scheme, _, rest = self.url.partition("://")
        secret = ":…" if self.password.get_secret_value() else ""
        return f"{scheme}://{self.user}{secret}@{rest}" if self.user else self.url

    @property
    def place(self) -> str:
        """Its host and port, without who asks it."""
        return self.url.partition("://")[2]

    def spoken(self) -> httpx.Proxy:
        """As httpx takes it."""
        auth = (self.user, self.password.get_secret_value()) if self.user else None
        return httpx.Proxy(self.url, auth=auth)


def read_proxy(text: str) -> Proxy:
    """The proxy that a user means; without a scheme it is an HTTP one. Raises `BadAddress`, never quoting the text."""
    written = text.strip()
    parts = _parts(written if "://" in written else f"http://{written}")
    if parts.scheme.startswith("socks"):
        raise BadAddress(SOCKS)
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{parts.port}")
    fine = parts.scheme in SPOKEN and HOST.fullmatch(host) and written.isprintable() and " " not in written
    if not fine or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadAddress(WRONG)
    port = f":{parts.port}" if parts.port else ""
    password = SecretStr(unquote(parts.password or ""))
    return Proxy(f"{parts.scheme}://{host}{port}", unquote(parts.username or ""), password)


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises for what is no port
    except ValueError:
        raise BadAddress(WRONG) from None
    return parts


def is_this_machine(host: str) -> bool:
    """Whether the host of an address is this machine."""
    try:
        return ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def named(scheme: str, host: str) -> Proxy | None:
    """The proxy that the environment (or the system) names for an address; None where it names none.

    Raises `BadAddress` for one that can't be used here.
    """
    proxies = getproxies()
    kind = next((one for one in (scheme, "all") if proxies.get(one)), None)
    if kind is None or proxy_bypass(host):
        return None
    return replace(read_proxy(proxies[kind]), named_by=_variable(f"{kind}_proxy"))


def _variable(name: str) -> str:
    """A variable as it is written here: in small letters it wins, as in `getproxies`."""
    return next((one for one in (name, name.upper()) if os.environ.get(one)), SYSTEM)
