"""DeepL's translate, usage and languages (wire.md 8). Charged by the character, as the model `deepl`.

The translation is a small dictionary's. What it doesn't know is passed on, with the target's code before it.
"""

import re
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.auth import admit
from demo.books import Key
from demo.charge import Usage
from demo.faults import faults
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.prose import CJK
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened

MODEL = "deepl"
UNITS_A_CHARACTER = 12.5
"""25 USD a million characters."""
UNLIMITED = 1_000_000_000_000
SECONDS = 0.4

SOURCES = {
    "AR": "Arabic", "DE": "German", "EN": "English", "ES": "Spanish", "FR": "French", "IT": "Italian",
    "JA": "Japanese", "KO": "Korean", "PT": "Portuguese", "RU": "Russian", "ZH": "Chinese",
}  # fmt: skip
VARIANTS = {
    "EN-GB": "English (British)", "EN-US": "English (American)", "PT-BR": "Portuguese (Brazilian)",
    "PT-PT": "Portuguese (European)", "ZH-HANS": "Chinese (simplified)", "ZH-HANT": "Chinese (traditional)",
}  # fmt: skip
TARGETS = SOURCES | VARIANTS
FORMAL = {"DE", "ES", "FR", "IT", "JA", "PT-BR", "PT-PT", "RU"}

ZH_EN = {
    "你好": "hello", "世界": "world", "谢谢": "thank you", "再见": "goodbye", "早上好": "good morning", "我": "I",
    "你": "you", "爱": "love", "喜欢": "like", "喝": "drink", "吃": "eat", "看": "see", "是": "am", "猫": "cat",
    "狗": "dog", "茶": "tea", "水": "water", "书": "book", "朋友": "friend", "今天": "today", "明天": "tomorrow",
    "天气": "weather", "很": "very", "好": "good", "和": "and", "中国": "China", "学校": "school", "家": "home",
    "红色": "red", "绿色": "green", "大": "big", "小": "small", "，": ",", "。": ".", "！": "!", "？": "?",
}  # fmt: skip
EN_ZH = {english: chinese for chinese, english in ZH_EN.items()} | {"a": "", "the": "", "is": "是", "are": "是"}
CHINESE = re.compile("|".join(sorted(map(re.escape, ZH_EN), key=len, reverse=True)))
ENGLISH = re.compile(r"thank you|good morning|[A-Za-z']+|[,.!?]|\s+", re.IGNORECASE)


class TranslateRequest(BaseModel):
    """What is read of a request; all else is accepted and has no effect."""

    text: list[str] = Field(min_length=1, max_length=50)
    target_lang: str
    source_lang: str | None = None
    show_billed_characters: bool = False
    model_type: Literal["quality_optimized", "prefer_quality_optimized", "latency_optimized"] | None = None


async def translate(request: Request) -> Response:
    """POST /v2/translate."""
    key = admit(request)
    asked = validated(TranslateRequest, await json_body(request))
    target = asked.target_lang.upper()
    if target not in TARGETS:
        raise Refused("bad_field", reason="Value for 'target_lang' not supported.")
    model = distribute(key, MODEL)
    usage = Usage(sum(map(len, asked.text)), 0)
    with opened(request, key, model) as settlement:
        check_channel(model, "/v2/translate", served=True)
        check_means(key, settlement, usage)
        if any("fail" in faults(text) for text in asked.text):
            raise Refused("upstream_failed")
    await relay_of(request).pause(SECONDS)
    settlement.settle(usage)
    return JSONResponse({"translations": [_translation(asked, text, target) for text in asked.text]})


async def usage(request: Request) -> Response:
    """GET /v2/usage: characters used and granted; a key that is used up is told so, not refused."""
    key = admit(request, spent=True)
    count = int(key.used / UNITS_A_CHARACTER)
    limit = UNLIMITED if key.spec.unlimited else count + int(left(key) / UNITS_A_CHARACTER)
    return JSONResponse({"character_count": count, "character_limit": limit})


async def languages(request: Request) -> Response:
    """GET /v2/languages?type=source|target."""
    admit(request, spent=True)
    target = request.query_params.get("type") == "target"
    names = TARGETS if target else SOURCES
    listed: list[dict[str, object]] = [{"language": code, "name": name} for code, name in names.items()]
    if target:
        listed = [{**one, "supports_formality": one["language"] in FORMAL} for one in listed]
    return JSONResponse(listed)


def left(key: Key) -> int:
    """Units that a key can still spend."""
    return max(0, min(key.remain, key.funds))


def translated(text: str, source: str, target: str) -> str:
    """`text` in `target`: word by word where the dictionary knows them all, else as it is behind the code."""
    if source == target.partition("-")[0]:
        return text
    words = _from_chinese(text) if (source, target[:2]) == ("ZH", "EN") else _from_english(text, source, target)
    return f"[{target}] {text}" if words is None else words


def _translation(asked: TranslateRequest, text: str, target: str) -> dict[str, Any]:
    source = (asked.source_lang or ("ZH" if CJK.search(text) else "EN")).upper()
    billed = {"billed_characters": len(text)} if asked.show_billed_characters else {}
    kind = {"model_type_used": "quality_optimized"} if asked.model_type else {}
    return {"detected_source_language": source, "text": translated(text, source, target), **billed, **kind}


def _from_chinese(text: str) -> str | None:
    if CHINESE.sub("", text).strip():
        return None
    words = " ".join(ZH_EN[word] for word in CHINESE.findall(text))
    plain = re.sub(r" (?=[,.!?])", "", words)
    return plain[:1].upper() + plain[1:]


def _from_english(text: str, source: str, target: str) -> str | None:
    words = [word for word in ENGLISH.findall(text) if not word.isspace()]
    known = {english.lower(): chinese for english, chinese in EN_ZH.items()}
    if (source, target[:2]) != ("EN", "ZH") or ENGLISH.sub("", text) or not {w.lower() for w in words} <= known.keys():
        return None
    return "".join(known[word.lower()] for word in words)
