"""Every parameter with a field has a name that a reader understands, and no two fields of a form are named alike."""

from __future__ import annotations

from collections import Counter

import pytest

from lib.providers.forms import Form, forms
from ui import asking, compare_form, text_form
from ui.made import largest
from ui.parameters import NAMES


def test_every_field_has_a_name() -> None:
    drawn = {field.name for form in forms() for field in form.fields} | {*text_form.NUMBERS, *compare_form.NUMBERS}
    assert drawn == set(NAMES)


@pytest.mark.parametrize("form", forms(), ids=lambda form: f"{form.capabilities[0]}-{form.protocols[0]}")
def test_no_two_fields_of_a_form_are_named_alike(form: Form) -> None:
    assert [name for name, times in Counter(NAMES[one.name] for one in form.fields).items() if times > 1] == []


@pytest.mark.parametrize(
    ("protocol", "model", "offered"),
    [
        ("suno", "suno_lyrics", ["lyrics"]),  # its price is that of lyrics: music must not go by it
        ("suno", "suno_music", ["generate", "lyrics", "extend"]),
        ("suno", "chirp-v4", ["generate", "lyrics", "extend"]),
    ],
)
def test_a_model_named_after_an_operation_does_that_one(protocol: str, model: str, offered: list[str]) -> None:
    assert asking.narrowed(asking.operations("music", protocol), model) == offered


@pytest.mark.parametrize(
    ("vector", "shown"),
    [
        ([0.0, 0.5, 0.0, -0.7], [(2, 0.5), (4, -0.7)]),
        ([0.0] * 20, []),
        ([0.01 * n for n in range(20)], [(n + 1, 0.01 * n) for n in range(12, 20)]),
    ],
)
def test_of_a_vector_the_largest_numbers_are_shown(vector: list[float], shown: list[tuple[int, float]]) -> None:
    assert largest(vector) == shown
