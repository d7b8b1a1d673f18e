"""Translation by a model that writes text: asked for in words. Into which language, where nobody says. Pure."""

from __future__ import annotations

from dataclasses import replace

from babel import Locale
from babel.core import UnknownLocaleError

from lib.cost.official import CJK
from lib.i18n import Language
from lib.wire import Request

TARGET = "target_lang"
"""The parameter, by DeepL's name for it (wire.md 8)."""
ENGLISH, CHINESE = "EN-US", "ZH-HANS"
ASK = "Translate what the user writes into {language}. Answer with the translation alone, in the form of the original."
MOSTLY = 3
"""A text is Chinese (or Japanese, or Korean) where that is more than one in so many of its characters."""


def target(text: str, language: Language) -> str:
    """The language to translate into: the user's own, English if the text is already in it."""
    dense = sum(len(run) for run in CJK.findall(text))
    return CHINESE if language == "zh_CN" and MOSTLY * dense <= len(text) else ENGLISH


def in_words(request: Request) -> Request:
    """The same as a request for text."""
    params = {name: value for name, value in request.params.items() if name != TARGET}
    language = named(str(request.params.get(TARGET) or ENGLISH))
    system = "\n".join(filter(None, (ASK.format(language=language), request.system)))
    return replace(request, capability="text", system=system, params=params)


def named(code: str) -> str:
    """A language code in English words, such as a model understands; what is no code stays as it is."""
    try:
        name = Locale.parse(code.replace("-", "_")).get_language_name("en")
    except (ValueError, UnknownLocaleError, TypeError):
        return code
    return f"{name}{_variant(code)}" if name else code


def _variant(code: str) -> str:
    return {"zh-hans": " (simplified)", "zh-hant": " (traditional)", "en-gb": " (British)"}.get(code.lower(), "")
