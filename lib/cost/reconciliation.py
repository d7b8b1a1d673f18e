"""Our log beside the relay's own: which call is which of its rows, and why the two differ. Pure.

By the name of the request or of its task; else by model, time and tokens, one to one, the likeliest first. A task's
several rows (charged before, settled, given back) are one bill.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from statistics import median_low
from typing import Literal

from lib.cost.price import MILLION, Price
from lib.ledger.relay_log import SECOND, Logged
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED, Money
from lib.wire.newapi import QUOTA_PER_UNIT

APART = timedelta(minutes=2)
"""How far from a call a row may be that names none, once both clocks are set alike."""
UNIT = Money(1 / Decimal(QUOTA_PER_UNIT))
NEARLY = Decimal("0.000001")
"""By how much, of itself, a price may differ that was told in binary floats."""

By = Literal["request", "task", "guess"]
Why = Literal[
    "billed_though_failed", "cut_billed_in_full", "billed_twice", "refunded", "not_billed", "no_estimate",
    "other_currency",
    "cache_differs", "tokens_differ", "rounding", "other_group", "price_changed", "other_price", "multiplier",
    "billed_though_free", "another_time", "another_program", "refund_alone",
]  # fmt: skip
"""Why the logs differ: about a call that both have, or by rows that are only there."""


@dataclass(frozen=True)
class Bill:
    """The relay's rows of one request, or of one task; never empty."""

    rows: tuple[Logged, ...]

    @cached_property
    def first(self) -> Logged:
        """The row it began with: one that charges, where there is one."""
        return next((one for one in self.rows if one.row.kind == "consumed"), self.rows[0])

    @cached_property
    def amount(self) -> Money:
        """What it comes to: charged less what was given back."""
        nano = sum(-one.amount.nano if one.row.kind == "refunded" else one.amount.nano for one in self.rows)
        return Money.of_nano(nano, self.first.amount.currency)

    @property
    def request_ids(self) -> frozenset[str]:
        """The names of its requests."""
        return frozenset(one.row.request_id for one in self.rows if one.row.request_id)

    @property
    def task_id(self) -> str:
        """The name of its task; "" where it has none."""
        return next((one.row.task_id for one in self.rows if one.row.task_id), "")

    @property
    def charges(self) -> int:
        """How many of its rows charge something."""
        return sum(one.row.kind == "consumed" and one.row.quota > 0 for one in self.rows)

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it stands in the log."""
        return (self.first.row.at, self.first.id)


@dataclass(frozen=True, slots=True)
class Difference:
    """Why figures differ, with what a sentence about it needs."""

    code: Why
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """A call that both logs have; `why` None: both agree."""

    call: CallRow
    bill: Bill
    by: By
    why: Difference | None = None


@dataclass(frozen=True, slots=True)
class OnlyThere:
    """A bill of no call of ours."""

    bill: Bill
    why: Why


@dataclass(frozen=True, slots=True, eq=False)
class Reconciled:
    """What both logs come to. It is only the same as itself, so that what is made of it can be kept with it."""

    matched: tuple[Match, ...]
    only_here: tuple[CallRow, ...]
    only_there: tuple[OnlyThere, ...]

    @property
    def differing(self) -> tuple[Match, ...]:
        """The calls about which the logs differ."""
        return tuple(one for one in self.matched if one.why is not None)

    def of(self, since: datetime | None, until: datetime | None) -> Reconciled:
        """What of it is of some time (None: no border)."""

        def within(at: datetime) -> bool:
            return (since is None or since <= at) and (until is None or at < until)

        return Reconciled(
            tuple(one for one in self.matched if within(one.call.created_at)),
            tuple(one for one in self.only_here if within(one.created_at)),
            tuple(one for one in self.only_there if within(one.bill.first.row.at)),
        )


PricesOf = Callable[[Sequence[str]], Mapping[str, Price]]
"""By a call's id the price it was settled by, where it had one; asked for those whose figures differ."""


