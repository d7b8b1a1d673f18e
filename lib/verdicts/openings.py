"""What a new key would open: for each provider that no connection reaches, by itself or through a relay. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lib.providers import Provider, providers
from lib.verdicts.views import ANY, Members, Pair, Row, billing_of
from lib.vocabulary import BillingUnit, Capability


@dataclass(frozen=True, slots=True)
class Opening:
    """One way to a provider: its own API (`relay` None), or a relay that lists what it makes.

    `models` by capability: those listed; at its own API the usual one, where our data name one. `billing`: what that
    bills by.
    """

    provider: str
    relay: str | None
    models: Mapping[Capability, tuple[str, ...]]
    billing: tuple[BillingUnit, ...]


def openings(
    cells: Mapping[Pair, Members], listed: Mapping[str, Sequence[Row]], today: date
) -> tuple[Opening, ...]:
    """The ways to what no connection reaches, provider by provider in the order of display.

    `cells`: what belongs in each cell of the matrix; `listed`: each relay's catalogue, by the relay's id.
    """
    reached = {provider for (provider, _), found in cells.items() if found.found}
    missing = [one for one in providers().values() if one.id not in reached and one.id != ANY]
    return tuple(way for one in missing for way in ways(one, listed, today))


def ways(one: Provider, listed: Mapping[str, Sequence[Row]], today: date) -> Iterator[Opening]:
    """The ways to one provider: its own API, without what it has retired, then the relays that list it."""
    own = {
        name: (offer.default_model,) if offer.default_model else ()
        for name, offer in one.capabilities.items()
        if offer.retired_on is None or offer.retired_on > today
    }
    if one.base_url and own:
        yield Opening(one.id, None, own, _once(one.capabilities[name].billing for name in own))
    for relay, rows in listed.items():
        made = [(name, row) for row in rows if row.maker == one.id and row.api for name in row.capabilities]
        models: dict[Capability, tuple[str, ...]] = {}
        for name, row in made:
            models[name] = (*models.get(name, ()), row.model)
        if models:
            yield Opening(one.id, relay, models, _once(billing_of(one.id, name, row.api) for name, row in made))


def _once(units: Iterable[BillingUnit]) -> tuple[BillingUnit, ...]:
    return tuple(dict.fromkeys(units))
