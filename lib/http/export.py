"""A request as code that anybody can run, its key replaced by an environment variable. Pure."""

from __future__ import annotations

import json
import re
import shlex

import httpx

from lib.http.redaction import AUTHORIZATION

OMITTED = ("host", "content-length", "user-agent", "accept", "accept-encoding", "connection")


def curl(request: httpx.Request, key_variable: str) -> str:
    """The request as a shell command; the key is `$key_variable`."""
    parts = [f"curl -N -X {request.method} {shlex.quote(str(request.url))}"]
    for name, value in _headers(request).items():
        if name in AUTHORIZATION:
            parts.append(f'-H "{name}: {_scheme(value)}${key_variable}"')
        else:
            parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
    if request.content:
        parts.append(f"--data-raw {shlex.quote(_body(request, indent=2))}")
    return " \\\n  ".join(parts)


def python(request: httpx.Request, key_variable: str) -> str:
    """The request as a Python script; the key is `os.environ[key_variable]`."""
    lines = ["import os", "", "import httpx", "", "with httpx.stream(", f"    {request.method!r},"]
    lines += [f"    {str(request.url)!r},", "    headers={"]
    for name, value in _headers(request).items():
        if name in AUTHORIZATION:
            lines.append(f"        {name!r}: {_scheme(value)!r} + os.environ[{key_variable!r}],")
        elif name != "content-type":
            lines.append(f"        {name!r}: {value!r},")
    lines.append("    },")
    if request.content:
        body = json.loads(_body(request, indent=None))
        pretty = _literal(body).replace("\n", "\n    ")
        lines.append(f"    json={pretty},")
    lines += ["    timeout=300,", ") as response:", "    for line in response.iter_lines():", "        print(line)", ""]
    return "\n".join(lines)


def _headers(request: httpx.Request) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items() if name.lower() not in OMITTED}


def _scheme(value: str) -> str:
    """What stands before a key in its header: `Bearer ` and the like, or nothing."""
    found = re.match(r"[A-Za-z-]+ ", value)
    return found[0] if found else ""


def _body(request: httpx.Request, indent: int | None) -> str:
    return json.dumps(json.loads(request.content), ensure_ascii=False, indent=indent)


def _literal(value: object, depth: int = 0) -> str:
    """A JSON value as a Python literal, one entry a line."""
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, dict) and value:
        rows = [f"{inner}{name!r}: {_literal(one, depth + 1)}," for name, one in value.items()]
        return "\n".join(["{", *rows, f"{outer}}}"])
    if isinstance(value, list) and value:
        return "\n".join(["[", *(f"{inner}{_literal(one, depth + 1)}," for one in value), f"{outer}]"])
    return repr(value)
