"""Tables as CSV that a spreadsheet opens as text and figures, never as formulas. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as something else: Chinese as noise."""
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a formula may begin, full-width signs included, which an East Asian Excel takes for the narrow ones (OWASP, "CSV
Injection")."""
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

Field = str | int | float | None


def sheet(head: Sequence[str], rows: Iterable[Sequence[Field]]) -> str:
    """The table; None is an empty field."""
    return "".join(lines(head, rows))


def lines(head: Sequence[str], rows: Iterable[Sequence[Field]]) -> Iterator[str]:
    """The same line by line, as they are asked for."""
    yield BOM + _line(head)
    yield from map(_line, rows)


def _line(row: Sequence[Field]) -> str:
    out = StringIO()
    csv.writer(out).writerow(map(inert, row))
    return out.getvalue()


def inert(field: Field) -> str:
    """A field that no spreadsheet computes: what could begin a formula begins with an apostrophe, but for numbers."""
    text = "" if field is None else str(field).replace("\x00", "")
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text
