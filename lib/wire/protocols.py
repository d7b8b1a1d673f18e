"""The modules that can make something, by the protocol's name as providers and connections write it."""

from __future__ import annotations

from collections.abc import Mapping

from lib.vocabulary import Capability
from lib.wire import (
    Concludes,
    Later,
    Speaks,
    Streams,
    anthropic,
    chat_image,
    chat_video,
    deepl,
    elevenlabs,
    gemini,
    image_async,
    midjourney,
    openai,
    openai_video,
    stability,
    suno,
    video_create,
    video_generations,
    video_v2,
    zhipu,
)

STREAMS: Mapping[str, Streams] = {
    "anthropic": anthropic,
    "chat_video": chat_video,
    "gemini": gemini,
    "openai": openai,
    "zhipu": zhipu,
}
"""Whose answers may come as events."""
LATER: Mapping[str, Later] = {
    "gemini": gemini,
    "image_async": image_async,
    "midjourney": midjourney,
    "openai_video": openai_video,
    "suno": suno,
    "video_create": video_create,
    "video_generations": video_generations,
    "video_v2": video_v2,
    "zhipu": zhipu,
}
"""Whose work may finish later."""
FILMS_LATER = ("gemini", "zhipu")
"""Of those, who answers all but films at once."""
AT_ONCE: Mapping[str, Speaks] = {
    "chat_image": chat_image,
    "deepl": deepl,
    "elevenlabs": elevenlabs,
    "stability": stability,
}
"""All others."""
CONCLUDES: Mapping[str, Concludes] = {"chat_video": chat_video}
"""Of those with events, whose words have to be read to their end to know what was made."""
PROTOCOLS: Mapping[str, Speaks] = {**STREAMS, **LATER, **AT_ONCE}


def later_for(protocol: str, capability: Capability) -> Later | None:
    """Whom to ask after a task of that capability; None where there are none."""
    return None if protocol in FILMS_LATER and capability != "video" else LATER.get(protocol)
