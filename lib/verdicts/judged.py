"""Facts and all that is concluded of them, each conclusion drawn when it is first asked for."""

from __future__ import annotations

from functools import cached_property

from lib.verdicts.judging import Facts, verdicts
from lib.verdicts.overview import Overview, overview
from lib.verdicts.views import Cell, Row, catalogue, matrix
from lib.vocabulary import Verdict


class Judged:
    """Holds for as long as the basis of its facts does."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.basis = facts.basis

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict there is."""
        return verdicts(self.facts)

    @cached_property
    def overview(self) -> Overview:
        """What can be used right now, what can't and why."""
        return overview(self.facts, self.verdicts)

    @cached_property
    def matrix(self) -> tuple[Cell, ...]:
        """Provider × capability."""
        return matrix(self.facts, self.verdicts)

    def catalogue(self, place: str) -> tuple[Row, ...]:
        """Every API listed at a place."""
        return catalogue(place, self.facts, self.verdicts)
