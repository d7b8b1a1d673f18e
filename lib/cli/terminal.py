"""The one way to the terminal for all that isn't JSON: what a model or a server says moves nothing there."""

from __future__ import annotations

import re

import click

HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters (C0, DEL, C1) but for tab and line break, what overrides direction, halves of pairs."""


def harmless(text: str) -> str:
    """A text in which each character that a terminal would obey, or couldn't write, is shown as `�`."""
    return HARMFUL.sub("\ufffd", text.replace("\r\n", "\n"))


def say(text: str) -> None:
    """Writes to stdout, in as many lines as the text has."""
    click.echo(harmless(text))


def tell(message: str) -> None:
    """Writes to stderr, in one line."""
    click.echo(harmless(" ".join(message.split())), err=True)
