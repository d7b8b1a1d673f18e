"""Cleans what people paste as a base URL or a key, or refuses it with what to type instead. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, quote, urlsplit

import httpx

from lib.errors import BadAddress, BadKey
from lib.http.redaction import redact
from lib.i18n import N_
from lib.providers import presets, providers

AROUND = " \t\r\n\"'`<>()“”‘’「」『』《》,;。、"
"""What gets copied along with an address or a key."""

ENDPOINT = re.compile(
    r"((/v1)?/(chat/completions|completions|responses|messages|models|embeddings|moderations|rerank|videos"
    r"|images/(generations|edits|variations)|audio/(speech|transcriptions|translations))|/v1(beta)?)$",
    re.IGNORECASE,
)
"""What the protocol adds behind a base URL by itself."""

DOCUMENTATION_HOSTS = ("apifox.cn", "apifox.com", "github.com", "gitbook.io", "readme.io", "yuque.com", "feishu.cn")
DOCUMENTATION_PATH = re.compile(r"/(api-?)?(docs?|documentation|reference|wiki)(/|$)|\.(html?|md|txt)$", re.IGNORECASE)
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_QUOTE = 80

NOT_AN_ADDRESS = N_("{typed} is not an address. Type one such as https://api.example.com.")
NOT_HTTP = N_("{typed} is not an http or https address. Type one such as https://api.example.com.")
HAS_SPACE = N_("{typed} has a space or a control character in it. Type the address in one piece.")
HAS_USER = N_("{typed} has a user name or password in it. Type the address without it; the key has a field of its own.")
HAS_QUERY = N_("{typed} is followed by ? or # and more. Type only what stands before it.")
BAD_PORT = N_("{typed} has a port that isn't between 1 and 65535. Type one such as https://api.example.com:8443.")
NO_DOMAIN = N_("{typed} is no host's full name. Type one with a dot in it, such as https://api.example.com.")
DOCUMENTATION = N_(
    "{typed} is a documentation page, not the API's address. "
    "Type the address requests go to, such as https://api.example.com."
)


def base_url(text: str) -> str:
    """The base URL meant: scheme, host, port, path, without what the protocol adds (`/v1/…`) and a last slash.

    Raises `BadAddress`, quoting what was typed without user name, password, query and anything like a key.
    """
    address = _plain(text)
    while (again := _plain(_once(address))) != address:
        address = again
    return address


def _once(text: str) -> str:
    quoted = _quotable(text)
    if any(char.isspace() or not char.isprintable() for char in text):
        raise BadAddress(HAS_SPACE, typed=quoted)
    try:
        parts = urlsplit(_with_scheme(text, quoted))
        host = _host(parts, quoted)
    except ValueError:
        raise BadAddress(NOT_AN_ADDRESS, typed=quoted) from None
    port = _port(parts, quoted)
    _refuse(parts, host, quoted)
    shown = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    address = f"{parts.scheme}://{host}{shown}{_path(parts.path)}"
    try:
        _ = httpx.URL(address).host  # read here, as it refuses more, such as names in punycode that mean nothing
    except (httpx.InvalidURL, ValueError):
        raise BadAddress(NOT_AN_ADDRESS, typed=quoted) from None
    return address


def _plain(text: str) -> str:
    """Full-width characters as usual ones, nothing invisible, nothing around it."""
    return _visible(text).replace("。", ".").strip(AROUND + ".")


def _visible(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")


def _quotable(text: str) -> str:
    """What may be shown of it, on one line: it may hold a password, a key or a terminal's control characters."""
    bare = redact(re.split(r"[?#]", text.rpartition("@")[2])[0])
    bare = "".join(char if char.isprintable() else " " for char in bare)
    return (bare if len(bare) <= LONGEST_QUOTE else bare[:LONGEST_QUOTE] + "…") or '""'


