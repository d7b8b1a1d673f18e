"""Makes `tests/data/litellm_modes.json`: model names with what a public price list says they are for.

The list is LiteLLM's `model_prices_and_context_window_backup.json` (MIT, BerriAI), read from its package, which is
neither imported nor a dependency of ours. In an environment of its own:

    uv run --isolated --no-project --with litellm python tests/labels/read_litellm.py

A key is a route and a name (`azure/eu/gpt-4o`, `1024-x-1024/50-steps/stability.stable-diffusion-xl-v1`): the name is
what follows the last slash, lower-cased and without a region before it, as a relay lists it; where a host's names are
paths, it is the path without the steps that say only what host, size or quality is paid for.

Left out: what states no mode; what names no model: patterns, price categories (`fireworks-ai-up-to-4b`), bare words
(`container`, `erase`, `auto`: what a host does); and, counted in the file, names whose entries contradict each other
(speech at one host, chat at another) or themselves (chat whose
stated output is images, or whose price is by image).
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

PACKAGE = "litellm"
LIST = "litellm/model_prices_and_context_window_backup.json"
MADE = Path(__file__).parents[1] / "data" / "litellm_modes.json"

CAPABILITY: Mapping[str, str] = {
    "chat": "text",
    "completion": "text",
    "responses": "text",
    "embedding": "embedding",
    "image_generation": "image",
    "image_edit": "image_edit",
    "audio_transcription": "transcription",
    "audio_speech": "speech",
    "video_generation": "video",
}
"""LiteLLM's modes that are capabilities of ours; the others (rerank, moderation, ocr, search, realtime …) are none."""

NAMED_BY_PATH = ("fal_ai", "aiml")
"""Hosts whose names are paths: `flux/dev`, `bria/text-to-image/3.2`."""
PAID_FOR = re.compile(r"(fal_ai|fal-ai|aiml|low|medium|high|xhigh|max|standard|hd|\d+-x-\d+)")
"""Steps of such a path that are no part of the name."""
REGION = re.compile(r"^(us|eu|apac|global|jp|au|us-gov)\.")
NO_MODEL = re.compile(r"\*|^[a-z_]*$|^(fireworks-ai|together-ai)-(default|up-to|above|moe|embedding|\d)")
"""Patterns, bare words, and the price categories of the two hosts that bill by a model's size."""
WRITES = frozenset({"text", "code", "audio"})
"""The outputs that a text model may state, text being one of them: some speak too."""


def main() -> None:
    """Write the file anew from the installed package."""
    package = distribution(PACKAGE)
    entries = json.loads(Path(str(package.locate_file(LIST))).read_text("utf-8"))
    names, contradicted = labelled(entries)
    about = {
        "source": f"{LIST} of the package {PACKAGE}",
        "version": package.version,
        "read": datetime.now(UTC).date().isoformat(),
        "license": "MIT, Copyright (c) 2023 Berri AI",
        "made_by": "tests/labels/read_litellm.py",
        "contradicted": contradicted,
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(modes)}" for name, modes in sorted(names.items()))
    head = f'"about": {json.dumps(about, indent=1)},\n"capability": {json.dumps(CAPABILITY, indent=1)}'
    MADE.write_text(f'{{{head},\n"modes": {{\n{lines}\n}}}}\n', "utf-8")
    sys.stdout.write(f"{len(names)} names, {contradicted} left out that contradict themselves\n")


def labelled(entries: Mapping[str, Mapping[str, Any]]) -> tuple[dict[str, list[str]], int]:
    """The modes of each name, and how many names were left out because what is said of them contradicts itself."""
    found: dict[str, set[str]] = defaultdict(set)
    doubtful = set()
    for key, entry in entries.items():
        name, mode = name_of(key, entry.get("litellm_provider", "")), entry.get("mode")
        if mode and " " not in mode and not NO_MODEL.search(name):
            found[name].add(mode)
            doubtful |= {name} if contradicts(mode, entry) else set()
    doubtful |= {name for name, modes in found.items() if len(meanings(modes)) > 1}
    return {name: sorted(modes) for name, modes in found.items() if name not in doubtful}, len(doubtful)


def contradicts(mode: str, entry: Mapping[str, Any]) -> bool:
    """Whether a mode of text is stated beside outputs that aren't text, answers of no token, or a price of no token."""
    outputs = set(entry.get("supported_output_modalities") or ["text"])
    priced = [field for field in entry if "_cost_per_" in field]
    by_token = not priced or any("token" in field for field in priced)
    makes_text = {"text"} <= outputs <= WRITES and entry.get("max_output_tokens") != 0 and by_token
    return CAPABILITY.get(mode) == "text" and not makes_text


def meanings(modes: set[str]) -> set[str]:
    """What modes are for: image and image editing count as one, since many models do both."""
    return {CAPABILITY.get(mode, "").removesuffix("_edit") for mode in modes}


def name_of(key: str, provider: str) -> str:
    """The name in a key, as a relay lists it."""
    steps = key.lower().split("/")
    if provider in NAMED_BY_PATH:
        return "/".join(step for step in steps if not PAID_FOR.fullmatch(step))
    return REGION.sub("", steps[-1])


if __name__ == "__main__":
    main()
