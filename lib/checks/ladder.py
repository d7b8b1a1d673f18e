"""The ladder: line → key → quota → permission. Each rung is one free request, judged at once, told as evidence.

It stops at the first rung that fails: what stands above it can't be known then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from time import monotonic
from urllib.parse import urlsplit

import httpx

from lib.calls.draft import VERTEX
from lib.calls.known import Known
from lib.calls.route import Route, asks_what_is_there
from lib.causes import CAUSES, Cause, judge, reason
from lib.checks.free import BALANCES, MODELS, Balance
from lib.checks.permission import group_allows, wanted
from lib.checks.rationed import FOR_THE_AMBIGUOUS, Spent, token_usage
from lib.checks.rungs import Answered, unanswered, way_of, without_request
from lib.errors import LineFault
from lib.http import Http, timed, times_of
from lib.vocabulary import Evidence, Money, Quota, Step
from lib.wire import Endpoint, Said, Unreadable, newapi, openai
from lib.wire.newapi import QUOTA_PER_UNIT, Billing, Display, TokenUsage
from lib.wire.protocols import PROTOCOLS

SAID_OF_GOOD_KEYS = ("key_disabled",)
"""Causes that relays now and then tell of keys that work: asked again once before it is believed (wire.md Corrections,
QuantumNous/new-api#3301)."""
NOWHERE = 404
"""An address of another protocol than OpenAI's that lists no models (wire.md 6)."""


@dataclass(slots=True)
class Ladder:
    """One connection's rungs, climbed once."""

    http: Http
    known: Known
    route: Route
    left: Evidence | None = None
    """The quota, where the key rung's answer told it."""

    async def climb(self) -> AsyncIterator[Evidence]:
        """Yields the evidence of each rung as it comes; the last one is the first that failed, or the permission."""
        for rung in (self._line, self._key, self._quota, self._permission):
            evidence = await rung()
            if evidence is None:
                continue
            yield evidence
            if not evidence.ok and evidence.state != "untested":
                return

    async def _line(self) -> Evidence | None:
        """Any HTTP answer proves the line; a relay says there what it is. An official API has its key rung only."""
        if not asks_what_is_there(self.route.connection):
            return None
        answered = await self._ask("line", newapi.status_request(Endpoint(self.route.endpoint.base_url)))
        if isinstance(answered, Evidence):
            return answered
        try:
            status = await self.known.keep("status", self.route.place, answered.at, answered.response)
        except Unreadable:
            return answered.passed({})
        self.route = replace(self.route, through_relay=True)
        return answered.passed({"relay": status.name, "version": status.version})

    async def _key(self) -> Evidence:
        if (why := self.route.keyless) is not None:
            return self._without_request("key", CAUSES[why.code], **why.params)
        protocol = self.route.protocol
        if VERTEX.search(urlsplit(self.route.endpoint.base_url).hostname or ""):
            return self._without_request("key", CAUSES["vertex"])
        if protocol not in PROTOCOLS:
            return self._without_request("key", CAUSES["unsupported"], protocol=protocol)
        if protocol in MODELS:
            return await self._key_by_models(MODELS[protocol](self.route.endpoint))
        if protocol in BALANCES:
            return await self._key_by_balance(BALANCES[protocol])
        return self._without_request("key", CAUSES["no_free_endpoint"], step="key")

    async def _key_by_models(self, request: httpx.Request, *, again: bool = False) -> Evidence:
        """`again`: it was asked before, and told what relays tell of good keys too."""
        answered = await self._ask("key", request)
        if isinstance(answered, Evidence):
            return answered
        try:
            models = await self.known.keep("models", self.route.connection.id, answered.at, answered.response)
        except Unreadable as unreadable:
            if answered.response.status_code == NOWHERE and self.route.protocol != "openai":
                return self._without_request("key", CAUSES["no_free_endpoint"], step="key")
            if not again and self._cause(unreadable.said).code in SAID_OF_GOOD_KEYS:
                return await self._key_by_models(request, again=True)
            return await self._refused(answered, unreadable.said)
        return answered.passed({"listed": str(len(models))})

    async def _key_by_balance(self, balance: Balance) -> Evidence:
        """Whoever is told what is left has a good key; one whose quota is used up too."""
        answered = await self._ask("key", balance.request(self.route.endpoint))
        if isinstance(answered, Evidence):
            return answered
        try:
            self.left = of_quota(replace(answered, step="quota"), balance.read(answered.response, answered.at))
        except Unreadable as unreadable:
            return await self._refused(answered, unreadable.said)
        return answered.passed({})

    async def _refused(self, answered: Answered, said: Said) -> Evidence:
        """The newest relays say "invalid token" for four things; one endpoint still tells them apart."""
        cause = self._cause(said)
        if not cause.ambiguous or not self.route.through_relay:
            return answered.failed(cause, said)
        try:
            told = await token_usage(self.http, self.known, self.route)
        except LineFault:
            return answered.failed(cause, said)
        if isinstance(told, Spent):
            return answered.failed(CAUSES["key_refused_rationed"], said, params=told.params)
        return answered.failed(_of_figures(told.value) if told.value else cause, said)

    def _cause(self, said: Said) -> Cause:
        return judge(said, self.route.protocol, through_relay=self.route.through_relay, posted=False)

    async def _quota(self) -> Evidence:
        if self.left is not None:
            return self.left
        if not self.route.through_relay:
            return self._without_request("quota", CAUSES["no_free_endpoint"], step="quota")
        answered = await self._ask("quota", newapi.subscription_request(self.route.endpoint))
        if isinstance(answered, Evidence):
            return answered
        try:
            used = await self.http.send(newapi.usage_request(self.route.endpoint))
            billing = newapi.read_billing(answered.response, used, self._display())
        except (LineFault, Unreadable):
            return await self._quota_by_token()
        return of_quota(answered, self._left(billing, answered.at))

    async def _quota_by_token(self) -> Evidence:
        """Where a relay has no billing endpoints: its token endpoint, in raw quota units."""
        name, request, started = self.route.connection.id, newapi.token_usage_request(self.route.endpoint), monotonic()
        try:
            told = await token_usage(self.http, self.known, self.route, keep_back=FOR_THE_AMBIGUOUS)
        except LineFault as fault:
            return unanswered(name, "quota", datetime.now(UTC), int((monotonic() - started) * 1000), request, fault)
        if isinstance(told, Spent):
            return self._without_request("quota", CAUSES["rationed"], **told.params)
        if told.value is None or not told.value.known:
            return self._without_request("quota", CAUSES["no_free_endpoint"], step="quota")
        left = None if told.value.unlimited else Money(Decimal(told.value.available) / self._units())
        answered = Answered(name, "quota", told.at, 0, request, httpx.Response(200))
        return replace(of_quota(answered, Quota(left, told.value.unlimited, told.at)), ms=None)

    def _display(self) -> Display:
        status = self.known.status(self.route.place)
        return status.display if status else "USD"

    def _units(self) -> int:
        status = self.known.status(self.route.place)
        return status.quota_per_unit if status else QUOTA_PER_UNIT

    def _left(self, billing: Billing, at: datetime) -> Quota:
        """What is left, in the currency the site shows; raw units are turned into USD."""
        if billing.unlimited:
            return Quota(None, True, at)
        left, display = billing.granted - billing.used, self._display()
        if display == "TOKENS":
            left /= self._units()
        return Quota(Money(left, "CNY" if display == "CNY" else "USD"), False, at)

    async def _permission(self) -> Evidence:
        """The key's own list, read by the key rung, beside what the connection is meant for."""
        connection = self.route.connection
        listed = self.known.key_models(connection.id)
        if listed is None:
            return self._without_request("permission", CAUSES["no_free_endpoint"], step="permission")
        listing = self.known.listing(self.route.place)
        apis = listing.value.by_name if listing else {}
        models = listed.value
        found = wanted(connection, models, apis)
        allowed = {one.model for one in found if one.listed and group_allows(connection, apis.get(one.model))}
        missing = ", ".join(dict.fromkeys(one.model for one in found if one.model not in allowed))
        evidence = self._without_request("permission", CAUSES["not_in_key_list"], model=missing)
        detail = {"listed": str(len(models)), "allowed": str(len(allowed))}
        request = MODELS.get(self.route.protocol, openai.models_request)(self.route.endpoint)
        evidence = replace(evidence, method=request.method, path=request.url.path, detail=detail)
        return replace(evidence, ok=True, state="usable", reason=None) if allowed else evidence

    async def _ask(self, step: Step, request: httpx.Request) -> Answered | Evidence:
        """Sends one rung's request; evidence of the line where no HTTP answer comes.

        The rung that shows the line, and only that, goes all the way: from the look-up of the name on.
        """
        started, name, shows_line = monotonic(), self.route.connection.id, step == self._shows_line
        try:
            response = await self.http.send(timed(request), afresh=shows_line)
        except LineFault as fault:
            return unanswered(name, step, datetime.now(UTC), int((monotonic() - started) * 1000), request, fault)
        way = way_of(times_of(request)) if shows_line else {}
        return Answered(name, step, datetime.now(UTC), int((monotonic() - started) * 1000), request, response, way)

    @property
    def _shows_line(self) -> Step:
        return "line" if asks_what_is_there(self.route.connection) else "key"

    def _without_request(self, step: Step, cause: Cause, /, **params: str) -> Evidence:
        return without_request(self.route.connection.id, step, datetime.now(UTC), cause, reason(cause, **params))


def _of_figures(usage: TokenUsage) -> Cause:
    """Why a key is refused of which these figures were told."""
    if not usage.known:
        return CAUSES["bad_key"]
    if usage.expires_at is not None and usage.expires_at <= datetime.now(UTC):
        return CAUSES["key_expired"]
    if not usage.unlimited and usage.available <= 0:
        return CAUSES["key_quota_exhausted"]
    return CAUSES["key_disabled"]


def of_quota(answered: Answered, quota: Quota) -> Evidence:
    """A quota as evidence; nothing left fails the rung."""
    characters = {} if quota.characters is None else {"characters": str(quota.characters)}
    if quota.remaining is None:
        return answered.passed({"unlimited": "1"} if quota.unlimited else characters)
    detail = {"remaining": quota.remaining.plain, "currency": quota.remaining.currency, **characters}
    if quota.remaining.amount <= 0:
        return answered.failed(CAUSES["quota_empty"], detail=detail)
    return answered.passed(detail)
