"""Stability AI's API (wire.md 8): images made and worked on. Every request is multipart, every image raw bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from io import BytesIO
from typing import TypeAlias

import httpx

from lib.vocabulary import Operation, Usage
from lib.wire import Endpoint, Json, Makes, Media, Outcome, Request, Unfit, Unreadable, UsageSeen
from lib.wire.answers import Amount, Answer, document, plain, said

__all__ = ["MAKES", "balance_request", "build", "read", "read_balance", "said"]

Form: TypeAlias = "tuple[str, dict[str, Json], dict[str, Media]]"
"""What a request is made of: the path after `/v2beta/stable-image`, its fields and its files."""

STRENGTH = "0.7"
"""How far an image may be changed, where nobody says: 0 leaves it as it is, 1 takes nothing of it."""
UPSCALES: Mapping[str, bool] = {"fast": False, "conservative": True}
"""Kinds that answer at once, and whether they are told by words what the image shows."""
KIND = "kind"
OURS = (KIND, "model", "prompt", "image", "mask")
"""Parameters that the call itself decides."""
NO_FILE = {"none": ("none", b"")}
"""The empty file that makes a form without files multipart all the same."""
FILTERED = "CONTENT_FILTERED"


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    if (request.capability, request.operation) not in MAKES:
        raise _unfit(request)
    path, fields, files = FORMS[request.operation](request)
    return httpx.Request(
        "POST",
        f"{endpoint.base_url}/v2beta/stable-image/{path}",
        headers={**endpoint.bearer, "Accept": "image/*"},
        data={name: _field(value) for name, value in fields.items() if value is not None},
        files={name: (one.name or name, one.data, one.mime) for name, one in files.items()} or NO_FILE,
    )


def read(response: httpx.Response, _request: Request) -> Outcome:
    """The image; one that was filtered comes blurred, and isn't it, but counts as made. Raises `Unreadable`."""
    told = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not response.is_success or not response.content or told in ("application/json", "text/html"):
        raise Unreadable(said(response))
    usage = UsageSeen(Usage(images=1, calls=1), {})
    if response.headers.get("finish-reason", "").upper() == FILTERED:
        return Outcome(usage=usage, finished="content_filter")
    mime = told if told.startswith("image/") else "application/octet-stream"
    return Outcome(usage=usage, made=(Media(response.content, mime),))


def balance_request(endpoint: Endpoint) -> httpx.Request:
    """Asks what is left; costs nothing."""
    return httpx.Request("GET", f"{endpoint.base_url}/v1/user/balance", headers=endpoint.bearer)


def read_balance(response: httpx.Response) -> Decimal:
    """What is left, in credits of USD 0.01; raises `Unreadable`."""
    credits_left = _Balance.model_validate(document(response, Decimal)).credits
    if credits_left is None:
        raise Unreadable(said(response))
    return credits_left


def _generate(request: Request) -> Form:
    return _edit(request) if request.inputs else _by_words(request)


def _by_words(request: Request) -> Form:
    engine = _engine(request.model)
    return f"generate/{engine}", {**_params(request), **_model(engine, request), "prompt": request.prompt}, {}


def _edit(request: Request) -> Form:
    engine = _engine(request.model)
    if engine == "core":
        raise _unfit(request) if request.operation == "edit" else Unfit("too_many_inputs", most="0")
    mode: dict[str, Json] = {"mode": "image-to-image"} if engine == "sd3" else {}
    fields = {"strength": STRENGTH, **_params(request), **_model(engine, request), **mode, "prompt": request.prompt}
    return f"generate/{engine}", fields, {"image": _image(request)}


def _inpaint(request: Request) -> Form:
    files = {"image": _image(request), "mask": _mask(request)}
    return "edit/inpaint", {**_params(request), "prompt": request.prompt}, files


def _erase(request: Request) -> Form:
    return "edit/erase", _params(request), {"image": _image(request), "mask": _mask(request)}


def _remove_background(request: Request) -> Form:
    return "edit/remove-background", _params(request), {"image": _image(request)}


def _upscale(request: Request) -> Form:
    kind = plain(request.params.get(KIND)) or "fast"
    if kind not in UPSCALES:
        raise _unfit(request)
    fields = _params(request)
    if UPSCALES[kind]:
        fields["prompt"] = request.prompt
        if not request.prompt.strip():
            raise Unfit("needs_param", name="prompt")
    return f"upscale/{kind}", fields, {"image": _image(request)}


FORMS: Mapping[Operation, Callable[[Request], Form]] = {
    "generate": _generate,
    "edit": _edit,
    "inpaint": _inpaint,
    "erase": _erase,
    "remove_background": _remove_background,
    "upscale": _upscale,
}
MAKES: Makes = frozenset(
    {("image", "generate"), *(("image_edit", operation) for operation in FORMS if operation != "generate")}
)


def _unfit(request: Request) -> Unfit:
    return Unfit(
        "not_in_protocol", capability=request.capability, operation=request.operation, protocol="stability"
    )


def _engine(model: str) -> str:
    """By the model's name: core, ultra, or sd3, which takes the name itself and judges one that isn't known."""
    name = model.rpartition("-")[2].lower()
    return name if name in ("core", "ultra") else "sd3"


def _params(request: Request) -> dict[str, Json]:
    return {name: value for name, value in request.params.items() if name not in OURS}


def _model(engine: str, request: Request) -> dict[str, Json]:
    """The field by which SD3's variants are told apart; without one the server takes its own."""
    return {"model": request.model} if engine == "sd3" and request.model != "sd3" else {}


def _image(request: Request) -> Media:
    if not request.inputs:
        raise Unfit("needs_input")
    if len(request.inputs) > 1:
        raise Unfit("too_many_inputs", most="1")
    return request.inputs[0]


def _mask(request: Request) -> Media:
    if request.mask is None:
        raise Unfit("needs_mask")
    return _white_where_clear(request.mask)


def _white_where_clear(mask: Media) -> Media:
    """A mask as Stability takes it: white where the image may change, black where not.

    Ours are transparent there; one without transparency is taken for one of Stability's own kind, as is what can't be
    read (platform.stability.ai/docs, inpaint and erase; not in wire.md).
    """
    from PIL import Image, ImageOps  # only here: it takes long to import

    try:
        image = Image.open(BytesIO(mask.data))
        if "A" not in image.getbands() and "transparency" not in image.info:
            return mask
        clear = ImageOps.invert(image.convert("RGBA").getchannel("A"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return mask
    made = BytesIO()
    clear.save(made, "PNG")
    return Media(made.getvalue(), "image/png", "mask.png")


def _field(value: Json) -> str:
    """A form's fields are strings."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


class _Balance(Answer):
    credits: Amount = None
