"""The management endpoints of new-api and one-api that a plain key may ask, or nobody at all (wire.md 1A to 1C).

Every field but the plainest is optional: builds and forks differ. A good answer of something else (a page, `{}`) is
`Unreadable` with `said.html` or `said.empty`: such an endpoint isn't there. Amounts are Decimal from the first digit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

import httpx
from pydantic import AliasChoices, BeforeValidator, Field

from lib.vocabulary import NANO
from lib.wire import Endpoint, KeyModel, Unreadable
from lib.wire.answers import Amount, Answer, Count, Flag, Names, Object, Objects, Words, amount, document, plain, said

Display = Literal["USD", "CNY", "TOKENS", "CUSTOM"]

BY_CALL = 1
"""The `quota_type` of what is billed by call."""

QUOTA_PER_UNIT = 500_000
"""Quota units of one US dollar where the site doesn't say (one-api's and new-api's default)."""

UNLIMITED = Decimal(100_000_000)
"""What the billing endpoints say a key without a limit was granted, whatever the site's display unit."""


@dataclass(frozen=True, slots=True)
class RelayStatus:
    """What a relay says of itself. `display` is the unit of its billing endpoints; CUSTOM counts in USD there."""

    name: str
    version: str
    quota_per_unit: int
    display: Display


@dataclass(frozen=True, slots=True)
class ListedApi:
    """One entry of the relay's price list, its ratios as listed; None: not listed (defaults are the price's matter).

    `quota_type` 0 is billed by token (`model_ratio`; ratio 1 is USD 2 per million), 1 by call (`model_price` in USD).
    `formula`: priced by an expression instead. `paths`: what its endpoint types stand for at this relay.
    """

    model: str
    vendor: str
    endpoints: tuple[str, ...]
    groups: tuple[str, ...]
    quota_type: int
    model_ratio: Decimal
    completion_ratio: Decimal
    cache_ratio: Decimal | None
    create_cache_ratio: Decimal | None
    model_price: Decimal
    formula: bool
    paths: tuple[str, ...] = ()
    image_ratio: Decimal | None = None
    audio_ratio: Decimal | None = None
    audio_completion_ratio: Decimal | None = None

    @property
    def by_call(self) -> bool:
        """Whether it is billed by call."""
        return self.quota_type == BY_CALL

    @property
    def entry(self) -> KeyModel:
        """What is said of what it is for."""
        return KeyModel(self.model, self.endpoints, self.vendor, self.by_call, self.paths)


@dataclass(frozen=True)
class Listing:
    """A relay's public price list. It proves nothing about any key."""

    apis: tuple[ListedApi, ...]
    group_ratio: Mapping[str, Decimal]
    paths: Mapping[str, str] = field(default_factory=dict)
    """By endpoint type, the path it stands for at this relay (`supported_endpoint`)."""

    @cached_property
    def by_name(self) -> dict[str, ListedApi]:
        """What is listed by model."""
        return {api.model: api for api in self.apis}

    def endpoints(self, model: str) -> tuple[str, ...]:
        """The endpoint types a model is listed under."""
        return next((api.endpoints for api in self.apis if api.model == model), ())


def beside(own: Sequence[KeyModel] | None, listing: Mapping[str, ListedApi]) -> tuple[KeyModel, ...]:
    """A key's own list with what its relay's price list says beside; the endpoint types are the key's own, if told."""
    return tuple(_beside(one, listing.get(one.model)) for one in own or ())


def _beside(one: KeyModel, api: ListedApi | None) -> KeyModel:
    return KeyModel(one.model, one.endpoints or api.endpoints, api.vendor, api.by_call, api.paths) if api else one


@dataclass(frozen=True, slots=True)
class Billing:
    """What was granted and used in all, in the site's display unit; of the key or the account, as the site is set.

    Rounded to 10⁻⁹, as these endpoints compute in binary floats.
    """

    granted: Decimal
    used: Decimal
    unlimited: bool


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """A key's own figures in raw quota units. `models` None: any; `expires_at` None: never; `known` False: no such key.

    Answered for expired, exhausted and disabled keys too by most versions: no proof that the key works.
    """

    granted: int
    used: int
    available: int
    unlimited: bool
    models: frozenset[str] | None
    expires_at: datetime | None
    known: bool = True


