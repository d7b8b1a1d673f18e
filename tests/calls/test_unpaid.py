"""Requests that must be refused: what they lack, how each answer is told, and that they are logged as any call is."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from lib.calls.draft import CallDraft, draft_of
from lib.calls.unpaid import LACKS, incomplete
from lib.engine import Engine
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.verdicts.judging import best_of
from lib.vocabulary import Evidence, Verdict
from lib.wire import Endpoint, Json, Request, Unfit
from lib.wire.protocols import PROTOCOLS

RELAY = "https://relay.example"
VIDEOS = f"{RELAY}/v1/videos"
SPEECH = f"{RELAY}/v1/audio/speech"
ENDPOINT = Endpoint(RELAY, SecretStr("sk-mine"))


@pytest.mark.parametrize(("protocol", "capability"), LACKS)
def test_it_is_the_very_request_of_a_generation_but_for_one_field(protocol: str, capability: Any) -> None:
    whole = PROTOCOLS[protocol].build(ENDPOINT, Request("a-model", "A red circle", capability))
    lacking = incomplete(whole, protocol, capability)
    field, nothing = LACKS[protocol, capability]
    assert (lacking.method, lacking.url) == (whole.method, whole.url)
    assert dict(lacking.headers) | {"content-length": ""} == dict(whole.headers) | {"content-length": ""}
    assert json.loads(lacking.content) == json.loads(whole.content) | {field: nothing}
    assert lacking.headers["content-length"] == str(len(lacking.content))
    assert "A red circle" not in lacking.content.decode()


CUSTOM: dict[str, Json] = {"custom": True, "title": "Tea", "tags": "folk"}


@pytest.mark.parametrize(
    ("protocol", "capability", "model", "params"),
    [
        ("stability", "image", "stable-image-core", {}),
        ("elevenlabs", "speech", "eleven_v3", {}),
        ("zhipu", "video", "cogvideox-3", {}),
        ("video_create", "video", "veo3", {}),
        ("openai", "text", "gpt-4o-mini", {}),
        ("openai", "embedding", "text-embedding-3-small", {}),
        ("gemini", "image", "imagen-4.0-generate-001", {}),  # by `predict`, which has no contents
        ("suno", "music", "suno_music", CUSTOM),
    ],
)
def test_what_nobody_is_shown_to_refuse_is_not_asked(
    protocol: str, capability: Any, model: str, params: dict[str, Json]
) -> None:
    whole = PROTOCOLS[protocol].build(ENDPOINT, Request(model, "A red circle", capability, params=params))
    with pytest.raises(Unfit) as unfit:
        incomplete(whole, protocol, capability)
    assert unfit.value.code == "never_unpaid"


PRICING = {
    "success": True,
    "data": [
        {"model_name": "sora-2", "quota_type": 1, "model_price": 0.1, "enable_groups": ["default"],
         "supported_endpoint_types": ["openai-video"]},
        {"model_name": "tts-1", "quota_type": 1, "model_price": 0.1, "enable_groups": ["default"],
         "supported_endpoint_types": ["openai"]},
    ],
    "group_ratio": {"default": 1},
    "usable_group": {"default": "default"},
}  # fmt: skip
CONFIGURED = {
    "relays": [{"id": "relay", "lines": [{"id": "main", "name": "Main", "base_url": RELAY}]}],
    "connections": [
        {"id": "mine", "provider": "custom", "relay": "relay", "key": "sk-mine", "models": ["sora-2", "tts-1"],
         "capabilities": ["video", "speech"]},
        {"id": "maker", "provider": "openai", "base_url": "https://api.openai.com", "key": "sk-hers",
         "models": ["tts-1"], "capabilities": ["speech"]},
    ],
}  # fmt: skip
FILM = CallDraft("mine", "video", "A red circle", "sora-2", unpaid=True)
SOUND = CallDraft("mine", "speech", "17", "tts-1", unpaid=True)


@pytest.fixture(autouse=True)
def relay() -> Iterator[respx.MockRouter]:
    """A relay that tells what it is and its prices; of what is left it says nothing."""
    with respx.mock(assert_all_called=False) as router:
        router.get(f"{RELAY}/api/status").respond(json={"success": True, "data": {"quota_per_unit": 500_000}})
        router.get(f"{RELAY}/api/pricing").respond(json=PRICING)
        router.get(f"{RELAY}/v1/models").respond(json={"data": [{"id": "sora-2"}, {"id": "tts-1"}]})
        router.get(f"{RELAY}/v1/videos/task_1").respond(json={"id": "task_1", "status": "failed"})
        router.get(url__startswith=RELAY).respond(404, json={"error": {"message": "Invalid URL", "code": ""}})
        yield router


def asked(home: Path, draft: CallDraft) -> tuple[CallRow, Payload, tuple[Evidence, ...], Verdict]:
    """A call as it is logged, what it showed, and what is concluded of its model."""

    async def run() -> tuple[CallRow, Payload, tuple[Evidence, ...], Verdict]:
        engine = Engine(home, keys="file")
        engine.import_(json.dumps(CONFIGURED))
        await engine.start()
        try:
            await engine.check([draft.connection])
            call = await engine.submit(draft)
            await engine.wait(call)
            shown = tuple(one for one in engine.facts().evidence if one.call == call)
            found = [one for one in engine.verdicts() if one.capability == draft.capability]
            verdict = best_of(one for one in found if one.connection == draft.connection)
            assert verdict is not None
            return *engine.log.call(call), shown, verdict
        finally:
            await engine.stop()

    return asyncio.run(run())


def told(status: int, code: str, message: str = "prompt is required") -> httpx.Response:
    """new-api's task routes (wire.md 2A)."""
    return httpx.Response(status, json={"code": code, "message": message, "data": None})


