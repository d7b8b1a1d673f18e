"""Makes `models.csv`: real model names with their makers' official prices, as a Chinese relay would list them.

Prices come from two public price lists:

- genai-prices (MIT, Pydantic), installed with this project;
- LiteLLM's `model_prices_and_context_window.json` (MIT, BerriAI), given as argument, newest release first: older ones
  (1.80.0 was read too) know names that the newest has dropped. Fetch it into an environment of its own, never ours:

      uv venv ELSEWHERE && uv pip install --python ELSEWHERE --no-deps litellm
      uv run python -m demo.make_models ELSEWHERE/…/litellm/model_prices_and_context_window_backup.json [OLDER.json]

What neither has stands in `by_hand.csv` with its maker's page. There CNY is converted at 7.25 as genai-prices does;
Midjourney sells 4 USD an hour of GPU time, about a minute of it a job; Suno 2,500 credits for 10 USD, 10 a request;
glm-4-flash, now free at its maker, stands at the price it was launched with.

Which names are listed is the `model` column of the present `models.csv`: to list another, add a line with only its
name and run this. A name without a known price stops it.

Columns: prices in USD, per million tokens (per million characters where speech is sold so) for kind `token`; for kind
`call`, `price` per image, per second of video or per request (of a minute of audio). `capability` is what the
name is for; the relay knows it and doesn't show it. `lists` says in which public lists the very name occurs.
"""

import csv
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from genai_prices.data import providers
from genai_prices.types import ModelPrice, TieredPrices

HERE = Path(__file__).parent

Mode = str
"""What a model is for, in LiteLLM's words (chat, responses, image_generation …), plus `music` and `translation`."""

OPEN_WEIGHTS_HOST = "deepinfra"
OPEN_WEIGHTS: Mapping[str, str] = {
    "Qwen": "阿里云百炼",
    "deepseek-ai": "DeepSeek",
    "meta-llama": "Meta",
}
"""Open models that relays list as `organisation/name`, at the price of one host, and whose they are."""

MODE_BY_NAME: tuple[tuple[str, Mode], ...] = (
    ("^lyria|suno", "music"),
    ("embed|^voyage", "embedding"),
    ("rerank", "rerank"),
    ("moderation", "moderation"),
    ("transcribe|whisper|scribe", "audio_transcription"),
    ("tts|speech", "audio_speech"),
    ("image|banana", "image_generation"),
)
"""What a name is for where LiteLLM's file doesn't say it or says chat; no match is chat."""

CAPABILITY: Mapping[Mode, tuple[str, str]] = {
    "chat": ("text", "对话"),
    "responses": ("text", "对话"),
    "completion": ("text", "对话"),
    "embedding": ("embedding", "向量"),
    "rerank": ("", "重排序"),
    "moderation": ("", "审核"),
    "image_generation": ("image", "绘画"),
    "image_edit": ("image_edit", "改图"),
    "video_generation": ("video", "视频"),
    "audio_speech": ("speech", "语音合成"),
    "audio_transcription": ("transcription", "语音识别"),
    "music": ("music", "音乐"),
    "translation": ("translation", "翻译"),
}
"""Mode → (capability, tag)."""

ENDPOINTS: tuple[tuple[str, str, str], ...] = (
    ("", "video_generation", "openai-video"),
    ("", "embedding", "embeddings"),
    ("", "rerank", "jina-rerank"),
    ("", "responses", "openai-response"),
    ("Midjourney", "image_generation", "openai"),
    ("Google", "image_generation", "gemini;openai"),
    ("", "image_generation", "image-generation;openai"),
    ("", "image_edit", "image-generation;openai"),
    ("Anthropic", "chat", "anthropic;openai"),
    ("Google", "chat", "gemini;openai"),
    ("OpenAI", "chat", "openai;openai-response"),
    ("xAI", "chat", "openai;openai-response"),
    ("", "", "openai"),
)
"""(vendor, mode) → endpoint types, first match; "" matches any."""

