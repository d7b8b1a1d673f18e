"""The capability matrix as it is shown: which cells fit the filters, in which groups of rows, with which words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lib.i18n import N_
from lib.verdicts.prices import Range
from lib.verdicts.views import Cell, Members, Pair
from lib.vocabulary import CAPABILITIES, Capability, State
from ui.grid import Button, Group, Line
from ui.prices import range_words
from ui.theme import BILLING, look
from ui.words import ago, capability, count, maker, t, worded

SELF_EVIDENT: frozenset[State] = frozenset({"usable", "not_configured"})
"""States whose reason is said in full only when asked for."""
GROUPS: tuple[tuple[str, str], ...] = (
    ("works", N_("Works now")),
    ("set_up", N_("Set up, but not working")),
    ("none", N_("Not set up")),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asks for; nothing asked, everything fits. `text` is in lower case."""

    text: str = ""
    states: Collection[str] = ()
    capabilities: Collection[str] = ()


def fitting(cells: Sequence[Cell], members: Mapping[Pair, Members], asked: Wanted) -> list[Cell]:
    """The cells that fit: by state, by capability, and by a part of the provider's name or of a model's."""
    return [
        cell
        for cell in cells
        if (not asked.states or cell.state in asked.states)
        and (not asked.capabilities or cell.capability in asked.capabilities)
        and (not asked.text or _names(cell, members[cell.provider, cell.capability], asked.text))
    ]


def _names(cell: Cell, members: Members, text: str) -> bool:
    named = (cell.provider, maker(cell.provider), *members.models)
    return any(text in name.casefold() for name in named)


def group_of(cells: Sequence[Cell]) -> str:
    """To which group of rows a provider belongs, by all of its cells."""
    if any(cell.state == "usable" for cell in cells):
        return "works"
    return "set_up" if any(cell.connection for cell in cells) else "none"


def drawn(
    cells: Sequence[Cell], shown: Sequence[Cell], prices: Mapping[Pair, Sequence[Range]]
) -> tuple[list[str], list[Group]]:
    """The head of the table and its rows in groups. Rows and columns without any shown cell are left out."""
    columns = [name for name in CAPABILITIES if any(cell.capability == name for cell in shown)]
    of_provider: dict[str, list[Cell]] = {}
    for cell in cells:
        of_provider.setdefault(cell.provider, []).append(cell)
    visible = {(cell.provider, cell.capability) for cell in shown}
    rows: dict[str, list[Line]] = {}
    for provider, mine in of_provider.items():
        if any((provider, name) in visible for name in columns):
            rows.setdefault(group_of(mine), []).append(_line(provider, mine, columns, visible, prices))
    head = [t(N_("Provider")), *(capability(name) for name in columns)]
    return head, [Group(t(title), rows[name]) for name, title in GROUPS if name in rows]


def _line(
    provider: str,
    mine: Sequence[Cell],
    columns: Sequence[Capability],
    visible: Collection[Pair],
    prices: Mapping[Pair, Sequence[Range]],
) -> Line:
    by_capability = {cell.capability: cell for cell in mine}

    def place(name: Capability) -> Button | Literal[""] | None:
        cell = by_capability.get(name)
        if cell is None:
            return None
        return _button(cell, prices.get((provider, name), ())) if (provider, name) in visible else ""

    return Line(maker(provider), [place(name) for name in columns])


def _button(cell: Cell, prices: Sequence[Range]) -> Button:
    seen, why = look(cell.state, cell.proof), worded(cell.why)
    return Button(
        id=f"{cell.provider}.{cell.capability}",
        name=capability(cell.capability),
        icon=seen.icon,
        word=t(seen.word),
        colour=seen.colour,
        quiet=seen.quiet,
        notes=tuple(filter(None, (
            _share(cell), t(BILLING[prices[0].unit if prices else cell.billing]),
            range_words(prices[0], unit=False) if prices else "", _age(cell),
        ))),
        why=why.message,
        told=cell.state not in SELF_EVIDENT,
    )  # fmt: skip


def counted(cell: Cell) -> str:
    """`12 of 40 · per call`; without models what it would bill by."""
    return " · ".join(filter(None, (_share(cell), t(BILLING[cell.billing]))))


def _share(cell: Cell) -> str:
    if not cell.listed:
        return ""
    return t(N_("{usable} of {listed}"), usable=count(cell.usable), listed=count(cell.listed))


def _age(cell: Cell) -> str:
    return ago(cell.checked_at) if cell.checked_at else ""