NO_SUCH_KEY = TokenUsage(0, 0, 0, unlimited=False, models=None, expires_at=None, known=False)
NOT_FOUND = "record not found"
"""What the token endpoint says of a key that its database doesn't have."""


def status_request(endpoint: Endpoint) -> httpx.Request:
    """Asks what is there; never with a key."""
    return httpx.Request("GET", f"{endpoint.base_url}/api/status")


def pricing_request(endpoint: Endpoint) -> httpx.Request:
    """Asks for the public price list; never with a key."""
    return httpx.Request("GET", f"{endpoint.base_url}/api/pricing")


def subscription_request(endpoint: Endpoint) -> httpx.Request:
    """Asks what was granted."""
    return _with_key(endpoint, "/v1/dashboard/billing/subscription")


def usage_request(endpoint: Endpoint) -> httpx.Request:
    """Asks what was used."""
    return _with_key(endpoint, "/v1/dashboard/billing/usage")


def token_usage_request(endpoint: Endpoint) -> httpx.Request:
    """Asks for the key's own figures; rationed, 20 in 20 minutes an address. The slash avoids a redirect."""
    return _with_key(endpoint, "/api/usage/token/")


def _with_key(endpoint: Endpoint, path: str) -> httpx.Request:
    headers = {"Authorization": f"Bearer {endpoint.key.get_secret_value()}"} if endpoint.key else {}
    return httpx.Request("GET", f"{endpoint.base_url}{path}", headers=headers)


def read_status(response: httpx.Response) -> RelayStatus:
    """What the relay says of itself; raises `Unreadable` unless it is new-api, one-api or a fork of theirs."""
    data = _opened(response).get("data")
    known = ("quota_per_unit", "system_name", "version")
    if not isinstance(data, dict) or not any(name in data for name in known):
        raise Unreadable(said(response))
    body = _StatusBody.model_validate(data)
    return RelayStatus(
        name=body.system_name,
        version=body.version,
        quota_per_unit=body.quota_per_unit or QUOTA_PER_UNIT,
        display=body.display,
    )


def read_pricing(response: httpx.Response) -> Listing:
    """The public price list; raises `Unreadable`, also where the site shows it to logged-in users only."""
    body = _opened(response)
    if not isinstance(body.get("data"), list):
        raise Unreadable(said(response))
    pricing = _PricingBody.model_validate(body)
    vendors = {vendor.id: vendor.name for vendor in pricing.vendors}
    paths = {name: one.path for name, one in pricing.supported_endpoint.items() if one.path}
    return Listing(
        apis=tuple(_listed(entry, vendors, paths) for entry in pricing.data if entry.model_name),
        group_ratio=pricing.group_ratio,
        paths=paths,
    )


def read_subscription(response: httpx.Response) -> Decimal:
    """What was granted in all, in the site's display unit; raises `Unreadable`."""
    granted = _SubscriptionBody.model_validate(document(response, Decimal)).hard_limit_usd
    if granted is None:
        raise Unreadable(said(response))
    return round(granted, NANO)


def read_usage(response: httpx.Response) -> Decimal:
    """What was used in all, in the site's display unit (told in hundredths of it); raises `Unreadable`."""
    used = _UsageBody.model_validate(document(response, Decimal)).total_usage
    if used is None:
        raise Unreadable(said(response))
    return round(used / 100, NANO)


def read_billing(subscription: httpx.Response, usage: httpx.Response, display: Display = "USD") -> Billing:
    """Both billing answers as one; raises `Unreadable`.

    In raw quota units (TOKENS) only the very figure means unlimited: 200 dollars are as many units.
    """
    granted = read_subscription(subscription)
    unlimited = granted == UNLIMITED if display == "TOKENS" else granted >= UNLIMITED
    return Billing(granted, read_usage(usage), unlimited)


def read_token_usage(response: httpx.Response) -> TokenUsage:
    """The key's own figures, or that there is no such key; raises `Unreadable`."""
    if NOT_FOUND in said(response).message.casefold():
        return NO_SUCH_KEY
    data = _opened(response).get("data")
    if not isinstance(data, dict) or not data:
        raise Unreadable(said(response))
    body = _TokenBody.model_validate(data)
    return TokenUsage(
        granted=body.total_granted or 0,
        used=body.total_used or 0,
        available=body.total_available or 0,
        unlimited=body.unlimited_quota,
        models=body.model_limits if body.model_limits_enabled else None,
        expires_at=body.expires_at,
    )