def envelope(status: int, code: str | None, message: str, kind: str = "new_api_error") -> httpx.Response:
    """new-api's and one-api's envelope (wire.md 1C)."""
    return httpx.Response(status, json={"error": {"message": message, "type": kind, "param": "", "code": code}})


ACCEPTED = httpx.Response(200, json={"id": "task_1", "object": "video", "model": "sora-2", "status": "queued"})


@pytest.mark.parametrize(
    ("draft", "answer", "status", "state", "code", "cost", "concluded"),
    [
        (FILM, told(400, "invalid_request"), "failed", "untested", "let_in", "0", "let_in"),
        (SOUND, envelope(500, "invalid_request", "cannot unmarshal object"), "failed", "untested", "let_in", "0",
         "let_in"),
        (SOUND, envelope(400, "invalid_json", "cannot unmarshal object", "one_api_error"), "failed", "untested",
         "let_in", "0", "let_in"),
        # refused at the door: what a real call would show
        (SOUND, envelope(403, "", "该令牌无权访问模型 tts-1"), "failed", "no_permission", "model_not_allowed", "0",
         "model_not_allowed"),
        (FILM, envelope(503, "model_not_found", "No available channel for model sora-2"), "failed", "not_offered",
         "no_channel", "0", "no_channel"),
        (FILM, envelope(401, "", "该令牌已过期"), "failed", "expired_key", "key_expired", "0", "key_expired"),
        # no proof either way: a bare 400, and a channel that can't be asked so
        (SOUND, envelope(400, "", "无效的请求"), "failed", "bad_request", "bad_request", "0", "no_free_endpoint"),
        (SOUND, envelope(500, "convert_request_failed", "not implemented"), "failed", "bad_request", "bad_request",
         "0", "no_free_endpoint"),
        # taken all the same: billed as any call, and no proof, whatever became of it
        (SOUND, httpx.Response(200, content=b"RIFF", headers={"content-type": "audio/wav"}), "succeeded", None, None,
         "0.1", "taken"),
        (SOUND, httpx.Response(200), "failed", "upstream_fault", "empty_answer", "0.1", "taken"),
        (FILM, ACCEPTED, "failed", "upstream_fault", "task_failed", "0", "taken"),
        (FILM, httpx.Response(504), "unknown", "upstream_fault", "possibly_billed", None, "no_free_endpoint"),
    ],
)  # fmt: skip
def test_how_each_answer_is_told(
    own_home: Path, relay: respx.MockRouter, draft: CallDraft, answer: httpx.Response, status: str, state: str | None,
    code: str | None, cost: str | None, concluded: str,
) -> None:  # fmt: skip
    sent = relay.post(VIDEOS if draft is FILM else SPEECH).mock(side_effect=[answer])
    row, payload, shown, verdict = asked(own_home, draft)
    assert (row.status, row.error_state, row.error_code) == (status, state, code)
    if cost is not None:
        assert row.estimated is not None
        assert row.estimated.amount == Decimal(cost)
    assert verdict.reason.code == concluded
    assert verdict.proof is None
    assert not any(one.ok for one in shown)
    assert sent.call_count == 1
    assert draft.prompt.encode() not in sent.calls.last.request.content
    assert draft_of(row, payload).unpaid


def test_where_nobody_is_shown_to_refuse_it_nothing_is_sent(own_home: Path, relay: respx.MockRouter) -> None:
    relay.get(url__startswith="https://api.openai.com").respond(json={"data": [{"id": "tts-1"}]})
    row, *_ = asked(own_home, CallDraft("maker", "speech", "17", "tts-1", unpaid=True))
    assert (row.error_code, row.sent_at) == ("never_unpaid", None)
