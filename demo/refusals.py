"""Every way the relay says no: ONE table of status, code and words, and the bodies they become.

Statuses, codes and the sense of the messages as new-api answers (middleware/utils.go, i18n/locales, types/error.go).
"""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse

from demo.lines import path_of

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One kind of error answer. `logged`: it appears in the relay's own log, as upstream faults do."""

    status: int
    code: str | None
    zh: str
    en: str
    type: str = "new_api_error"
    param: str | None = ""
    logged: bool = False


REFUSALS = {
    "no_key": Refusal(401, "", "未提供令牌", "Token not provided"),
    "bad_key": Refusal(401, "", "无效的令牌", "Invalid token"),
    "expired": Refusal(401, "", "该令牌已过期", "This token has expired"),
    "exhausted": Refusal(
        401,
        "",
        "该令牌额度已用尽 TokenStatusExhausted[{masked}]",
        "This token quota is exhausted TokenStatusExhausted[{masked}]",
    ),
    "disabled": Refusal(401, "", "该令牌状态不可用", "This token status is unavailable"),
    "banned": Refusal(403, "", "用户已被封禁", "User has been banned"),
    "no_model": Refusal(
        400, "", "未指定模型名称，模型名称不能为空", "Model name not specified, model name cannot be empty"
    ),
    "model_not_allowed": Refusal(403, "", "该令牌无权访问模型 {model}", "This token has no access to model {model}"),
    "no_channel": Refusal(
        503,
        "model_not_found",
        "分组 {group} 下模型 {model} 无可用渠道（distributor）",
        "No available channel for model {model} under group {group} (distributor)",
    ),
    "saturated": Refusal(
        429,
        None,
        "当前分组上游负载已饱和，请稍后再试",
        "Current group upstream load is saturated, please try again later",
        logged=True,
    ),
    "limited": Refusal(
        429,
        "",
        "您已达到请求数限制：1分钟内最多请求10次",
        "You have reached the request limit: maximum 10 requests in 1 minutes",
    ),
    "region": Refusal(
        403,
        "unsupported_country_region_territory",
        "Country, region, or territory not supported",
        "Country, region, or territory not supported",
        type="request_forbidden",
        param=None,
    ),
    "account_empty": Refusal(
        403,
        "insufficient_user_quota",
        "用户额度不足, 剩余额度: {funds}",
        "User quota is insufficient, remaining quota: {funds}",
    ),
    "account_too_small": Refusal(
        403,
        "insufficient_user_quota",
        "预扣费额度失败, 用户剩余额度: {funds}, 需要预扣费额度: {need}",
        "Failed to pre-consume quota, user remaining quota: {funds}, need quota: {need}",
    ),
    "key_too_small": Refusal(
        403,
        "pre_consume_token_quota_failed",
        "token quota is not enough, token remain quota: {remain}, need quota: {need}",
        "token quota is not enough, token remain quota: {remain}, need quota: {need}",
    ),
    "not_json": Refusal(400, "", "无效的请求, {reason}", "Invalid request, {reason}"),
    "bad_field": Refusal(400, "invalid_request", "{reason}", "{reason}"),
    "not_served": Refusal(
        500,
        "convert_request_failed",
        "模型 {model} 不支持 {path}，支持的端点：{endpoints}",
        "model {model} does not support {path}, supported endpoints: {endpoints}",
        logged=True,
    ),
    "sensitive": Refusal(
        400,
        "sensitive_words_detected",
        "用户提示词包含敏感词，请修改后重试",
        "user sensitive words detected, please change the prompt",
    ),
    "moderated": Refusal(
        400,
        "moderation_blocked",
        "Your request was rejected by the safety system.",
        "Your request was rejected by the safety system.",
        type="image_generation_user_error",
        param=None,
        logged=True,
    ),
    "upstream_failed": Refusal(
        500,
        "bad_response_status_code",
        "bad response status code 500",
        "bad response status code 500",
        type="upstream_error",
        param="500",
        logged=True,
    ),
    "foreign_address": Refusal(
        400,
        "invalid_request",
        "演示中转站不访问外部网络，请改用 data URI 或本站文件地址：{address}",
        "the demo relay fetches nothing from elsewhere, use a data URI or an address of its own files: {address}",
    ),
    "task_not_yet": Refusal(
        404,
        "fail_to_fetch_task",
        '{{"error":{{"message":"Task not found","type":"invalid_request_error"}}}}',
        '{{"error":{{"message":"Task not found","type":"invalid_request_error"}}}}',
    ),
    "task_not_exist": Refusal(400, "task_not_exist", "task_not_exist", "task_not_exist"),
    "no_voice": Refusal(404, "voice_not_found", "没有这个声音：{voice}", "no such voice: {voice}"),
}


AT_THE_DOOR = frozenset(
    {
        "no_key",
        "bad_key",
        "expired",
        "exhausted",
        "disabled",
        "banned",
        "region",
        "limited",
        "no_model",
        "model_not_allowed",
        "no_channel",
    }
)
"""Refusals by new-api's token check and distributor: the same body on every path, tasks too (wire.md 2A)."""

TASK_PATHS = ("/v1/videos", "/v1/video/generations", "/v2/videos/generations", "/suno")
"""Where every later refusal is `{"code", "message", "data"}` (wire.md 1C)."""


class Refused(Exception):
    """Raised anywhere below a route: the answer is `REFUSALS[name]` with its words filled from `facts`."""

    def __init__(self, name: str, **facts: str) -> None:
        super().__init__(name)
        self.name = name
        self.refusal = REFUSALS[name]
        self.facts = facts

    def message(self, language: Language) -> str:
        """The words without request id."""
        words = self.refusal.en if language == "en" else self.refusal.zh
        return words.format(**self.facts)


def language(request: Request) -> Language:
    """Chinese unless the browser prefers English (`Accept-Language`, in its order)."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.strip()[:2]
        if tag in ("zh", "en"):
            return "en" if tag == "en" else "zh"
    return "zh"


def answer(request: Request, refused: Refused) -> JSONResponse:
    """The error as new-api's body, in the form of the path it was asked by."""
    if refused.name not in AT_THE_DOOR and path_of(request.scope).startswith(TASK_PATHS):
        return _task_fault(request, refused)
    refusal = refused.refusal
    message = f"{refused.message(language(request))} (request id: {request.state.request_id})"
    error = {"message": message, "type": refusal.type, "param": refusal.param, "code": refusal.code}
    return JSONResponse({"error": error}, refusal.status)


def invalid_url(request: Request) -> JSONResponse:
    """An API path that isn't: the one error without request id, as in one-api and new-api."""
    message = f"Invalid URL ({request.method} {path_of(request.scope)})"
    return JSONResponse({"error": {"message": message, "type": "invalid_request_error", "param": "", "code": ""}}, 404)


def management_fault(message: str, status: int = 200) -> JSONResponse:
    """A fault of an `/api` path, which new-api commonly answers with 200."""
    return JSONResponse({"success": False, "message": message}, status)


def _task_fault(request: Request, refused: Refused) -> JSONResponse:
    message, code = refused.message(language(request)), refused.refusal.code or refused.name
    return JSONResponse({"code": code, "message": message, "data": None}, refused.refusal.status)
