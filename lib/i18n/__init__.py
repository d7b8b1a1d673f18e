"""Words in the user's language. English message ids are the source; `zh_CN.po` holds the Chinese ones.

A sentence travels as a message id and its parameters, and is worded only where it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from babel.messages.pofile import read_po

Language = Literal["zh_CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Translate = Callable[..., str]
"""`t(msgid, **params) -> str`; params are plain strings."""


class _Kept(dict[str, str]):
    """Leaves a parameter that nobody gave as it stands in the sentence: a gap, not a crash."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


def N_(msgid: str) -> str:
    """Marks a message id for extraction and returns it as it is."""
    return msgid


def choose(requested: str | None) -> Language:
    """The language closest to a locale's name: every kind of `zh` is zh_CN, all else en."""
    return "zh_CN" if (requested or "").lower().startswith("zh") else "en"


@cache
def translator(language: Language) -> Translate:
    """The function that words message ids in one language; an id without translation is worded in English."""
    words = catalogue(language)

    def translate(msgid: str, **params: str) -> str:
        return (words.get(msgid) or msgid).format_map(_Kept(params))

    return translate


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """The translations of one language by message id; none for English."""
    path = Path(__file__).parent / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        entries = read_po(file, locale=language, abort_invalid=True)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id}