LISTED_AS_CHAT = frozenset({"kling-v1", "cogvideox-flash", "veo-2.0-generate-001"})
"""Video models that the relay wrongly lists under chat only, as live ones do."""

GROUPS: tuple[tuple[Decimal, str], ...] = (
    (Decimal(80), "enterprise"),
    (Decimal(20), "svip;enterprise"),
    (Decimal(0), "default;vip;svip;enterprise"),
)
"""Official price of a million tokens of text, or of 100 s of video, from which a model is only in these groups."""

MILLION = 1_000_000
TEXT_MODES = ("chat", "responses", "completion", "embedding")
ONE_MEGAPIXEL = 1024 * 1024
PER_IMAGE = (
    ("output_cost_per_image", 1),
    ("input_cost_per_image", 1),
    ("input_cost_per_pixel", ONE_MEGAPIXEL),
)
PER_CALL: Mapping[Mode, tuple[tuple[str, int], ...]] = {
    "image_generation": PER_IMAGE,
    "image_edit": PER_IMAGE,
    "music": (("output_cost_per_image", 1),),
    "video_generation": (("output_cost_per_video_per_second", 1), ("output_cost_per_second", 1)),
    "rerank": (("input_cost_per_query", 1),),
}
"""LiteLLM's fields for what is sold by the call, and how many of their unit make one of ours."""

LITELLM_FIELDS: Mapping[str, tuple[str, ...]] = {
    "input": ("input_cost_per_token", "input_cost_per_character"),
    "output": ("output_cost_per_image_token", "output_cost_per_token"),
    "cached_input": ("cache_read_input_token_cost",),
    "cache_write": ("cache_creation_input_token_cost",),
}
SPEECH_FIELDS = {"output": ("output_cost_per_audio_token", "output_cost_per_token")}
GENAI_FIELDS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cached_input": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
}
"""Our column → the fields of the lists, the first that is there."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One name with its official price; None where the maker has no such price."""

    name: str
    vendor: str
    mode: Mode
    source: str
    input: Decimal | None = None
    output: Decimal | None = None
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    price: Decimal | None = None


