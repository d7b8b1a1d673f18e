"""A request that lacks what must be there, in new-api's order: key → model → channel → validation → charge.

QuantumNous/new-api: middleware/distributor.go before relay/helper/valid_request.go, relay/relay_task.go (step 1),
relay/mjproxy_handler.go (prompt_is_required); all of these before quota is taken.
"""

import pytest

INCOMPLETE = {
    "/v1/images/generations": {"model": "gpt-image-1", "prompt": {}},
    "/v1/audio/speech": {"model": "tts-1", "input": {}, "voice": "alloy"},
    "/v1/videos": {"model": "sora-2", "prompt": ""},
    "/v1/video/generations": {"model": "sora-2", "prompt": ""},
    "/v1/chat/completions": {"model": "gemini-2.5-flash-image", "messages": []},
    "/v1beta/models/gemini-2.5-flash-image:generateContent": {"contents": []},
    "/mj/submit/imagine": {"prompt": ""},
    "/suno/submit/music": {"mv": "chirp-v4", "gpt_description_prompt": {}},
}
"""Path → a body that is refused."""
GEMINI = "/v1beta/models/gemini-2.5-flash-image:generateContent"
TASK = {"code": "invalid_request", "data": None}
REFUSED = {
    "/v1/videos": TASK, "/v1/video/generations": TASK, "/suno/submit/music": TASK, "/mj/submit/imagine": {"code": 4},
}
"""What the body says, where it isn't OpenAI's form or Google's (wire.md 1C, 4, 7)."""
DOOR = {
    "expired": (401, "该令牌已过期"),
    "chatglm": (403, "该令牌无权访问模型"),
    "no_channel": (503, "无可用渠道"),
}
GOOGLES = {
    "expired": (400, "API_KEY_INVALID"),
    "chatglm": (403, "PERMISSION_DENIED"),
    "no_channel": (404, "NOT_FOUND"),
}


@pytest.mark.parametrize(("path", "body"), INCOMPLETE.items())
def test_it_is_refused_and_costs_nothing(client, bearer, relay, path, body):
    before = relay.books.key("balance")
    relay.books.change_key("balance", models=None)  # an empty account: what isn't asked for isn't missed
    for key in ("all", "balance"):
        answer = client.post(path, json=body, headers=bearer(key))
        assert answer.status_code == 400
        told = answer.json()
        if path in REFUSED:
            assert REFUSED[path].items() <= told.items()
        else:
            assert told["error"]["code"] == (400 if path == GEMINI else "invalid_request")
        assert relay.books.key(key).used == 0
    assert relay.books.key("balance").remain == before.remain


@pytest.mark.parametrize(("path", "body"), INCOMPLETE.items())
@pytest.mark.parametrize("key", DOOR)
def test_key_permission_and_channel_come_first(client, bearer, relay, path, body, key):
    if key == "no_channel":
        relay.books.change_key(key, models=None)
    answer = client.post(path, json=body, headers=bearer(key))
    status, said = GOOGLES[key] if path == GEMINI else DOOR[key]
    assert (answer.status_code, said in answer.text) == (status, True)
