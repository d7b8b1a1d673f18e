"""What the cache saved: each saving written as arithmetic, in dollars of a million tokens."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lib.cost.price import Price, Tier, saved_by_cache
from lib.vocabulary import Money, Usage

D = Decimal
BY_TOKEN = Price("token", "USD", "user", input=D(3), cached_input=D("0.3"), cache_write=D("3.75"), output=D(15))
M = 1_000_000
CASES: list[tuple[str, Price, Usage, Decimal | None]] = [
    ("nothing was cached", BY_TOKEN, Usage(2 * M, 0, 0, M), D(0)),
    ("the server said nothing of a cache", BY_TOKEN, Usage(2 * M, output_tokens=M), D(0)),
    ("half was read from it", BY_TOKEN, Usage(2 * M, M, 0, M), 1 * (D(3) - D("0.3"))),
    ("half was written to it", BY_TOKEN, Usage(2 * M, 0, M, M), 1 * (D(3) - D("3.75"))),
    ("both", BY_TOKEN, Usage(4 * M, 2 * M, M, M), 2 * (D(3) - D("0.3")) + 1 * (D(3) - D("3.75"))),
    ("cached tokens have no price of their own", Price("token", "USD", "user", input=D(3), output=D(15)),
     Usage(2 * M, M, 0, M), D(0)),
    ("a tier holds for all of it", Price("token", "USD", "user", input=D(1), output=D(1), cached_input=D("0.5"),
     tiers=(Tier(200_000, {"input": D(2), "cached_input": D("0.2")}),)), Usage(2 * M, M, 0, M), D(2) - D("0.2")),
    ("free", Price("token", "USD", "user", input=D(0), output=D(0)), Usage(2 * M, M, 0, M), D(0)),
    ("billed by the call", Price("call", "USD", "user", amount=D("0.1")), Usage(2 * M, M, 0, M), D(0)),
    ("of unknown cost", Price("token", "USD", "user"), Usage(2 * M, M, 0, M), None),
    ("how much was used is unknown", BY_TOKEN, Usage(), None),
]  # fmt: skip


@pytest.mark.parametrize(("price", "usage", "saved"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_the_cache_saved(price: Price, usage: Usage, saved: Decimal | None) -> None:
    assert saved_by_cache(price, usage) == (None if saved is None else Money(saved, "USD"))
