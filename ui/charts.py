"""Charts in the app's one look: built with plotly's graph_objects, drawn by Streamlit's own theme in light and dark.

Times are categories, the user's days as the ledger has them: an axis of dates would be shifted to UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

SERIES = ("#3366CC", "#E07B00", "#1B998B", "#B5447C", "#7A5CC2", "#8C6D31", "#4D9DE0", "#6B7280")
ZERO = "rgba(128, 136, 148, 0.55)"
GRID = "rgba(128, 136, 148, 0.18)"
"""Seen on both backgrounds."""
HEIGHT = 300
DIRECT = 6
"""From so many series on there is a legend; fewer are named beside the last bar."""
LABEL = 26
"""Characters of a name beside the bars."""
BESIDE = 16
"""Letters beyond which a name beside the bars would leave them no room on a narrow screen."""
BAR, PARTS_PX = 0.44, 56
"""Of a bar made of parts: its share of its row, and the row's height."""
TICKS, SPREAD = 7, 4
"""So many bars are all named on the axis; of more, so many."""
NAMES_ROOM = 45
"""Letters of names beside one another that a narrow screen has room for."""


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of a chart. `key` is what a click means, `told` the values as the hover has them."""

    key: str
    name: str
    values: Sequence[float]
    told: Sequence[str]
    colour: str


def bars(
    x: Sequence[str], series: Sequence[Series], unit: str, short: Mapping[str, str], *, named: bool = True
) -> Figure:
    """Bars side by side, stacked in the order given. `short`: an x as its axis names it; `named`: the series too."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for one in series:
        figure.add_bar(
            x=list(x), y=list(one.values), name=_name(one.name), marker_color=one.colour, marker_line_width=0,
            customdata=[[one.key, escape(told)] for told in one.told],
            hovertemplate="%{x}<br>" + _name(one.name) + ": %{customdata[1]}<extra></extra>",
        )  # fmt: skip
    _dress(figure, unit)
    ticks = _spread(x, short)
    figure.update_layout(barmode="stack", bargap=0.25 if len(x) > TICKS else 0.6)
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=list(x), tickvals=ticks,
                        ticktext=[short[tick] for tick in ticks], tickangle=0, showgrid=False)  # fmt: skip
    if named:
        _named(figure, series)
    return figure


def steps(times: Sequence[Sequence[str]], series: Sequence[Series], unit: str) -> Figure:
    """Lines that hold a value until the next, each with times of its own: of the reader's zone, without an offset."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for x, one in zip(times, series, strict=True):
        figure.add_scatter(
            x=list(x), y=list(one.values), name=_name(one.name), mode="lines+markers", line={"shape": "hv", "width": 2},
            marker={"size": 6}, line_color=one.colour, customdata=[escape(told) for told in one.told],
            hovertemplate="%{x|%Y-%m-%d %H:%M}<br>" + _name(one.name) + ": %{customdata}<extra></extra>",
        )  # fmt: skip
    _dress(figure, unit)
    figure.update_layout(showlegend=True, margin={"l": 0, "r": 8, "t": 40, "b": 24})
    figure.update_xaxes(tickformat="%m-%d<br>%H:%M", nticks=TICKS)
    minutes = {at[: len("2026-11-26 08:30")]: at for at in sorted((at for x in times for at in x), reverse=True)}
    if len(minutes) <= SPREAD:
        figure.update_xaxes(tickvals=sorted(minutes.values()))  # else the axis names one minute several times
    return figure


def lying(names: Sequence[str], series: Sequence[Series], unit: str) -> Figure:
    """Bars that lie, the first on top, each with its value beside it; several series beside one another."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for one in series:
        figure.add_bar(
            y=[_name(name) for name in names], x=list(one.values), name=_name(one.name), orientation="h",
            marker_color=one.colour, text=[escape(told) for told in one.told], textposition="outside", cliponaxis=False,
            hovertemplate="%{y}<br>" + _name(one.name) + ": %{text}<extra></extra>",
        )  # fmt: skip
    _dress(figure, unit)
    figure.update_layout(
        barmode="group", bargap=0.3, height=90 + 26 * len(names) * max(1, len(series)), showlegend=len(series) > 1,
        margin={"l": 0, "r": 60, "t": 30, "b": 40},
        xaxis={"title": {"text": unit}}, yaxis={"title": None, "autorange": "reversed", "showgrid": False},
    )
    return figure


