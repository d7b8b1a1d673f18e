"""What a call costs in quota units, as new-api settles it. Pure arithmetic in Decimal; 500,000 units are 1 USD."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from demo.catalogue import GROUP_RATIO, Model
from demo.keys import QUOTA_PER_USD

CREATE_CACHE_RATIO = Decimal("1.25")
"""What writing to the cache costs where the catalogue doesn't say it."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `cached` and `written` (to the cache) are part of `prompt`, `reasoning` of `completion`.

    So are `images` and `sound` of the prompt, and what was `spoken` of the completion.
    `times`: how many images or seconds of a model that is sold by them.
    """

    prompt: int
    completion: int
    cached: int = 0
    reasoning: int = 0
    written: int = 0
    times: Decimal = Decimal(1)
    images: int = 0
    sound: int = 0
    spoken: int = 0


@dataclass(frozen=True, slots=True)
class Rates:
    """What one model costs one group. `price` is USD per call, None where tokens are charged."""

    model_ratio: Decimal
    completion_ratio: Decimal
    cache_ratio: Decimal
    group_ratio: Decimal
    price: Decimal | None
    create_cache_ratio: Decimal = CREATE_CACHE_RATIO
    image_ratio: Decimal = Decimal(1)
    audio_ratio: Decimal | None = None
    audio_completion_ratio: Decimal = Decimal(1)


def rates(model: Model, group: str) -> Rates:
    """The rates of `model` for `group`; a group without ratio pays 1, a model without cache ratio pays in full.

    What is written to a cache without a ratio of its own costs 1.25, as in new-api (wire.md 1C).
    """
    return Rates(
        model_ratio=model.model_ratio,
        completion_ratio=model.completion_ratio,
        cache_ratio=Decimal(1) if model.cache_ratio is None else model.cache_ratio,
        create_cache_ratio=CREATE_CACHE_RATIO if model.create_cache_ratio is None else model.create_cache_ratio,
        group_ratio=GROUP_RATIO.get(group, Decimal(1)),
        price=model.model_price if model.kind == "call" else None,
        image_ratio=Decimal(1) if model.image_ratio is None else model.image_ratio,
        audio_ratio=model.audio_ratio,
        audio_completion_ratio=Decimal(1) if model.audio_completion_ratio is None else model.audio_completion_ratio,
    )


def quota(usage: Usage, rates: Rates) -> int:
    """Units to deduct: nothing without tokens, else rounded half away from zero, and at least 1 where tokens cost."""
    if usage.prompt + usage.completion == 0:
        return 0
    if rates.price is not None:
        return _round(rates.price * usage.times * QUOTA_PER_USD * rates.group_ratio)
    ratio = rates.model_ratio * rates.group_ratio
    heard = rates.audio_ratio is not None and (usage.sound or usage.spoken)
    tokens = _with_sound(usage, rates, rates.audio_ratio or Decimal(1)) if heard else _without(usage, rates)
    return max(_round(tokens * ratio), 1 if ratio else 0)


def _without(usage: Usage, rates: Rates) -> Decimal:
    """Tokens of words and images as so many plain ones (new-api's service/text_quota.go)."""
    plain = max(0, usage.prompt - usage.cached - usage.written - usage.images)
    return (
        plain
        + usage.cached * rates.cache_ratio
        + usage.written * rates.create_cache_ratio
        + usage.images * rates.image_ratio
        + usage.completion * rates.completion_ratio
    )


def _with_sound(usage: Usage, rates: Rates, audio_ratio: Decimal) -> Decimal:
    """The same where there was sound, whose model has a ratio for it: then nothing is cached (service/quota.go)."""
    return (
        usage.prompt
        - usage.sound
        + usage.sound * audio_ratio
        + (usage.completion - usage.spoken) * rates.completion_ratio
        + usage.spoken * audio_ratio * rates.audio_completion_ratio
    )


def _round(units: Decimal) -> int:
    return int(units.quantize(Decimal(1), ROUND_HALF_UP))
