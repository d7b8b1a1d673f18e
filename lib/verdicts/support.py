"""A failure as a relay's support needs it: when, what, where, which request, what was answered. Plain text, no keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from lib.causes import CAPABILITY_NAMES, STEP_NAMES, remembered, words
from lib.http import redact
from lib.i18n import N_, Translate
from lib.ledger.row import CallRow
from lib.vocabulary import Capability, Evidence, Reason, Step


@dataclass(frozen=True, slots=True)
class Failure:
    """What is told of a failure. `relay` and `line` by name; `method` and `address` of the request.

    `retries`: how often it was sent again; None: nobody counted.
    """

    at: datetime
    reason: Reason
    relay: str
    line: str
    method: str
    address: str
    model: str | None = None
    capability: Capability | None = None
    step: Step | None = None
    http_status: int | None = None
    provider_code: str | None = None
    request_id: str | None = None
    task_id: str | None = None
    retries: int | None = None


def of_call(row: CallRow, relay: str, line: str, method: str, address: str) -> Failure | None:
    """What a call came to; None for one that didn't fail, was never sent, or was refused as it had to be."""
    if row.error_code is None or row.let_in or row.sent_at is None:
        return None
    return Failure(
        row.sent_at, remembered(row.error_code, row.error_params, row.error_message or ""), relay, line, method,
        address or row.base_url, row.model, row.capability, None, row.http_status, None, row.request_id, row.task_id,
        row.retries,
    )  # fmt: skip


def of_evidence(seen: Evidence, relay: str, line: str, base_url: str) -> Failure | None:
    """What a request showed; None where it failed in nothing, asked nobody, or was refused as it had to be."""
    if seen.ok or seen.reason is None or not seen.method or seen.step == "unpaid":
        return None
    return Failure(
        seen.at, seen.reason, relay, line, seen.method, f"{base_url}{seen.path}", seen.model, seen.capability,
        seen.step, seen.http_status, seen.provider_code, seen.request_id,
    )  # fmt: skip


def report(failure: Failure, zone: tzinfo, t: Translate) -> str:
    """The report in a language, its time in the user's zone with the offset from UTC. Nothing that looks like a key."""
    return redact("\n".join(_lines(failure, zone, t)))


def _lines(failure: Failure, zone: tzinfo, t: Translate) -> Iterator[str]:
    yield t(N_("An API call failed; please look into it."))
    at = failure.at.astimezone(zone)
    for name, value in (
        (N_("Time"), f"{at:%Y-%m-%d %H:%M:%S %z} ({zone})"),
        (N_("Relay and line"), " · ".join(filter(None, (failure.relay, failure.line)))),
        (N_("Request"), f"{failure.method} {failure.address}".strip()),
        (N_("Model"), failure.model or ""),
        (N_("Capability"), t(CAPABILITY_NAMES[failure.capability]) if failure.capability else ""),
        (N_("Tested"), t(STEP_NAMES[failure.step]) if failure.step else ""),
        (N_("HTTP status"), str(failure.http_status or "")),
        (N_("Code"), failure.provider_code or ""),
        (N_("Request id"), failure.request_id or ""),
        (N_("Task id"), failure.task_id or ""),
        (N_("Sent again"), "" if failure.retries is None else str(failure.retries)),
        (N_("The server's words"), failure.reason.said),
        (N_("What we take it for"), words(failure.reason, t).message),
    ):
        if value:
            yield f"{t(name)}: {value}"
