"""How long a recording is, by what its file says of itself."""

from __future__ import annotations

import io
import math


def length(data: bytes) -> int | None:
    """Seconds, rounded up; None where the file doesn't say, or is none that is known. Slow when first asked."""
    from tinytag import TinyTag, TinyTagException

    try:
        found = TinyTag.get(file_obj=io.BytesIO(data), tags=False).duration
    except TinyTagException:
        return None
    return math.ceil(found) if found else None
