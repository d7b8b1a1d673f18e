"""From what a rung's request came to, to the evidence that is kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx

from lib.causes import Cause, of_line_fault, reason
from lib.errors import LineFault
from lib.http import LineTimes, origin, times_of, without_keys
from lib.vocabulary import Evidence, Reason, Step, as_state
from lib.wire import Said
from lib.wire.answers import request_id


@dataclass(frozen=True, slots=True)
class Answered:
    """One rung's request with the HTTP answer that came, and how long it took."""

    connection: str
    step: Step
    at: datetime
    ms: int
    request: httpx.Request
    response: httpx.Response
    way: Mapping[str, str] = field(default_factory=dict)
    """How the request came there (`way_of`), where that is told."""

    def passed(self, detail: Mapping[str, str]) -> Evidence:
        """Evidence that the rung holds."""
        return self._evidence(ok=True, state="usable", detail=detail)

    def failed(
        self, cause: Cause, said: Said | None = None, detail: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Evidence:
        """Evidence that it doesn't, by that cause and its parameters; `said` is what the server said of it."""
        return self._evidence(
            ok=False,
            state=as_state(cause.state),
            provider_code=said.provider_code if said else None,
            reason=without_keys(reason(cause, said, address=origin(self.request.url), **(params or {}))),
            detail=detail or {},
        )

    def _evidence(self, detail: Mapping[str, str], **changes: object) -> Evidence:
        return Evidence(
            at=self.at,
            connection=self.connection,
            step=self.step,
            method=self.request.method,
            path=self.request.url.path,
            ms=self.ms,
            http_status=self.response.status_code,
            request_id=request_id(self.response) or None,
            detail={**detail, **self.way},
            **changes,  # type: ignore[arg-type]
        )


def unanswered(
    connection: str, step: Step, at: datetime, ms: int, request: httpx.Request, fault: LineFault
) -> Evidence:
    """No whole HTTP answer came. If none did at all, that is the line's evidence, whichever rung asked."""
    cause, times = of_line_fault(fault), times_of(request)
    stopped = {"stopped": times.stage} if times.stage and fault.http_status is None else {}
    return Evidence(
        at=at,
        connection=connection,
        step="line" if fault.http_status is None else step,
        ok=False,
        state=as_state(cause.state),
        method=request.method,
        path=request.url.path,
        ms=ms,
        http_status=fault.http_status,
        reason=reason(cause, **fault.params),
        detail={**way_of(times), **stopped},
    )


def way_of(times: LineTimes) -> dict[str, str]:
    """How far a request came, as evidence keeps it: milliseconds by stage, and through which proxy."""
    took = {f"{stage}_ms": str(ms) for stage, ms in times.stages.items()}
    through = {"proxy": times.proxy.place, "proxy_by": times.proxy.named_by} if times.proxy else {}
    return {**took, **through}


def without_request(connection: str, step: Step, at: datetime, cause: Cause, why: Reason) -> Evidence:
    """A rung that needed no request of its own."""
    return Evidence(at, connection, step, False, as_state(cause.state), "", "", reason=why)
