"""Reads an import file: its form by pydantic, its meaning by the rules below. Sends, stores and asks nothing.

Every error is one sentence that begins with the place, such as `connections[2].capabilities`; no key is ever repeated.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, Field, SecretStr, ValidationError

from lib.connections.addresses import KEY_HAS_SPACE, KEY_NOT_ASCII, NO_KEY, base_url, clean_key
from lib.connections.model import (
    CURRENCY_PATTERN,
    ID_PATTERN,
    WRONG_USE,
    Configuration,
    Connection,
    Id,
    Line,
    Model,
    Name,
    OwnPrice,
    Relay,
    wrong,
)
from lib.errors import BadAddress, BadKey, WrongUse
from lib.i18n import N_
from lib.providers import Preset, presets, providers
from lib.vocabulary import Capability

KEY_WORDS: Mapping[str, str] = {
    NO_KEY: N_("{where}: the key is empty."),
    KEY_HAS_SPACE: N_("{where}: the key has a space, a line break or a control character in it."),
    KEY_NOT_ASCII: N_("{where}: the key has characters that no key has."),
}


def _address(text: str) -> str:
    try:
        return base_url(text)
    except BadAddress as fault:
        raise wrong(fault.message, **fault.params) from None


def _key(secret: SecretStr) -> SecretStr:
    try:
        return SecretStr(clean_key(secret.get_secret_value()))
    except BadKey as fault:
        raise wrong(KEY_WORDS[fault.message]) from None


Address = Annotated[str, AfterValidator(_address)]
Key = Annotated[SecretStr, AfterValidator(_key)]


class _Line(Line):
    base_url: Address


class _Relay(Model):
    id: Id
    name: Name | None = None
    preset: Id | None = None
    lines: Annotated[tuple[_Line, ...], Field(min_length=1)] | None = None
    line: Id | None = None


class _Connection(Model):
    id: Id
    provider: Name
    relay: Name | None = None
    base_url: Address | None = None
    capabilities: Annotated[tuple[Capability, ...], Field(min_length=1)] | None = None
    key: Key | None = None
    group: Name | None = None
    models: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    prices: tuple[OwnPrice, ...] = ()
    protocol: Name | None = None


class _File(Model):
    relays: tuple[_Relay, ...] = ()
    connections: tuple[_Connection, ...] = ()


class ImportFile(Model):
    """What a file asks for, checked as far as one can without knowing what is configured already."""

    relays: tuple[Relay, ...]
    connections: tuple[Connection, ...]
    keys: dict[str, SecretStr]


def plan_import(text: str) -> ImportFile:
    """The plan a file makes. Raises `WrongUse` naming the first place that is wrong."""
    file = _parsed(_decoded(text))
    if not file.relays and not file.connections:
        raise WrongUse(N_("The file has neither relays nor connections."))
    _unique("relays", [one.id for one in file.relays])
    _unique("connections", [one.id for one in file.connections])
    return ImportFile(
        relays=tuple(_relay(f"relays[{number}]", one) for number, one in enumerate(file.relays)),
        connections=tuple(_connection(f"connections[{number}]", one) for number, one in enumerate(file.connections)),
        keys={one.id: one.key for one in file.connections if one.key is not None},
    )


def relays_wanted(plan: ImportFile, configured: Configuration) -> tuple[Relay, ...]:
    """The relays to save: the file's, and presets that its connections name and nobody has yet.

    Raises `WrongUse` for a connection whose relay is nowhere.
    """
    made = {relay.id: relay for relay in plan.relays}
    known = {relay.id for relay in configured.relays}
    for number, connection in enumerate(plan.connections):
        name = connection.relay
        if name is None or name in made or name in known:
            continue
        if name not in presets():
            there = ", ".join(sorted({*made, *known, *presets()}))
            _refuse(f"connections[{number}].relay", N_("{where}: there is no relay {id}; there are {there}."),
                    id=name, there=there)  # fmt: skip
        made[name] = _of_preset(presets()[name])
    return tuple(made.values())


def _refuse(where: str, message: str, **params: str) -> NoReturn:
    raise WrongUse(message, where=where, **params)


# ---- form


# Both errors hold the whole file, keys and all: ours is raised when they are gone, not even in its context.
def _decoded(text: str) -> Any:
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except json.JSONDecodeError as fault:
        line, column = str(fault.lineno), str(fault.colno)
    except (ValueError, RecursionError):  # a number too long, brackets too deep
        line, column = "1", "1"
    raise WrongUse(N_("The file is not JSON: line {line}, column {column}."), line=line, column=column)


def _parsed(document: Any) -> _File:
    if not isinstance(document, dict):
        raise WrongUse(N_("The file must be an object, in braces."))
    try:
        return _File.model_validate(document)
    except ValidationError as fault:
        error = fault.errors(include_url=False, include_input=False)[0]
    raise _told(error["type"], _place(error["loc"]), error["msg"], error.get("ctx", {}))


ID_FORM = N_("{where}: must be small letters, digits and _, a letter first, 40 at most.")
CURRENCY_FORM = N_("{where}: must be a currency's three letters, such as USD.")
FORMS: Mapping[str, str] = {ID_PATTERN: ID_FORM, CURRENCY_PATTERN: CURRENCY_FORM}
NOT_TEXT = N_('{where}: must be text, in quotes.')
NOT_A_LIST = N_("{where}: must be a list, in brackets.")
NOT_AN_OBJECT = N_("{where}: must be an object, in braces.")
EMPTY = N_("{where}: is empty. Leave it out, or fill it in.")
NOT_A_DAY = N_("{where}: must be a day, such as 2026-01-31.")
NOT_A_NUMBER = N_("{where}: must be a whole number from 0 up.")
NOT_A_PRICE = N_('{where}: must be an amount from 0 up, such as "0.10".')
WORDS: Mapping[str, str] = {
    "extra_forbidden": N_("{where}: there is no such field."),
    "missing": N_("{where}: this field is missing."),
    "literal_error": N_("{where}: must be one of {expected}."),
    "string_type": NOT_TEXT,
    "string_too_short": EMPTY,
    "too_short": EMPTY,
    "tuple_type": NOT_A_LIST,
    "model_type": NOT_AN_OBJECT,
    "model_attributes_type": NOT_AN_OBJECT,
    "decimal_type": NOT_A_PRICE,
    "decimal_parsing": NOT_A_PRICE,
    "decimal_max_digits": NOT_A_PRICE,
    "finite_number": NOT_A_PRICE,
    "greater_than_equal": NOT_A_PRICE,
    "less_than_equal": NOT_A_NUMBER,
    **dict.fromkeys(("int_type", "int_parsing", "int_parsing_size", "int_from_float"), NOT_A_NUMBER),
    **dict.fromkeys(("date_type", "date_parsing"), NOT_A_DAY),
    **dict.fromkeys(("date_from_datetime_parsing", "date_from_datetime_inexact"), NOT_A_DAY),
}
OTHER = N_("{where}: {said}.")


def _told(kind: str, where: str, said: str, context: Mapping[str, Any]) -> WrongUse:
    """One of pydantic's errors in our words."""
    if kind == "string_pattern_mismatch":
        return WrongUse(FORMS[context["pattern"]], where=where)
    if kind != WRONG_USE:
        return WrongUse(WORDS.get(kind, OTHER), where=where, said=said, **{k: str(v) for k, v in context.items()})
    params = dict(context["params"])
    if "typed" in params:  # a sentence about an address begins with what was typed
        return WrongUse(context["message"], **{**params, "typed": f"{where} ({params['typed']})"})
    return WrongUse(context["message"], where=where, **params)


