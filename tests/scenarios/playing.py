"""Plays the table: every row a connection of its own, checked and called by the real engine over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from lib.calls.draft import CallDraft
from lib.engine import Checked, Engine
from lib.http import Outward, Timeouts
from lib.ledger.row import CallRow
from lib.verdicts.judging import best_of
from lib.vocabulary import Evidence, Quota, Verdict
from lib.wire import Media
from tests.scenarios.row import Row
from tests.scenarios.server import Stage

GIVEN = {
    "image_edit": (Media(b"\x89PNG\r\n\x1a\n", "image/png", "a.png"),),
    "transcription": (Media(b"RIFF\x00\x00\x00\x00WAVE", "audio/wav", "a.wav"),),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Played:
    """What a row came to. `posts_before` and `posts`: what could have been billed, before the call and in all."""

    steps: Sequence[Evidence]
    quota: Quota | None
    verdict: Verdict
    posts_before: int
    posts: int
    call: CallRow | None
    after: Verdict


AT_ONCE = 48
"""Connections of one engine: every request reads all that is configured."""
PATIENT, IMPATIENT = Timeouts(), Timeouts(read=5.0, whole=5.0)
"""How long an engine waits: as usual, and for what falls silent."""


def play(rows: Sequence[Row], home: Path) -> Mapping[str, Played]:
    """Checks every row's connection, then makes the real calls; by row's name."""
    scenes = {f"s{number}": row for number, row in enumerate(rows)}
    played: dict[str, Played] = {}
    with Stage({scene: row.scene() for scene, row in scenes.items()}) as stage:
        silent = {scene: row for scene, row in scenes.items() if row.falls_silent}
        others = {scene: row for scene, row in scenes.items() if scene not in silent}
        for start in range(0, len(others), AT_ONCE):
            some = dict(islice(others.items(), start, start + AT_ONCE))
            played |= asyncio.run(_play(some, stage, home / str(start)))
        played |= asyncio.run(_play(silent, stage, home / "silent", IMPATIENT))
    return played


async def _play(scenes: Mapping[str, Row], stage: Stage, home: Path, waits: Timeouts = PATIENT) -> Mapping[str, Played]:
    engine = Engine(home, keys="file")
    engine.import_(json.dumps(_configured(scenes, stage)))
    await engine.start()
    try:
        await engine.go_out(Outward(timeouts=waits))
        checked = {one.connection: one for one in await engine.check()}
        before = {scene: stage.posts(scene) for scene in scenes}
        called = [scene for scene, row in scenes.items() if row.call]
        calls = dict(zip(called, await asyncio.gather(*(_call(engine, s, scenes[s]) for s in called)), strict=True))
        after = engine.verdicts()
    finally:
        await engine.stop()
    return {
        row.name: _played(checked[scene], before[scene], stage.posts(scene), calls.get(scene), after)
        for scene, row in scenes.items()
    }


def _played(
    checked: Checked, before: int, posts: int, call: CallRow | None, verdicts: Sequence[Verdict]
) -> Played:
    verdict = best_of(checked.verdicts)
    after = best_of(one for one in verdicts if one.connection == checked.connection)
    assert verdict is not None
    assert after is not None
    return Played(checked.steps, checked.quota, verdict, before, posts, call, after)


async def _call(engine: Engine, scene: str, row: Row) -> CallRow:
    draft = CallDraft(
        scene, row.capability, "What is 17 + 25?", row.model, "edit" if row.capability == "image_edit" else "generate",
        params={"target_lang": "DE"} if row.capability == "translation" else {},
        inputs=GIVEN.get(row.capability, ()), unpaid=row.unpaid,
    )  # fmt: skip
    call_id = await engine.submit(draft)
    await engine.wait(call_id)
    return engine.log.call(call_id)[0]


def _configured(scenes: Mapping[str, Row], stage: Stage) -> dict[str, Any]:
    relays = [
        {"id": f"r_{scene}", "name": row.name,
         "lines": [{"id": "main", "name": "Main", "base_url": _at(row, scene, stage)}],
         **({"preset": "gptbest"} if row.through == "gptbest" else {})}
        for scene, row in scenes.items() if _is_relay(row)
    ]  # fmt: skip
    connections = [
        {"id": scene, "provider": _provider(row), "key": f"sk-of-scene-{scene}-0123456789", "models": [row.model],
         "capabilities": [row.capability],
         **({"relay": f"r_{scene}"} if _is_relay(row) else {"base_url": _at(row, scene, stage)})}
        for scene, row in scenes.items()
    ]  # fmt: skip
    return {"relays": relays, "connections": connections}


def _is_relay(row: Row) -> bool:
    return row.through in ("relay", "gptbest")


def _provider(row: Row) -> str:
    return "custom" if _is_relay(row) or row.through.startswith("http") else row.through


def _at(row: Row, scene: str, stage: Stage) -> str:
    address = stage.addresses[scene]
    if row.through == "https":
        return address.replace("http:", "https:")
    return row.through if "://" in row.through else address
