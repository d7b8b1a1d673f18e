"""The first tables. Frozen: it spells out what they were, whatever `lib.ledger.schema` has become since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TOKENS = ("input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens")


def _texts(names: str, **options: Any) -> Iterable[sa.Column[Any]]:
    return (sa.Column(name, sa.Text(), **options) for name in names.split())


def _longs(names: Iterable[str], **options: Any) -> Iterable[sa.Column[Any]]:
    return (sa.Column(name, sa.BigInteger(), **options) for name in names)


def _calls() -> None:
    op.create_table(
        "calls",
        *_texts("id", primary_key=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        *_longs(("sent_at", "finished_at")),
        *_texts("status owner capability operation provider connection", nullable=False),
        *_texts("relay line"),
        *_texts("base_url protocol model", nullable=False),
        *_texts("request_id task_id"),
        sa.Column("http_status", sa.Integer()),
        sa.Column("retries", sa.Integer(), nullable=False),
        *_texts("error_state error_code error_message"),
        sa.Column("error_params", sa.JSON(), nullable=False),
        *_longs((*TOKENS, "images", "seconds", "characters", "calls")),
        *(
            sa.Column(f"{figure}_{part}", kind)
            for figure in ("quoted", "estimated", "billed", "official")
            for part, kind in (("nano", sa.BigInteger()), ("currency", sa.Text()))
        ),
        *_texts("price_source usage_source finish_reason"),
        sa.Column("first_byte_ms", sa.Integer()),
        sa.Column("duration_ms", sa.Integer()),
    )
    for column in ("status", "connection", "capability", "model"):
        op.create_index(f"calls_by_{column}", "calls", [column, "id"])
    op.create_table(
        "payloads",
        sa.Column("call", sa.Text(), sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        *_texts("prompt text reasoning", nullable=False),
        *(sa.Column(name, sa.JSON()) for name in ("request_json", "raw_usage", "prices")),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_texts("connection step state method path", nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        *_texts("model capability provider_code request_id call"),
        sa.Column("ms", sa.Integer()),
        sa.Column("http_status", sa.Integer()),
        sa.Column("reason", sa.JSON()),
        sa.Column("detail", sa.JSON(), nullable=False),
    )
    op.create_table(
        "evidence_newest",
        *_texts("connection step model capability", primary_key=True),
        sa.Column("ok", sa.Boolean(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.Integer(), sa.ForeignKey("evidence.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_table(
        "snapshots",
        *_texts("kind subject", primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_texts("body", nullable=False),
    )


def _configuration() -> None:
    for table in ("relays", "connections"):
        op.create_table(
            table,
            *_texts("id", primary_key=True),
            sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
            sa.Column("body", sa.JSON(), nullable=False),
        )
    op.create_table("settings", *_texts("name", primary_key=True), *_texts("value", nullable=False))


def _rollups() -> None:
    keys = {
        "rollups": "dimension day key currency",
        "rollup_cross": "day provider model capability connection currency",
    }
    sums = ("calls", "failed", "unknown_cost_calls", "cost_nano", "estimated_nano", "official_nano", *TOKENS)
    for table, key in keys.items():
        op.create_table(table, *_texts(key, primary_key=True), *_longs((*sums, "duration_ms"), nullable=False))


def upgrade() -> None:
    """Makes the tables."""
    _calls()
    _evidence()
    _configuration()
    _rollups()
