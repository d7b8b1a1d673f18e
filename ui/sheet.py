"""Tables as CSV that a spreadsheet opens as text and figures, never as formulas. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""
FORMULA = re.compile(r"[\s]*[=+\-@\t\r]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")

Field = str | int | float | None


def sheet(head: Sequence[str], rows: Iterable[Sequence[Field]]) -> str:
    """The table; None is an empty field."""
    out = StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(map(inert, head))
    writer.writerows([inert(one) for one in row] for row in rows)
    return out.getvalue()


def inert(field: Field) -> str:
    """A field that no spreadsheet computes: what could begin a formula begins with an apostrophe, but for numbers."""
    text = "" if field is None else str(field).replace("\x00", "")
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text
