"""One listed API, opened: its verdict, what to do, its prices with their arithmetic, its groups, and its evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import streamlit as st

from lib.cost.price import Price
from lib.cost.relay import working
from lib.engine import Engine
from lib.i18n import N_
from lib.providers import capabilities_of, listed_as_chat
from lib.verdicts.judging import best_of
from lib.verdicts.prices import Priced
from lib.verdicts.views import Row
from lib.vocabulary import Verdict
from lib.wire.newapi import ListedApi
from ui import chips, opened
from ui.listed import Listed
from ui.markdown import code, literal
from ui.prices import SOURCES, WHY_UNPRICED, arithmetic, markup_words, price_words, tiers_words
from ui.theme import look
from ui.words import ago, capability, t

HERE = "row"


def draw(engine: Engine, listed: Listed, place: str) -> None:
    """All of it. What is asked for in it (a check) is drawn in it."""
    row = listed.one.row
    found = [v for v in engine.verdicts() if v.model == row.model and v.connection in row.connections]
    best = best_of([v for v in found if v.connection == row.connection])
    opened.verdict(row.state, row.proof, row.why)
    checked = t(N_("checked {ago}"), ago=ago(row.checked_at)) if row.checked_at else ""
    chips.facts((listed.capabilities, literal(listed.maker), _vendor(row, listed.maker), checked))
    if best is None:
        opened.add_a_key(row.maker, HERE)
    else:
        opened.actions(engine, best, row.maker, HERE)
        _others(found, best)
    _prices(engine, listed.one, place)
    if row.api is not None:
        _how_listed(engine, row.api, place)
    if best is not None:
        called = {(row.model, v.capability) for v in found if v.connection == best.connection}
        opened.rests_on(engine, best.connection, called, HERE)


def _vendor(row: Row, maker: str) -> str:
    """The vendor the list names, where that isn't the maker's own name."""
    vendor = row.api.vendor if row.api else ""
    return "" if not vendor or vendor in maker else t(N_("listed as of {vendor}"), vendor=literal(vendor))


def _others(found: Sequence[Verdict], best: Verdict) -> None:
    """How the same model stands by other connections."""
    bests = {v.connection: v for v in sorted(found, key=lambda v: v.connection) if v.connection != best.connection}
    if bests:
        told = [f"{name}: {t(look(v.state, v.proof).word)}" for name, v in bests.items()]
        chips.facts((t(N_("By other connections:")), *told))


def _prices(engine: Engine, one: Priced, place: str) -> None:
    chips.heading(t(N_("Prices")))
    st.markdown("  \n".join(_lines(one)))
    if one.price is None and one.unpriced is not None:
        st.caption(t(WHY_UNPRICED[one.unpriced]))
    if lines := _arithmetic(engine, one, place):
        st.caption("  \n".join(map(literal, lines)))


def _lines(one: Priced) -> list[str]:
    here = t(N_("Here: {price}"), price=literal(price_words(one.price, one.unpriced)))
    official = t(N_("Official: {price}"), price=literal(price_words(one.official)))
    lines = [
        f"{here} ({t(SOURCES[one.price.source])})" if one.price else here, *_tiers(one.price),
        official, *_tiers(one.official),
    ]  # fmt: skip
    if one.markup is not None:
        lines.append(t(N_("Mark-up: {share}"), share=literal(markup_words(one.markup))))
    return lines


def _tiers(price: Price | None) -> Iterator[str]:
    return map(literal, tiers_words(price.tiers, price.currency)) if price else iter(())


def _arithmetic(engine: Engine, one: Priced, place: str) -> Sequence[str]:
    """How the relay's price comes about."""
    api, listing = one.row.api, engine.known.listing(place)
    if api is None or listing is None or not _by_list(one.price):
        return ()
    how = working(api, _group(engine, one.row), listing.value, engine.known.status(place))
    return tuple(arithmetic(how)) if how else ()


def _by_list(price: Price | None) -> bool:
    return price is not None and price.source == "relay"


def _group(engine: Engine, row: Row) -> str | None:
    return engine.configuration().connection(row.connection).group if row.connection else None


def _how_listed(engine: Engine, api: ListedApi, place: str) -> None:
    """Groups with what they pay, those not open to the user told; and the ways it is spoken to."""
    listing = engine.known.listing(place)
    ratios = listing.value.group_ratio if listing else {}
    if api.groups:
        chips.heading(t(N_("Groups")))
        chips.facts(_group_words(name, ratios.get(name) if ratios else None, bool(ratios)) for name in api.groups)
    if api.endpoints:
        chips.heading(t(N_("Endpoints")))
        chips.facts(map(code, api.endpoints))
    if listed_as_chat(api.model, api.endpoints):
        made = ", ".join(map(capability, capabilities_of(api.model, api.endpoints)))
        told = N_("The relay lists it under chat. Going by its name it is for {made}, and is used for that.")
        st.caption(t(told, made=made))


def _group_words(name: str, ratio: Decimal | None, told: bool) -> str:
    if ratio is not None:
        return f"{literal(name)} × {ratio:f}"
    return t(N_("{group}: not open to you"), group=literal(name)) if told and name != EVERY else literal(name)


EVERY = "all"
"""new-api's own word for every group."""