def reconcile(
    calls: Iterable[CallRow], rows: Iterable[Logged], covered: Callable[[CallRow], bool], prices_of: PricesOf
) -> Reconciled:
    """Both logs side by side. `covered`: whether the relay's log is known for the time of a call.

    What hasn't ended takes its rows, and is told of when it has.
    """
    found, mine = bills(rows), sorted((call for call in calls if call.sent_at), key=lambda call: call.id)
    pairs = sorted(matched(mine, found), key=lambda one: one.call.id)
    ended = [one for one in pairs if one.call.status not in UNFINISHED]
    skew = skew_of((one.call, one.bill) for one in ended if one.by != "guess")
    prices = prices_of([one.call.id for one in ended if _estimated(one.call, one.bill) != one.bill.amount.nano])
    known, taken = {one.call.id for one in pairs}, {one.id for match in pairs for one in match.bill.rows}
    twins = {_content(one) for match in pairs for one in match.bill.rows}
    return Reconciled(
        tuple(replace(one, why=why(one.call, one.bill, prices.get(one.call.id), skew)) for one in ended),
        tuple(call for call in mine if call.id not in known and leaves_a_trace(call) and covered(call)),
        tuple(OnlyThere(bill, _only_there(bill, twins)) for bill in found if bill.first.id not in taken),
    )


def leaves_a_trace(call: CallRow) -> bool:
    """Whether a relay must have logged what has ended: of what it refused, charging nothing, most keep nothing."""
    if call.status in UNFINISHED:
        return False
    return call.status == "succeeded" or call.estimated is None or call.estimated.nano != 0


def bills(rows: Iterable[Logged]) -> list[Bill]:
    """The rows by what they are of, in the order of the log. One that names neither request nor task stands alone."""
    listed = sorted(rows, key=lambda one: (one.row.at, one.id))
    task_of = {one.row.request_id: one.row.task_id for one in listed if one.row.request_id and one.row.task_id}
    found: defaultdict[tuple[str, object], list[Logged]] = defaultdict(list)
    for one in listed:
        task = one.row.task_id or task_of.get(one.row.request_id, "")
        name = ("task", task) if task else ("request", one.row.request_id) if one.row.request_id else ("row", one.id)
        found[name].append(one)
    return sorted((Bill(tuple(found_rows)) for found_rows in found.values()), key=lambda bill: bill.place)


def matched(calls: Sequence[CallRow], found: Sequence[Bill]) -> Iterator[Match]:
    """Which bill is which call's: by name, the rest by guess. Every call and every bill once."""
    named = list(_by_name(calls, found))
    known, taken = {one.call.id for one in named}, {row.id for one in named for row in one.bill.rows}
    skew = skew_of((one.call, one.bill) for one in named)
    left = [call for call in calls if call.id not in known]
    rest = [bill for bill in found if bill.first.id not in taken and bill.first.row.kind != "refunded"]
    yield from named
    yield from _guessed(left, rest, skew, any(one.by == "request" for one in named))


def _by_name(calls: Sequence[CallRow], found: Sequence[Bill]) -> Iterator[Match]:
    by_task = {call.task_id: call for call in calls if call.task_id}
    by_request = {call.request_id: call for call in calls if call.request_id}
    claimed: dict[str, tuple[CallRow, By, list[Logged]]] = {}
    for bill in found:
        requests = [by_request[name] for name in sorted(bill.request_ids) if name in by_request]
        by: By = "request" if requests else "task"
        call = requests[0] if requests else by_task.get(bill.task_id)
        if call is not None:
            claimed.setdefault(call.id, (call, by, []))[2].extend(bill.rows)
    return (Match(call, Bill(tuple(rows)), by) for call, by, rows in claimed.values())


def skew_of(pairs: Iterable[tuple[CallRow, Bill]]) -> timedelta:
    """How far the relay's clock is ahead of ours, by calls that are surely the same; none where nothing tells."""
    offs = [_off(call, bill.first.row.at) for call, bill in pairs]
    return median_low(offs) if offs else timedelta(0)


