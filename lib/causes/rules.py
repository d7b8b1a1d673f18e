"""How a server's answer is recognised, as data: what it must say for which cause. Read from top to bottom.

The body's own code and words come before the status, a code nobody knows before what the status alone would say.
Codes and sentences are those of one-api, new-api (old and new builds, Chinese and English), GPTBest and OpenAI: from
reference/wire.md 1A to 1C, 2A, 3, 9, Corrections, Addendum; users.md Batch L and M, "new-api constants and error
codes"; those of Sub2API from its api_key_auth.go, of DeepSeek and DashScope from their lists of error codes, of Azure
OpenAI and Vertex AI from public issue threads. What each looks like on the wire: docs/causes.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from lib.wire.protocols import LATER

Body = Literal["page", "empty"]


@dataclass(frozen=True, slots=True)
class Rule:
    """An answer has this cause if it fits in everything that is said here; what is left out fits any.

    `codes` are compared with the body's code and its type, `words` are sought anywhere in the message ("…" stands for
    anything between two pieces), both without regard to case. `relay`: only through a relay, or only without one.
    `posted`: only for a request that may have been billed. `coded`: only where the body has a code.
    """

    cause: str
    protocols: Collection[str] = ()
    codes: Collection[str] = ()
    words: Collection[str] = ()
    statuses: Collection[int] = ()
    not_statuses: Collection[int] = ()
    params: Collection[str] = ()
    body: Body | None = None
    relay: bool | None = None
    posted: bool | None = None
    coded: bool | None = None


ACCOUNT = ("newapi_account",)
"""new-api's endpoints for a user's own account."""
MANAGEMENT = ("newapi", *ACCOUNT)
REQUEST_AT_FAULT = (200, 400, 404, 409, 413, 414, 415, 422)
ABOUT_REQUEST = (400, 413, 414, 415, 422)
"""Statuses by which a server finds fault with what was sent."""
SAY_NOTHING = ("invalid_request_error",)
"""Codes that stand for anything: DeepSeek puts one beside every fault, whose type, status and words tell it."""

NETWORK = ("due to virtual network", "a virtual network is configured")
"""In what words Azure refuses whoever isn't in its customer's network."""
NO_KEYS = "api keys are not supported by this api"
"""In what words Vertex AI says that it takes Google's login only."""


def unquoted(*rules: Rule) -> tuple[Rule, ...]:
    """Rules by words, but not for an answer about the request: it may quote the user's words, and proves nothing."""
    return tuple(replace(rule, not_statuses=ABOUT_REQUEST) if rule.words else rule for rule in rules)


