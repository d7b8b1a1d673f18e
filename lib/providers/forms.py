"""What a form asks for: by capability, protocol and family of models, the parameters worth a field of their own."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lib.providers.facts import FOLDER, read
from lib.providers.names import KNOWN_NAMES
from lib.vocabulary import Capability

Kind = Literal["choice", "text", "integer", "number", "flag"]


class Field(BaseModel):
    """One parameter in the protocol's own name. `options` of a choice, the usual one first; nothing is sent unless set.

    `free`: anything else may be typed. `as_number`: a choice is sent as a number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Kind = "choice"
    options: tuple[str, ...] = ()
    free: bool = False
    as_number: bool = False
    least: float | None = None
    most: float | None = None


class Form(BaseModel):
    """The fields of a family; the first form that matches holds. Without a `name` it is every model's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    capabilities: tuple[Capability, ...]
    protocols: tuple[str, ...]
    name: re.Pattern[str] = re.compile("")
    fields: tuple[Field, ...] = ()


class _Forms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    forms: tuple[Form, ...]


@cache
def forms() -> tuple[Form, ...]:
    """All of them, read once."""
    return _Forms.model_validate(read(FOLDER / "forms.toml")).forms


@lru_cache(KNOWN_NAMES)
def fields_of(capability: Capability, protocol: str, model: str) -> tuple[Field, ...]:
    """The fields for a model; () where nothing is known: its parameters can be written by hand."""
    name = model.lower()
    matching = (
        form
        for form in forms()
        if capability in form.capabilities and protocol in form.protocols and form.name.search(name)
    )
    return next((form.fields for form in matching), ())