def _off(call: CallRow, at: datetime) -> timedelta:
    """How long after a call (or before it, negative) a moment is; none within it. A relay cuts off parts of a second.
    """
    begun = (call.sent_at or call.created_at) - SECOND
    ended = call.finished_at or call.sent_at or call.created_at
    return max(at - ended, timedelta(0)) + min(at - begun, timedelta(0))


def _guessed(
    calls: Sequence[CallRow], found: Sequence[Bill], skew: timedelta, named_alike: bool
) -> Iterator[Match]:
    """One to one, the likeliest first. `named_alike`: both logs name requests by the same names; so a bill with another
    name is another's, and one that lost its name must say the same of tokens."""
    pairs = sorted(_likely(calls, found, skew, named_alike), key=lambda one: one[0])
    known: set[str] = set()
    taken: set[int] = set()
    for _, call, bill in pairs:
        if call.id not in known and bill.first.id not in taken:
            known.add(call.id)
            taken.add(bill.first.id)
            yield Match(call, bill, "guess")


Score = tuple[bool, bool, timedelta, int, str, int]


def _likely(
    calls: Sequence[CallRow], found: Sequence[Bill], skew: timedelta, named_alike: bool
) -> Iterator[tuple[Score, CallRow, Bill]]:
    by_model: defaultdict[str, list[Bill]] = defaultdict(list)
    for bill in found:
        by_model[bill.first.row.model].append(bill)
    for call in calls:
        of_model = by_model[call.model]
        begun = (call.sent_at or call.created_at) + skew - APART - SECOND
        for bill in of_model[bisect_left(of_model, begun, key=lambda one: one.first.row.at) :]:
            off = _off(call, bill.first.row.at - skew)
            if off > APART:
                break
            if call.status == "succeeded" and bill.first.row.kind != "consumed":
                continue  # a channel that failed before the one that answered
            tokens = _tokens_apart(call, bill)
            if not (named_alike and (tokens or (call.request_id and bill.request_ids))):
                same_key = call.connection == bill.first.connection
                yield (tokens > 0, not same_key, abs(off), tokens, call.id, bill.first.id), call, bill


def _tokens_apart(call: CallRow, bill: Bill) -> int:
    row, usage = bill.first.row, call.usage
    pairs = ((usage.input_tokens, row.input_tokens), (usage.output_tokens, row.output_tokens))
    return sum(abs(mine - theirs) for mine, theirs in pairs if mine is not None and theirs is not None)


def why(call: CallRow, bill: Bill, price: Price | None, skew: timedelta = timedelta(0)) -> Difference | None:
    """Why a call's bill isn't what we make of it, by the first thing that tells; None where both agree."""
    tests = (_by_its_end, _by_its_use, _by_its_amount, _by_its_price)
    found = next((one for test in tests if (one := test(call, bill, price))), None)
    if found is None and abs(_off(call, bill.first.row.at - skew)) > APART:
        return Difference("another_time", {"theirs": bill.first.row.at.isoformat()})
    return found


def _estimated(call: CallRow, bill: Bill) -> int | None:
    """Our figure in 10⁻⁹; None where there is none that can be compared."""
    mine = call.estimated
    return mine.nano if mine is not None and mine.currency == bill.amount.currency else None


def _by_its_end(call: CallRow, bill: Bill, _: Price | None) -> Difference | None:
    mine, theirs = _estimated(call, bill), bill.amount.nano
    if not bill.task_id and bill.charges > 1:
        return Difference("billed_twice", {"times": str(bill.charges)})
    if call.status == "failed" and theirs > (mine or 0):
        return Difference("billed_though_failed")
    if call.status in ("interrupted", "cancelled") and theirs > (mine or 0):
        return Difference("cut_billed_in_full")
    if mine and theirs <= 0:
        given_back = any(one.row.kind == "refunded" for one in bill.rows)
        return Difference("refunded" if given_back else "not_billed")
    if mine is not None:
        return None
    if call.estimated is None:
        return Difference("no_estimate")
    return Difference("other_currency", {"ours": call.estimated.currency, "theirs": bill.amount.currency})


