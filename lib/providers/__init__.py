"""Facts as data: who makes and serves APIs, and what a model's name says. One TOML a provider.

`facts` reads providers and presets, `names` reads the rules from model names to capabilities and makers.
"""

from lib.providers.facts import Offer, Preset, PresetLine, Provider, defaults, presets, provider, providers
from lib.providers.forms import Field, fields_of
from lib.providers.names import (
    by_default,
    capabilities_of,
    listed_as_chat,
    maker_of,
    named_dialect,
    output_limit,
    says_nothing,
    spoken,
    spoken_as,
)

__all__ = [
    "Field",
    "Offer",
    "Preset",
    "PresetLine",
    "Provider",
    "by_default",
    "capabilities_of",
    "defaults",
    "fields_of",
    "listed_as_chat",
    "maker_of",
    "named_dialect",
    "output_limit",
    "presets",
    "provider",
    "providers",
    "says_nothing",
    "spoken",
    "spoken_as",
]