def parts(names: Sequence[str], series: Sequence[Series], wholes: Sequence[str], unit: str) -> Figure:
    """Bars that lie, each made of its parts in the order given, with its name above it and the whole beside it."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for one in series:
        figure.add_bar(
            y=list(range(len(names))), x=list(one.values), name=_name(one.name), orientation="h",
            marker_color=one.colour, width=BAR, customdata=[escape(told) for told in one.told],
            hovertemplate=_name(one.name) + ": %{customdata}<extra></extra>",
        )  # fmt: skip
    _dress(figure, "")
    figure.update_layout(
        barmode="stack", height=PARTS_PX * len(names) + 96, showlegend=True,
        margin={"l": 0, "r": 8 + 8 * max(map(width, wholes), default=0), "t": 40, "b": 40},
        xaxis={"title": {"text": unit}}, yaxis={"visible": False, "range": [len(names) - 0.6, -0.8]},
    )  # fmt: skip
    for row, (name, whole) in enumerate(zip(names, wholes, strict=True)):
        end = sum(one.values[row] for one in series)
        aside: dict[str, Any] = {"showarrow": False, "xanchor": "left"}
        figure.add_annotation(
            x=0, xref="paper", y=row - BAR / 2, yanchor="bottom", text=_name(name), **aside
        )
        figure.add_annotation(x=end, xshift=4, y=row, yanchor="middle", text=escape(whole), **aside)
    return figure


def draw(figure: Figure, key: str, alt: str, on_select: Callable[[], None] | None = None) -> None:
    """Draws a chart without its tools; `on_select` is called when a bar is clicked."""
    selecting: dict[str, Any] = {"on_select": on_select, "selection_mode": "points"} if on_select else {}
    st.plotly_chart(figure, key=key, theme="streamlit", config={"displayModeBar": False}, alt=alt, **selecting)


def clicked(key: str) -> str | None:
    """The key of the bar that was clicked in a chart; None where nothing was."""
    state = st.session_state.get(key)
    points = state["selection"]["points"] if state else []
    data = points[0].get("customdata") if points else None
    return str(data[0]) if data else None


def width(text: str) -> int:
    """How wide a text is, in letters; a Chinese character is two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def _name(text: str) -> str:
    """Plotly obeys some HTML; names come from servers."""
    return escape(_cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= LABEL else text[: LABEL - 1] + "…"


def _dress(figure: Figure, unit: str) -> None:
    figure.update_layout(
        height=HEIGHT, margin={"l": 0, "r": 0, "t": 12, "b": 24}, dragmode=False, hovermode="closest",
        clickmode="event+select", showlegend=False,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        yaxis={"title": {"text": unit}},
    )  # fmt: skip
    axis = {"zeroline": True, "zerolinewidth": 1, "zerolinecolor": ZERO, "gridcolor": GRID, "fixedrange": True}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis, rangemode="tozero")
    figure.update_layout(yaxis_exponentformat="none", yaxis_separatethousands=True)  # never "120µ" of a currency


def _named(figure: Figure, series: Sequence[Series]) -> None:
    """Names beside the bars, from the top of the stack down, or a legend where they are many."""
    names = [_cut(one.name) for one in series]
    wide = max(map(width, names), default=0)
    if len(series) >= DIRECT or wide > BESIDE:
        figure.update_layout(showlegend=True, margin_t=48)
        return
    figure.update_layout(margin_r=28 + 7 * wide)
    for place, (one, name) in enumerate(zip(series, names, strict=True)):
        figure.add_annotation(
            xref="paper", yref="paper", x=1.01, y=0.1 + 0.13 * place, xanchor="left", yanchor="middle",
            text=f'<span style="color:{one.colour}">■</span> {escape(name)}', showarrow=False,
        )  # fmt: skip


def _spread(x: Sequence[str], short: Mapping[str, str]) -> list[str]:
    """Those that are named: all, or where they are too many or their names too long a few, the first and last of them.
    """
    if len(x) <= SPREAD or (len(x) <= TICKS and sum(len(short[one]) for one in x) <= NAMES_ROOM):
        return list(x)
    return [x[round(n * (len(x) - 1) / (SPREAD - 1))] for n in range(SPREAD)]
