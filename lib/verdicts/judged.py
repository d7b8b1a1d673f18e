"""Facts and all that is concluded of them, each conclusion drawn when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from lib.verdicts.judging import Facts, verdicts
from lib.verdicts.openings import Opening, openings
from lib.verdicts.overview import Overview, overview
from lib.verdicts.views import Cell, Members, Pair, Row, catalogue, matrix, members
from lib.vocabulary import Verdict


class Judged:
    """Holds for as long as the basis of its facts does."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.basis = facts.basis
        self._catalogues: dict[str, tuple[Row, ...]] = {}
        self._matrices: dict[str | None, tuple[Cell, ...]] = {}
        self._members: dict[str | None, Mapping[Pair, Members]] = {}

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict there is."""
        return verdicts(self.facts)

    @cached_property
    def overview(self) -> Overview:
        """What can be used right now, what can't and why."""
        rows = [row for place in self.facts.places for row in self.catalogue(place)]
        return overview(self.facts, self.verdicts, rows, self.matrix())

    def members(self, place: str | None = None) -> Mapping[Pair, Members]:
        """What belongs in each cell of the matrix; of one place alone where it is named."""
        if place not in self._members:
            self._members[place] = members(self.facts, self.verdicts, place)
        return self._members[place]

    def matrix(self, place: str | None = None) -> tuple[Cell, ...]:
        """Provider × capability; of one place alone where it is named."""
        if place not in self._matrices:
            self._matrices[place] = matrix(self.facts, self.members(place))
        return self._matrices[place]

    def openings(self, today: date) -> tuple[Opening, ...]:
        """What a key would open for each provider that no connection reaches."""
        listed = {one.id: self.catalogue(f"relay:{one.id}") for one in self.facts.configuration.relays}
        return openings(self.members(), listed, today)

    def catalogue(self, place: str) -> tuple[Row, ...]:
        """Every API listed at a place."""
        if place not in self._catalogues:
            self._catalogues[place] = catalogue(place, self.facts, self.verdicts)
        return self._catalogues[place]
