"""From what a rung's request came to, to the evidence that is kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import httpx

from lib.causes import Cause, of_line_fault, reason
from lib.errors import LineFault
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

    def passed(self, detail: Mapping[str, str]) -> Evidence:
        """Evidence that the rung holds."""
        return self._evidence(ok=True, state="usable", detail=detail)

    def failed(self, cause: Cause, said: Said | None = None, detail: Mapping[str, str] | None = None) -> Evidence:
        """Evidence that it doesn't, by that cause; `said` is what the server said of it."""
        return self._evidence(
            ok=False,
            state=as_state(cause.state),
            provider_code=said.provider_code if said else None,
            reason=reason(cause, said, address=address_of(self.request)),
            detail=detail or {},
        )

    def _evidence(self, **changes: object) -> Evidence:
        return Evidence(
            at=self.at,
            connection=self.connection,
            step=self.step,
            method=self.request.method,
            path=self.request.url.path,
            ms=self.ms,
            http_status=self.response.status_code,
            request_id=request_id(self.response) or None,
            **changes,  # type: ignore[arg-type]
        )


def address_of(request: httpx.Request) -> str:
    """Scheme, host and port, as shown to the user."""
    return f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"


def line_down(connection: str, at: datetime, ms: int, request: httpx.Request, fault: LineFault) -> Evidence:
    """No HTTP answer came: that is the line's evidence, whichever rung asked."""
    cause = of_line_fault(fault)
    params = {name: value for name, value in fault.params.items() if name != "address"}
    why = replace(reason(cause), params=params | {"address": address_of(request)})
    return Evidence(
        at, connection, "line", False, as_state(cause.state), request.method, request.url.path, ms=ms, reason=why
    )


def without_request(connection: str, step: Step, at: datetime, cause: Cause, why: Reason) -> Evidence:
    """A rung that needed no request of its own."""
    return Evidence(at, connection, step, False, as_state(cause.state), "", "", reason=why)
