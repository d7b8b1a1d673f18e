"""What a key can ask for free: models, balance, usage and log. Nothing here charges or logs."""

import json
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from demo.auth import BEARER, admit, allowed, bearer
from demo.books import Key
from demo.catalogue import Model, models
from demo.keys import NEVER, QUOTA_PER_USD
from demo.refusals import management_fault
from demo.relay import relay_of

CREATED = 1626777600
"""The `created` of every model, in one-api and new-api alike."""

UNLIMITED_USD = 100_000_000
LOG_ROWS = 1000


async def list_models(request: Request) -> Response:
    """GET /v1/models: what this key may use, in the shape of the API whose headers came with it.

    new-api asks for `x-api-key` beside `anthropic-version`; Anthropic's newer SDKs send their key as a Bearer.
    """
    if "anthropic-version" in request.headers:
        return await list_models_as_anthropic(request)
    if "x-goog-api-key" in request.headers or "key" in request.query_params:
        return await list_models_as_gemini(request)
    return await list_models_as_openai(request)


async def list_models_as_openai(request: Request) -> Response:
    """The same as OpenAI lists them."""
    data = [_listed(model) for model in allowed(admit(request)).values()]
    return JSONResponse({"success": True, "object": "list", "data": data})


async def list_models_as_anthropic(request: Request) -> Response:
    """The same as Anthropic lists them."""
    names = list(allowed(admit(request)))
    made = datetime.fromtimestamp(CREATED, UTC).isoformat().replace("+00:00", "Z")
    fixed = {"type": "model", "created_at": made, "lifecycle": "active"}
    data = [{"id": name, "display_name": name, **fixed} for name in names]
    ends = {"first_id": names[0], "last_id": names[-1]} if names else {"first_id": None, "last_id": None}
    return JSONResponse({"data": data, "has_more": False, **ends})


async def list_models_as_gemini(request: Request) -> Response:
    """GET /v1beta/models: the same as Gemini lists them, but without its `models/` before a name (new-api's way)."""
    data = [{"name": name, "displayName": name} for name in allowed(admit(request))]
    return JSONResponse({"models": data, "nextPageToken": None})


async def retrieve_model(request: Request) -> Response:
    """GET /v1/models/{id}: one model; an unknown one is an error body with status 200, as in one-api."""
    admit(request)
    name = request.path_params["model"]
    if name in models():
        return JSONResponse(_listed(models()[name]))
    message = f"The model '{name}' does not exist"
    error = {"message": message, "type": "invalid_request_error", "param": "model", "code": "model_not_found"}
    return JSONResponse({"error": error})


async def subscription(request: Request) -> Response:
    """GET /v1/dashboard/billing/subscription: what was granted, in USD; 100000000 means unlimited."""
    key = admit(request)
    limit = UNLIMITED_USD if key.spec.unlimited else usd(key.used + min(key.remain, key.funds))
    return JSONResponse(
        {
            "object": "billing_subscription",
            "has_payment_method": True,
            "soft_limit_usd": limit,
            "hard_limit_usd": limit,
            "system_hard_limit_usd": limit,
            "access_until": key.expires_at,
        }
    )


async def billing_usage(request: Request) -> Response:
    """GET /v1/dashboard/billing/usage: what the key has used in all, in US cents."""
    return JSONResponse({"object": "list", "total_usage": admit(request).used * 100 / QUOTA_PER_USD})


async def token_quota(request: Request) -> Response:
    """GET /v1/token/quota, of the GPTBest family: credits, which are USD here."""
    key = admit(request)
    return JSONResponse(
        {
            "id": key.spec.id,
            "name": key.spec.name,
            "quota": usd(key.remain),
            "used_quota": usd(key.used),
            "unlimited_quota": key.spec.unlimited,
        }
    )


async def token_usage(request: Request) -> Response:
    """GET /api/usage/token/: the key's quota in raw units, for expired and exhausted keys too. Rationed."""
    if _rationed(request):
        return Response(status_code=429)
    header = request.headers.get("authorization", "")
    if not header:
        return management_fault("No Authorization header", 401)
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer" or not secret or " " in secret:
        return management_fault("Invalid Bearer token", 401)
    key = bearer(request, secret)
    if key is None:
        return management_fault("获取令牌信息失败，请稍后重试")
    return JSONResponse({"code": True, "message": "ok", "data": _token_usage(key)})


async def token_log(request: Request) -> Response:
    """GET /api/log/token: the key's newest log rows, newest first, by Bearer or `?key=`. Rationed."""
    if _rationed(request):
        return Response(status_code=429)
    secret = BEARER.sub("", request.headers.get("authorization", "")) or request.query_params.get("key", "")
    key = bearer(request, secret)
    if key is None:
        return management_fault("无效的令牌")
    rows = relay_of(request).books.log(key.spec.name, LOG_ROWS)
    return JSONResponse({"success": True, "message": "", "data": [log_row(key, row) for row in rows]})


async def add_slash(request: Request) -> Response:
    """301 to the same path with a slash, as new-api's router does."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{request.url.path}/{query}", 301)


def usd(units: int) -> float:
    """Quota units as the USD number of a JSON answer."""
    return units / QUOTA_PER_USD


def _rationed(request: Request) -> bool:
    return relay_of(request).over_ration(request.client.host if request.client else "")


def _listed(model: Model) -> dict[str, Any]:
    return {
        "id": model.name,
        "object": "model",
        "created": CREATED,
        "owned_by": model.vendor.lower(),
        "supported_endpoint_types": list(model.endpoints),
    }


def _token_usage(key: Key) -> dict[str, Any]:
    return {
        "object": "token_usage",
        "name": key.spec.name,
        "total_granted": key.remain + key.used,
        "total_used": key.used,
        "total_available": key.remain,
        "unlimited_quota": key.spec.unlimited,
        "model_limits": dict.fromkeys(key.models or (), True),
        "model_limits_enabled": key.models is not None,
        "expires_at": 0 if key.expires_at == NEVER else key.expires_at,
    }


def log_row(key: Key, row: dict[str, Any]) -> dict[str, Any]:
    """A row of the log as new-api tells it to the key's owner."""
    same = ("id", "created_at", "type", "content", "model_name", "quota", "prompt_tokens", "completion_tokens")
    return {name: row[name] for name in same} | {
        "user_id": 1,
        "username": key.spec.account,
        "token_name": key.spec.name,
        "token_id": key.spec.id,
        "use_time": row["use_time"],
        "is_stream": bool(row["is_stream"]),
        "channel": 1,
        "channel_name": "",
        "group": row["group"],
        "ip": "",
        "request_id": row["request_id"],
        "other": json.dumps(json.loads(row["other"]), ensure_ascii=False),
    }