def _with_scheme(text: str, quoted: str) -> str:
    given = re.match(r"(https?):/*", text, re.IGNORECASE)
    if given:
        return f"{given[1].lower()}://{text[given.end():]}"
    if "://" in text:
        raise BadAddress(NOT_HTTP, typed=quoted)
    bare = text.lstrip("/")
    return f"{'http' if _is_near(urlsplit(f'//{bare}').hostname or '') else 'https'}://{bare}"


def _is_near(host: str) -> bool:
    """Whether a host is this machine or in its own network, where there is rarely a certificate."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


def _host(parts: SplitResult, quoted: str) -> str:
    """Lower case, punycode, brackets around IPv6. Raises `ValueError` where it can't be one."""
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return f"[{IPv6Address(host)}]"
    name = host.rstrip(".").encode("idna").decode("ascii").lower()
    labels = name.split(".")
    if not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError(quoted)
    if labels[-1].isdigit():
        return str(ip_address(name))
    if len(labels) == 1 and name != "localhost":
        raise BadAddress(NO_DOMAIN, typed=quoted)
    return name


def _port(parts: SplitResult, quoted: str) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise BadAddress(BAD_PORT, typed=quoted)
    return port


def _refuse(parts: SplitResult, host: str, quoted: str) -> None:
    """Raises `BadAddress` for an address that is one, but not of an API."""
    if "@" in parts.netloc:
        raise BadAddress(HAS_USER, typed=quoted)
    if _is_documentation(host, parts.path):
        raise BadAddress(DOCUMENTATION, typed=quoted)
    if parts.query or parts.fragment:
        raise BadAddress(HAS_QUERY, typed=quoted)


def _is_documentation(host: str, path: str) -> bool:
    known = (*DOCUMENTATION_HOSTS, *_documentation_hosts())
    return (
        host.startswith(("docs.", "doc."))
        or any(host == name or host.endswith(f".{name}") for name in known)
        or DOCUMENTATION_PATH.search(path) is not None
    )


@cache
def _documentation_hosts() -> frozenset[str]:
    """The hosts of documentation that our own data name."""
    pages = [one.docs_url for one in providers().values()] + [one.docs_url for one in presets().values()]
    hosts = (urlsplit(page).hostname or "" for page in pages)
    return frozenset((*hosts, *(name for preset in presets().values() for name in preset.doc_hosts)))


def _path(path: str) -> str:
    kept = re.sub(r"/+", "/", quote(path, safe="/%:@!$&'()*+,;=~")).rstrip("/")
    while (shorter := ENDPOINT.sub("", kept).rstrip("/")) != kept:
        kept = shorter
    return kept


BEFORE_KEY = re.compile(r"""^(authorization|bearer)([\s:"']+|$)""", re.IGNORECASE)
MASKED = re.compile(r"[*.]{3}")
"""How a console hides the middle of a key; NFKC has made three dots of an ellipsis."""
NO_KEY = N_("The key is empty. Copy it from where it was made.")
KEY_HAS_SPACE = N_("The key has a space, a line break or a control character in it. Copy it again, and nothing else.")
KEY_NOT_ASCII = N_("The key has characters that no key has, such as Chinese ones or dots in place of what is hidden.")


def clean_key(text: str) -> str:
    """The key meant, without what was copied along. Raises `BadKey`, which never repeats the key."""
    key = _visible(text)
    while (again := BEFORE_KEY.sub("", key.strip(AROUND))) != key:
        key = again
    if not key:
        raise BadKey(NO_KEY)
    if any(char.isspace() or unicodedata.category(char) == "Cc" for char in key):
        raise BadKey(KEY_HAS_SPACE)
    if not key.isascii() or MASKED.search(key):
        raise BadKey(KEY_NOT_ASCII)
    return key


def tail(key: str) -> str:
    """What may be shown of a key: its last four characters, nothing of one that is hardly longer."""
    return key[-4:] if len(key) >= 8 else ""
