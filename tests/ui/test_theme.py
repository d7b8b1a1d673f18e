"""Every state has an icon and a word of its own group, and the theme has its colours."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import get_args

import pytest

from lib.vocabulary import ErrorState, State, Status
from ui.theme import COLOURS, ICON, STATES, STATUSES, look

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"


def states() -> set[str]:
    """Every state of an API and every fault of a call."""
    return {name for part in get_args(ErrorState) for name in ([part] if isinstance(part, str) else get_args(part))}


def test_every_state_has_a_look() -> None:
    assert set(STATES) == states() | set(get_args(State))


def test_every_status_has_a_look() -> None:
    assert set(STATUSES) == set(get_args(Status))


def test_a_real_call_is_told_apart_from_the_free_checks() -> None:
    assert look("usable", "call").word != look("usable", "ladder").word
    assert look("usable", "call").icon != look("usable", "ladder").icon


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_theme_has_a_colour_for_every_group(scheme: str) -> None:
    theme = tomllib.loads(CONFIG.read_text("utf-8"))["theme"][scheme]
    assert {f"{colour}TextColor" for colour in COLOURS.values()} <= set(theme)


def test_the_tabs_icon_is_our_own_and_fetched_from_nowhere() -> None:
    assert ICON.startswith("<svg ")
    assert "href" not in ICON
