"""Every word a user sees has its Chinese, no translation is left over, and no page says anything past the catalogue."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir

from lib.i18n import catalogue, choose, translator

ROOT = Path(__file__).parents[1]
FOLDERS = ("lib", "ui", "pages")
SAME_IN_BOTH: frozenset[str] = frozenset()
"""Proper nouns that need no translation."""

SAYING = {
    "title", "header", "subheader", "markdown", "caption", "text", "write", "badge", "metric", "button", "link_button",
    "download_button", "popover", "expander", "selectbox", "segmented_control", "text_input", "text_area",
    "number_input", "file_uploader", "status", "spinner", "toast", "info", "success", "warning", "error", "dialog",
    "page_link", "checkbox", "toggle", "radio", "slider", "tabs", "Page",
}
"""Streamlit's functions whose texts are seen."""
UNSEEN = {
    "key", "icon", "type", "on_click", "on_change", "width", "height", "language", "color", "vertical_alignment",
    "file_name", "mime", "url_path", "label_visibility", "state", "gap", "chart_type", "autocomplete",
}
NAMES = {"cURL", "Python"}
MARKUP = re.compile(r"\S+\.py$|:material/\w+:|:[a-z]+\[|`[^`]*`|\{[^}]*\}|https?://\S+")


def said() -> dict[str, set[str]]:
    """Every message id in the code, with the files it is in."""
    found: dict[str, set[str]] = {}
    for folder in FOLDERS:
        for name, _, message, *_ in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords={"t": None, "N_": None}
        ):
            found.setdefault(str(message), set()).add(f"{folder}/{name}")
    return found


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_everything_said_has_its_chinese() -> None:
    chinese = catalogue("zh_CN")
    assert {message: files for message, files in said().items() if not chinese.get(message)} == {}


def test_no_translation_is_left_over() -> None:
    assert set(catalogue("zh_CN")) - set(said()) == set()


def test_every_message_is_translated_once() -> None:
    text = (ROOT / "lib" / "i18n" / "zh_CN.po").read_text("utf-8")
    entries = re.findall(r'^msgid ((?:".*"\n)+)', text, re.MULTILINE)
    assert [entry for entry, times in Counter(entries).items() if times > 1] == []


def test_chinese_is_not_english() -> None:
    same = {message for message, chinese in catalogue("zh_CN").items() if message == chinese}
    assert same - SAME_IN_BOTH == set()


def test_a_translation_keeps_its_parameters() -> None:
    pairs = catalogue("zh_CN").items()
    assert [(message, chinese) for message, chinese in pairs if fields(chinese) != fields(message)] == []


@pytest.mark.parametrize(
    ("asked", "language"),
    [("zh", "zh_CN"), ("zh-CN", "zh_CN"), ("zh_TW.UTF-8", "zh_CN"), ("ZH-hans", "zh_CN"), ("en-GB", "en"),
     ("de", "en"), ("C.UTF-8", "en"), ("", "en"), (None, "en")],
)
def test_the_closest_language_is_chosen(asked: str | None, language: str) -> None:
    assert choose(asked) == language


def test_parameters_are_filled_and_never_obeyed() -> None:
    t = translator("en")
    assert t("There is no call {id}.", id="{0.__class__}") == "There is no call {0.__class__}."
    assert t("There is no call {id}.") == "There is no call {id}."


def pages() -> list[Path]:
    return sorted([*(ROOT / "pages").glob("*.py"), *(ROOT / "ui").glob("*.py")])


def spoken(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords if keyword.arg not in UNSEEN)


def constants(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings of an expression that don't go through a function of their own."""
    if isinstance(node, ast.Call):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    for child in ast.iter_child_nodes(node):
        yield from constants(child)


@pytest.mark.parametrize("path", pages(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_speaks_past_the_catalogue(path: Path) -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SAYING
        and ast.unparse(node.func.value) != "log"
    ]
    loose = [
        (line, text)
        for call in calls
        for expression in spoken(call)
        for line, text in constants(expression)
        if re.search(r"[^\W\d_]{2}", MARKUP.sub("", text)) and text not in NAMES
    ]
    assert loose == []