def main(paths: list[Path]) -> None:
    """Write `models.csv` anew: the same names, their prices from the public lists and `by_hand.csv`."""
    files = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    genai = {model.id for provider in providers if provider.id in _makers("genai_prices") for model in provider.models}
    lists = {"genai-prices": genai, "litellm": {name for file in files for key in file for name in _names(key)}}
    offers = _offers(files)
    vendors = [row["name"] for row in _rows("vendors.csv")]
    wanted = [offers[row["model"]] for row in _rows("models.csv")]
    wanted.sort(key=lambda offer: (vendors.index(offer.vendor), offer.name.lower()))
    rows = [_row(offer, [name for name, names in lists.items() if offer.name in names]) for offer in wanted]
    with (HERE / "models.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _offers(files: list[dict[str, Any]]) -> dict[str, Offer]:
    """The best offer of each name: by hand; else LiteLLM's for what isn't text; else genai-prices'; else LiteLLM's."""
    litellm = [offer for file in files for offer in _litellm(file)]
    modes = {offer.name: offer.mode for offer in reversed(litellm)}
    other_than_text = [offer for offer in litellm if offer.mode not in TEXT_MODES]
    offers: dict[str, Offer] = {}
    for offer in chain(_by_hand(), other_than_text, _genai(modes), litellm):
        offers.setdefault(offer.name, offer)
    return offers


def _by_hand() -> Iterator[Offer]:
    for row in _rows("by_hand.csv"):
        prices = {name: Decimal(row[name]) for name in ("input", "output", "price") if row[name]}
        yield Offer(row["model"], row["vendor"], row["mode"], row["source"], **prices)


def _genai(modes: Mapping[str, Mode]) -> Iterator[Offer]:
    by_id = {provider.id: provider for provider in providers}
    for provider_id, vendor in _makers("genai_prices").items():
        for model in by_id[provider_id].models:
            prices = _genai_prices(model.get_prices(datetime.now(UTC)))
            if prices:
                yield Offer(model.id, vendor, modes.get(model.id) or _mode(model.id, None), "genai-prices", **prices)


def _genai_prices(prices: ModelPrice) -> dict[str, Decimal]:
    """USD per million tokens by our column, the lowest tier where it is tiered; empty where it isn't sold so."""
    rates = {column: getattr(prices, field) for column, field in GENAI_FIELDS.items()}
    known = {column: rate.base if isinstance(rate, TieredPrices) else rate for column, rate in rates.items() if rate}
    return known if "input" in known else {}


def _litellm(file: dict[str, Any]) -> Iterator[Offer]:
    for provider, vendor in (*_makers("litellm").items(), (OPEN_WEIGHTS_HOST, "")):
        for key, entry in file.items():
            if entry.get("litellm_provider") != provider:
                continue
            name = _names(key)[-1]
            maker = vendor or OPEN_WEIGHTS.get(name.partition("/")[0])
            mode = _mode(name, entry.get("mode"))
            prices = _litellm_prices(entry, mode)
            if maker and mode in CAPABILITY and prices:
                yield Offer(name, maker, mode, "litellm", **prices)


def _litellm_prices(entry: Mapping[str, Any], mode: Mode) -> dict[str, Decimal]:
    """USD by our column: per call where sold so, else per million tokens (lowest tier) or characters; or empty."""
    for field, factor in PER_CALL.get(mode, ()):
        if entry.get(field):
            return {"price": _usd(entry[field], factor)}
    tier = entry.get("tiered_pricing", [entry])[0]
    fields = {**LITELLM_FIELDS, **SPEECH_FIELDS} if mode == "audio_speech" else LITELLM_FIELDS
    found = {column: next((tier[name] for name in names if name in tier), None) for column, names in fields.items()}
    rates = {name: _usd(rate, MILLION) for name, rate in found.items() if rate or (rate == 0 and name == "input")}
    if "input" in rates:
        return rates
    return {"price": _usd(entry["input_cost_per_second"], 60)} if entry.get("input_cost_per_second") else {}


def _usd(rate: float, factor: int) -> Decimal:
    return (Decimal(str(rate)) * factor).quantize(Decimal("0.000001"))


def _makers(price_list: str) -> dict[str, str]:
    """The list's providers that make what they sell → the vendor; a maker comes before who resells it."""
    listed = [row for row in _rows("vendors.csv") if row[price_list]]
    return {provider: row["name"] for row in listed for provider in row[price_list].split(";")}


def _names(key: str) -> list[str]:
    """What a LiteLLM key names: itself, and without its provider."""
    return [key, key.partition("/")[2]] if "/" in key else [key]


def _mode(name: str, said: Mode | None) -> Mode:
    if said not in (None, "chat"):
        return said or ""
    return next((mode for pattern, mode in MODE_BY_NAME if re.search(pattern, name)), "chat")


def _row(offer: Offer, lists: list[str]) -> dict[str, str]:
    """The line of `models.csv`, its columns in their order."""
    capability, tag = CAPABILITY[offer.mode]
    prices = {name: getattr(offer, name) for name in ("input", "output", "cached_input", "cache_write", "price")}
    return {
        "model": offer.name,
        "vendor": offer.vendor,
        "kind": "token" if offer.price is None else "call",
        **{name: f"{value.normalize():f}" if value is not None else "" for name, value in prices.items()},
        "endpoints": "openai" if offer.name in LISTED_AS_CHAT else _endpoints(offer),
        "groups": _groups(offer),
        "tags": tag if any(prices.values()) else f"{tag};免费",
        "capability": capability,
        "lists": ";".join(lists),
        "source": offer.source,
    }


def _endpoints(offer: Offer) -> str:
    matches = (types for vendor, mode, types in ENDPOINTS if vendor in ("", offer.vendor) and mode in ("", offer.mode))
    return next(matches)


def _groups(offer: Offer) -> str:
    text, video = offer.mode in TEXT_MODES, offer.mode == "video_generation"
    dear = (offer.output if text else (offer.price or 0) * 100 if video else 0) or 0
    return next(groups for least, groups in GROUPS if dear >= least)


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
