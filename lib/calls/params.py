"""A call's parameters as people type them."""

from __future__ import annotations

import json
from typing import cast

from lib.wire import Json
from lib.wire.answers import parsed


def typed(text: str) -> Json:
    """The JSON value in a text. Raises ValueError for anything that couldn't be sent as JSON again: besides what isn't
    JSON, NaN and Infinity, numbers too great, and halves of a surrogate pair.
    """
    value = cast(Json, parsed(text, float))
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return value
