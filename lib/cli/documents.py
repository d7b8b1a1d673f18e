"""The JSON documents of the contract, made from what the engine knows. Pure but for reading a call's cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lib.causes import remembered, words
from lib.checks.lines import LineResult
from lib.checks.rungs import way_of
from lib.checks.words import STAGES, sentence
from lib.connections.model import Configuration
from lib.engine import Checked, Engine
from lib.i18n import Translate
from lib.ledger.calls import Page
from lib.ledger.media import Kept
from lib.ledger.report import ReportRow
from lib.ledger.row import CallRow, iso
from lib.ledger.spells import Spell
from lib.providers import listed_as_chat
from lib.verdicts.judging import best_of
from lib.verdicts.prices import Priced
from lib.verdicts.standing import Stood
from lib.verdicts.views import Cell
from lib.vocabulary import Evidence, Quota, Reason, State, Verdict

Document = dict[str, Any]
FREE = {"amount": "0", "currency": "USD"}


def reason_document(why: Reason, t: Translate) -> Document:
    """Why, whose move it is and what to do, in the user's language; `said` quotes the server."""
    worded = words(why, t)
    return {
        "code": why.code,
        "message": worded.message,
        "remedy": worded.remedy,
        "whose_move": worded.whose_move,
        "said": why.said or None,
    }


def check_document(checked: tuple[Checked, ...], engine: Engine, t: Translate) -> Document:
    """`check --json`."""
    return {
        "checked_at": iso(datetime.now(UTC)),
        "connections": [_connection(one, engine, t) for one in checked],
    }


def _connection(one: Checked, engine: Engine, t: Translate) -> Document:
    configuration = engine.configuration()
    connection = configuration.connection(one.connection)
    line = configuration.line(connection)
    best = best_of(one.verdicts)
    failed = next((step for step in one.steps if not step.ok), None)
    state = best.state if best else failed.state if failed else "untested"
    why = best.reason if best else (failed.reason if failed else None) or Reason("not_tested", "you")
    return {
        "id": connection.id,
        "provider": connection.provider,
        "relay": connection.relay,
        "line": line.id if line else None,
        "base_url": configuration.address(connection),
        "capabilities": list(one.capabilities),
        "state": state,
        "proof": best.proof if best else None,
        "reason": reason_document(why, t),
        "quota": quota_document(one.quota),
        "models": _models(one.steps),
        "verdicts": [_verdict(verdict, t) for verdict in one.verdicts],
        "steps": [_step(step, engine, t) for step in one.steps],
    }


def quota_document(quota: Quota | None) -> Document | None:
    """What is left; null where nobody said. `characters` only where that is the unit."""
    if quota is None:
        return None
    left = quota.remaining
    return {
        "remaining": left.plain if left else None,
        "currency": left.currency if left else None,
        "unlimited": quota.unlimited,
        **({} if quota.characters is None else {"characters": quota.characters}),
    }


def _models(steps: tuple[Evidence, ...]) -> Document | None:
    counted = next((step.detail for step in steps if step.step == "permission" and step.detail), None)
    return {name: int(counted[name]) for name in ("listed", "allowed")} if counted else None


def _verdict(verdict: Verdict, t: Translate) -> Document:
    return {
        "capability": verdict.capability,
        "model": verdict.model or None,
        "state": verdict.state,
        "proof": verdict.proof,
        "reason": reason_document(verdict.reason, t),
    }


def _step(step: Evidence, engine: Engine, t: Translate) -> Document:
    return {
        "step": step.step,
        "ok": step.ok,
        "state": step.state,
        "ms": step.ms,
        "method": step.method or None,
        "path": step.path or None,
        "http_status": step.http_status,
        "provider_code": step.provider_code,
        "request_id": step.request_id,
        "message": sentence(step, t),
        "way": _way(step.detail),
        "cost": _cost_of(step, engine),
    }


def _way(detail: Mapping[str, str]) -> Document | None:
    """How far a request came, in milliseconds by stage, and through which proxy; null where nothing is known of it."""
    took = {name: int(detail[name]) for name in STAGES if name in detail}
    proxy = {"address": detail["proxy"], "named_by": detail.get("proxy_by")} if "proxy" in detail else None
    if not took and proxy is None and "stopped" not in detail:
        return None
    return {**dict.fromkeys(STAGES), **took, "stopped": detail.get("stopped"), "proxy": proxy}


def _cost_of(step: Evidence, engine: Engine) -> Document | None:
    if step.call is None:
        return FREE
    cost = engine.log.call(step.call)[0].cost
    return cost.json() if cost else None


def lines_document(relay: str, chosen: str, results: tuple[LineResult, ...]) -> Document:
    """`lines --json`."""
    return {
        "relay": relay,
        "lines": [
            {
                "id": one.line.id,
                "name": one.line.name,
                "base_url": one.line.base_url,
                "state": one.state,
                "median_ms": one.median_ms,
                "first_byte_ms": one.times.first_byte_ms if one.times else None,
                "tls_ms": one.times.tls_ms if one.times else None,
                "samples": one.samples,
                "key_of": one.entry.connection,
                "way": _way(way_of(one.times)) if one.times else None,
                "chosen": one.line.id == chosen,
            }
            for one in results
        ],
    }


def catalogue_document(engine: Engine, relay: str, state: State | None, t: Translate) -> Document:
    """`catalogue --json`."""
    listing = engine.listing(relay)
    found = engine.prices().catalogue(f"relay:{relay}")
    return {
        "relay": relay,
        "fetched_at": iso(listing.at) if listing else None,
        "models": [_catalogue_row(one, t) for one in found if state in (None, one.row.state)],
    }


