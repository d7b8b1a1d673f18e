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
SAME_IN_BOTH = frozenset({"DNS {ms} ms", "TLS {ms} ms"})
"""Proper nouns that need no translation."""

SAYING = {
    "title", "header", "subheader", "markdown", "caption", "text", "write", "badge", "metric", "button", "link_button",
    "download_button", "popover", "expander", "selectbox", "segmented_control", "text_input", "text_area",
    "number_input", "file_uploader", "status", "spinner", "toast", "info", "success", "warning", "error", "dialog",
    "page_link", "checkbox", "toggle", "radio", "slider", "tabs", "Page", "multiselect", "pills", "select_slider",
    "date_input", "time_input", "datetime_input", "chat_input", "form_submit_button", "progress",
    "menu_button", "Column", "TextColumn", "NumberColumn", "CheckboxColumn", "SelectboxColumn",
    "MultiselectColumn", "DatetimeColumn", "DateColumn", "TimeColumn", "ListColumn", "LinkColumn", "ProgressColumn",
    "BarChartColumn", "LineChartColumn", "AreaChartColumn", "JsonColumn", "ImageColumn",
}
"""Streamlit's functions whose texts are seen."""
UNSEEN = {
    "key", "icon", "type", "on_click", "on_change", "width", "height", "language", "color", "vertical_alignment",
    "file_name", "mime", "url_path", "label_visibility", "state", "gap", "chart_type", "autocomplete",
    "alignment", "format", "timezone", "default",
}
NAMES = {"cURL", "Python", "Relayscope"}
MARKUP = re.compile(r"\S+\.py$|:material/\w+:|:[a-z]+\[|`[^`]*`|\{[^}]*\}|https?://\S+|<[^>]*>?|^\nconst [\s\S]*")


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
    if isinstance(node, ast.Subscript):
        node = node.value  # what stands in brackets is a key
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    for child in ast.iter_child_nodes(node):
        yield from constants(child)


def is_loose(text: str) -> bool:
    """Whether a string has words in it that nobody translates."""
    return re.search(r"[^\W\d_]{2}", MARKUP.sub("", text)) is not None and text.strip(" ·") not in NAMES


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
        if is_loose(text)
    ]
    assert loose == []


SEEN = {
    "label", "help", "placeholder", "title", "title_text", "page_title", "xaxis_title", "yaxis_title", "hovertemplate",
}  # fmt: skip
"""Parameters whose strings are seen, of whatever function."""
COLUMNS = re.compile(r"column", re.IGNORECASE)
"""In the name of what maps a table's columns to their heads."""


def heads(tree: ast.AST) -> Iterator[ast.expr]:
    """The values of every dict that heads a table's columns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "column_config":
            named = [node.value]
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            named = [node.value] if COLUMNS.search(" ".join(map(ast.unparse, targets))) else []
        else:
            continue
        yield from (value for one in named if isinstance(one, ast.Dict) for value in one.values)


@pytest.mark.parametrize("path", pages(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_column_and_no_chart_speaks_past_the_catalogue(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    seen = (node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in SEEN)
    found = (one for value in (*heads(tree), *seen) for one in constants(value))
    assert [(line, text) for line, text in found if is_loose(text)] == []


SENTENCE = re.compile(r"[A-Za-z]{2,} [a-z]{2,}|[\u4e00-\u9fff]")
UNTRANSLATED = {
    "a page broke: %s at %s",  # the server's own log
    "中文", "y年M月d日", "M月d日",  # the same in every language, or only of one
    "(?<=[0-9\u4e00-\u9fff])(?=[\u4e00-\u9fff])",
}  # fmt: skip


def sentences(node: ast.AST) -> Iterator[tuple[int, str]]:
    """The strings with several words or Chinese, but for message ids, docstrings and what a programmer reads."""
    is_marked = isinstance(node, ast.Call) and ast.unparse(node.func) == "N_"
    if is_marked or isinstance(node, ast.Raise | ast.Assert):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and SENTENCE.search(MARKUP.sub("", node.value)):
        yield node.lineno, node.value
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):  # a docstring
            yield from sentences(child)


@pytest.mark.parametrize("path", pages(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_sentence_stands_anywhere_but_in_the_catalogue(path: Path) -> None:
    found = [(line, text) for line, text in sentences(ast.parse(path.read_text("utf-8"))) if text not in UNTRANSLATED]
    assert found == []


@pytest.mark.parametrize(
    "code",
    ['st.dataframe(x, column_config={"a": "Price"})', 'columns = {"a": "Price"}', 'st.dataframe(x, help="Price")'],
)
def test_a_head_that_nobody_translates_is_found(code: str) -> None:
    tree = ast.parse(code)
    seen = (node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in SEEN)
    assert [text for value in (*heads(tree), *seen) for _, text in constants(value)] == ["Price"]
