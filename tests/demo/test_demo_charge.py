from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.catalogue import models
from demo.charge import Rates, Usage, quota, rates


def token_rates(model="1", completion="1", cache="1", group="1"):
    return Rates(Decimal(model), Decimal(completion), Decimal(cache), Decimal(group), None)


def kinds_rates(model, completion, image="1", audio=None, spoken="1"):
    plain = token_rates(model, completion, "0.5")
    audio_ratio = None if audio is None else Decimal(audio)
    return replace(
        plain, image_ratio=Decimal(image), audio_ratio=audio_ratio, audio_completion_ratio=Decimal(spoken)
    )  # fmt: skip


def call_rates(price, group="1"):
    return Rates(Decimal(0), Decimal(1), Decimal(1), Decimal(group), Decimal(price))


@pytest.mark.parametrize(
    ("usage", "rate", "units"),
    [
        # gpt-4o-mini: 0.15 and 0.60 USD a million. 6 x 0.075 + 323 x 0.3 = 97.35
        (Usage(6, 323), token_rates("0.075", "4", "0.5"), 97),
        # 0.15 x 1000/1M + 0.6 x 1000/1M = 0.00075 USD = 375 units
        (Usage(1000, 1000), token_rates("0.075", "4", "0.5"), 375),
        # 1024 of 2000 cached at a half: (976 + 512) x 1.25 = 1860
        (Usage(2000, 0, cached=1024), token_rates("1.25", "4", "0.5"), 1860),
        # 1000 written to the cache at 1.25, 500 read at 0.1: (500 + 50 + 1250) x 1.5
        (Usage(2000, 0, cached=500, written=1000), token_rates("1.5", "5", "0.1"), 2700),
        # images at twice a word: (10 + 40 x 2 + 50 x 8) x 2.5
        (Usage(50, 50, images=40), kinds_rates("2.5", "8", image="2"), 1225),
        # of sound nothing is cached: (12 + 69 x 16 + 62 x 4 + 10 x 16 x 2) x 1.25
        (Usage(81, 72, cached=50, sound=69, spoken=10), kinds_rates("1.25", "4", audio="16", spoken="2"), 2105),
        # no ratio for sound: it costs as words do
        (Usage(81, 72, sound=69, spoken=10), kinds_rates("1.25", "4"), 461),
        # four seconds of video at 0.1 USD
        (Usage(10, 0, times=Decimal(4)), call_rates("0.1"), 200_000),
        # a half rounds away from zero: 5 x 0.5 = 2.5
        (Usage(5, 0), token_rates("0.5"), 3),
        (Usage(3, 0), token_rates("0.5"), 2),
        (Usage(1, 0), token_rates("0.005"), 1),
        (Usage(1, 1), token_rates("0"), 0),
        (Usage(0, 0), token_rates("15"), 0),
        # vip pays 0.8: 100 x 1.25 x 0.8
        (Usage(100, 0), token_rates("1.25", group="0.8"), 100),
        # per call: 0.039 USD x 500000
        (Usage(10, 300), call_rates("0.039"), 19500),
        (Usage(10, 300), call_rates("0.039", "0.8"), 15600),
        (Usage(1, 0), call_rates("0.000001"), 1),
        (Usage(1, 0), call_rates("0.0000009"), 0),
        (Usage(0, 0), call_rates("0.039"), 0),
    ],
)
def test_quota_of_a_call(usage, rate, units):
    assert quota(usage, rate) == units


@given(prompt=st.integers(0, 200_000), completion=st.integers(0, 200_000), name=st.sampled_from(sorted(models())))
def test_quota_is_the_nearest_whole_unit_of_its_usd_price(prompt, completion, name):
    model = models()[name]
    units = quota(Usage(prompt, completion), rates(model, "default"))
    if prompt + completion == 0:
        assert units == 0
    elif model.model_price is not None:
        assert abs(units - model.model_price * 500_000) <= Decimal("0.5")
    else:
        usd_per_token = model.model_ratio * 2 / 1_000_000
        exact = (prompt + completion * model.completion_ratio) * usd_per_token * 500_000
        assert abs(units - exact) <= Decimal("0.5") or units == 1 > exact > 0
