"""Parameters as people type them: strict JSON, or an error."""

from __future__ import annotations

import pytest

from lib.calls.params import typed
from lib.wire import Json


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("7", 7), ("true", True), ("null", None), ('"a"', "a"), ('["END"]', ["END"]),
     ('"\\ud83d\\ude00"', "😀")],
)
def test_json_is_read(text: str, value: Json) -> None:
    assert typed(text) == value


@pytest.mark.parametrize(
    "text",
    ["", "a", "NaN", "Infinity", "-Infinity", '{"a": NaN}', "1e999", "[1e999]", '"\\ud800"', "9" * 10_000,
     "[" * 100_000],
    ids=lambda text: text[:20],
)
def test_what_could_not_be_sent_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        typed(text)