MAKERS = (
    # what makers of APIs say in their own protocols, other than others do (wire.md 4 to 8, Addendum)
    Rule("key_expired", protocols=("gemini",), words=("api key expired",)),
    Rule("bad_key", protocols=("gemini",), codes=("api_key_invalid",)),
    Rule("bad_key", protocols=("gemini",), words=("api key not valid",)),
    Rule("ip_not_allowed", protocols=("gemini",), codes=("api_key_ip_address_blocked",)),
    # its limits of a minute and a day are worded as a quota; a limit of nothing is a plan without that model
    Rule("account_quota_exhausted", protocols=("gemini",), words=("limit: 0,", "limit: 0\n", "a free quota tier"),
         statuses=(429,), relay=False),
    Rule("account_quota_exhausted", protocols=("gemini",), words=("credits are depleted",), relay=False),
    Rule("rate_limited", protocols=("gemini",), codes=("resource_exhausted",), relay=False),
    Rule("account_quota_exhausted", protocols=("anthropic",), words=("credit balance is too low",), relay=False),
    Rule("account_quota_exhausted", protocols=("anthropic",), codes=("enforced_spend_limit_reached",), relay=False),
    Rule("region_blocked", protocols=("anthropic",), codes=("forbidden",), words=("request not allowed",), relay=False),
    Rule("model_unknown", protocols=("anthropic",), codes=("not_found_error",)),
    Rule("bad_key", protocols=("deepl",), statuses=(403,)),
    Rule("quota_empty", protocols=("deepl",), statuses=(456,)),
    Rule("rate_limited", protocols=("deepl",), statuses=(529,)),
    Rule("bad_key", protocols=("zhipu",), codes=("1000", "1001", "1002", "1004")),
    Rule("key_expired", protocols=("zhipu",), codes=("1003",)),
    Rule("account_quota_exhausted", protocols=("zhipu",), codes=("1113", "1304", "1308", "1309", "1310")),
    Rule("bad_key", protocols=("zhipu",), codes=("1111",)),
    Rule("account_banned", protocols=("zhipu",), codes=("1110", "1112", "1121")),
    Rule("upstream_fault", protocols=("zhipu",), codes=("1200", "1230", "1234")),
    Rule("model_unknown", protocols=("zhipu",), codes=("1211",)),
    Rule("not_permitted", protocols=("zhipu",), codes=("1220", "1311")),
    Rule("gone", protocols=("zhipu",), codes=("1221", "1222")),
    Rule("content_refused", protocols=("zhipu",), codes=("1301",)),
    Rule("rate_limited", protocols=("zhipu",), codes=("1302", "1303", "1313")),
    Rule("saturated", protocols=("zhipu",), codes=("1305", "1312")),
    Rule("bad_request", protocols=("zhipu",), codes=("1210", "1212", "1213", "1214", "1215", "1261")),
    Rule("quota_empty", protocols=("elevenlabs",), codes=("quota_exceeded",)),
    Rule("not_shown", protocols=("elevenlabs",), codes=("missing_permissions",), posted=False),
    Rule("not_permitted", protocols=("elevenlabs",), codes=("missing_permissions",)),
    Rule("account_banned", protocols=("elevenlabs",), codes=("detected_unusual_activity",)),
    Rule("bad_request", protocols=("elevenlabs",), codes=("voice_not_found", "max_character_limit_exceeded")),
    Rule("rate_limited", protocols=("elevenlabs",), codes=("too_many_concurrent_requests",)),
    Rule("saturated", protocols=("elevenlabs",), codes=("system_busy",)),
    Rule("content_refused", protocols=("stability",), codes=("content_moderation",)),
    Rule("content_refused", protocols=("midjourney",), codes=("24",)),
    Rule("saturated", protocols=("midjourney",), codes=("23", "30")),
    Rule("account_quota_exhausted", protocols=("midjourney",), words=("quota_not_enough",)),
    Rule("no_channel", protocols=("midjourney",), codes=("3",), words=("账号实例",)),
    Rule("upstream_fault", protocols=("midjourney",), codes=("5", "9")),
    Rule("bad_request", protocols=("midjourney",), codes=("4",), statuses=(200, 400)),
)

FILTERED = (
    "内容政策", "违规", "版权", "侵权", "真人", "敏感", "审核",
    "content policy", "moderation", "safety system", "guardrail", "responsible ai", "copyright", "real person",
    "violat",
)  # fmt: skip
"""In what words a task that came to nothing tells that it was filtered (wire.md 2C: real person, violation, copyright).

Where a chat makes films the prompt is told too, so there they count only after the word that it failed (wire.md 2D).
"""
CHATS = ("chat_video",)
TOLD_FAILED = ("生成失败", "❌")
TASKS = (
    Rule("content_refused", protocols=tuple(LATER), words=FILTERED, statuses=(200,), posted=False),
    Rule(
        "content_refused", protocols=CHATS, statuses=(200,), posted=False,
        words=[f"{failed}…{words}" for failed in TOLD_FAILED for words in FILTERED],
    ),
    Rule("task_failed", protocols=CHATS, words=TOLD_FAILED, statuses=(200,), posted=False),
)  # fmt: skip

OF_ACCOUNTS = (
    # new-api's middleware/auth.go by wire.md 1C, "With a user access token"; its newest builds have codes
    Rule("account_banned", protocols=ACCOUNT, codes=("auth_user_disabled",)),
    Rule("account_number", protocols=ACCOUNT, words=("new-api-user", "与登录用户不匹配")),
    Rule("account_refused", protocols=ACCOUNT, codes=("auth_unauthorized", "auth_token_expired")),
    Rule("account_refused", protocols=ACCOUNT, words=("access token", "未登录", "无权进行此操作")),
    Rule("account_refused", protocols=ACCOUNT, statuses=(401,)),
)

