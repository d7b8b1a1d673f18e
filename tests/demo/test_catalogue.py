import csv
import json
import re
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from genai_prices.data import providers

from demo import catalogue
from demo.catalogue import GROUP_RATIO, USABLE_GROUPS, models, pricing_document, vendors

with Path(catalogue.__file__).with_name("models.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))

PRICING_FIELDS = {
    "model_name", "tags", "vendor_id", "quota_type", "model_ratio", "model_price", "owner_by", "completion_ratio",
    "enable_groups", "supported_endpoint_types", "cache_ratio", "create_cache_ratio", "image_ratio",
    "audio_ratio", "audio_completion_ratio",
}  # fmt: skip


def test_more_than_500_names_each_once():
    assert len(models()) == len(ROWS) >= 500


def test_most_names_occur_in_public_price_lists():
    assert sum(bool(row["lists"]) for row in ROWS) >= 450
    assert all(row["lists"] or row["source"].startswith("https://") for row in ROWS)


def test_names_said_to_be_in_genai_prices_are():
    said = {row["model"] for row in ROWS if "genai-prices" in row["lists"].split(";")}
    there = {model.id for provider in providers for model in provider.models}
    assert len(said) >= 240
    assert len(said & there) >= 0.95 * len(said), "more than a release of genai-prices would drop"


def _counter(name: str) -> tuple[str, int]:
    stem, digits = re.fullmatch(r"(.*?)(\d{0,9})", name).groups()
    return stem, int(digits or 0)


def test_no_name_is_made_by_numbering():
    for stem, family in groupby(sorted(map(_counter, models())), key=lambda counter: counter[0]):
        numbers = [number for _, number in family]
        steps = "".join("x" if after - before == 1 else " " for before, after in pairwise(numbers))
        assert "xxxx" not in steps, f"{stem}{numbers}"


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("gpt-4o-mini", "openai"),
        ("gpt-4o", "openai"),
        ("claude-sonnet-4-5", "anthropic"),
        ("gemini-2.5-flash-image", "gemini"),
        ("glm-4-flash", "openai"),
        ("sora-2", "openai-video"),
        ("text-embedding-3-small", "embeddings"),
        ("gpt-image-1", "image-generation"),
        ("o3-pro", "openai-response"),
        ("rerank-v3.5", "jina-rerank"),
        ("mj_imagine", "openai"),
        ("sd3.5-large", "image-generation"),
        ("stabilityai/stable-diffusion-xl-base-1.0", "image-generation"),
        ("suno_music", "openai"),
        ("whisper-1", "openai"),
        ("kling-v1", "openai"),  # a video model listed as chat, as live relays do
    ],
)
def test_lists(name: str, endpoint: str):
    assert models()[name].endpoints[0] == endpoint


def test_every_endpoint_group_and_vendor_is_known():
    types = set(pricing_document()["supported_endpoint"])
    for model in models().values():
        assert set() < set(model.endpoints) <= types
        assert set() < set(model.groups) <= GROUP_RATIO.keys()
        assert model.vendor in vendors()


def test_images_and_sound_have_their_makers_prices():
    listed = {entry["model_name"]: entry for entry in pricing_document()["data"]}
    assert listed["gpt-image-1"]["image_ratio"] == 2  # 10 to 5
    assert listed["gpt-audio"]["audio_ratio"] == 12.8  # 32 to 2.5
    assert listed["gpt-audio"]["audio_completion_ratio"] == 2  # 64 to 32
    assert "image_ratio" not in listed["gpt-4o-mini"]


def test_some_names_are_only_in_groups_that_a_visitor_may_not_use():
    hidden = [name for name, model in models().items() if not USABLE_GROUPS.keys() & set(model.groups)]
    assert 40 <= len(hidden) <= 80


@pytest.mark.parametrize(
    ("column", "price"),
    [
        ("input", lambda model: model.model_ratio * 2),
        ("output", lambda model: model.model_ratio * 2 * model.completion_ratio),
        ("cached_input", lambda model: model.model_ratio * 2 * model.cache_ratio),
        ("cache_write", lambda model: model.model_ratio * 2 * model.create_cache_ratio),
        ("price", lambda model: model.model_price),
    ],
)
def test_ratios_give_back_the_official_price(column, price):
    for row in ROWS:
        if row[column] and Decimal(row[column]):
            official = Decimal(row[column])
            assert abs(price(models()[row["model"]]) - official) <= official / 1000, row["model"]


@pytest.mark.parametrize(
    ("name", "ratios"),
    [
        ("gpt-4o-mini", (0, 0.075, 4, 0.5, None, 0)),
        ("claude-sonnet-4-5", (0, 1.5, 5, 0.1, 1.25, 0)),
        ("sora-2", (1, 0, 1, None, None, 0.1)),
    ],
)
def test_pricing_of(name: str, ratios: tuple[float | None, ...]):
    entry = next(entry for entry in pricing_document()["data"] if entry["model_name"] == name)
    fields = ("quota_type", "model_ratio", "completion_ratio", "cache_ratio", "create_cache_ratio", "model_price")
    assert tuple(entry.get(field) for field in fields) == ratios


def test_the_document_reads_back_as_the_numbers_charged_by():
    document = json.loads(json.dumps(pricing_document()), parse_float=Decimal, parse_int=Decimal)
    for entry in document["data"]:
        model = models()[entry["model_name"]]
        assert entry["model_ratio"] == model.model_ratio
        assert entry["completion_ratio"] == model.completion_ratio
        assert entry.get("cache_ratio") == model.cache_ratio
        assert entry.get("create_cache_ratio") == model.create_cache_ratio
        assert entry["model_price"] == (model.model_price or 0)


def test_the_document_has_new_apis_shape():
    document = pricing_document()
    assert list(document) == [
        "success", "data", "vendors", "group_ratio", "usable_group", "supported_endpoint", "auto_groups",
        "pricing_version",
    ]  # fmt: skip
    assert document["success"] is True
    assert document["group_ratio"].keys() == document["usable_group"].keys() == {"default", "vip"}
    assert document["supported_endpoint"]["openai"] == {"path": "/v1/chat/completions", "method": "POST"}
    ids = {vendor["id"] for vendor in document["vendors"]}
    for entry in document["data"]:
        assert set(entry) <= PRICING_FIELDS
        assert entry["vendor_id"] in ids
    assert any("svip" in entry["enable_groups"] for entry in document["data"]), "not filtered, as in new-api#6175"
