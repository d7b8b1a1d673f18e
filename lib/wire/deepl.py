"""DeepL's API (wire.md 8): one text into another language. Keys ending in ":fx" belong to the free host alone."""

from __future__ import annotations

from typing import Annotated

import httpx

from lib.vocabulary import Usage
from lib.wire import Allowance, Choice, Endpoint, Makes, Outcome, Request, Unfit, Unreadable, UsageSeen, refuse_others
from lib.wire.answers import Answer, Count, Objects, Words, document, parsed, said

__all__ = [
    "MAKES",
    "build",
    "languages_request",
    "read",
    "read_languages",
    "read_usage",
    "said",
    "usage_request",
]

MAKES: Makes = frozenset({("translation", "generate")})

NO_LIMIT = 10**12
"""Characters by which accounts without a limit are told (developers.deepl.com, usage endpoint)."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The translation that would be sent; it asks what is billed. Raises `Unfit`."""
    refuse_others(MAKES, request, "deepl")
    if not request.params.get("target_lang"):
        raise Unfit("needs_param", name="target_lang")
    body = {"show_billed_characters": True, **request.params, "text": [request.prompt]}
    return httpx.Request("POST", endpoint.at("/v2/translate"), headers=_key(endpoint), json=body)


def read(response: httpx.Response, _request: Request) -> Outcome:
    """The text in the other language, and the characters billed for it; raises `Unreadable`."""
    body = document(response)
    told = next((one for one in _Translations.model_validate(body).translations if one.text), None)
    if told is None:
        raise Unreadable(said(response))
    usage = Usage(characters=told.billed_characters, calls=1)
    raw = {} if told.billed_characters is None else {"billed_characters": told.billed_characters}
    return Outcome(told.text, usage=UsageSeen(usage, raw))


def usage_request(endpoint: Endpoint) -> httpx.Request:
    """Asks what is used up in this period; costs nothing."""
    return httpx.Request("GET", endpoint.at("/v2/usage"), headers=_key(endpoint))


def read_usage(response: httpx.Response) -> Allowance:
    """Characters used, of the key where it has a limit of its own, else of the account; raises `Unreadable`."""
    told = _Usage.model_validate(document(response))
    if told.api_key_character_limit and told.api_key_character_count is not None:
        return _allowance(told.api_key_character_count, told.api_key_character_limit)
    if told.character_count is None:
        raise Unreadable(said(response))
    return _allowance(told.character_count, told.character_limit)


def languages_request(endpoint: Endpoint) -> httpx.Request:
    """Asks into which languages it translates; costs nothing."""
    return httpx.Request(
        "GET", endpoint.at("/v2/languages"), params={"type": "target"}, headers=_key(endpoint)
    )


def read_languages(response: httpx.Response) -> tuple[Choice, ...]:
    """What `target_lang` can be, as a list that isn't empty; raises `Unreadable`."""
    try:
        body = parsed(response.content)
    except ValueError:
        raise Unreadable(said(response)) from None
    listed = _Languages.model_validate({"languages": body}).languages if response.is_success else ()
    found = tuple(Choice(one.language, one.name or one.language) for one in listed if one.language)
    if not found:
        raise Unreadable(said(response))
    return found


def _key(endpoint: Endpoint) -> dict[str, str]:
    return {"Authorization": f"DeepL-Auth-Key {endpoint.secret}"} if endpoint.key else {}


def _allowance(used: int, limit: int | None) -> Allowance:
    return Allowance(used, None if limit is None or limit >= NO_LIMIT else limit)


class _Translation(Answer):
    text: Words = ""
    billed_characters: Count = None


class _Translations(Answer):
    translations: Annotated[tuple[_Translation, ...], Objects] = ()


class _Usage(Answer):
    character_count: Count = None
    character_limit: Count = None
    api_key_character_count: Count = None
    api_key_character_limit: Count = None


class _Language(Answer):
    language: Words = ""
    name: Words = ""


class _Languages(Answer):
    languages: Annotated[tuple[_Language, ...], Objects] = ()
