"""What anyone may ask without a key: prices, status, notice and groups, as new-api's `/api` answers."""

import json
from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.catalogue import GROUP_RATIO, USABLE_GROUPS, pricing_document
from demo.keys import QUOTA_PER_USD
from demo.relay import relay_of

NOTICE = (
    "这是 Relayscope 的演示中转站：一切都在本机，不花一分钱。\n\n"
    "This is Relayscope's demo relay: all of it is local and free."
)


async def pricing(_: Request) -> Response:
    """GET /api/pricing: every listed model with its ratios."""
    return Response(_pricing(), media_type="application/json")


async def status(request: Request) -> Response:
    """GET /api/status: what kind of relay this is and how it counts."""
    base = str(request.base_url).rstrip("/")
    data = {
        "version": "demo",
        "start_time": relay_of(request).started_at,
        "system_name": "Relayscope Demo",
        "server_address": base,
        "docs_link": "",
        "quota_per_unit": QUOTA_PER_USD,
        "display_in_currency": True,
        "quota_display_type": "USD",
        "usd_exchange_rate": 7.3,
        "price": 7.3,
        "min_topup": 1,
        "enable_drawing": True,
        "enable_task": True,
        "enable_data_export": True,
        "setup": True,
    }
    return JSONResponse({"success": True, "message": "", "data": data})


async def notice(_: Request) -> Response:
    """GET /api/notice: the operator's words, Markdown."""
    return JSONResponse({"success": True, "message": "", "data": NOTICE})


async def groups(_: Request) -> Response:
    """GET /api/user/groups: the groups a visitor may use, with their ratio."""
    data = {name: {"desc": desc, "ratio": float(GROUP_RATIO[name])} for name, desc in USABLE_GROUPS.items()}
    return JSONResponse({"success": True, "message": "", "data": data})


@cache
def _pricing() -> bytes:
    return json.dumps(pricing_document(), ensure_ascii=False).encode()
