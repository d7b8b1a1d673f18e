"""The demo relay's catalogue: what it lists, what it charges, and `GET /api/pricing` in new-api's shape.

Owns the meaning of `models.csv` and `kinds.csv` (official prices in USD, the latter of images and sound that are put in
or come out) and `vendors.csv`. Ratios are derived here from the official
prices, once, and rounded to `PLACES`, so that the numbers a client reads from the JSON are the very numbers the
relay charges by.
"""

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

PLACES = Decimal("0.000001")
"""Six decimals: few enough digits for a float in JSON to read back as the same Decimal."""

USD_PER_MTOK_AT_RATIO_1 = Decimal(2)
"""A model ratio of 1 is 2 USD per million input tokens: 1 token = 1 quota unit, 500,000 units = 1 USD."""

GROUP_RATIO: Mapping[str, Decimal] = MappingProxyType(
    {"default": Decimal(1), "vip": Decimal("0.8"), "svip": Decimal("0.6"), "enterprise": Decimal("0.5")}
)
"""What each group pays of the list price."""

USABLE_GROUPS: Mapping[str, str] = MappingProxyType({"default": "默认分组", "vip": "VIP 分组"})
"""The groups an anonymous visitor may use, with their description."""

SUPPORTED_ENDPOINT: Mapping[str, str] = MappingProxyType(
    {
        "openai": "/v1/chat/completions",
        "openai-response": "/v1/responses",
        "openai-response-compact": "/v1/responses/compact",
        "anthropic": "/v1/messages",
        "gemini": "/v1beta/models/{model}:generateContent",
        "jina-rerank": "/v1/rerank",
        "image-generation": "/v1/images/generations",
        "embeddings": "/v1/embeddings",
        "openai-video": "/v1/videos",
    }
)
"""The path each endpoint type is reached by; all are POST."""

KINDS = ("input_image", "input_audio", "output_audio")

Kind = Literal["token", "call"]
QUOTA_TYPE: Mapping[str, int] = MappingProxyType({"token": 0, "call": 1})


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who makes a model, as the relay numbers and names them."""

    id: int
    name: str
    description: str
    icon: str


@dataclass(frozen=True, slots=True)
class Model:
    """One listed name. Ratios are new-api's; `model_price` (USD) is only set for kind `call`.

    `model_price` is for an image, a second of video or a request, be it an hour of audio. `cache_ratio` and
    `create_cache_ratio` are None where the vendor has no price of its own for cached tokens: they cost as others do; so
    are those of images and sound, the last to sound that is put in.
    `capability` (`image`, `video` …) is what the name is for; the relay knows it and lists it nowhere.
    """

    name: str
    vendor: str
    kind: Kind
    endpoints: tuple[str, ...]
    groups: tuple[str, ...]
    tags: tuple[str, ...]
    model_ratio: Decimal
    completion_ratio: Decimal
    cache_ratio: Decimal | None
    create_cache_ratio: Decimal | None
    model_price: Decimal | None
    capability: str
    image_ratio: Decimal | None = None
    audio_ratio: Decimal | None = None
    audio_completion_ratio: Decimal | None = None


@cache
def models() -> Mapping[str, Model]:
    """Every listed model by its name, in the order of `models.csv`."""
    return MappingProxyType({row["model"]: _model(row) for row in _rows("models.csv")})


@cache
def vendors() -> Mapping[str, Vendor]:
    """Every vendor by its name, in the order of `vendors.csv`."""
    numbered = enumerate(_rows("vendors.csv"), 1)
    known = (Vendor(number, row["name"], row["description"], row["icon"]) for number, row in numbered)
    return MappingProxyType({vendor.name: vendor for vendor in known})


def pricing_document() -> dict[str, object]:
    """The whole answer of `GET /api/pricing` to an anonymous visitor.

    `enable_groups` is not filtered by what the visitor may use, as on the live relays of new-api's issue #6175.
    """
    data = [_pricing(model) for model in models().values()]
    return {
        "success": True,
        "data": data,
        "vendors": [asdict(vendor) for vendor in vendors().values()],
        "group_ratio": {group: _number(GROUP_RATIO[group]) for group in USABLE_GROUPS},
        "usable_group": dict(USABLE_GROUPS),
        "supported_endpoint": {name: {"path": path, "method": "POST"} for name, path in SUPPORTED_ENDPOINT.items()},
        "auto_groups": ["default"],
        "pricing_version": hashlib.sha256(json.dumps(data).encode()).hexdigest(),
    }


def _pricing(model: Model) -> dict[str, object]:
    entry: dict[str, object] = {
        "model_name": model.name,
        "tags": ",".join(model.tags),
        "vendor_id": vendors()[model.vendor].id,
        "quota_type": QUOTA_TYPE[model.kind],
        "model_ratio": _number(model.model_ratio),
        "model_price": _number(model.model_price or Decimal(0)),
        "owner_by": "",
        "completion_ratio": _number(model.completion_ratio),
        "enable_groups": list(model.groups),
        "supported_endpoint_types": list(model.endpoints),
    }
    names = ("cache_ratio", "create_cache_ratio", "image_ratio", "audio_ratio", "audio_completion_ratio")
    optional: dict[str, Decimal | None] = {name: getattr(model, name) for name in names}
    return entry | {name: _number(ratio) for name, ratio in optional.items() if ratio is not None}


def _model(row: dict[str, str]) -> Model:
    price = {name: _price(row[name]) for name in ("input", "output", "cached_input", "cache_write", "price")}
    kinds = {name: _price(text) for name, text in _kinds().get(row["model"], {}).items() if name in KINDS}
    completion = _over(price["output"], price["input"])
    return Model(
        name=row["model"],
        vendor=row["vendor"],
        kind="call" if row["kind"] == "call" else "token",
        endpoints=_parts(row["endpoints"]),
        groups=_parts(row["groups"]),
        tags=_parts(row["tags"]),
        model_ratio=_over(price["input"], USD_PER_MTOK_AT_RATIO_1) or Decimal(0),
        completion_ratio=Decimal(1) if completion is None else completion,
        cache_ratio=_over(price["cached_input"], price["input"]),
        create_cache_ratio=_over(price["cache_write"], price["input"]),
        model_price=price["price"],
        capability=row["capability"],
        image_ratio=_over(kinds.get("input_image"), price["input"]),
        audio_ratio=_over(kinds.get("input_audio"), price["input"]),
        audio_completion_ratio=_over(kinds.get("output_audio"), kinds.get("input_audio")),
    )


@cache
def _kinds() -> Mapping[str, dict[str, str]]:
    return {row["model"]: row for row in _rows("kinds.csv")}


def _over(price: Decimal | None, unit: Decimal | None) -> Decimal | None:
    return (price / unit).quantize(PLACES) if price is not None and unit else None


def _number(value: Decimal) -> int | float:
    """As Go writes a float: 1 rather than 1.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def _price(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(";") if part)


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
