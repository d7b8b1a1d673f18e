"""What every call goes through before it reaches a model: its body, model, channel and funds."""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from demo.auth import permits, reaches
from demo.books import Key
from demo.catalogue import Model, models
from demo.charge import Usage
from demo.refusals import Refused
from demo.settlement import Settlement, check_funds

HALF_A_LETTER = rb"\ud"
"""How an escaped surrogate begins, which may lack its other half."""

Asked = TypeVar("Asked", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Form:
    """A body, JSON or multipart: its fields by name, and the files that came with it by the name of their part."""

    fields: dict[str, Any]
    files: dict[str, list[bytes]]

    def all_files(self, *names: str) -> list[bytes]:
        """The files of the parts called one of `names`, as `image` or `image[]`."""
        return [data for name in names for part in (name, f"{name}[]") for data in self.files.get(part, [])]


async def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object; Refused where it is none."""
    raw = await request.body()
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Refused("not_json", reason=str(error)) from error
    if HALF_A_LETTER in raw.lower():
        body = _whole_letters(body)
    if not isinstance(body, dict):
        raise Refused("not_json", reason="the body is not a JSON object")
    return body


async def form_body(request: Request) -> Form:
    """A multipart or JSON body; Refused where it can't be read."""
    if "multipart/form-data" not in request.headers.get("content-type", ""):
        return Form(await json_body(request), {})
    fields, files = dict[str, Any](), dict[str, list[bytes]]()
    try:
        async with request.form() as form:
            for name, part in form.multi_items():
                if isinstance(part, UploadFile):
                    files.setdefault(name, []).append(await part.read())
                else:
                    fields[name] = part
    except HTTPException as error:
        raise Refused("not_json", reason=error.detail) from error
    return Form(fields, files)


def _whole_letters(body: Any) -> Any:
    """`body` with U+FFFD for each surrogate without its other half, as Go reads it."""
    text = json.dumps(body, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def distribute(key: Key, name: object) -> Model:
    """The model that serves a call, or new-api's refusals by its distributor."""
    if not isinstance(name, str) or not name:
        raise Refused("no_model")
    if not permits(key, name):
        raise Refused("model_not_allowed", model=name)
    model = models().get(name)
    if model is None or not reaches(key, model) or key.fault == "no_channel":
        raise Refused("no_channel", model=name, group=key.spec.group)
    return model


def validated(shape: type[Asked], body: dict[str, Any]) -> Asked:
    """`body` as `shape`; Refused naming the first field that isn't as it must be."""
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        missing = f"field {field} is required"
        reason = missing if first["type"] in ("missing", "too_short") else f"field {field}: {first['msg']}"
        raise Refused("bad_field", reason=reason) from error


def check_channel(model: Model, path: str, *, served: bool) -> None:
    """Refused where upstream doesn't serve the model by `path`."""
    if not served:
        raise Refused("not_served", model=model.name, path=path, endpoints=", ".join(model.endpoints))


def check_means(key: Key, settlement: Settlement, most: Usage) -> None:
    """Refused where `most` can't be paid, or upstream is saturated."""
    check_funds(key, settlement.rates, most)
    if key.fault == "saturated":
        raise Refused("saturated")
