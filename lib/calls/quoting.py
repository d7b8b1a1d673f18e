"""The most that what is asked can cost, by a price: what the contract calls `quoted`. Pure.

Where it can't be known before the call it is None: too low a figure would pass a budget that stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from math import ceil

from lib.calls.files import type_of
from lib.calls.recordings import length
from lib.calls.result import seconds_asked
from lib.cost.official import approximate_tokens
from lib.cost.price import Price, at_most, cost
from lib.providers import maker_of, output_limit
from lib.vocabulary import Capability, Money, Usage
from lib.wire import Json, Media, Request
from lib.wire.addresses import Path, values
from lib.wire.answers import amount

MINIMUM_QUOTED_INPUT = 1_000
"""Tokens: the contract's floor for a quoted input, since it is only approximated."""
UNKNOWN_OUTPUT_LIMIT = 8_192
"""Tokens: the contract's output for a model whose limit nobody knows."""
OUTPUT_LIMITS: tuple[Path, ...] = (
    ("max_tokens",), ("max_completion_tokens",), ("maxOutputTokens",), ("generationConfig", "maxOutputTokens"),
)  # fmt: skip
"""Parameters that say how long an answer may be (wire.md 3, 4, 5)."""
HOW_MANY: Mapping[str, tuple[Path, ...]] = {
    "gemini": (
        ("candidateCount",), ("generationConfig", "candidateCount"),
        ("sampleCount",), ("parameters", "sampleCount"), ("n",),
    ),
    "openai": (("n",), ("batch_size",), ("num_images",), ("sequential_image_generation_options", "max_images")),
}  # fmt: skip
"""The parameters by which a protocol is told how many answers, images or films to make. Gemini's are wire.md 4's; the
last three of OpenAI's are SiliconFlow's, fal's and Volcengine's (their public API references), which relays pass on.
Protocols that aren't named are taken for OpenAI's relatives: most of them have none, as Midjourney and Suno."""
NO_TOKENS_OUT: tuple[Capability, ...] = ("speech", "embedding")
"""Billed by what is given to them alone, where they are billed by token."""
SOUND_IN_TOKENS = "gemini"
"""Who bills speech by the tokens of the sound (wire.md 4)."""
BY_SECOND = ("openai_video", "video_generations")
SHORTEST, LARGE = Decimal(4), Decimal("1.666667")
"""wire.md 2A: the seconds of a video where nothing is said, and what the large sizes cost of the others."""
IMAGE_TOKENS = 5_000
"""More than a maker counts for one image (4,784 at Anthropic, 3,779 at OpenAI: their public guides to vision)."""
IMAGE_TOKENS_OF: Mapping[str, int] = {"gpt-4o-mini": 48_169}
"""Where it is more: 2,833 and 5,667 for each of up to 8 tiles (OpenAI's guide "Images and vision")."""
SECOND_OF_SOUND = 32
"""Tokens (ai.google.dev/gemini-api/docs/audio, the most that a maker is known to count)."""
SECOND_OF_SOUND_AT: Mapping[str, int] = {"openai": 10}
"""One for 100 ms (OpenAI's guide "Managing costs" of its Realtime API)."""


def quote(price: Price | None, asked: Request, protocol: str) -> Money | None:
    """What is asked costs at most by a price; None where that isn't known before it is sent."""
    if price is None:
        return None
    if price.unit != "token":
        return cost(_as_billed(price, protocol, asked.params), _counted(asked, protocol))
    put_in, out = _put_in(asked), _made(asked, protocol)
    if put_in is None or out is None:
        return None
    words = asked.capability == "text" and not asked.inputs
    return at_most(price, input_tokens=max(put_in, MINIMUM_QUOTED_INPUT if out else 0), output_tokens=out, words=words)


def by_second(price: Price, protocol: str) -> bool:
    """Whether a price for a call is one for a second: new-api bills its own video routes by second and size."""
    return price.unit == "call" and protocol in BY_SECOND


def bills_input_alone(capability: Capability, protocol: str) -> bool:
    """Whether, of tokens, only those count that are put in."""
    return capability in NO_TOKENS_OUT and (capability, protocol) != ("speech", SOUND_IN_TOKENS)


def _as_billed(price: Price, protocol: str, params: Mapping[str, Json]) -> Price:
    """The price with all that a relay may multiply it by."""
    if price.amount is None or not by_second(price, protocol):
        return price
    size = LARGE if "1792" in str(params.get("size", "")) else Decimal(1)
    return replace(price, amount=price.amount * (seconds_asked(params) or SHORTEST) * size)


def _counted(asked: Request, protocol: str) -> Usage:
    """What is billed otherwise than by token."""
    many = _how_many(asked, protocol)
    seconds = _heard(asked.inputs) if asked.capability == "transcription" else seconds_asked(asked.params)
    lasting = None if seconds is None else Decimal(seconds) * many
    return Usage(calls=many, images=many, seconds=lasting, characters=len(asked.prompt))


def _how_many(asked: Request, protocol: str) -> int:
    return max(1, _most(asked.params, HOW_MANY.get(protocol, HOW_MANY["openai"])))


def _heard(recordings: tuple[Media, ...]) -> int | None:
    """Seconds; None where a recording doesn't tell how long it is."""
    lengths = [length(one.data) for one in recordings]
    known = [one for one in lengths if one is not None]
    return sum(known) if len(known) == len(lengths) else None


def _put_in(asked: Request) -> int | None:
    """Tokens: of words about as many, of files at most."""
    words = sum(map(approximate_tokens, (asked.system, asked.prompt, *(one.content for one in asked.history))))
    files = (*asked.inputs, *filter(None, (asked.mask,)), *(image for one in asked.history for image in one.images))
    tokens = [_of_file(one, asked) for one in files]
    known = [one for one in tokens if one is not None]
    if len(known) < len(tokens):
        return None
    return sum(known) + (max(words, len(asked.prompt)) if asked.capability in NO_TOKENS_OUT else words)


def _of_file(file: Media, asked: Request) -> int | None:
    """The tokens of an image or a recording; None of films, whose pictures count, and of what nobody knows."""
    kind = type_of(file.data, file.mime).partition("/")[0]
    if kind == "audio" or asked.capability == "transcription":
        seconds = length(file.data)
        a_second = SECOND_OF_SOUND_AT.get(maker_of(asked.model, ""), SECOND_OF_SOUND)
        return None if seconds is None else seconds * a_second
    found = (tokens for name, tokens in IMAGE_TOKENS_OF.items() if name in asked.model.lower())
    return next(found, IMAGE_TOKENS) if kind == "image" else None


def _made(asked: Request, protocol: str) -> int | None:
    """Tokens of all answers; None of films, which have as many as they are long and large."""
    if bills_input_alone(asked.capability, protocol):
        return 0
    told = _most(asked.params, OUTPUT_LIMITS)
    if asked.capability == "video" and not told:
        return None
    return (told or output_limit(asked.model) or UNKNOWN_OUTPUT_LIMIT) * _how_many(asked, protocol)


def _most(params: Mapping[str, Json], paths: tuple[Path, ...]) -> int:
    """The greatest number on some paths of the parameters; 0 where there is none (llama.cpp's -1 is "no limit")."""
    return max((ceil(one) for path in paths for told in values(dict(params), path) if (one := amount(told))), default=0)
