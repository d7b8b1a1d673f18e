"""How each official API says no on its own paths: ONE table from paths to dialects, and one a dialect from a refusal.

Statuses and codes: wire.md 4 (Google), 5 (Anthropic), 6 (Zhipu), 7 (Midjourney) and 8 (DeepL, ElevenLabs, Stability).
Words as the vendors' public error pages have them; None: the relay's own words.
"""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.lines import below, path_of
from demo.refusals import Refused, answer, language

SENSE: Mapping[str, str] = {
    "no_key": "no_key",
    "bad_key": "key",
    "disabled": "key",
    "expired": "expired",
    "exhausted": "funds",
    "account_empty": "funds",
    "account_too_small": "funds",
    "key_too_small": "funds",
    "banned": "permission",
    "model_not_allowed": "permission",
    "region": "region",
    "no_channel": "model",
    "not_served": "model",
    "limited": "rate",
    "saturated": "load",
    "upstream_failed": "load",
    "sensitive": "content",
    "moderated": "content",
    "task_not_exist": "missing",
    "task_not_yet": "missing",
    "no_voice": "missing",
}
"""What a refusal comes down to for one who knows nothing of relays; any other is a fault of the request."""

Row = tuple[int, str, str | None]
"""Status, code and words."""

ANTHROPIC: Mapping[str, Row] = {
    "no_key": (401, "authentication_error", "x-api-key header is required"),
    "key": (401, "authentication_error", "invalid x-api-key"),
    "expired": (401, "authentication_error", None),
    "funds": (
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. "
        "Please go to Plans & Billing to upgrade or purchase credits.",
    ),
    "permission": (403, "permission_error", None),
    "region": (403, "forbidden", "Request not allowed"),
    "model": (404, "not_found_error", "model: {model}"),
    "rate": (429, "rate_limit_error", "This request would exceed your organization's rate limit."),
    "load": (529, "overloaded_error", "Overloaded"),
    "request": (400, "invalid_request_error", None),
}

