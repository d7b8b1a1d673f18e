"""What tables share: how high they are, and how an empty cell looks."""

from __future__ import annotations

HEAD_PX, LINE_PX = 38, 35
EMPTY = "–"
"""What stands in a cell without a value."""


def height(rows: int, most: int) -> int:
    """Pixels for so many rows, and no more than `most`: the rest is scrolled to."""
    return min(HEAD_PX + LINE_PX * rows, most)