def _opened(response: httpx.Response) -> dict[str, Any]:
    """A management answer that says of itself that it succeeded; old builds say `code` where others say `success`."""
    body = document(response, Decimal)
    if body.get("success", body.get("code")) is not True:
        raise Unreadable(said(response))
    return body


def _moment(value: object) -> datetime | None:
    """A Unix time; 0 and -1 mean never."""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _listed(entry: _PricingEntry, vendors: Mapping[int | None, str], paths: Mapping[str, str]) -> ListedApi:
    return ListedApi(
        model=entry.model_name,
        vendor=vendors.get(entry.vendor_id, "") if entry.vendor_id is not None else "",
        endpoints=entry.supported_endpoint_types,
        groups=entry.enable_groups,
        quota_type=entry.quota_type or 0,
        model_ratio=entry.model_ratio or Decimal(0),
        completion_ratio=Decimal(1) if entry.completion_ratio is None else entry.completion_ratio,
        cache_ratio=entry.cache_ratio,
        create_cache_ratio=entry.create_cache_ratio,
        model_price=entry.model_price or Decimal(0),
        formula=entry.billing_mode == "tiered_expr",
        paths=tuple(paths[one] for one in entry.supported_endpoint_types if one in paths),
        image_ratio=entry.image_ratio,
        audio_ratio=entry.audio_ratio,
        audio_completion_ratio=entry.audio_completion_ratio,
    )


def _ratios(value: object) -> dict[str, Decimal]:
    """A map without the entries that are no figures."""
    found = value.items() if isinstance(value, dict) else ()
    return {plain(name): ratio for name, figure in found if (ratio := amount(figure)) is not None}


def _limits(value: object) -> frozenset[str]:
    """The names of the models a key is limited to; a map whose values differ from site to site, or a list."""
    return frozenset(plain(name) for name in value) if isinstance(value, dict | list) else frozenset()


class _StatusBody(Answer):
    system_name: Words = ""
    version: Words = ""
    quota_per_unit: Count = None
    quota_display_type: Words = ""
    display_in_currency: Any = None

    @property
    def display(self) -> Display:
        """Newer builds name the unit, older ones only say whether it is a currency."""
        named = next((unit for unit in get_args(Display) if unit == self.quota_display_type.upper()), None)
        return named or ("TOKENS" if self.display_in_currency is False else "USD")


class _Vendor(Answer):
    id: Count = None
    name: Words = ""


class _PricingEntry(Answer):
    """`enable_group` is the old spelling."""

    model_name: Words = ""
    vendor_id: Count = None
    quota_type: Count = None
    model_ratio: Amount = None
    completion_ratio: Amount = None
    cache_ratio: Amount = None
    create_cache_ratio: Amount = None
    image_ratio: Amount = None
    audio_ratio: Amount = None
    audio_completion_ratio: Amount = None
    model_price: Amount = None
    billing_mode: Words = ""
    supported_endpoint_types: Names = ()
    enable_groups: Names = Field((), validation_alias=AliasChoices("enable_groups", "enable_group"))


class _Path(Answer):
    path: Words = ""


def _paths(value: object) -> dict[str, Any]:
    found = value.items() if isinstance(value, dict) else ()
    return {plain(name): {"path": one} if isinstance(one, str) else one for name, one in found if one}


class _PricingBody(Answer):
    data: Annotated[tuple[_PricingEntry, ...], Objects] = ()
    vendors: Annotated[tuple[_Vendor, ...], Objects] = ()
    group_ratio: Annotated[dict[str, Decimal], BeforeValidator(_ratios)] = Field(default_factory=dict)
    supported_endpoint: Annotated[dict[str, Annotated[_Path, Object]], BeforeValidator(_paths)] = Field(
        default_factory=dict
    )


class _SubscriptionBody(Answer):
    hard_limit_usd: Amount = None


class _UsageBody(Answer):
    total_usage: Amount = None


class _TokenBody(Answer):
    total_granted: Count = None
    total_used: Count = None
    total_available: Count = None
    unlimited_quota: Flag = False
    model_limits: Annotated[frozenset[str], BeforeValidator(_limits)] = frozenset()
    model_limits_enabled: Flag = False
    expires_at: Annotated[datetime | None, BeforeValidator(_moment)] = None

