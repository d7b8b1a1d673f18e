"""A request as code that anybody can run, its key replaced by an environment variable. Pure."""

from __future__ import annotations

import json
import re
import shlex
from email import message_from_bytes

import httpx

from lib.http.redaction import AUTHORIZATION

LONGEST, SHOWN = 4096, 48
"""A string of so many letters without a space is a file in base64; what is shown of it."""
OMITTED = ("host", "content-length", "user-agent", "accept", "accept-encoding", "connection")


def curl(request: httpx.Request, key_variable: str) -> str:
    """The request as a shell command; the key is `$key_variable`."""
    parts = [f"curl -N -X {request.method} {shlex.quote(str(request.url))}"]
    for name, value in _headers(request).items():
        if name in AUTHORIZATION:
            parts.append(f'-H "{name}: {_scheme(value)}${key_variable}"')
        else:
            parts.append(f"-H {shlex.quote(f'{name}: {value}')}")
    parts += _curl_body(request)
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
    lines += _python_body(request)
    lines += ["    timeout=300,", ") as response:", "    for line in response.iter_lines():", "        print(line)", ""]
    return "\n".join(lines)


def _headers(request: httpx.Request) -> dict[str, str]:
    told = {name.lower(): value for name, value in request.headers.items() if name.lower() not in OMITTED}
    if told.get("content-type", "").startswith("multipart/"):  # the program that sends it makes its own boundary
        del told["content-type"]
    return told


def _scheme(value: str) -> str:
    """What stands before a key in its header: `Bearer ` and the like, or nothing."""
    found = re.match(r"[A-Za-z-]+ ", value)
    return found[0] if found else ""


def _curl_body(request: httpx.Request) -> list[str]:
    content = request.read()
    if not content:
        return []
    if (form := _parts(request)) is not None:
        return [f"-F {shlex.quote(f'{name}=@{file}' if file else f'{name}={text}')}" for name, file, text in form]
    return [f"--data-raw {shlex.quote(json.dumps(readable(content), ensure_ascii=False, indent=2))}"]


def _python_body(request: httpx.Request) -> list[str]:
    content = request.read()
    if not content:
        return []
    if (form := _parts(request)) is not None:
        given = [f"        ({name!r}, open({file!r}, 'rb'))," for name, file, _ in form if file]
        said = {name: text for name, file, text in form if not file}
        pretty = _literal(said).replace("\n", "\n    ")
        return [f"    data={pretty},", *(["    files=[", *given, "    ],"] if given else [])]
    pretty = _literal(readable(content)).replace("\n", "\n    ")
    return [f"    json={pretty},"]


def _parts(request: httpx.Request) -> list[tuple[str, str, str]] | None:
    """A multipart body's parts: name, the file's name (empty for a field), the field's text. None for another body."""
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/"):
        return None
    whole = message_from_bytes(f"content-type: {kind}\r\n\r\n".encode() + request.read())
    found = []
    for part in whole.walk():
        if name := str(part.get_param("name", "", "content-disposition")):
            file, body = part.get_filename() or "", part.get_payload(decode=True)
            found.append((name, file, "" if file or not isinstance(body, bytes) else body.decode("utf-8", "replace")))
    return found


def readable(content: bytes) -> object:
    """A JSON body with its files cut short: what is a mebibyte of letters helps nobody."""
    return _shortened(json.loads(content))


def body_shown(request: httpx.Request) -> object:
    """What a request says, as JSON: of a form each field, a file by its name; what comes often as a list."""
    form = _parts(request)
    if form is None:
        return readable(request.read())
    said: dict[str, list[str]] = {}
    for name, file, text in form:
        said.setdefault(name, []).append(f"@{file}" if file else text)
    return {name: told[0] if len(told) == 1 else told for name, told in said.items()}


def _shortened(value: object) -> object:
    if isinstance(value, dict):
        return {name: _shortened(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_shortened(one) for one in value]
    is_file = isinstance(value, str) and len(value) > LONGEST and " " not in value[:LONGEST]
    return f"{value[:SHOWN]}…" if is_file and isinstance(value, str) else value


def _literal(value: object, depth: int = 0) -> str:
    """A JSON value as a Python literal, one entry a line."""
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, dict) and value:
        rows = [f"{inner}{name!r}: {_literal(one, depth + 1)}," for name, one in value.items()]
        return "\n".join(["{", *rows, f"{outer}}}"])
    if isinstance(value, list) and value:
        return "\n".join(["[", *(f"{inner}{_literal(one, depth + 1)}," for one in value), f"{outer}]"])
    return repr(value)
