"""A video, image or music model that a relay lists under chat alone is judged, and spoken to, as what it is for."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr

from lib.calls.dialect import protocol_of
from lib.calls.guard import bound
from lib.calls.route import route
from lib.engine import Engine
from lib.ledger import evidence as proofs
from lib.ledger import snapshots
from lib.vocabulary import Capability, Evidence, State, Step

NOW = datetime.now(UTC) - timedelta(minutes=1)
RUNGS: tuple[Step, ...] = ("line", "key", "quota", "permission")
CHAT = ["openai"]
LINE = {"id": "a", "name": "a", "base_url": "https://relay.example"}
CONFIGURED = {
    "relays": [{"id": "one", "name": "one", "lines": [LINE]}],
    "connections": [{"id": "key", "provider": "custom", "relay": "one"}],
}


def listed_and_passed(model: str, told: dict[str, object], db: snapshots.Connection) -> None:
    """A model in the relay's list and in the key's own, under chat; every free rung passed."""
    entry = {"model_name": model, "model_price": 0.1, "supported_endpoint_types": CHAT, **told}
    priced = {"success": True, "data": [entry], "vendors": [{"id": 1, "name": "Suno"}]}
    snapshots.put(db, "pricing", "relay:one", NOW, json.dumps(priced))
    own = {"object": "list", "data": [{"id": model, "supported_endpoint_types": CHAT}]}
    snapshots.put(db, "models", "key", NOW, json.dumps(own))
    for step in RUNGS:
        proofs.add(db, Evidence(NOW, "key", step, True, "usable", "GET", "/"))


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

    engine.ledger.write(partial(listed_and_passed, model, {"quota_type": 0 if model == "quux-9" else 1}))
    row = engine.judged().catalogue("relay:one")[0]
    found = engine.verdicts()
    assert (row.model, row.capabilities[0], row.state, row.proof) == (model, capability, "usable", "ladder")
    assert [(one.capability, one.state) for one in found if one.capability == capability] == [(capability, "usable")]
    assert {one.capability for one in found} <= {*row.capabilities}
    way = route(engine.configuration(), lambda *_: SecretStr("sk-1"), "key", relay_seen=True)
    assert protocol_of(way, capability, "edit" if capability == "image_edit" else "generate", model, CHAT) == protocol
    engine.ledger.close()


@pytest.mark.parametrize(
    ("told", "row", "judged"),
    [
        ({"quota_type": 1, "vendor_id": 1}, ("music",), "music"),  # by its vendor
        ({"quota_type": 1}, (), "text"),  # billed by call it may be for anything: what the key is first for is tried
        ({"quota_type": 0}, ("text",), "text"),
    ],
)
def test_a_name_nobody_knows_is_for_what_the_price_list_says(
    tmp_path: Path, told: dict[str, object], row: tuple[Capability, ...], judged: Capability
) -> None:
    engine = Engine(tmp_path)
    engine.import_(json.dumps(CONFIGURED))
    engine.ledger.write(partial(listed_and_passed, "quux-9", told))
    assert engine.judged().catalogue("relay:one")[0].capabilities == row
    assert [(one.capability, one.state) for one in engine.verdicts()] == [(judged, "usable")]
    connection = engine.configuration().connection("key")
    assert bound(connection, engine.known.models(connection)) == (judged,)
    engine.ledger.close()


@pytest.mark.parametrize(
    ("types", "state"), [(["openai"], "not_configured"), (["a-type-of-tomorrow"], "unsupported"), ([], "unsupported")]
)
def test_what_may_be_for_anything_is_no_unknown_protocol(tmp_path: Path, types: list[str], state: State) -> None:
    engine = Engine(tmp_path)
    engine.import_(json.dumps({"relays": CONFIGURED["relays"], "connections": []}))
    entry = {"model_name": "quux-9", "quota_type": 1, "supported_endpoint_types": types}
    priced = json.dumps({"success": True, "data": [entry]})
    engine.ledger.write(lambda db: snapshots.put(db, "pricing", "relay:one", NOW, priced))
    row = engine.judged().catalogue("relay:one")[0]
    assert (row.capabilities, row.state) == ((), state)
    engine.ledger.close()