RULES = (
    *OF_ACCOUNTS,
    *MAKERS,
    # a gateway gave up waiting: whatever the body, nobody knows what became of the request
    Rule("possibly_billed", statuses=(504, 524), posted=True),
    Rule("possibly_billed", codes=("bad_response_status_code",), params=("504", "524"), posted=True),
    # what stands before the server: Cloudflare's pages and bare codes for whom it turns away (its documents, 1xxx
    # errors), a network that wants a login (RFC 6585)
    Rule("firewall", body="page", words=("just a moment", "attention required! | cloudflare")),
    Rule("firewall", body="page", words=("used cloudflare to restrict access",)),
    Rule("firewall", statuses=(403,), words=[f"error code: {code}" for code in (1005, 1006, 1007, 1008, 1010, 1020)]),
    Rule("region_blocked", statuses=(403,), words=("error code: 1009",)),
    Rule("captive_portal", statuses=(511,)),
    # not this API at all; a management path that isn't there says nothing of the API itself
    Rule("no_such_endpoint", protocols=MANAGEMENT, body="page", statuses=range(200, 429)),
    Rule("no_such_endpoint", protocols=MANAGEMENT, body="empty", statuses=range(200, 300)),
    Rule("no_such_endpoint", protocols=MANAGEMENT, statuses=(404, 405, 410, 501)),
    Rule("bad_request", body="page", statuses=(413, 414)),
    Rule("html_page", body="page", statuses=(*range(200, 429), *range(430, 500))),
    # the request and the prompt, by codes that mean nothing else: their sentences quote the user's own words
    Rule("bad_request", codes=("context_length_exceeded", "invalid_value", "unsupported_parameter")),
    Rule("bad_request", codes=("unsupported_value", "unknown_parameter", "missing_required_parameter")),
    Rule("content_refused", codes=("sensitive_words_detected", "content_filter")),
    Rule("prompt_refused", codes=("prompt_blocked",)),
    Rule("content_refused", codes=("content_policy_violation", "moderation_blocked")),
    # whole sentences that nobody asks about, told as a fault of the request
    Rule("relay_region_blocked", relay=True, words=("user location is not supported for the api use",)),
    Rule("region_blocked", words=("user location is not supported for the api use",), relay=False),
    Rule("relay_region_blocked", relay=True, codes=("forbidden",), words=("request not allowed",)),
    Rule("relay_quota_fault", relay=True, words=("credit balance is too low to access the",)),
    Rule("relay_quota_fault", relay=True, words=("余额不足或无可用资源包",)),
    Rule("relay_quota_fault", relay=True, codes=("invalid_request_error",), words=("insufficient balance",)),
    Rule("relay_quota_fault", relay=True, codes=("billing_error", "enforced_spend_limit_reached", "arrearage")),
    Rule("account_quota_exhausted", codes=("arrearage", "allocationquota.freetieronly")),
    Rule("wrong_path", words=("unexpected endpoint or method",)),
    Rule("model_unknown", words=("model not exist", "模型不存在，请检查模型代码")),
    Rule("no_price", words=("倍率或价格未配置",)),
    *unquoted(
        # one sentence of relays for many faults of their upstream; some send it as a 500
        Rule("saturated", words=("负载已饱和", "load is saturated", "load saturated")),
        Rule("relay_fault", words=("invalid character '<'", "请求上游地址失败")),
        # the key's own quota
        Rule("key_quota_exhausted", codes=("pre_consume_token_quota_failed", "token_exhausted")),
        Rule("key_quota_exhausted", codes=("api_key_quota_exhausted",)),
        Rule("key_quota_exhausted", words=("tokenstatusexhausted", "令牌…额度已用尽", "令牌额度不足")),
        Rule("key_quota_exhausted", words=("token quota is exhausted", "token quota is not enough", "key 额度已用完")),
        # the key itself
        Rule("key_expired", codes=("api_key_expired", "token_expired")),
        Rule("key_expired", words=("令牌已过期", "token has expired", "api key has expired", "api key expired")),
        Rule("key_disabled", codes=("api_key_disabled",)),
        Rule("key_disabled", words=("令牌状态不可用", "token status is unavailable")),
        Rule("account_banned", codes=("user_inactive",)),
        Rule("account_banned", words=("用户已被封禁", "user has been banned")),
        Rule("key_not_sent", codes=("api_key_required",)),
        Rule("key_not_sent", words=("未提供令牌", "token not provided", "you didn't provide an api key")),
        Rule("key_refused_ambiguous", words=("无效的令牌", "invalid token"), statuses=(200, 401, 403)),
        Rule("bad_key", protocols=MANAGEMENT, words=("record not found",)),
        # what a cloud tells the relay of its own key, login, network or project (Azure OpenAI, Vertex AI)
        Rule("relay_key_fault", relay=True, words=("invalid subscription key", *NETWORK, NO_KEYS)),
        Rule("relay_key_fault", relay=True, words=("denied on resource", "has not been used in project")),
        Rule("vertex", words=(NO_KEYS,)),
        Rule("ip_not_allowed", words=NETWORK),
        Rule("ip_not_allowed", codes=("ip_not_authorized",)),
        Rule("ip_not_allowed", words=("ip 不在令牌允许", "令牌只能在指定网段使用")),
        Rule("ip_not_allowed", words=("ip is not in the", "your ip is not")),
        # OpenAI's restricted keys: known to it, whatever the status, and not for this
        Rule("not_shown", words=("missing scopes:",), posted=False),
        Rule("not_permitted", words=("missing scopes:",)),
        # a relay passes on what its own upstream key is told; only OpenAI's own sentences show that it isn't ours
        Rule("relay_key_fault", codes=("channel:no_available_key", "channel:invalid_key")),
        Rule("relay_key_fault", relay=True, codes=("account_deactivated",)),
        Rule("account_banned", codes=("account_deactivated",)),
        Rule("relay_key_fault", relay=True, words=("incorrect api key…platform.openai.com",)),
        Rule("bad_key", codes=("invalid_api_key", "authentication_error", "token_invalid")),
        Rule("bad_key", words=("incorrect api key", "invalid api key", "invalid subscription key")),
        # money
        Rule("relay_quota_fault", relay=True, words=("you exceeded your current quota",)),
        Rule("relay_quota_fault", relay=True, codes=("billing_hard_limit_reached", "credit_balance_exhausted")),
        Rule("relay_quota_fault", relay=True, codes=("billing_not_active",)),
        Rule("account_quota_exhausted", codes=("insufficient_user_quota", "quota_not_enough", "insufficient_balance")),
        Rule("account_quota_exhausted", codes=("insufficient_quota", "billing_hard_limit_reached")),
        Rule("account_quota_exhausted", codes=("subscription_not_found", "subscription_invalid")),
        Rule("account_quota_exhausted", codes=("usage_limit_exceeded",)),
        Rule("account_quota_exhausted", relay=False, words=("insufficient balance",)),
        Rule("account_quota_exhausted", codes=("credit_balance_exhausted", "billing_not_active")),
        Rule("account_quota_exhausted", words=("用户额度不足", "预扣费额度失败", "订阅额度不足", "余额不足")),
        Rule("account_quota_exhausted", words=("user quota is not enough", "pre-consumed quota failed")),
        Rule("account_quota_exhausted", words=("user quota is insufficient", "you exceeded your current quota")),
        # the place
        Rule("relay_region_blocked", relay=True, codes=("unsupported_country_region_territory", "request_forbidden")),
        Rule("relay_region_blocked", relay=True, words=("region, or territory not supported",)),
        Rule("relay_region_blocked", relay=True, words=("location is not supported",)),
        Rule("region_blocked", codes=("unsupported_country_region_territory", "request_forbidden"), relay=False),
        Rule("region_blocked", relay=False, words=("region, or territory not supported",)),
        Rule("region_blocked", relay=False, words=("location is not supported",)),
        # permission
        Rule("no_models_allowed", words=("令牌无权访问任何模型", "token has no access to any models")),
        Rule("model_not_allowed", words=("令牌无权访问模型", "令牌无权使用模型", "token has no access to model")),
        Rule("group_refused", words=("无权访问…分组", "分组…已被弃用", "分组…已被禁用")),
        Rule("group_refused", words=("no permission to access…group", "group…deprecated")),
        Rule("model_not_allowed", codes=("model_not_found",), statuses=(403,)),
        Rule("not_permitted", codes=("access_denied", "permission_error", "permission_denied"), statuses=range(500)),
        # what is served
        Rule("no_channel", words=("无可用渠道", "可用渠道失败", "该渠道已被禁用")),
        Rule("no_channel", words=("no available channel", "failed to get available channel")),
        Rule("no_channel", codes=("model_not_found",), statuses=(503,)),
        Rule("no_channel", codes=("get_channel_failed", "task_channel_disable")),
        Rule("no_channel", relay=True, codes=("deploymentnotfound",)),
        Rule("model_unknown", codes=("model_not_found", "deploymentnotfound")),
        Rule("model_unknown", words=("model…does not exist", "model…not found", "模型不存在")),
        Rule("not_implemented", codes=("api_not_implemented", "not_implemented")),
        Rule("wrong_path", words=("invalid url (",)),
        Rule("no_price", codes=("model_price_error",)),
        # too much just now
        Rule("saturated", codes=("overloaded_error", "overloaded")),
        Rule("saturated", codes=("bad_response_status_code",), params=("429",)),
        Rule("saturated", words=("currently experiencing high demand",)),
        Rule("saturated", relay=True, words=("rate limit reached for…organization", "rate limit of your current")),
        Rule("saturated", relay=True, words=("resource exhausted", "resource has been exhausted")),
        Rule("saturated", relay=True, codes=("resource_exhausted",)),
        Rule("rate_limited", codes=("rate_limit_exceeded", "rate_limit_error", "requests", "tokens")),
        Rule("rate_limited", words=("请求数限制", "请求过于频繁", "request limit", "rate limit", "too many requests")),
    ),
    # the relay's way to its upstream
    Rule("relay_fault", codes=("do_request_failed", "bad_response_status_code", "bad_response_body", "bad_response")),
    Rule("relay_fault", codes=("channel:response_time_exceeded", "channel:model_mapped_error", "empty_response")),
    Rule("relay_fault", codes=("read_response_body_failed", "access_denied")),
    Rule("relay_fault", codes=("fail_to_fetch_task", "get_task_failed"), statuses=range(500, 600)),
    Rule("upstream_fault", codes=("server_error", "internal_error", "internal_server_error", "internalservererror")),
    # the request; a 400 is no proof either way
    Rule("bad_request", codes=("invalid_request", "convert_request_failed", "read_request_body_failed")),
    Rule("bad_request", codes=("missing_model", "missing_prompt", "prompt_empty", "invalid_size", "invalid_json")),
    Rule("bad_request", codes=("invalid_multipart_form", "operationnotsupported")),
    Rule("bad_request", codes=("prompt_missing", "invalid_text_request")),
    Rule("bad_request", codes=("invalid_image_request", "invalid_audio_request")),
    Rule("bad_request", codes=("fail_to_fetch_task",), statuses=ABOUT_REQUEST),
    Rule("bad_request", codes=("invalid_request_error",), statuses=REQUEST_AT_FAULT),
    *TASKS,
    # a code nobody knows is never "unavailable"
    Rule("unknown_code", coded=True),
    # what is left is told by the status alone
    Rule("management_refused", protocols=MANAGEMENT, statuses=(200, 401, 403)),
    Rule("empty_answer", body="empty", statuses=range(200, 300)),
    Rule("upstream_fault", codes=("upstream_error", "api_error", "new_api_error", "one_api_error"), statuses=(200,)),
    Rule("unreadable", statuses=range(200, 300)),
    Rule("redirected", statuses=range(300, 400)),
    Rule("bad_key", statuses=(401,)),
    Rule("account_quota_exhausted", statuses=(402,)),
    Rule("not_permitted", statuses=(403,)),
    Rule("wrong_path", statuses=(404, 405)),
    Rule("gone", statuses=(410,)),
    Rule("rate_limited", statuses=(429,)),
    Rule("relay_region_blocked", relay=True, statuses=(451,)),
    Rule("region_blocked", statuses=(451,)),
    Rule("not_implemented", statuses=(501,)),
    Rule("upstream_fault", statuses=(408, *range(500, 600))),
    Rule("bad_request", statuses=range(400, 500)),
    Rule("unknown_answer"),
)
