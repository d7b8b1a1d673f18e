"""Where Zhipu's API is, at whatever address its user named."""

from __future__ import annotations

from lib.wire import Endpoint

API = "/api/paas/v4"
"""The path of the API at open.bigmodel.cn and api.z.ai (wire.md 6)."""
VERSIONED = "/paas/v4"
"""How an address ends that has the path already: also that of a coding plan, `/api/coding/paas/v4`."""


def root(endpoint: Endpoint) -> str:
    """The address that `/chat/completions` follows."""
    base = endpoint.base_url
    return base if base.endswith(VERSIONED) else f"{base}{API}"
