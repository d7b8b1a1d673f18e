"""The modules that can make something, by the protocol's name as providers and connections write it."""

from __future__ import annotations

from collections.abc import Mapping

from lib.wire import (
    Later,
    Speaks,
    Streams,
    anthropic,
    deepl,
    elevenlabs,
    openai,
    stability,
    video_create,
    video_generations,
    video_v2,
    zhipu,
)

STREAMS: Mapping[str, Streams] = {"openai": openai, "anthropic": anthropic, "zhipu": zhipu}
"""Whose answers may come as events."""
LATER: Mapping[str, Later] = {
    "video_create": video_create,
    "video_generations": video_generations,
    "video_v2": video_v2,
    "zhipu": zhipu,
}
"""Whose work may finish later."""
AT_ONCE: Mapping[str, Speaks] = {"deepl": deepl, "elevenlabs": elevenlabs, "stability": stability}
"""All others."""
PROTOCOLS: Mapping[str, Speaks] = {**STREAMS, **LATER, **AT_ONCE}
