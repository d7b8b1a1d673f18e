"""What real usages cost: read by the protocols' own readers, priced, and equal to what was computed by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lib.connections.model import OwnPrice
from lib.cost.book import PriceBook
from lib.cost.official import official_cost
from lib.cost.price import cost, parts
from lib.vocabulary import Money
from tests.cost.usages import LISTED_NAME, Row, rows

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""When all of them are priced: makers' prices have days, and DeepSeek's hours."""
ROWS = tuple(rows())
NANO = Decimal("1E-9")


def priced(row: Row) -> Money | None:
    usage = row.reader.usage(row.told)
    if row.prices is None:
        return official_cost(row.model, usage, AT)
    own, (listing, group) = ((row.prices,), (None, None)) if isinstance(row.prices, OwnPrice) else ((), row.prices)
    price = PriceBook(own, listing, None, group).price(LISTED_NAME, AT)
    return cost(price, usage) if price else None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.model} {row.source[-60:]}")
def test_what_a_usage_costs(row: Row) -> None:
    found = priced(row)
    assert found is not None
    assert abs(found.amount - row.costs) <= NANO
    assert found.amount == row.costs


MAKERS = ("openai", "anthropic", "google", "zhipuai", "zai", "deepseek", "x-ai")


def by_genai_prices(row: Row) -> Decimal | None:
    """What `genai-prices` itself makes of the same answer; None where it doesn't know the model, or such answers."""
    from genai_prices.data_snapshot import get_snapshot

    lists = {one.id: one for one in get_snapshot().providers}
    known = ((lists[maker], model) for maker in MAKERS if (model := lists[maker].find_model(row.model)))
    maker, model = next(known, (None, None))
    if maker is None or model is None or row.reader.theirs is None:
        return None
    form, flavour = row.reader.theirs
    _, usage = lists[form].extract_usage(row.last_told, api_flavor=flavour)
    return model.calc_price(usage, maker, genai_request_timestamp=AT).total_price


KNOWN: tuple[tuple[Row, Decimal], ...] = tuple(
    (row, by_them) for row in ROWS if row.prices is None and (by_them := by_genai_prices(row)) is not None
)


@pytest.mark.parametrize(("row", "by_them"), KNOWN, ids=lambda one: one.model if isinstance(one, Row) else str(one))
def test_genai_prices_says_the_same(row: Row, by_them: Decimal) -> None:
    assert abs(by_them - row.costs) <= NANO


def test_there_are_enough_of_every_kind() -> None:
    assert len(ROWS) >= 60
    assert len(KNOWN) >= 45
    usages = [row.reader.usage(row.told) for row in ROWS]
    names = ("cached_input_tokens", "cache_write_tokens", "cache_write_1h_tokens", "reasoning_tokens")
    kinds = ("cached_audio_tokens", "input_audio_tokens", "input_image_tokens", "output_image_tokens")
    for name in (*names, *kinds):
        assert any(getattr(usage, name) for usage in usages), name
    assert sum(isinstance(row.told, list) for row in ROWS) >= 12


@pytest.mark.parametrize("row", [row for row in ROWS if row.prices is None], ids=lambda row: row.source[-60:])
def test_the_parts_of_a_cost_are_all_of_it(row: Row) -> None:
    price = PriceBook((), None, None, None).price(row.model, AT)
    assert price is not None
    amounts: list[Any] = [one.amount for one in parts(price, row.reader.usage(row.told))]
    assert sum(amounts) == row.costs
