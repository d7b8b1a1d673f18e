"""What the user has configured, as frozen values: relays with their lines, connections, prices of his own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from lib.errors import WrongUse
from lib.i18n import N_
from lib.vocabulary import BillingUnit, Capability

WRONG_USE = "wrong_use"
"""The type of pydantic's errors that carry a message id of ours (`message`, `params`) in their context."""


def wrong(message: str, **params: str) -> PydanticCustomError:
    """A message id as an error that pydantic gives a place."""
    return PydanticCustomError(WRONG_USE, "{message}", {"message": message, "params": params})


ID_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"
BY_TOKEN = N_("{where}: a price by token has either an amount, or input (and output, cached_input).")
BY_UNIT = N_("{where}: a price by {unit} has an amount, and nothing by token.")
EMPTY_TIER = N_("{where}: a tier names at least one price beside above, such as input.")
SAME_TIER = N_("{where}: two of its tiers have the same above.")
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Amount = Annotated[Decimal, Field(ge=0, max_digits=24)]


class Model(BaseModel):
    """Immutable, knows no other fields, never repeats what it was given in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Line(Model):
    """One of a relay's interchangeable addresses."""

    id: Id
    name: Name
    base_url: str


class Relay(Model):
    """A relay, its lines, and the one in use."""

    id: Id
    name: Name
    preset: Id | None = None
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    line: Id

    @property
    def chosen(self) -> Line:
        """The line in use."""
        return self.named(self.line)

    def named(self, line_id: str) -> Line:
        """The line of that id; raises `WrongUse`."""
        found = next((line for line in self.lines if line.id == line_id), None)
        if found is None:
            raise WrongUse(N_("The relay {relay} has no line {id}."), relay=self.id, id=line_id)
        return found


class TokenRates(Model):
    """Prices of a million tokens of each kind; of `lib.cost.price.Price` the fields of the same names."""

    input: Amount | None = None
    output: Amount | None = None
    cached_input: Amount | None = None
    cached_audio: Amount | None = None
    cached_image: Amount | None = None
    cache_write: Amount | None = None
    cache_write_1h: Amount | None = None
    input_audio: Amount | None = None
    input_image: Amount | None = None
    output_audio: Amount | None = None
    output_image: Amount | None = None

    @property
    def rates(self) -> dict[str, Decimal]:
        """Those that are named."""
        found: dict[str, Decimal | None] = {name: getattr(self, name) for name in TokenRates.model_fields}
        return {name: rate for name, rate in found.items() if rate is not None}


class _Above(Model):
    above: Annotated[int, Field(ge=0, le=2**53)]


class OwnTier(TokenRates, _Above):
    """What costs otherwise from more than `above` tokens of input on."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.rates:
            raise wrong(EMPTY_TIER)
        return self


class _Sold(Model):
    model: Name
    unit: BillingUnit
    amount: Amount | None = None


class OwnPrice(TokenRates, _Sold):
    """What the user says a model costs: `amount` per call, image, second or character, or per 1M tokens.

    By token the kinds may differ; an `amount` alone holds for all of them. `valid_from`: it holds since that day (UTC);
    of several for one model the latest does.
    """

    currency: Annotated[str, StringConstraints(pattern=CURRENCY_PATTERN)] = "USD"
    valid_from: date | None = None
    tiers: Annotated[tuple[OwnTier, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _fits_its_unit(self) -> Self:
        by_token = bool(self.rates or self.tiers)
        if self.unit == "token" and (self.amount is None) is (self.input is None):
            raise wrong(BY_TOKEN)
        if self.unit != "token" and (self.amount is None or by_token):
            raise wrong(BY_UNIT, unit=self.unit)
        if self.tiers and len({tier.above for tier in self.tiers}) < len(self.tiers):
            raise wrong(SAME_TIER)
        return self


class Connection(Model):
    """A provider, an address and what its key is for. Absent `capabilities` and `models`: all that is found.

    `bound`: the addresses its key was saved for. `key_tail`: the key's last four characters. `anew_since`: when what
    it is for changed, so that what calls of its id did before says nothing of it; None: never.
    """

    id: Id
    provider: Id
    relay: Id | None = None
    base_url: str | None = None
    capabilities: Annotated[tuple[Capability, ...], Field(min_length=1)] | None = None
    group: Name | None = None
    models: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    prices: tuple[OwnPrice, ...] = ()
    protocol: Name | None = None
    bound: tuple[str, ...] = ()
    key_tail: str = ""
    anew_since: AwareDatetime | None = None


class Configuration(Model):
    """All relays and connections, in the user's order."""

    relays: tuple[Relay, ...] = ()
    connections: tuple[Connection, ...] = ()

    def connection(self, id: str) -> Connection:
        """The connection of that id; raises `WrongUse`."""
        found = next((one for one in self.connections if one.id == id), None)
        if found is None:
            raise WrongUse(N_("There is no connection {id}."), id=id)
        return found

    def relay(self, id: str) -> Relay:
        """The relay of that id; raises `WrongUse`."""
        found = next((one for one in self.relays if one.id == id), None)
        if found is None:
            raise WrongUse(N_("There is no relay {id}."), id=id)
        return found

    @property
    def relays_in_use(self) -> tuple[Relay, ...]:
        """The relays that connections go through, in the user's order."""
        used = {one.relay for one in self.connections}
        return tuple(relay for relay in self.relays if relay.id in used)

    def line(self, connection: Connection) -> Line | None:
        """The line a connection's requests take; None where it has an address of its own."""
        return self.relay(connection.relay).chosen if connection.relay else None

    def by_line(self, connection: Connection, line_id: str) -> Configuration:
        """The same with another line of a connection's relay in use. Raises `WrongUse` where it has none of that id."""
        if connection.relay is None:
            raise WrongUse(N_("The connection {id} has no lines."), id=connection.id)
        relay = self.relay(connection.relay)
        moved = relay.model_copy(update={"line": relay.named(line_id).id})
        return self.model_copy(update={"relays": tuple(moved if one is relay else one for one in self.relays)})

    def address(self, connection: Connection) -> str:
        """The base URL a connection's requests go to; raises `WrongUse` where there is none."""
        line = self.line(connection)
        address = line.base_url if line else connection.base_url
        if address is None:
            raise WrongUse(N_("The connection {id} has neither a relay nor a base_url."), id=connection.id)
        return address

    def addresses(self, connection: Connection) -> tuple[str, ...]:
        """Every address a key entered now is for: all of the relay's lines, or the one address."""
        if connection.relay is None:
            return (self.address(connection),)
        return tuple(dict.fromkeys(line.base_url for line in self.relay(connection.relay).lines))

    def still_has(self, connection: Connection, address: str | None = None) -> bool:
        """Whether a connection is there yet with the same key, and goes to that address (None: wherever it goes)."""
        same = ("id", "provider", "bound", "key_tail")
        return any(
            all(getattr(one, name) == getattr(connection, name) for name in same)
            and address in (None, self.address(one))
            for one in self.connections
        )

    def export(self) -> dict[str, Any]:
        """What import reads, without keys and without what is internal."""
        internal = {"connections": {"__all__": {"bound", "key_tail", "anew_since"}}}
        document = self.model_dump(mode="json", exclude_none=True, exclude=internal)
        for connection in document["connections"]:
            if not connection["prices"]:
                del connection["prices"]
        return document
