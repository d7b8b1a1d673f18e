"""A video, image or music model that a relay lists under chat alone is judged, and spoken to, as what it is for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from lib.calls.dialect import protocol_of
from lib.calls.route import route
from lib.engine import Engine
from lib.ledger import evidence as proofs
from lib.ledger import snapshots
from lib.vocabulary import Capability, Evidence, Step

NOW = datetime.now(UTC) - timedelta(minutes=1)
RUNGS: tuple[Step, ...] = ("line", "key", "quota", "permission")
CHAT = ["openai"]
LINE = {"id": "a", "name": "a", "base_url": "https://relay.example"}
CONFIGURED = {
    "relays": [{"id": "one", "name": "one", "lines": [LINE]}],
    "connections": [{"id": "key", "provider": "custom", "relay": "one"}],
}


@pytest.mark.parametrize(
    ("model", "capability", "protocol"),
    [
        ("kling-v1", "video", "chat_video"),  # wire.md 2D
        ("sora_video2-landscape-15s", "video", "chat_video"),
        ("flux-1-dev", "image", "chat_image"),
        ("flux-kontext-pro", "image_edit", "chat_image"),
        ("suno-v5", "music", "suno"),  # wire.md 7: by its name, whatever it is listed under
        ("mj_imagine", "image", "midjourney"),
        ("quux-9", "text", "openai"),  # nobody knows better than the relay
    ],
)
def test_it_is_judged_and_spoken_to_as_what_it_is_for(
    tmp_path: Path, model: str, capability: Capability, protocol: str
) -> None:
    engine = Engine(tmp_path)
    engine.import_(json.dumps(CONFIGURED))

    def write(db: snapshots.Connection) -> None:
        entry = {"model_name": model, "quota_type": 1, "model_price": 0.1, "supported_endpoint_types": CHAT}
        snapshots.put(db, "pricing", "relay:one", NOW, json.dumps({"success": True, "data": [entry]}))
        own = {"object": "list", "data": [{"id": model, "supported_endpoint_types": CHAT}]}
        snapshots.put(db, "models", "key", NOW, json.dumps(own))
        for step in RUNGS:
            proofs.add(db, Evidence(NOW, "key", step, True, "usable", "GET", "/"))

    engine.ledger.write(write)
    row = engine.judged().catalogue("relay:one")[0]
    found = engine.verdicts()
    assert (row.model, row.capabilities[0], row.state, row.proof) == (model, capability, "usable", "ladder")
    assert [(one.capability, one.state) for one in found if one.capability == capability] == [(capability, "usable")]
    assert {one.capability for one in found} <= {*row.capabilities}
    way = route(engine.configuration(), lambda *_: SecretStr("sk-1"), "key", relay_seen=True)
    assert protocol_of(way, capability, "edit" if capability == "image_edit" else "generate", model, CHAT) == protocol
    engine.ledger.close()
