"""docs/causes.md, made from the table: what each cause looks like on the wire."""

from __future__ import annotations

from collections.abc import Iterator

from lib.causes import remembered, words
from lib.i18n import translator
from tests.scenarios.row import Row
from tests.scenarios.server import Answer
from tests.scenarios.table import EXPECTED, ROWS

PAGE = "docs/causes.md"
EXCERPT = 200
"""Characters of a body that are shown."""
HEAD = f"""# What each cause looks like

Made by `python -m tests.scenarios` from the table in `tests/scenarios/`, which runs in the tests: {len(ROWS)} rows,
each played by a server over real HTTP and judged by the real engine. *Check* is a free test, which sends nothing that
could be billed; *call* a real call, which is sent once; *unpaid* a call that lacks what must be there and so has to be
refused before anything is made, at one-api and new-api after they have let in key, model and channel. The rules are
data in `lib/causes/rules.py`, the words in `lib/causes/rows.py`. As sources, *wire.md* and *users.md* are this
project's reference sheets of what real servers answer, made from their sources, documentation and issue threads;
*contract.md* and *design.md* are its own. Where a source tells a status and a code but no sentence, the sentence here
is made up, and no rule rests on it.
"""
NOBODY = Answer(0)
COLUMNS = "| Server | What happens | By | HTTP | Body | Source |\n|---|---|---|---|---|---|"


def page() -> str:
    """The whole document."""
    return "\n".join([HEAD, *(_section(code) for code in EXPECTED)])


def _section(code: str) -> str:
    state, whose_move, _ = EXPECTED[code]
    worded = words(remembered(code, {}), translator("en"))
    said = f"State `{state}`, move: {whose_move}. {worded.message} *{worded.remedy}*"
    return "\n".join([f"## {code}\n", f"{said}\n", COLUMNS, *_lines(code), ""])


def _lines(code: str) -> Iterator[str]:
    for row in ROWS:
        if row.code == code:
            by = f"{row.by}, {row.capability}"
            yield f"| {row.flavour} | {_cell(row.fault)} | {by} | {_status(row)} | {_body(row)} | {_cell(row.source)} |"


def _status(row: Row) -> str:
    told = row.telling if row.call or row.answers else NOBODY
    return str(told.status) if told.status and told.stops != 0 else "none"


def _body(row: Row) -> str:
    text = " ".join(row.telling.text[: row.telling.stops].split())
    return f"`{_cell(text[:EXCERPT])}{'…' if len(text) > EXCERPT else ''}`" if text else "(empty)"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")
