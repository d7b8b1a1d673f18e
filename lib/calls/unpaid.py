"""A generation's very request without what it must have: refused before anything is made, and before it is charged.

Key, the key's models, group and channel come before that in one-api (songquanpeng/one-api: middleware/auth.go,
middleware/distributor.go; then relay/controller/image.go, audio.go and text.go) and in new-api (QuantumNous/new-api:
middleware/distributor.go; then controller/relay.go with relay/helper/valid_request.go, before it asks for quota;
relay/relay_task.go step 1 with relay/common/relay_utils.go and relay/channel/task/suno/adaptor.go, before step 7;
relay/mjproxy_handler.go, `prompt_is_required`). Older builds, Calcium-Ion/new-api: relay/relay-image.go,
relay-audio.go, relay_task.go. Of nobody else is that shown: makers' own addresses, and protocols that only closed
relays speak, aren't asked so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import httpx

from lib.causes import CAUSES, Cause, reason
from lib.ledger.row import LET_IN
from lib.vocabulary import Capability, Evidence
from lib.wire import Json, Said, Unfit

NO_TEXT: Json = {}
"""Go reads no text from an object. New builds let a missing prompt, input or description through to the upstream."""
LACKS: Mapping[tuple[str, Capability], tuple[str, Json]] = {
    ("openai", "image"): ("prompt", NO_TEXT),
    ("openai", "speech"): ("input", NO_TEXT),
    ("chat_image", "image"): ("messages", []),
    ("chat_video", "video"): ("messages", []),
    ("gemini", "image"): ("contents", []),
    ("gemini", "speech"): ("contents", []),
    ("openai_video", "video"): ("prompt", ""),
    ("video_generations", "video"): ("prompt", ""),
    ("midjourney", "image"): ("prompt", ""),
    ("suno", "music"): ("gpt_description_prompt", NO_TEXT),
}
"""Protocol and capability → the field that has to be there, and what stands in it instead."""

SAY_OTHER = ("convert_request_failed", "read_request_body_failed", "OperationNotSupported")
"""Codes of a channel that can't be asked so and of a body that didn't come whole (new-api), of a model that can't do
it (Azure)."""


def incomplete(request: httpx.Request, protocol: str, capability: Capability) -> httpx.Request:
    """The request without what it must have, else the same. Raises `Unfit` where nothing shows that it is refused."""
    field, nothing = LACKS.get((protocol, capability), ("", None))
    body = json.loads(request.content) if field else {}
    if field not in body:
        raise Unfit("never_unpaid", capability=capability, protocol=protocol)
    headers = {name: value for name, value in request.headers.items() if name != "content-length"}
    return httpx.Request(request.method, request.url, headers=headers, json={**body, field: nothing})


def let_in(cause: Cause, said: Said) -> bool:
    """Whether the request was refused for itself, by name: a bare 400 may also come from before the door."""
    return cause.code == "bad_request" and bool(said.code or said.param) and said.code not in SAY_OTHER


def weaker(shown: Evidence, *, taken: bool) -> Evidence:
    """What the request shows, of what the same ending of a real call would: no proof where it was let in, nor where the
    server took it all the same, whatever became of it; a fault is a fault."""
    if taken:
        return replace(shown, step="unpaid", ok=False, state="untested", reason=reason(CAUSES["taken"]), detail={})
    is_let_in = shown.reason is not None and shown.reason.code == LET_IN
    return replace(shown, step="unpaid") if is_let_in else shown
