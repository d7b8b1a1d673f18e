"""A failure as a relay's support gets it: all it needs to find the request, and no key."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lib.causes import CAUSES, reason
from lib.i18n import Language, translator
from lib.ledger.row import CallRow
from lib.verdicts.support import of_call, of_evidence, report
from lib.vocabulary import Evidence
from lib.wire import Said

AT = datetime(2026, 11, 25, 4, 15, tzinfo=UTC)
KEY = "sk-abcdefghijklmnop1234"
SAID = f"[{KEY}] 该令牌额度已用尽"
URL = "https://hk.relay.example/v1/chat/completions"


def failed(**changes: object) -> CallRow:
    told: dict[str, object] = {
        "id": "1", "created_at": AT, "sent_at": AT, "status": "failed", "owner": "o", "capability": "text",
        "provider": "openai", "connection": "chat", "base_url": "https://hk.relay.example", "protocol": "openai",
        "model": "gpt-4o", "relay": "gptbest", "line": "hk", "request_id": "20261125", "http_status": 401,
        "error_state": "quota_exhausted", "error_code": "key_quota_exhausted", "error_message": SAID,
    }  # fmt: skip
    return CallRow(**{**told, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            ["Time: 2026-11-25 10:00:00 +0545 (Asia/Kathmandu)", "Relay and line: GPTBest · HK", f"Request: POST {URL}",
             "Model: gpt-4o", "Capability: text", "HTTP status: 401", "Request id: 20261125", "Sent again: 0",
             "What we take it for: This key's own quota is used up, or too small for the call."],
        ),
        ("zh_CN", ["中转与线路: GPTBest · HK", "模型: gpt-4o", "能力: 文本", "重发次数: 0"]),
    ],
)  # fmt: skip
def test_a_call_that_failed(language: Language, lines: list[str]) -> None:
    failure = of_call(failed(), "GPTBest", "HK", "POST", URL)
    assert failure is not None
    told = report(failure, ZoneInfo("Asia/Kathmandu"), translator(language))
    assert set(lines) <= set(told.splitlines())
    assert "该令牌额度已用尽" in told
    assert KEY not in told


@pytest.mark.parametrize("row", [failed(sent_at=None), failed(error_code=None), failed(error_code="let_in")])
def test_what_was_never_sent_or_went_well_has_no_report(row: CallRow) -> None:
    assert of_call(row, "", "", "POST", URL) is None


def test_a_rung_that_failed() -> None:
    said = Said(403, message=SAID)
    seen = Evidence(
        AT, "chat", "permission", False, "no_permission", "GET", "/v1/models", http_status=403, provider_code="x",
        reason=reason(CAUSES["model_not_allowed"], said, model="gpt-4o"),
    )  # fmt: skip
    failure = of_evidence(seen, "GPTBest", "HK", "https://hk.relay.example/us")
    assert failure is not None
    told = report(failure, UTC, translator("en")).splitlines()
    assert "Request: GET https://hk.relay.example/us/v1/models" in told
    assert "Code: x" in told
    assert "Tested: permission" in told
    assert not [line for line in told if line.startswith(("Model", "Task id", "Sent again"))]
    assert KEY not in "\n".join(told)


def test_what_asked_nobody_or_passed_has_no_report() -> None:
    why = reason(CAUSES["no_key"])
    assert of_evidence(Evidence(AT, "chat", "key", False, "not_configured", "", "", reason=why), "", "", "") is None
    assert of_evidence(Evidence(AT, "chat", "key", True, "usable", "GET", "/v1/models"), "", "", "") is None
