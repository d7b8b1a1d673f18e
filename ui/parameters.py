"""What a parameter is called in its field, in the reader's words; the API's own name is said in a line below. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lib.i18n import N_
from ui.markdown import code, literal
from ui.words import t

NAMES: Mapping[str, str] = {
    "size": N_("Size"), "quality": N_("Quality"), "n": N_("How many"), "background": N_("Background"),
    "output_format": N_("Format"), "response_format": N_("Format"), "style": N_("Style"), "style_preset": N_("Style"),
    "aspect_ratio": N_("Aspect ratio"), "aspectRatio": N_("Aspect ratio"), "image_size": N_("Resolution"),
    "imageSize": N_("Resolution"), "resolution": N_("Resolution"), "negative_prompt": N_("What to leave out"),
    "seed": N_("Random seed"), "strength": N_("Change (0 to 1)"), "mode": N_("Speed mode"),
    "task_id": N_("Task id"), "index": N_("Picture (1 to 4)"), "custom_id": N_("Button id"),
    "seconds": N_("Length (seconds)"), "duration": N_("Length (seconds)"), "durationSeconds": N_("Length (seconds)"),
    "enhance_prompt": N_("Improve the prompt"), "hd": N_("High definition"), "private": N_("Keep it private"),
    "with_audio": N_("With sound"), "voice": N_("Voice"), "speed": N_("Speed (1 is normal)"),
    "instructions": N_("How to speak"), "language": N_("Language (such as en)"),
    "language_code": N_("Language (such as en)"), "title": N_("Title"), "tags": N_("Style of music"),
    "mv": N_("Suno version"), "make_instrumental": N_("Without singing"), "dimensions": N_("Length of the vector"),
    "target_lang": N_("Into"), "source_lang": N_("From language"), "formality": N_("Formality"),
    "temperature": N_("Randomness"), "top_p": N_("Choice of words"), "max_tokens": N_("Longest answer (tokens)"),
}  # fmt: skip
"""By the name in the API: message ids, short enough for a narrow field."""


def label(name: str) -> str:
    """A parameter in the reader's words; one that has none is called as in the API."""
    return t(NAMES[name]) if name in NAMES else literal(name)


def api_names(names: Iterable[str]) -> str:
    """`In the API: Size size, Quality quality`: for who writes others by hand or reads its documentation."""
    return t(N_("In the API: {names}"), names=" · ".join(f"{label(one)} {code(one)}" for one in names))