GOOGLE: Mapping[str, Row] = {
    "no_key": (
        403,
        "PERMISSION_DENIED",
        "Method doesn't allow unregistered callers (callers without established identity). "
        "Please use API Key or other form of API consumer identity to call this API.",
    ),
    "key": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    "expired": (400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
    "funds": (402, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted. Please manage your billing."),
    "permission": (403, "PERMISSION_DENIED", None),
    "region": (400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
    "model": (
        404,
        "NOT_FOUND",
        "models/{model} is not found for API version v1beta, or is not supported for this method. "
        "Call ListModels to see the list of available models and their supported methods.",
    ),
    "missing": (404, "NOT_FOUND", "Requested entity was not found."),
    "rate": (
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota, please check your plan and billing details. Please retry in 34s.",
    ),
    "load": (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    "request": (400, "INVALID_ARGUMENT", None),
}

GOOGLE_TYPE = "type.googleapis.com/google.rpc."
BAD_KEY = [{"@type": f"{GOOGLE_TYPE}ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}]
GOOGLE_DETAILS: Mapping[str, list[dict[str, Any]]] = {
    "key": BAD_KEY,
    "expired": BAD_KEY,
    "rate": [
        {
            "@type": f"{GOOGLE_TYPE}QuotaFailure",
            "violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel", "quotaValue": "10"}],
        },
        {"@type": f"{GOOGLE_TYPE}RetryInfo", "retryDelay": "34s"},
    ],
}

ZHIPU: Mapping[str, Row] = {
    "no_key": (401, "1001", "Header中未收到Authorization参数，无法进行身份验证。"),
    "key": (401, "1002", "Authorization Token非法，请确认Authorization Token正确传递。"),
    "expired": (401, "1003", "Authorization Token已过期，请重新生成/获取。"),
    "funds": (429, "1113", "余额不足或无可用资源包,请充值。"),
    "permission": (403, "1220", "您无权访问该接口"),
    "region": (403, "1220", "您无权访问该接口"),
    "model": (400, "1211", "模型不存在，请检查模型代码。"),
    "missing": (400, "1214", "任务不存在"),
    "rate": (429, "1302", "您当前使用该API的并发数过高，请降低并发，或联系客服增加限额。"),
    "load": (429, "1305", "该模型当前访问量过大，请您稍后再试"),
    "content": (
        400,
        "1301",
        "系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语，感谢您的配合。",
    ),
    "request": (400, "1210", None),
}

DEEPL: Mapping[str, Row] = {
    **dict.fromkeys(("no_key", "key", "expired", "permission", "region"), (403, "", "Forbidden")),
    "funds": (456, "", "Quota exceeded"),
    "model": (503, "", "Service unavailable"),
    "rate": (429, "", "Too many requests"),
    "load": (529, "", "Too many requests"),
    "request": (400, "", "Bad request"),
}

ELEVENLABS: Mapping[str, Row] = {
    "no_key": (
        401,
        "needs_authorization",
        "Neither authorization header nor xi-api-key received, please provide one.",
    ),
    "key": (401, "invalid_api_key", "Invalid API key"),
    "expired": (401, "invalid_api_key", "Invalid API key"),
    "funds": (401, "quota_exceeded", "This request exceeds your quota. {words}"),
    "permission": (401, "missing_permissions", None),
    "region": (403, "detected_unusual_activity", "Unusual activity detected. Free Tier usage disabled."),
    "model": (400, "model_not_found", "A model with model ID {model} does not exist."),
    "missing": (404, "voice_not_found", "A voice with the voice_id {voice} was not found."),
    "rate": (429, "too_many_concurrent_requests", "Too many concurrent requests."),
    "load": (429, "system_busy", "We're experiencing high load, please try again later."),
    "request": (422, "value_error", None),
}

STABILITY: Mapping[str, Row] = {
    **dict.fromkeys(("no_key", "key", "expired"), (401, "unauthorized", "authorization: invalid or missing key")),
    "funds": (402, "payment_required", "You lack sufficient credits to make this request. Purchase more credits."),
    "permission": (403, "forbidden", None),
    "region": (403, "forbidden", None),
    "content": (
        403,
        "content_moderation",
        "Your request was flagged by our content moderation system, as a result your request was denied.",
    ),
    "model": (404, "not_found", None),
    "rate": (429, "rate_limit_exceeded", "You have exceeded the rate limit of 150 requests within a 10 second period"),
    "load": (500, "internal_error", "An unexpected server error has occurred, please try again later."),
    "request": (400, "bad_request", None),
}

MIDJOURNEY: Mapping[str, Row] = {
    **dict.fromkeys(("no_key", "key", "expired"), (401, "4", None)),
    "funds": (400, "4", "quota_not_enough "),
    **dict.fromkeys(("permission", "region"), (403, "4", None)),
    "model": (503, "3", None),
    "missing": (400, "4", "task_no_found "),
    "rate": (429, "4", None),
    "load": (429, "30", None),
    "content": (400, "24", None),
    "request": (400, "4", None),
}

def anthropic(request: Request, refused: Refused) -> Response:
    """{"type": "error", "error": {type, message}, request_id}."""
    status, kind, words = _row(ANTHROPIC, request, refused)
    error = {"type": kind, "message": words}
    body = {"type": "error", "error": error, "request_id": request.state.request_id}
    headers = {"request-id": request.state.request_id} | ({"retry-after": "60"} if status == 429 else {})
    return JSONResponse(body, status, headers)


def google(request: Request, refused: Refused) -> Response:
    """{"error": {code, message, status, details?}}; in a list where a stream without `alt=sse` was asked for."""
    status, kind, words = _row(GOOGLE, request, refused)
    error: dict[str, Any] = {"code": status, "message": words, "status": kind}
    if details := GOOGLE_DETAILS.get(_sense(refused)):
        error["details"] = details
    listed = request.url.path.endswith(":streamGenerateContent") and request.query_params.get("alt") != "sse"
    return JSONResponse([{"error": error}] if listed else {"error": error}, status)


def model_call(request: Request, refused: Refused) -> Response:
    """Google's where a model's method was called; the list of models keeps the relay's own words."""
    called = "/operations/" in request.url.path or request.method == "POST"
    return google(request, refused) if called else answer(request, refused)


def zhipu(request: Request, refused: Refused) -> Response:
    """{"error": {code, message}}, the code a string of digits."""
    status, code, words = _row(ZHIPU, request, refused)
    return JSONResponse({"error": {"code": code, "message": words}}, status)


def deepl(request: Request, refused: Refused) -> Response:
    """{message, detail?}."""
    status, _, words = _row(DEEPL, request, refused)
    detail = {"detail": refused.message("en")} if _sense(refused) == "request" else {}
    return JSONResponse({"message": words, **detail}, status, {"X-Trace-ID": request.state.request_id})


def elevenlabs(request: Request, refused: Refused) -> Response:
    """{"detail": {status, message}}, or FastAPI's list where a field is wrong."""
    status, code, words = _row(ELEVENLABS, request, refused)
    if status == 422:
        return JSONResponse({"detail": [{"loc": ["body"], "msg": words, "type": code}]}, status)
    return JSONResponse({"detail": {"status": code, "message": words}}, status)


def stability(request: Request, refused: Refused) -> Response:
    """{id, name, errors}."""
    status, name, words = _row(STABILITY, request, refused)
    return JSONResponse({"id": request.state.request_id, "name": name, "errors": [words]}, status)


def midjourney(request: Request, refused: Refused) -> Response:
    """{description, type, code}, as new-api says it on /mj."""
    status, code, words = _row(MIDJOURNEY, request, refused)
    return JSONResponse({"description": words, "type": "new_api_error", "code": int(code)}, status)


Dialect = Callable[[Request, Refused], Response]
DIALECTS: tuple[tuple[str, Dialect], ...] = (
    ("/v1/messages", anthropic),
    ("/v1/models", model_call),
    ("/v1beta/openai", answer),
    ("/v1beta", google),
    ("/api/paas/v4", zhipu),
    ("/v2/translate", deepl),
    ("/v2/usage", deepl),
    ("/v2/languages", deepl),
    ("/v2beta", stability),
    ("/v1/user/balance", stability),
    ("/v1/user/account", stability),
    ("/v1/user", elevenlabs),
    ("/v1/voices", elevenlabs),
    ("/v2/voices", elevenlabs),
    ("/v1/text-to-speech", elevenlabs),
    *((f"{mode}/mj", midjourney) for mode in ("", "/mj-fast", "/mj-turbo", "/mj-relax")),
)
"""Who is spoken to below which path, first match."""


def refuse(request: Request, refused: Refused) -> Response:
    """The refusal in the dialect of the path it came by; the relay's own where the path has none."""
    path = path_of(request.scope)
    return next((dialect for prefix, dialect in DIALECTS if below(path, prefix)), answer)(request, refused)


def _sense(refused: Refused) -> str:
    return SENSE.get(refused.name, "request")


def _row(table: Mapping[str, Row], request: Request, refused: Refused) -> tuple[int, str, str]:
    status, code, words = table.get(_sense(refused), table["request"])
    own = refused.message(language(request))
    facts = {"model": "", "voice": "", "words": own} | refused.facts
    return status, code, own if words is None else words.format(**facts)
