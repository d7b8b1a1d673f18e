"""How any server's answer is read at the edge: JSON or not, a fault in whatever form, and fields that forgive.

Nothing here raises anything but `Unreadable`, whatever the bytes.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from html import unescape
from math import isfinite
from typing import Annotated, Any, NoReturn

import httpx
from pydantic import BaseModel, BeforeValidator, ConfigDict

from lib.wire import Media, Said, Unreadable

REQUEST_ID_HEADERS = ("x-oneapi-request-id", "x-request-id", "request-id", "x-trace-id")
"""one-api and new-api, OpenAI, Anthropic and ElevenLabs, DeepL (wire.md 1A, 3, 5, 8)."""

_REQUEST_ID = re.compile(r"\(request id: ([^\s)]+)\)")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
"""What no UTF-8 file (lone surrogates) or no PostgreSQL text (NUL) can hold."""

QUOTED = 4000
"""Characters of a server's words that are kept; causes are recognised in them."""

MOST_TOKENS = 2**53
MOST_MONEY = Decimal(10) ** 15
"""Figures beyond these are no figures; they also would not fit where they are stored."""


def _count(value: object) -> int | None:
    number = amount(value)
    return int(number) if number is not None and number < MOST_TOKENS else None


def amount(value: object) -> Decimal | None:
    """A figure, also one written as a string; None for anything else, and for negative ones."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except (ArithmeticError, ValueError):
        return None
    return number if number.is_finite() and 0 <= number < MOST_MONEY else None


def plain(value: object) -> str:
    """A string or a number as text that can be stored; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return ""
    return _UNWRITABLE.sub("\ufffd", str(value))


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, Sequence):
        return ()
    return tuple(name for item in value if (name := plain(item).strip()))


def _objects(value: object) -> list[Any]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


Count = Annotated[int | None, BeforeValidator(_count)]
Amount = Annotated[Decimal | None, BeforeValidator(amount)]
Words = Annotated[str, BeforeValidator(plain)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Flag = Annotated[bool, BeforeValidator(lambda value: value in (True, "1", "true"))]
Object = BeforeValidator(_object)
Objects = BeforeValidator(_objects)
"""Field types that never refuse: what isn't what it should be is absent, as if the server hadn't said it.

`Object` and `Objects` annotate a model, or a list of them: anything else reads as an empty one.
"""


class Answer(BaseModel):
    """What we read of a server's answer; what else it says is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if isfinite(number) else None


def parsed(data: str | bytes, number: Callable[[str], Any] = _finite) -> object:
    """The JSON in `data`; raises ValueError for anything else. `number` reads figures with a point or an exponent."""
    try:
        return json.loads(data, parse_float=number, parse_constant=_no_constant)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError(str(error)) from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def document(response: httpx.Response, number: Callable[[str], Any] = _finite) -> dict[str, Any]:
    """The JSON object of a good answer. Raises `Unreadable` for a bad status, a fault told in a 200, and all else."""
    try:
        body = parsed(response.content, number)
    except ValueError:
        raise Unreadable(said(response)) from None
    if not response.is_success or not isinstance(body, dict) or not body or body.get("error"):
        raise Unreadable(said(response))
    return body


def event(data: str) -> dict[str, Any]:
    """The JSON object of one server-sent event. Raises `Unreadable` for all else: a fault in a list, or no fault."""
    try:
        body = parsed(data)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unreadable((fault(body) if isinstance(body, list) else None) or Said(200, message=plain(data[:500])))
    return body


def said(response: httpx.Response) -> Said:
    """What a read response says of a fault: dict, string, nested JSON, one-element list, HTML or nothing at all."""
    words = response.content.decode("utf-8", "replace").strip()
    told = replace(
        _of_page(words) if _is_page(response, words) else _of_words(words),
        status=response.status_code,
    )
    return replace(told, request_id=request_id(response) or told.request_id)


def data_uri(media: Media) -> str:
    """A file as a `data:` address, as JSON bodies carry it."""
    return f"data:{media.mime};base64,{b64encode(media.data).decode()}"


def request_id(response: httpx.Response) -> str:
    """The server's own name of a request, by which it finds it in its log; empty if it gave none."""
    return next((found for name in REQUEST_ID_HEADERS if (found := response.headers.get(name))), "")


def _is_page(response: httpx.Response, words: str) -> bool:
    if words[:1] in ("{", "["):
        return False
    return "html" in response.headers.get("content-type", "") or words[:15].lower().startswith(("<!doctype", "<html"))


def _of_page(words: str) -> Said:
    title = _TITLE.search(words)
    return Said(200, message=" ".join(unescape(title.group(1)).split()) if title else "", html=True)


def _of_words(words: str) -> Said:
    try:
        body = parsed(words)
    except ValueError:
        return Said(200, message=plain(words[:QUOTED]), empty=not words)
    return fault(body) or Said(200, message=plain(words[:QUOTED]) if body else "", empty=not body)


def fault(body: object, depth: int = 8) -> Said | None:
    """What a body or a stream's chunk says of a fault, in any of the forms seen; None if it says nothing of one.

    Forms: `{"error": {…}}`, `{"error": "…"}`, `{"message"}`, `{"msg"}`, `{"description"}`, `{"detail"}`, `{"errors"}`,
    `{"code", "message"}`, each also in a one-element list or as a JSON string inside another's message (wire.md 1B,
    1C, 2A, 8).
    """
    if isinstance(body, list) and body and depth:
        return fault(body[0], depth - 1)
    if isinstance(body, str):
        return _of_message(body, depth)
    if not isinstance(body, dict) or not depth:
        return None
    outer = _of_fields(body, depth)
    inner = fault(body.get("error") or None, depth - 1)
    return _over(inner, replace(outer or Said(200), kind="")) if inner else outer


def _of_message(message: str, depth: int) -> Said | None:
    text = message.strip()[:QUOTED]
    if not text:
        return None
    found = _REQUEST_ID.search(text)
    told = Said(200, message=plain(text), request_id=found.group(1) if found else "")
    if text[0] not in "{[" or not depth:
        return told
    try:
        inner = fault(parsed(message), depth - 1)
    except ValueError:
        return told
    return _over(inner, told) if inner else told


def _of_fields(body: Mapping[str, Any], depth: int) -> Said | None:
    """The fault told by an object's own fields. Others have `type` where Gemini has `status`, Stability `name`."""
    names = ("message", "msg", "description", "error_description", "detail", "errors", "fail_reason")
    message = next((told for name in names if (told := fault(body.get(name) or None, depth - 1))), None)
    kind = next((word for name in ("type", "status", "name") if (word := plain(body.get(name)))), "")
    code = plain(body.get("code"))
    if message is None and not code:
        return None
    outer = Said(200, code=code, kind=kind, param=plain(body.get("param")), finer=_finer(body.get("details")))
    return _over(message or Said(200), outer)


def _finer(details: object) -> str:
    """The code in a fault's details: google.rpc.ErrorInfo's reason (users.md M), Anthropic's error_code (Addendum)."""
    entries = details if isinstance(details, list) else [details]
    codes = (plain(one.get(name)) for one in entries if isinstance(one, dict) for name in ("reason", "error_code"))
    return next((code for code in codes if code), "")


def _over(inner: Said, outer: Said) -> Said:
    """What the inner of two nested faults says, and what only the outer one does."""
    return replace(
        inner,
        code=inner.code or outer.code,
        kind=inner.kind or outer.kind,
        param=inner.param or outer.param,
        message=inner.message or outer.message,
        request_id=inner.request_id or outer.request_id,
        finer=inner.finer or outer.finer,
    )
