"""Makes a model's words safe and cheap to draw. Pure.

What a model says is untrusted: no image is loaded from it, no Streamlit directive obeyed, a link leads to http(s) only
and shows its host: such a link is written anew, and the marks of every other link or definition are broken. Raw HTML is
never allowed where this is drawn. Fenced code is cut out and drawn as code, so it needs no cleaning; what is left is
cleaned in every place, whether or not it looks like code, since two Markdown readers never agree wholly on that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote, urlsplit, urlunsplit

SHOWN_MAX = 120
ZERO_WIDTH = "\u200b"

FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})[ \t]*(?P<language>[\w+#.-]*)[^`\n]*")
LIST_ITEM = re.compile(r"([-*+]|\d{1,9}[.)])\s")
CODE_SPAN = re.compile(r"((?<!`)(`{1,8})(?!`).{1,20000}?(?<!`)\2(?!`))", re.DOTALL)
LABEL = r"\[(?P<label>(?:[^\[\]\\\n]|\\.|\[[^\[\]\n]{0,200}\]){0,500}+)\]"
URL = r"[^\s<>()]{0,1800}(?:\([^\s()<>]{0,200}\)[^\s<>()]{0,200})?"
TARGET = r"\(\s{0,9}<?(?P<url>" + URL + r")>?(?:\s{1,9}[\"'(][^\n]{0,300}?[\"')])?\s{0,9}\)"
TAIL = r"\](?P<mark>[(:])"
"""What makes a link of the brackets before it, or a definition that links and images far away may refer to."""
LINK = re.compile(r"(?P<image>!?)" + LABEL + TARGET + "|" + TAIL)
BREAK = re.compile(TAIL)
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{0,31});")
ENTITY = re.compile(r"&(?=#?\w+;)")
HOST = re.compile(r"[a-z0-9.-]+")
PLAIN_LABEL = re.compile(r"[\w .,:/-]*")
ADDRESS_MARKS = "/:?#@!&*+,;=%~"
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns a text's direction: it could show another host than the one a link leads to."""
LOWER = 3
"""The level at which an answer's own headings begin: the page has those above."""
HEADING = re.compile(r"^([ ]{0,3})(#{1,4})(?=\s)", re.MULTILINE)
BEFORE_STRONG = re.compile(r"(?<=[^\w\s*])\*\*(?=\w)")
AFTER_STRONG = re.compile(r"(?<=\w)\*\*(?=[^\w\s*])")
"""Where CommonMark sees no strong text since a mark of punctuation touches it, as in Chinese: `**注意：**这里`."""
MATHS = re.compile(
    r"\\\((?P<inline>[^\n]{1,500}?)\\\)|\\\[(?P<display>.{1,2000}?)\\\]|\\\$|\$\$.{1,2000}?\$\$"
    r"|\$(?=[^\s$])[^$\n]{0,500}?(?<=[^\s\\$])\$(?![\d$])|\$",
    re.DOTALL,
)
"""A formula: `\\(…\\)`, `\\[…\\]`, `$$…$$`, or `$…$` by pandoc's rule, by which "$5 to $10" is none."""
IMAGE_MARK = re.compile(r"!(?=\[)")
DIRECTIVE = re.compile(r":(?=[A-Za-z][\w-]*[\[/])")
BARE = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[\w-])", re.IGNORECASE)
"""Within a bare address or an e-mail's: the browser's Markdown makes links of them after it has read all escapes."""


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
    lines = TURNING.sub("", re.sub(r"\r\n?", "\n", prose))
    parts = CODE_SPAN.split(HEADING.sub(lambda found: found[1] + "#" * (LOWER - 1 + len(found[2])), lines))
    return "".join(
        _inert(part) if kind == 1 else _plain(part, image) for i, part in enumerate(parts) if (kind := i % 3) != 2
    )


def _inert(code: str) -> str:
    """Breaks the marks of links, images and directives by a character of no width: the code looks the same."""
    unlinked = BREAK.sub("]" + ZERO_WIDTH + r"\g<mark>", code)
    return DIRECTIVE.sub(":" + ZERO_WIDTH, IMAGE_MARK.sub("!" + ZERO_WIDTH, unlinked))


def _plain(prose: str, image: str) -> str:
    meant = MATHS.sub(_maths, BEFORE_STRONG.sub(ZERO_WIDTH + "**", AFTER_STRONG.sub("**" + ZERO_WIDTH, prose)))
    linked = LINK.sub(lambda match: _broken(match) if match["mark"] else _link(match, image), meant)
    # Entities, not backslashes: a backslash before ours would make ours a literal and free the mark again.
    return DIRECTIVE.sub("&#58;", IMAGE_MARK.sub("&#33;", linked))


def _maths(match: re.Match[str]) -> str:
    """A formula in dollars, however it was marked; a dollar that marks none as itself."""
    if match["inline"] is not None:
        return f"${match['inline'].strip()}$"
    if match["display"] is not None:
        return f"$${match['display']}$$"
    return "&#36;" if match[0] == "$" else match[0]


def _broken(match: re.Match[str]) -> str:
    return f"]&#{ord(match['mark'])};"


def _link(match: re.Match[str], image: str) -> str:
    """The host stands last in the label: wherever Markdown sees the label begin, the host is in it."""
    label, host = match["label"], host_of(match["url"])
    if match["image"]:
        return f"({image}: {_bare(label)} {code(match['url'])})"
    if not host:
        return f"{_bare(label)} {code(match['url'])}"
    shown = label if _shows(label, host) else f"{BREAK.sub(_broken, label)} ({host})"
    return f"[{shown}]({_address(match['url'])})"


def _shows(label: str, host: str) -> bool:
    """Whether a label without any mark of Markdown has the host as a word of its own, alone or in an address."""
    words = (word.removeprefix("https://").removeprefix("http://") for word in label.lower().split())
    return PLAIN_LABEL.fullmatch(label) is not None and host in (word.partition("/")[0] for word in words)


def _address(target: str) -> str:
    """The http(s) address that a link's target means, so written that Markdown and browser read it alike; or empty."""
    try:
        parts = urlsplit(ESCAPED.sub(lambda match: match[1] or unescape(match[0]), target))
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
        place = host if parts.port is None else f"{host}:{parts.port}"
    except (ValueError, UnicodeError):
        return ""
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(host):
        return ""
    address = quote(urlunsplit(parts._replace(netloc=place)), ADDRESS_MARKS, errors="replace")
    return ENTITY.sub("&amp;", address)


def host_of(target: str) -> str:
    """The host that an http(s) address leads to, in ASCII; empty for every other address."""
    return urlsplit(_address(target)).hostname or ""


def _bare(text: str) -> str:
    return re.sub(r"[\[\]`!:<>\\]", " ", text).strip()


def code(text: str) -> str:
    """A name or an address in the type of code, cut to a length that can be shown; empty for nothing."""
    shown = text if len(text) <= SHOWN_MAX else text[:SHOWN_MAX] + "…"
    return _inert("`" + shown.replace("`", "'") + "`") if shown else ""


def literal(text: str) -> str:
    """Words of a server or a user as they stand, with nothing in them that Markdown would obey or lead anywhere."""
    unlinked = BARE.sub(ZERO_WIDTH, " ".join(text.split()))
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~<>$:&])", r"\\\1", unlinked)


def whole(words: str) -> str:
    """Words that no line break parts at a space: an amount stays with its currency."""
    return words.replace(" ", "\u00a0")


def option(name: str) -> str:
    """A label of a segmented control or of tabs in a quiet colour: the chosen one's own can't be read on its tint."""
    return f":gray[{literal(name)}]"