def _catalogue_row(one: Priced, t: Translate) -> Document:
    row = one.row
    return {
        "model": row.model,
        "vendor": row.api.vendor if row.api else None,
        "capabilities": list(row.capabilities),
        "endpoints": list(row.api.endpoints) if row.api else [],
        "listed_as_chat": row.api is not None and listed_as_chat(row.api.model, row.api.endpoints),
        "groups": list(row.api.groups) if row.api else [],
        "connections": list(row.connections),
        "state": row.state,
        "proof": row.proof,
        "reason": reason_document(row.why, t),
        "price": one.price.json() if one.price else None,
        "official": one.official.json() if one.official else None,
        "markup": f"{one.markup:f}" if one.markup is not None else None,
    }


def matrix_document(cells: tuple[Cell, ...], t: Translate) -> Document:
    """`matrix --json`."""
    return {
        "cells": [
            {
                "provider": cell.provider,
                "capability": cell.capability,
                "connection": cell.connection,
                "state": cell.state,
                "proof": cell.proof,
                "reason": reason_document(cell.why, t),
                "billing": cell.billing,
                "models": {"usable": cell.usable, "listed": cell.listed},
                "checked_at": iso(cell.checked_at),
            }
            for cell in cells
        ]
    }


def history_document(
    engine: Engine, connections: Sequence[str], model: str | None, since: datetime | None, t: Translate
) -> Document:
    """`history --json`: how each API has stood, and the changes of rungs and real calls that showed it."""
    stood = [one for name in connections for one in engine.stood(name) if model in (None, one[0].model)]
    named = connections if model is None else dict.fromkeys(verdict.connection for verdict, _ in stood)
    called = None if model is None else {(model, verdict.capability) for verdict, _ in stood}
    spells = [one for name in named for one in engine.history(name, called, None) if _later(one.ended, since)]
    return {
        "since": iso(since),
        "apis": [_api(verdict, [one for one in times if _later(one.until, since)]) for verdict, times in stood],
        "changes": _changes(engine, sorted(spells, key=lambda one: (one.since, one.id), reverse=True), t),
    }


def _later(ended: datetime | None, since: datetime | None) -> bool:
    return since is None or ended is None or ended > since


def _api(verdict: Verdict, times: Sequence[Stood]) -> Document:
    return {
        "connection": verdict.connection,
        "capability": verdict.capability,
        "model": verdict.model or None,
        "state": verdict.state,
        "proof": verdict.proof,
        "stood": [
            {
                "since": iso(one.since),
                "until": iso(one.until),
                "state": one.state,
                "proof": one.proof,
                "seen_at": iso(one.seen_at),
            }
            for one in times
        ],
    }


def _changes(engine: Engine, found: Sequence[Spell], t: Translate) -> list[Document]:
    pieces = engine.behind(found)
    return [
        {
            "since": iso(one.since),
            "until": iso(one.until),
            "ended": iso(one.ended),
            "times": one.times,
            "connection": one.connection,
            "step": one.step,
            "model": one.model or None,
            "capability": one.capability or None,
            "ok": one.ok,
            "state": one.state,
            "code": one.cause or None,
            "message": sentence(pieces[one.id][0], t) if pieces[one.id] else None,
        }
        for one in found
    ]


def call_document(
    row: CallRow, text: str, t: Translate, artifacts: Sequence[Document] = (), unpriced: str | None = None
) -> Document:
    """A call: `call --json`, a row of `log` and `jobs`. Its error is worded here; `said` quotes the server.

    `unpriced`: why it had no price, where that is known.
    """
    document = row.json(text, artifacts)
    document["cost"]["unpriced"] = unpriced
    if row.error_state is not None:
        worded = words(call_reason(row), t)
        document["error"] |= {"message": worded.message, "remedy": worded.remedy, "said": row.error_message}
    return document


def call_reason(row: CallRow) -> Reason:
    """Why a call ended as it did, as the ledger kept it."""
    return remembered(row.error_code or "unknown_answer", row.error_params, row.error_message or "")


def connections_document(configuration: Configuration) -> Document:
    """`connections list --json`: what is configured, each key by its last four characters."""
    exported = configuration.export()
    for connection in exported["connections"]:
        connection["key_tail"] = configuration.connection(connection["id"]).key_tail or None
    return exported


def calls_documents(engine: Engine, rows: Sequence[CallRow], t: Translate) -> list[Document]:
    """Some calls with their answers and files."""
    ids = [row.id for row in rows]
    texts, made, why = engine.log.texts(ids), engine.artifacts(ids), reasons(engine, rows)
    return [
        call_document(
            row, texts.get(row.id, ""), t, [artifact(engine, one) for one in made.get(row.id, ())], why.get(row.id)
        )
        for row in rows
    ]


def reasons(engine: Engine, rows: Sequence[CallRow]) -> Mapping[str, str]:
    """By id why calls had no price, as far as that is known."""
    return engine.log.unpriced([row.id for row in rows if row.price_source is None])


def artifact(engine: Engine, kept: Kept) -> Document:
    """A file that a call made, where it stands in the data folder."""
    return {"path": str(engine.files.path(kept)), "mime": kept.mime, "bytes": kept.bytes, "sha256": kept.sha256}


def log_document(engine: Engine, page: Page, t: Translate) -> Document:
    """`log --json`."""
    return {"calls": calls_documents(engine, page.rows, t), "next": page.next}


def report_document(
    rows: Sequence[ReportRow], total: ReportRow, since: datetime | None, until: datetime | None, zone: str, by: str
) -> Document:
    """`report --json`."""
    return {
        "since": iso(since),
        "until": iso(until),
        "tz": zone,
        "by": by,
        "rows": [row.json() for row in rows],
        "total": total.json(),
    }
