"""The guides of `docs/`, cut into what a page draws: prose, headings, places for the user's own examples. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from lib.i18n import Language

DOCS = Path(__file__).parents[1] / "docs"
FOLDERS: Mapping[Language, str] = {"zh_CN": "zh", "en": "en"}
GUIDES = ("MISCONCEPTIONS", "GPTBEST_TOKEN_GUIDE", "API_INTEGRATION_GUIDE", "VIDEO_API_CONFIG_GUIDE")
"""By the names of their files, in the order in which a newcomer needs them."""

MARK = re.compile(r"<!-- live: (?P<name>\w+) -->")
"""A place for an example of the user's own; GitHub shows nothing there."""
IN_OTHER_LANGUAGE = re.compile(r"\[[^\]]+\]\(\.\./\w+/\w+\.md\)")
"""The line that leads to the same guide in the other language: here the reader's language decides."""
TO_GUIDE = re.compile(r"\]\((?P<name>\w+)\.md\)")


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown without headings."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """The beginning of a part; `anchor` is the same in every language."""

    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to copy."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of Markdown. On a narrow screen a table within prose would be cut off, so it is an element of its own."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def listed(self) -> Iterator[str]:
        """The rows as items of a Markdown list, each cell under its column's name."""
        for name, *cells in self.rows:
            told = (f"{head}: {cell}" if head else cell for head, cell in zip(self.head[1:], cells, strict=True))
            yield "  \n  ".join((f"- **{name}**", *told))


@dataclass(frozen=True, slots=True)
class Live:
    """A place for the example of that name (`ui.live`)."""

    name: str


Kind = Literal["prose", "heading", "code", "fence", "row", "mark"]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    kind: Kind


Part = Prose | Heading | Code | Table | Live


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide in one language."""

    title: str
    parts: tuple[Part, ...]

    @property
    def headings(self) -> tuple[Heading, ...]:
        """What a table of contents names."""
        return tuple(part for part in self.parts if isinstance(part, Heading))


@cache
def guide(name: str, language: Language) -> Guide:
    """The guide of that name; its links to other guides lead to them on this page."""
    text = (DOCS / FOLDERS[language] / f"{name}.md").read_text(encoding="utf-8")
    title, _, body = text.partition("\n")
    return Guide(title.removeprefix("# ").strip(), tuple(_parts(body)))


def _parts(body: str) -> Iterator[Part]:
    """Neighbouring lines of one kind make a part; each heading and mark is one of its own."""
    headings = 0
    for kind, lines in groupby(_lines(body), key=lambda line: line.kind):
        texts = [line.text for line in lines]
        if kind == "heading":
            for text in texts:
                headings += 1
                yield Heading(text.removeprefix("## ").strip(), f"part-{headings}")
        elif kind == "mark":
            yield from (Live(MARK.sub(r"\g<name>", text.strip())) for text in texts)
        elif kind == "code":
            yield Code("\n".join(texts))
        elif kind == "row":
            head, _, *rows = map(_cells, texts)
            yield Table(head, tuple(rows))
        elif kind == "prose" and (prose := "\n".join(texts).strip()):
            yield Prose(prose)


def _lines(body: str) -> Iterator[_Line]:
    """Every line with its kind; a shell's comment looks like a heading, but stands in code."""
    inside = False
    for text in body.splitlines():
        if text.startswith("```"):
            inside = not inside
            yield _Line(text, "fence")
        elif inside:
            yield _Line(text, "code")
        elif not IN_OTHER_LANGUAGE.fullmatch(text.strip()):
            yield _Line(TO_GUIDE.sub(r"](?guide=\g<name>)", text), _kind(text))


def _kind(text: str) -> Kind:
    if MARK.fullmatch(text.strip()):
        return "mark"
    return "heading" if text.startswith("## ") else "row" if text.startswith("|") else "prose"


def _cells(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.strip().strip("|").split("|"))