def _place(path: Sequence[str | int]) -> str:
    """`("connections", 2, "models")` as `connections[2].models`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")


# ---- meaning


def _unique(where: str, ids: Sequence[str]) -> None:
    for id, times in Counter(ids).items():
        if times > 1:
            _refuse(where, N_("{where}: the id {id} is there {times} times."), id=id, times=str(times))


def _relay(where: str, given: _Relay) -> Relay:
    preset = _preset(f"{where}.preset", given.preset) if given.preset else None
    start = _of_preset(preset) if preset else None
    lines = tuple(Line(**dict(line)) for line in given.lines) if given.lines else start.lines if start else ()
    if not lines:
        _refuse(where, N_("{where}: a relay needs lines, or a preset that has them."))
    ids = [line.id for line in lines]
    _unique(f"{where}.lines", ids)
    line = given.line or (start.line if start and start.line in ids else ids[0])
    if line not in ids:
        _refuse(f"{where}.line", N_("{where}: there is no line {id}; there are {there}."),
                id=line, there=", ".join(ids))  # fmt: skip
    name = given.name or (preset.name if preset else given.id)
    return Relay(id=given.id, name=name, preset=given.preset, lines=lines, line=line)


def _preset(where: str, id: str) -> Preset:
    if id not in presets():
        there = ", ".join(presets())
        _refuse(where, N_("{where}: there is no preset {id}; there are {there}."), id=id, there=there)
    return presets()[id]


def _of_preset(preset: Preset) -> Relay:
    lines = tuple(Line(id=line.id, name=line.name, base_url=base_url(line.base_url)) for line in preset.lines)
    return Relay(id=preset.id, name=preset.name, preset=preset.id, lines=lines, line=preset.line)


def _connection(where: str, given: _Connection) -> Connection:
    maker = providers().get(given.provider)
    if maker is None:
        there = ", ".join(providers())
        _refuse(f"{where}.provider", N_("{where}: there is no provider {id}; there are {there}."),
                id=given.provider, there=there)  # fmt: skip
    if given.relay and given.base_url:
        _refuse(where, N_("{where}: has relay and base_url; a connection goes through one of them."))
    if given.base_url and maker.relay_only:
        _refuse(f"{where}.base_url", N_("{where}: {provider} is reached through a relay only; name one in relay."),
                provider=maker.name)  # fmt: skip
    address = None if given.relay else given.base_url or maker.base_url
    if not given.relay and not address:
        _refuse(where, N_("{where}: {provider} has no address of its own; give relay or base_url."),
                provider=maker.name)  # fmt: skip
    kept = {name: value for name, value in dict(given).items() if name not in ("key", "base_url")}
    return Connection(**kept, base_url=address)
