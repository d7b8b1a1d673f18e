"""How long the free check of many connections takes beside the slowest of them alone.

    uv run python -m bench.checks [--connections 30] [--answer-ms 300] [--rounds 3]

A local relay of our own answers each question after the same time. "one relay" has all the keys at one host, "a host
each" every key at an address of its own: 30 keys at one relay are the usual case, and a limit per host is what makes
them wait. With a fixed limit of six ladders that took 3.5 times the slowest alone; `lib.checks.pace` begins with ten
and lets two more in for each quick answer, so the first answers are all that is waited for. Trust the ratio, not the
milliseconds: it may be 1.5 at most.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from lib.engine import Engine

MOST = 1.5
ANSWERS = {
    "/api/status": {"success": True, "data": {"system_name": "Bench", "quota_per_unit": 500_000}},
    "/api/pricing": {"success": True, "data": []},
    "/v1/models": {"object": "list", "data": [{"id": "glm-4-flash"}]},
    "/v1/dashboard/billing/subscription": {"object": "billing_subscription", "hard_limit_usd": 5},
    "/v1/dashboard/billing/usage": {"object": "list", "total_usage": 100},
}


@asynccontextmanager
async def relay(hosts: int, answer_ms: int) -> AsyncIterator[list[str]]:
    """Starts so many slow relays; their addresses."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            await asyncio.sleep(answer_ms / 1000)
            body = json.dumps(ANSWERS.get(head.split(b" ")[1].decode().partition("?")[0], {})).encode()
            kind = b"content-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
            writer.write(b"HTTP/1.1 200 OK\r\n" + kind + body)

    async def until_it_hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, asyncio.CancelledError):
            await serve(reader, writer)
        writer.close()

    servers = [await asyncio.start_server(until_it_hangs_up, "127.0.0.1", 0) for _ in range(hosts)]
    yield [f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers]
    for server in servers:
        server.close()


def configured(addresses: Sequence[str], connections: int) -> dict[str, Any]:
    """One relay an address, and the connections spread over them."""
    return {
        "relays": [
            {"id": f"relay{n}", "lines": [{"id": "main", "name": "Main", "base_url": address}]}
            for n, address in enumerate(addresses)
        ],
        "connections": [
            {"id": f"key{n}", "provider": "zhipu", "relay": f"relay{n % len(addresses)}", "key": f"sk-{n:08}",
             "models": ["glm-4-flash"]}
            for n in range(connections)
        ],
    }  # fmt: skip


async def took(engine: Engine, ids: Sequence[str] | None = None) -> float:
    """Seconds until a check has ended; every connection must have come out usable."""
    start = perf_counter()
    checked = await engine.check(ids)
    seconds = perf_counter() - start
    assert all(verdict.state == "usable" for one in checked for verdict in one.verdicts)
    return seconds


async def measured(home: Path, hosts: int, connections: int, answer_ms: int, rounds: int) -> tuple[float, float]:
    """Seconds for the slowest alone, and for all at once: medians of alternating rounds."""
    async with relay(hosts, answer_ms) as addresses:
        engine = Engine(home)
        engine.import_(json.dumps(configured(addresses, connections)))
        await engine.start()
        ids = [one.id for one in engine.configuration().connections]
        times = [(max([await took(engine, [one]) for one in ids[:3]]), await took(engine)) for _ in range(rounds)]
        await engine.stop()
    alone, together = (median(column) for column in zip(*times, strict=True))
    return alone, together


def main() -> None:
    """Prints the table; exit status 1 where it takes longer than it may."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--connections", type=int, default=30)
    options.add_argument("--answer-ms", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    os.environ["RELAYSCOPE_KEYS"] = "file"
    print(f"{chosen.connections} connections, {chosen.answer_ms} ms an answer")
    print(f"{'':<14}{'slowest alone':>14}{'all':>9}{'ratio':>8}")
    worst = 0.0
    for name, hosts in (("one relay", 1), ("a host each", chosen.connections)):
        with tempfile.TemporaryDirectory() as home:
            alone, together = asyncio.run(
                measured(Path(home), hosts, chosen.connections, chosen.answer_ms, chosen.rounds)
            )
        worst = max(worst, together / alone)
        print(f"{name:<14}{alone:>12.2f} s{together:>7.2f} s{together / alone:>7.2f}x")
    raise SystemExit(int(worst > MOST))


if __name__ == "__main__":
    main()
