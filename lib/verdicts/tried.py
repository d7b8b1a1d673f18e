"""What would be concluded of a connection by one climb of its ladder alone, saved or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lib.calls.route import place_of
from lib.checks.trial import Trial
from lib.verdicts.judging import Facts, verdicts
from lib.vocabulary import Evidence, Verdict


@dataclass(frozen=True, slots=True)
class Tried:
    """Each rung's evidence, the verdicts that would hold, and the models to choose from: the key's own, else listed."""

    connection: str
    steps: tuple[Evidence, ...]
    verdicts: tuple[Verdict, ...]
    models: tuple[str, ...]


def tried(trial: Trial, steps: Sequence[Evidence]) -> Tried:
    """Judges a trial by the rules that hold for what is saved."""
    one = trial.connection
    place = place_of(one)
    own, listing = trial.key_models(one.id), trial.listing(place)
    listed = listing.value.by_name if listing else {}
    facts = Facts(
        now=datetime.now(UTC),
        configuration=trial.configuration(),
        evidence=steps,
        key_models={one.id: (own.at, own.value)} if own else {},
        listings={place: listed},
    )
    models = tuple(entry.model for entry in own.value) if own else tuple(listed)
    return Tried(one.id, tuple(steps), verdicts(facts), models)


def passed(facts: Facts, connection_id: str, steps: Sequence[Evidence]) -> tuple[Verdict, ...]:
    """What a saved connection may be really called for after a climb whose every rung passed, or has no free endpoint.

    Whatever an earlier call showed: a new one is how to know whether it is still so. Nothing where a rung failed.
    """
    found = verdicts(replace(facts, evidence=steps)) if steps else ()
    mine = (one for one in found if one.connection == connection_id and one.model)
    return tuple(one for one in mine if one.state in ("usable", "untested"))
