"""Makes a model's words safe and cheap to draw. Pure.

What a model says is untrusted: no image is loaded from it, no Streamlit directive obeyed, a link leads to http(s) only
and shows its host. Raw HTML is never allowed where this is drawn. Fenced code is cut out and drawn as code, so it
needs no cleaning; what is left is cleaned in every place, whether or not it looks like code, since two Markdown
readers never agree wholly on that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

SHOWN_MAX = 120
ZERO_WIDTH = "\u200b"

FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[\w+#.-]*)[^`\n]*")
LIST_ITEM = re.compile(r"([-*+]|\d{1,9}[.)])\s")
CODE_SPAN = re.compile(r"((?<!`)(`{1,8})(?!`).{1,20000}?(?<!`)\2(?!`))", re.DOTALL)
LABEL = r"\[(?P<label>(?:[^\[\]\\\n]|\\.|\[[^\[\]\n]{0,200}\]){0,500})\]"
URL = r"[^\s<>()]{0,1800}(?:\([^\s()<>]{0,200}\)[^\s<>()]{0,200})?"
TARGET = r"\(\s*<?(?P<url>" + URL + r")>?(?:\s+[\"'(][^\n]{0,300}?[\"')])?\s*\)"
LINK = re.compile(r"(?P<image>!?)" + LABEL + TARGET)
DEFINITION = re.compile(r"^([ \t>*+\-\d.)]*)\[(?=(?:[^\]\\]|\\.){0,999}\]:)", re.MULTILINE)
IMAGE_MARK = re.compile(r"!(?=\[)")
DIRECTIVE = re.compile(r":(?=[A-Za-z][\w-]*[\[/])")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an answer, drawn as an element of its own. `language` is None for prose, "" for plain code."""

    text: str
    language: str | None = None


def settled(text: str) -> int:
    """How many of an answer's first blocks stay as they are however it goes on: a line not yet whole may still turn."""
    return max(0, len(blocks(text[: text.rfind("\n") + 1])) - 1)


def blocks(text: str) -> list[Block]:
    """Cuts an answer into paragraphs and fenced code."""
    found: list[Block] = []
    lines = iter(text.replace("\r\n", "\n").split("\n"))
    prose: list[str] = []
    for line in lines:
        fence = FENCE.fullmatch(line)
        if fence:
            found += _paragraphs(prose)
            prose = []
            found.append(Block("\n".join(_until(fence["mark"], lines)), fence["language"]))
        else:
            prose.append(line)
    return found + _paragraphs(prose)


def _until(mark: str, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        bare = line.strip()
        if len(bare) >= len(mark) and not bare.strip(mark[0]):
            return
        yield line


def _paragraphs(lines: list[str]) -> list[Block]:
    """Splits at blank lines, but never inside a list, under an indent, or inside a formula."""
    found: list[list[str]] = [[]]
    for line in lines:
        starts_anew = line.strip() and not line[0].isspace() and not LIST_ITEM.match(line)
        formula_is_open = sum(part.count("$$") for part in found[-1]) % 2
        if starts_anew and found[-1] and not found[-1][-1].strip() and not formula_is_open:
            found.append([])
        found[-1].append(line)
    return [Block(body) for part in found if (body := "\n".join(part).strip("\n"))]


def safe(prose: str, image: str) -> str:
    """Prose that may be drawn as Markdown. `image` is the word that stands for a picture which isn't loaded."""
    parts = CODE_SPAN.split(prose)
    return "".join(
        _inert(part) if kind == 1 else _plain(part, image) for i, part in enumerate(parts) if (kind := i % 3) != 2
    )


def _inert(code: str) -> str:
    """Breaks the marks of images and directives by a character of no width: the code looks the same."""
    return DIRECTIVE.sub(":" + ZERO_WIDTH, IMAGE_MARK.sub("!" + ZERO_WIDTH, code))


def _plain(prose: str, image: str) -> str:
    linked = LINK.sub(lambda match: _link(match, image), prose)
    undefined = DEFINITION.sub(r"\1&#91;", linked)
    # Entities, not backslashes: a backslash before ours would make ours a literal and free the mark again.
    return DIRECTIVE.sub("&#58;", IMAGE_MARK.sub("&#33;", undefined))


def _link(match: re.Match[str], image: str) -> str:
    label, url = match["label"], match["url"]
    host = host_of(url)
    if match["image"]:
        return f"({image}: {_bare(label)} {code(url)})"
    if not host:
        return f"{_bare(label)} {code(url)}"
    return f"[{label}]({url})" if host in label else f"[{label} ({host})]({url})"


def host_of(url: str) -> str:
    """The host that an http(s) address leads to, in ASCII; empty for every other address."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "") if parts.scheme in ("http", "https") else ""
        return host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""


def _bare(text: str) -> str:
    return re.sub(r"[\[\]`!:<>\\]", " ", text).strip()


def code(text: str) -> str:
    """A name or an address in the type of code, cut to a length that can be shown; empty for nothing."""
    shown = text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…"
    return _inert("`" + shown.replace("`", "'") + "`") if shown else ""


def literal(text: str) -> str:
    """Words of a server or a user as they stand, with nothing in them that Markdown would obey."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])", r"\\\1", " ".join(text.split()))
