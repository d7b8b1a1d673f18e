"""Tokens with prices of their own: an hour in the cache, sound, images. Frozen, as 0001.

Of calls made before nothing is known of them, which isn't 0.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

ADDED = (
    "cache_write_1h_tokens",
    "cached_audio_tokens",
    "cached_image_tokens",
    "input_audio_tokens",
    "input_image_tokens",
    "output_audio_tokens",
    "output_image_tokens",
)


def upgrade() -> None:
    """Adds the columns, empty."""
    for name in ADDED:
        op.add_column("calls", sa.Column(name, sa.BigInteger()))
