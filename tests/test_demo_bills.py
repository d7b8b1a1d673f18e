"""What the demo takes off the quota is what Relayscope makes of its list and of what it told of a call's usage.

Both sides are written from new-api's source, and neither imports the other.
"""

from __future__ import annotations

from decimal import Decimal

import httpx
from hypothesis import given
from hypothesis import strategies as st

from demo.catalogue import models, pricing_document
from demo.charge import Usage, quota, rates
from lib.cost.price import cost
from lib.cost.relay import price_of
from lib.vocabulary import Money
from lib.wire.newapi import read_pricing
from lib.wire.openai.tokens import counted

LISTING = read_pricing(httpx.Response(200, json=pricing_document()))
BY_TOKEN = sorted(name for name, model in models().items() if model.kind == "token")
SPECIAL = [name for name in BY_TOKEN if models()[name].image_ratio or models()[name].audio_ratio]
UNIT = Decimal("0.000002")
COUNT = st.integers(0, 100_000)


@given(
    name=st.sampled_from(SPECIAL) | st.sampled_from(BY_TOKEN),
    group=st.sampled_from(("default", "vip")),
    parts=st.tuples(COUNT, COUNT, COUNT, COUNT, COUNT),
    out=st.tuples(COUNT, COUNT),
)
def test_the_demo_bills_what_its_list_says(
    name: str, group: str, parts: tuple[int, ...], out: tuple[int, int]
) -> None:
    _, cached, written, images, sound = parts
    used = Usage(sum(parts), sum(out), cached, written=written, images=images, sound=sound, spoken=out[1])
    told = {
        "prompt_tokens": used.prompt,
        "completion_tokens": used.completion,
        "total_tokens": used.prompt + used.completion,
        "prompt_tokens_details": {
            "cached_tokens": cached, "cached_creation_tokens": written, "image_tokens": images, "audio_tokens": sound,
        },
        "completion_tokens_details": {"audio_tokens": used.spoken},
    }  # fmt: skip
    price = price_of(LISTING.by_name[name], group, LISTING, None)
    assert price is not None
    assert cost(price, counted(told)) == Money(quota(used, rates(models()[name], group)) * UNIT, "USD")
