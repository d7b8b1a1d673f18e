"""What every call goes through before it reaches a model: its JSON, its fields, and the model that serves it."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from demo.auth import permits, reaches
from demo.books import Key
from demo.catalogue import Model, models
from demo.refusals import Refused

Asked = TypeVar("Asked", bound=BaseModel)


async def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object; Refused where it is none."""
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise Refused("not_json", reason=str(error)) from error
    if not isinstance(body, dict):
        raise Refused("not_json", reason="the body is not a JSON object")
    return body


def distribute(key: Key, name: object) -> Model:
    """The model that serves a call, or new-api's refusals by its distributor."""
    if not isinstance(name, str) or not name:
        raise Refused("no_model")
    if not permits(key, name):
        raise Refused("model_not_allowed", model=name)
    model = models().get(name)
    if model is None or not reaches(key, model):
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
