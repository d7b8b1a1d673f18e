"""How APIs have stood, one strip each: tall while it was up, low while it was not, pale while nobody had asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from html import escape
from typing import TYPE_CHECKING, Any

from babel.dates import format_datetime

from lib.i18n import N_, Language
from lib.verdicts.judging import CALL_EVIDENCE_HOLDS, preference
from lib.verdicts.standing import Standing, Stood
from ui import charts
from ui.theme import Group, look
from ui.words import first, language, stretch, t, zone

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

FILLS: Mapping[Group, str] = {
    "works": "27, 153, 108", "wait": "194, 126, 0", "yours": "66, 121, 214", "theirs": "214, 72, 63",
    "unknown": "120, 129, 143",
}  # fmt: skip
"""By group, red, green and blue: 3 : 1 and more on both backgrounds."""
SOLID, PALE = 0.5, 0.14
"""Of a fill, so that the words on it are read in light and dark; its edge is whole."""
UP, DOWN = 0.52, 0.34
"""Heights, of a row's."""
ROW_PX, AXIS_PX = 56, 30
MOST = 8
"""Strips that are drawn; the list below tells the rest."""
FIRST_SHARE = 4
"""How long it stood as it does at the left may take a fourth of the strip: it is the changes that are looked for."""
NOW_SHARE = 24
"""What holds now has so much of the strip at the right at least, however short it has."""
LETTER_PX, NARROW_PX = 6.5, 310
"""What a letter takes, and what a strip has on a narrow screen."""
TICKS = 5
STEPS = (
    *(timedelta(minutes=n) for n in (1, 5, 15, 30)), *(timedelta(hours=n) for n in (1, 3, 6, 12)),
    *(timedelta(days=n) for n in (1, 2, 7, 14, 30, 90, 180, 365)),
)  # fmt: skip
"""Between two times on the axis."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One line: the models that stood alike, and how."""

    models: tuple[str, ...]
    stood: tuple[Stood, ...]


def draw(found: Standing, key: str) -> None:
    """The strips of some APIs; nothing where nothing was ever asked."""
    drawn = strips(found)
    if not drawn:
        return
    alt = ". ".join(f"{_name(one)}: {'; '.join(map(_told, one.stood))}" for one in drawn)
    charts.draw(_figure(drawn), f"{key}_strips", alt)


def strips(found: Standing) -> list[Strip]:
    """One for all that stood alike, the best first."""
    alike: dict[tuple[Stood, ...], dict[str, None]] = {}
    for verdict, stood in sorted(found, key=lambda one: preference(one[0])):
        if stood:
            alike.setdefault(stood, {})[verdict.model or verdict.connection] = None
    return [Strip(tuple(models), stood) for stood, models in alike.items()][:MOST]


def begin(drawn: Sequence[Strip]) -> datetime:
    """Where the axis begins: with the first that is known, or not long before the first change."""
    since = min(one.stood[0].since for one in drawn)
    now = max(one.stood[-1].until for one in drawn)
    changes = [later.since for one in drawn for later in one.stood[1:]]
    return max(since, min(changes) - (now - min(changes)) / (FIRST_SHARE - 1)) if changes else since


def ticks(since: datetime, until: datetime, zone: tzinfo, language: Language) -> list[tuple[datetime, str]]:
    """A few times on the axis with their words, by the reader's clock and days; the middle where no minute begins."""
    step = next((one for one in STEPS if (until - since) / one <= TICKS), STEPS[-1])
    found = list(_clock(since, until, step, zone)) or [since + (until - since) / 2]
    return [(at, _tick(at, zone, language)) for at in found]


def _tick(at: datetime, zone: tzinfo, language: Language) -> str:
    """The hour; at midnight the day."""
    midnight = not any((at.astimezone(zone).hour, at.astimezone(zone).minute))
    pattern = {"zh_CN": "M月d日", "en": "d MMM"}[language] if midnight else "HH:mm"
    return format_datetime(at, pattern, tzinfo=zone, locale=language)


def _clock(since: datetime, until: datetime, step: timedelta, zone: tzinfo) -> Iterator[datetime]:
    """Every so long from midnight on, by the clock of the zone."""
    at = since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    while at <= until:
        if at >= since:
            yield at
        at += step


def _figure(drawn: Sequence[Strip]) -> Figure:
    import plotly.graph_objects as go

    since, now = begin(drawn), max(one.stood[-1].until for one in drawn)
    edge = now + (now - since) / NOW_SHARE
    figure = go.Figure()
    for row, one in enumerate(drawn):
        _words(figure, escape(_name(one)), x=0, xref="paper", xanchor="left", y=row - 0.44)
        for part in one.stood:
            until = edge if part.until == now else part.until
            if until > since:
                _draw(figure, part, row, (max(part.since, since), until), edge - since)
    named = ticks(since, now, zone(), language())
    figure.update_layout(
        height=ROW_PX * len(drawn) + AXIS_PX, margin={"l": 0, "r": 0, "t": 0, "b": AXIS_PX}, dragmode=False,
        barmode="overlay", showlegend=False, hovermode="closest",
    )  # fmt: skip
    figure.update_xaxes(
        range=[since.timestamp(), edge.timestamp()], tickvals=[at.timestamp() for at, _ in named],
        ticktext=[text for _, text in named], tickangle=0, fixedrange=True, zeroline=False, gridcolor=charts.GRID,
    )  # fmt: skip
    figure.update_yaxes(range=[len(drawn) - 0.68, -0.66], visible=False, fixedrange=True)
    return figure


def _draw(figure: Figure, part: Stood, row: int, drawn: tuple[datetime, datetime], whole: timedelta) -> None:
    """One time of a strip, pale from an hour after it was last seen on, with its word where there is room for it."""
    shown, (since, until) = look(part.state, part.proof), drawn
    height = UP if shown.group == "works" else DOWN
    middle = row + UP / 2 - height / 2
    asked = until if _is_fresh(part) else max(since, _stale_from(part))
    for start, end, strength in ((since, asked, SOLID), (asked, until, PALE)):
        if start < end:
            figure.add_bar(
                x=[(end - start).total_seconds()], base=[start.timestamp()], y=[middle], width=[height],
                orientation="h", hovertext=_told(part), hoverinfo="text",
                marker={"color": f"rgba({FILLS[shown.group]}, {strength})",
                        "line": {"color": f"rgb({FILLS[shown.group]})", "width": 1}},
            )  # fmt: skip
    word = t(shown.word)
    if charts.width(word) * LETTER_PX < (until - since) / whole * NARROW_PX:
        _words(figure, word, x=(since + (until - since) / 2).timestamp(), y=middle)


def _stale_from(part: Stood) -> datetime:
    return part.since if part.seen_at is None else part.seen_at + CALL_EVIDENCE_HOLDS


def _is_fresh(part: Stood) -> bool:
    """Whether it was seen within the hour all the while."""
    return _stale_from(part) >= part.until


def _words(figure: Figure, text: str, **where: Any) -> None:
    figure.add_annotation(text=text, showarrow=False, **{"xanchor": "center", "yanchor": "middle"} | where)


def _name(one: Strip) -> str:
    """The best of a strip's models, and how many more there are."""
    return first(one.models, 1)


def _told(part: Stood) -> str:
    """What one time of a strip says in words."""
    said = f"{t(look(part.state, part.proof).word)} · {stretch(part.since, part.until)}"
    if part.seen_at is None or _is_fresh(part):
        return said
    last = t(N_("last seen {time}"), time=stretch(part.seen_at, part.seen_at))
    return f"{said} · {last}"