def _by_its_use(call: CallRow, bill: Bill, _: Price | None) -> Difference | None:
    if call.unit != "token" or call.usage_source != "server" or not bill.charges:
        return None
    row, usage = bill.first.row, call.usage
    if row.cached_tokens is not None and row.cached_tokens != (usage.cached_input_tokens or 0):
        return _counts("cache_differs", usage.cached_input_tokens or 0, row.cached_tokens)
    # Anthropic's way of counting leaves out what is in the cache
    of_cache = (row.cached_tokens or 0) + (row.written_tokens or 0)
    if None not in (usage.input_tokens, row.input_tokens) and usage.input_tokens not in (
        row.input_tokens, (row.input_tokens or 0) + of_cache,
    ):  # fmt: skip
        return _counts("tokens_differ", usage.input_tokens, row.input_tokens)
    if None not in (usage.output_tokens, row.output_tokens) and usage.output_tokens != row.output_tokens:
        return _counts("tokens_differ", usage.output_tokens, row.output_tokens)
    return None


def _counts(code: Why, mine: int | None, theirs: int | None) -> Difference:
    return Difference(code, {"ours": str(mine), "theirs": str(theirs)})


def _by_its_amount(call: CallRow, bill: Bill, price: Price | None) -> Difference | None:
    unit = Money(price.quantum) if price and price.quantum else UNIT
    apart = abs(bill.amount.nano - (_estimated(call, bill) or 0))
    return Difference("rounding") if 0 < apart <= unit.nano else None


def _by_its_price(call: CallRow, bill: Bill, price: Price | None) -> Difference | None:
    mine, theirs = _estimated(call, bill), bill.amount.nano
    if mine is None or mine == theirs:
        return None
    if mine == 0:
        return Difference("billed_though_free")
    factor = _figure(Decimal(theirs) / mine)
    row = bill.first.row
    group = price.origin.partition("#")[2] if price else ""
    if group and row.group and row.group != group:
        return Difference("other_group", {"ours": group, "theirs": row.group, "factor": factor})
    told = next(_other_rates(price, bill), None) if price else None
    if price and told:
        changed: Why = "price_changed" if price.source == "relay" else "other_price"
        return Difference(changed, {"ours": _figure(told[0]), "theirs": _figure(told[1])})
    return Difference("multiplier", {"factor": factor})


def _other_rates(price: Price, bill: Bill) -> Iterator[tuple[Decimal, Decimal]]:
    """Rates that a row tells and that aren't those of the price: ours, theirs."""
    told = bill.first.row.ratios
    group = told.get("group_ratio", Decimal(1))
    if "model_price" in told and price.unit == "call":
        yield from _other(price.amount, told["model_price"] * group)
    elif "model_ratio" in told and price.unit == "token":
        per = MILLION * (price.quantum or UNIT.amount)
        base = told["model_ratio"] * group * per
        yield from _other(price.input, base)
        for name, ratio in (("output", "completion_ratio"), ("cached_input", "cache_ratio")):
            if ratio in told:
                yield from _other(getattr(price, name), base * told[ratio])


def _other(mine: Decimal | None, theirs: Decimal) -> Iterator[tuple[Decimal, Decimal]]:
    if mine is not None and abs(mine - theirs) > NEARLY * max(mine, theirs):
        yield mine, theirs


def _figure(number: Decimal) -> str:
    """To four digits that count, as plain decimals."""
    return Money(Decimal(f"{number:.4g}")).plain


def _only_there(bill: Bill, twins: Container[object]) -> Why:
    if bill.first.row.kind == "refunded":
        return "refund_alone"
    return "billed_twice" if not bill.request_ids and _content(bill.first) in twins else "another_program"


def _content(one: Logged) -> object:
    """What is the same of a row that was written twice."""
    row = one.row
    return (row.at, row.kind, row.model, row.quota, row.input_tokens, row.output_tokens, row.token)
