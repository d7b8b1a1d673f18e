"""What relays answer: one-api, new-api old and new, GPTBest, Sub2API, aihubmix. wire.md and users.md are quoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lib.vocabulary import Capability
from tests.scenarios.row import (
    GRANTED,
    MODELS,
    PRICING,
    REQUEST_ID,
    STATUS,
    TOKEN,
    USED,
    Row,
    granted,
    site,
    token,
    used,
)
from tests.scenarios.server import Answer, Answers

KEY, QUOTA = ("line", "key"), ("line", "key", "quota")
WHOLE = ("line", "key", "quota", "permission")
TABLE = "wire.md 1C, error body"
EVENTS = "text/event-stream"
MAYBE_BILLED = ("possibly_billed", "no_answer", "unreadable", "empty_answer", "interrupted")
"""Causes after which nobody knows; so is a stream that had begun (users.md Batch C, new-api#4168)."""
SHEET = "wire.md Addendum, classifying quota failures"


def refused(status: int, message: str, code: str | None = "", kind: str = "new_api_error", param: str = "") -> Answer:
    """new-api's envelope, with its request id in the words and in the header."""
    error = {"message": f"{message} (request id: {REQUEST_ID})", "type": kind, "param": param, "code": code}
    return Answer(status, {"error": error}, {"X-Oneapi-Request-Id": REQUEST_ID})


def one_api(status: int, message: str) -> Answer:
    """one-api's envelope: no code."""
    error = {"message": f"{message} (request id: {REQUEST_ID})", "type": "one_api_error"}
    return Answer(status, {"error": error}, {"X-Oneapi-Request-Id": REQUEST_ID})


def claude(status: int, kind: str, message: str) -> Answer:
    """The same fault in Claude's shape."""
    return Answer(status, {"type": "error", "error": {"type": kind, "message": message}})


def task(status: int, code: str, message: str) -> Answer:
    """The envelope of new-api's task routes (wire.md 2A)."""
    return Answer(status, {"code": code, "message": message, "data": None})


def midjourney(status: int, code: int, description: str, kind: str = "upstream_error") -> Answer:
    """The envelope of /mj (wire.md 7)."""
    return Answer(status, {"description": description, "type": kind, "code": code})


def management(message: str, status: int = 200) -> Answer:
    """What /api answers where it refuses (wire.md 1C)."""
    return Answer(status, {"success": False, "message": message})


def page(title: str, status: int = 200) -> Answer:
    """A web page."""
    html = f"<!doctype html><html><head><title>{title}</title></head><body></body></html>"
    return Answer(status, html, {"content-type": "text/html; charset=utf-8"})


def checks(
    flavour: str, source: str, through: str, cases: Mapping[str, tuple[Mapping[str, Answers], str, tuple[str, ...]]]
) -> Iterator[Row]:
    """Rows about free rungs: by fault, what is played, the cause, and the rungs that are climbed."""
    for fault, (answers, code, rungs) in cases.items():
        yield Row(flavour, fault, code, source, answers, through=through, rungs=rungs)


def called(flavour: str, source: str, cases: Mapping[str, tuple[Answer, str]], capability: Capability = "text",
           named: str = "", through: str = "relay") -> Iterator[Row]:  # fmt: skip
    """Rows about a real call: by fault, what is answered and the cause."""
    for fault, (answer, code) in cases.items():
        yield Row(flavour, fault, code, source, call=answer, capability=capability, named=named, through=through,
                  free=code not in MAYBE_BILLED and answer.kind_told != EVENTS)  # fmt: skip


ONE = {"version": "v0.6.10"}
OLD = {"version": "v0.6.5.2", "price": 7.3, "usd_exchange_rate": 7.3}

ONE_API = (
    *checks("one-api", "wire.md 1A", "relay", {
        "all is well": ({STATUS: site(version="v0.6.10", display_in_currency=True)}, "should_work", WHOLE),
        "no such key": ({MODELS: one_api(401, "无效的令牌")}, "key_refused_ambiguous", KEY),
        "expired": ({MODELS: one_api(401, "该令牌已过期")}, "key_expired", KEY),
        "used up": ({MODELS: one_api(401, "令牌 demo（#12）额度已用尽")}, "key_quota_exhausted", KEY),
        "disabled": ({MODELS: one_api(401, "该令牌状态不可用")}, "key_disabled", KEY),
        "no key sent": ({MODELS: one_api(401, "未提供令牌")}, "key_not_sent", KEY),
        "wrong subnet": ({MODELS: one_api(403, "该令牌只能在指定网段使用：10.0.0.0/8，当前 ip：203.0.113.9")},
                         "ip_not_allowed", KEY),
        "banned": ({MODELS: one_api(403, "用户已被封禁")}, "account_banned", KEY),
        "empty 429 of the limiter": ({MODELS: Answer(429)}, "rate_limited", KEY),
        "an error inside HTTP 200": (
            {MODELS: Answer(200, {"error": {"message": "该令牌已过期", "type": "one_api_error"}})}, "key_expired", KEY),
        "granted is used up": ({GRANTED: granted(5), USED: used(500)}, "quota_empty", QUOTA),
        "billing faults inside HTTP 200": (
            {GRANTED: Answer(200, {"error": {"message": "record not found", "type": "upstream_error"}}),
             TOKEN: Answer(404)}, "no_free_endpoint", WHOLE),
    }),
    *(Row("one-api", fault, code, "wire.md 1A: billing, DisplayInCurrency on or off",
          {STATUS: site(**ONE, **told), **more}, left=left, rungs=rungs)
      for fault, told, more, code, left, rungs in (
        ("quota shown in dollars", {"display_in_currency": True}, {}, "should_work", ("3.75", "USD"), WHOLE),
        ("quota shown in units", {"display_in_currency": False}, {GRANTED: granted(2_500_000), USED: used(100_000_000)},
         "should_work", ("3", "USD"), WHOLE),
        ("quota in units of its own", {"display_in_currency": False, "quota_per_unit": 1000},
         {GRANTED: granted(2_500), USED: used(100_000)}, "should_work", ("1.5", "USD"), WHOLE),
        ("unlimited, in dollars", {"display_in_currency": True}, {GRANTED: granted(100_000_000)}, "should_work",
         ("unlimited", ""), WHOLE),
        ("unlimited, in units", {"display_in_currency": False}, {GRANTED: granted(100_000_000), USED: used(5_000_000)},
         "should_work", ("unlimited", ""), WHOLE),
        ("units used up", {"display_in_currency": False}, {GRANTED: granted(500_000), USED: used(50_000_000)},
         "quota_empty", ("0", "USD"), QUOTA),
        ("a cent overdrawn", {"display_in_currency": True}, {GRANTED: granted(5), USED: used(501)}, "quota_empty",
         ("-0.01", "USD"), QUOTA),
    )),
    *called("one-api", "wire.md 1A", {
        "key may not use the model": (one_api(403, "该令牌无权使用模型：gpt-4o-mini"), "model_not_allowed"),
        "no channel": (one_api(503, "当前分组 default 下对于模型 gpt-4o-mini 无可用渠道"), "no_channel"),
        "channel disabled": (one_api(403, "该渠道已被禁用"), "no_channel"),
        "unknown channel id": (one_api(400, "无效的渠道 Id"), "bad_request"),
        "upstream saturated": (one_api(429, "当前分组上游负载已饱和，请稍后再试"), "saturated"),
        "not built": (Answer(501, {"error": {"message": "API not implemented", "type": "one_api_error", "param": "",
                                             "code": "api_not_implemented"}}), "not_implemented"),
        "model unknown, in HTTP 200": (
            Answer(200, {"error": {"message": "The model 'x' does not exist", "type": "invalid_request_error",
                                   "param": "model", "code": "model_not_found"}}), "model_unknown"),
    }),
    *called("one-api", "wire.md Corrections (one-api#330)", {
        "old builds' saturation": (refused(429, "当前分组负载已饱和，请稍后再试，或升级账户以提升服务质量。",
                                           "billing_not_active", "billing_not_active"), "saturated"),
    }),
)  # fmt: skip

OLD_ZH = (
    *checks("new-api (zh)", TABLE, "relay", {
        "no key sent": ({MODELS: refused(401, "未提供令牌")}, "key_not_sent", KEY),
        "no such key": ({MODELS: refused(401, "无效的令牌")}, "key_refused_ambiguous", KEY),
        "expired": ({MODELS: refused(401, "该令牌已过期")}, "key_expired", KEY),
        "used up": ({MODELS: refused(401, "该令牌额度已用尽 TokenStatusExhausted[sk-abc***xyz]")},
                    "key_quota_exhausted", KEY),
        "used up, in code": ({MODELS: refused(401, "[sk-abc***xyz] 该令牌额度已用尽 !token.UnlimitedQuota && "
                                                   "token.RemainQuota = 0")}, "key_quota_exhausted", KEY),
        "disabled": ({MODELS: refused(401, "该令牌状态不可用")}, "key_disabled", KEY),
        "banned": ({MODELS: refused(403, "用户已被封禁")}, "account_banned", KEY),
        "IP not allowed": ({MODELS: refused(403, "您的 IP 不在令牌允许访问的列表中", "access_denied")},
                           "ip_not_allowed", KEY),
        "group retired": ({MODELS: refused(403, "分组 vip 已被弃用")}, "group_refused", KEY),
        "no model at all": ({MODELS: refused(403, "该令牌无权访问任何模型")}, "no_models_allowed", KEY),
    }),
    *(Row("new-api (2025-04)", fault, code, "wire.md 1A, 1C: display_in_currency, no quota_display_type",
          {STATUS: site(**OLD, **told), **more}, left=left, rungs=rungs)
      for fault, told, more, code, left, rungs in (
        ("quota shown in dollars", {"display_in_currency": True}, {}, "should_work", ("3.75", "USD"), WHOLE),
        ("quota shown in units", {"display_in_currency": False}, {GRANTED: granted(2_500_000), USED: used(100_000_000)},
         "should_work", ("3", "USD"), WHOLE),
        ("units used up", {"display_in_currency": False}, {GRANTED: granted(500_000), USED: used(50_000_000)},
         "quota_empty", ("0", "USD"), QUOTA),
        ("billing closed, its token not asked for yet", {}, {GRANTED: Answer(404), TOKEN: Answer(404)},
         "no_free_endpoint", None, WHOLE),
    )),
    *checks("new-api (zh)", "wire.md Corrections (new-api#3301)", "relay", {
        "said to be disabled once, then not": (
            {MODELS: (refused(401, "该令牌状态不可用"),
                      Answer(200, {"object": "list", "data": [{"id": "gpt-4o-mini"}]}))},
            "should_work", WHOLE),
    }),
    *checks("new-api (zh)", "wire.md Corrections", "relay", {
        "expired, branded": ({MODELS: refused(401, "https://site/ 提示 该令牌已过期")}, "key_expired", KEY),
    }),
    *called("new-api (zh)", TABLE, {
        "group not allowed": (refused(403, "无权访问 vip 分组"), "group_refused"),
        "key may not use the model": (refused(403, "该令牌无权访问模型 gpt-4o-mini"), "model_not_allowed"),
        "no model named": (refused(400, "未指定模型名称，模型名称不能为空"), "bad_request"),
        "no channel": (refused(503, "分组 default 下模型 gpt-4o-mini 无可用渠道（distributor）", "model_not_found"),
                       "no_channel"),
        "channel lookup failed": (refused(503, "获取分组 default 下模型 gpt-4o-mini 的可用渠道失败（distributor）：x",
                                          "model_not_found"), "no_channel"),
        "upstream saturated": (refused(429, "当前分组上游负载已饱和，请稍后再试", None), "saturated"),
        "limit of requests": (refused(429, "您已达到请求数限制：1分钟内最多请求10次"), "rate_limited"),
        "limit in all": (refused(429, "您已达到总请求数限制：1分钟内最多请求10次，包括失败次数"), "rate_limited"),
        "the user's quota": (refused(403, "用户额度不足, 剩余额度: ＄0.100000", "insufficient_user_quota"),
                             "account_quota_exhausted"),
        "the user's quota, old": (refused(403, "预扣费额度失败, 用户剩余额度: ＄0.1, 需要预扣费额度: ＄0.2"),
                                  "account_quota_exhausted"),
        "the key's quota": (refused(403, "token quota is not enough, token remain quota: ＄0.01, need quota: ＄0.02",
                                    "pre_consume_token_quota_failed"), "key_quota_exhausted"),
        "no price": (refused(500, "模型 gpt-4o-mini 倍率或价格未配置，请联系管理员设置", "model_price_error"),
                     "no_price"),
        "sensitive words": (refused(400, "用户敏感词检测失败", "sensitive_words_detected"), "content_refused"),
        "prompt blocked": (refused(400, "request blocked", "prompt_blocked"), "prompt_refused"),
    }),
    *called("new-api (zh)", SHEET, {
        "the key's quota as 429": (refused(429, "API key 额度已用完", "insufficient_quota"), "key_quota_exhausted"),
        "the upstream's quota": (
            refused(429, "You exceeded your current quota, please check your plan and billing details.",
                    "insufficient_quota", "insufficient_quota"), "relay_quota_fault"),
        "subscription": (refused(403, "订阅额度不足或未配置订阅"), "account_quota_exhausted"),
    }),
    *called("new-api (zh)", "wire.md 6 (1113) passed on; zai-org docs, error codes", {
        "the upstream's arrears (Zhipu)": (refused(429, "余额不足或无可用资源包,请充值。", "1113", "upstream_error"),
                                           "relay_quota_fault"),
    }),
    *called("new-api (zh)", "frostime/sy-f-misc#10 (DeepSeek's body) passed on", {
        "the upstream's balance (DeepSeek)": (
            Answer(402, {"error": {"message": "Insufficient Balance", "type": "unknown_error", "param": None,
                                   "code": "invalid_request_error"}}), "relay_quota_fault"),
    }),
)  # fmt: skip

OLD_EN = (
    *checks("new-api (en)", TABLE, "relay", {
        "no key sent": ({MODELS: refused(401, "Token not provided")}, "key_not_sent", KEY),
        "expired": ({MODELS: refused(401, "This token has expired")}, "key_expired", KEY),
        "used up": ({MODELS: refused(401, "This token quota is exhausted TokenStatusExhausted[sk-abc***xyz]")},
                    "key_quota_exhausted", KEY),
        "disabled": ({MODELS: refused(401, "This token status is unavailable")}, "key_disabled", KEY),
        "banned": ({MODELS: refused(403, "User has been banned")}, "account_banned", KEY),
        "no model at all": ({MODELS: refused(403, "This token has no access to any models")}, "no_models_allowed", KEY),
    }),
    *called("new-api (en)", TABLE, {
        "key may not use the model": (refused(403, "This token has no access to model gpt-4o-mini"),
                                      "model_not_allowed"),
        "no channel": (refused(503, "No available channel for model gpt-4o-mini under group default (distributor)",
                               "model_not_found"), "no_channel"),
        "upstream saturated": (refused(429, "Current group upstream load is saturated, please try again later"),
                               "saturated"),
        "limit of requests": (refused(429, "You have reached the request limit: maximum 10 requests in 1 minutes"),
                              "rate_limited"),
    }),
    *called("new-api (en)", "wire.md Corrections (builds of 2025-04)", {
        "the user's quota": (refused(403, "user quota is not enough", "insufficient_user_quota"),
                             "account_quota_exhausted"),
        "the user's quota, pre-charged": (
            refused(403, "chat pre-consumed quota failed, user quota: ＄0.1, need quota: ＄0.2"),
            "account_quota_exhausted"),
        "an upstream's 404 under a sentence of load": (
            refused(429, "当前分组上游负载已饱和，请稍后再试", "bad_response_status_code", "upstream_error", "404"),
            "saturated"),
    }),
)  # fmt: skip

LOCAL_FAULTS = called("new-api", TABLE + ": local faults", {
    "upstream can't be reached": (refused(500, "请求上游地址失败", "do_request_failed"), "relay_fault"),
    "upstream's bad status": (refused(500, "bad response status code 404", "bad_response_status_code",
                                      "upstream_error", "404"), "relay_fault"),
    "upstream's 429": (refused(500, "bad response status code 429", "bad_response_status_code", "upstream_error",
                               "429"),
                       "saturated"),
    "upstream's 504": (refused(500, "bad response status code 504", "bad_response_status_code", "upstream_error",
                               "504"),
                       "possibly_billed"),
    "upstream's body": (refused(500, "invalid character '<' looking for beginning of value", "bad_response_body"),
                        "relay_fault"),
    "upstream's empty answer": (refused(500, "empty response", "empty_response"), "relay_fault"),
    "no upstream key": (refused(500, "no available key", "channel:no_available_key"), "relay_key_fault"),
    "upstream key refused": (refused(401, "invalid key", "channel:invalid_key"), "relay_key_fault"),
    "upstream too slow": (refused(500, "response time exceeded", "channel:response_time_exceeded"), "relay_fault"),
    "OpenAI refuses the relay's key": (
        refused(401, "Incorrect API key provided: sk-ab***. You can find your API key at "
                     "https://platform.openai.com/account/api-keys.", "invalid_api_key", "invalid_request_error"),
        "relay_key_fault"),
    "OpenAI's limit for the relay": (refused(429, "Rate limit reached for gpt-4o-mini in organization org-x on "
                                                  "requests per min (RPM): Limit 500", "rate_limit_exceeded",
                                                  "requests"),
                                     "saturated"),
    "a code nobody knows": (refused(403, "too many at once", "token_concurrency_limit_reached"), "unknown_code"),
    "an upstream's fault": (refused(500, "The server had an error", None, "server_error"), "upstream_fault"),
    "a stream that begins with a fault": (
        Answer(200, 'data: {"error":{"message":"当前分组上游负载已饱和，请稍后再试","type":"new_api_error"}}\n\n',
               {"content-type": "text/event-stream"}), "saturated"),
})  # fmt: skip

REGIONS = called("new-api", "users.md Batch L (one-api#1692)", {
    "OpenAI doesn't serve the relay's place": (
        refused(403, "Country, region, or territory not supported", "unsupported_country_region_territory",
                "request_forbidden"), "relay_region_blocked"),
    "Gemini doesn't serve the relay's place": (
        refused(400, "User location is not supported for the API use.", "", "upstream_error"), "relay_region_blocked"),
    "Claude doesn't serve the relay's place": (refused(403, "Request not allowed", "", "forbidden"),
                                               "relay_region_blocked"),
})  # fmt: skip

CLAUDE = called("new-api, Claude's shape", "wire.md 1C (on /v1/messages); wire.md 5", {
    "key may not use the model": (claude(403, "new_api_error", "该令牌无权访问模型 claude-sonnet-4-5"),
                                  "model_not_allowed"),
    "the upstream's credit": (claude(400, "invalid_request_error", "Your credit balance is too low to access the "
                                     "Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."),
                              "relay_quota_fault"),
    "the upstream's bill": (claude(402, "billing_error", "Your account has a billing issue."), "relay_quota_fault"),
    "overloaded": (claude(529, "overloaded_error", "Overloaded"), "saturated"),
}, named="claude-sonnet-4-5")  # fmt: skip

INVALID = refused(401, "无效的令牌")
NEWEST = (
    *checks("new-api (newest)", "wire.md 1C: newest builds; /api/usage/token/ tells", "relay", {
        "invalid token: expired": ({MODELS: INVALID, TOKEN: token(expires_at=1_700_000_000)}, "key_expired", KEY),
        "invalid token: used up": ({MODELS: INVALID, TOKEN: token(total_available=0)}, "key_quota_exhausted", KEY),
        "invalid token: disabled": ({MODELS: INVALID, TOKEN: token()}, "key_disabled", KEY),
        "invalid token: not known there either": (
            {MODELS: refused(401, "Invalid token"), TOKEN: management("record not found")}, "bad_key", KEY),
        "invalid token: refused there too": (
            {MODELS: refused(401, "Invalid token"), TOKEN: management("Invalid token", 401)},
            "key_refused_ambiguous", KEY),
        "invalid token: nobody to ask": ({MODELS: refused(401, "Invalid token"), TOKEN: page("New API")},
                                         "key_refused_ambiguous", KEY),
        "invalid token: ration used up": ({MODELS: refused(401, "Invalid token"), TOKEN: Answer(429)},
                                          "key_refused_rationed", KEY),
    }),
    *(Row("new-api (newest)", fault, code, "wire.md 1C: /api/status, billing", answers, left=left, rungs=rungs)
      for fault, answers, code, left, rungs in (
        ("quota shown in USD", {STATUS: site(quota_display_type="USD")}, "should_work", ("3.75", "USD"), WHOLE),
        ("quota shown in CNY", {STATUS: site(quota_display_type="CNY", usd_exchange_rate=7.3)}, "should_work",
         ("3.75", "CNY"), WHOLE),
        ("quota shown in units", {STATUS: site(quota_display_type="TOKENS"), GRANTED: granted(2_500_000),
                                  USED: used(100_000_000)}, "should_work", ("3", "USD"), WHOLE),
        ("quota shown in a currency of its own",
         {STATUS: site(quota_display_type="CUSTOM", custom_currency_symbol="¤", custom_currency_exchange_rate=3)},
         "should_work", ("3.75", "USD"), WHOLE),
        ("a million units to the dollar (Veloera)",
         {STATUS: site(quota_per_unit=1_000_000, quota_display_type="TOKENS"), GRANTED: granted(2_500_000),
          USED: used(0)}, "should_work", ("2.5", "USD"), WHOLE),
        ("unlimited by its sentinel", {GRANTED: granted(100_000_000)}, "should_work", ("unlimited", ""), WHOLE),
        ("unlimited in units", {STATUS: site(quota_display_type="TOKENS"), GRANTED: granted(100_000_000)},
         "should_work", ("unlimited", ""), WHOLE),
        ("unlimited by its token", {GRANTED: page("New API"), TOKEN: token(unlimited_quota=True, total_available=0)},
         "should_work", ("unlimited", ""), WHOLE),
        ("no billing, its token tells", {GRANTED: page("New API"), TOKEN: token(total_available=250_000)},
         "should_work", ("0.5", "USD"), WHOLE),
        ("no billing, its token is used up", {GRANTED: page("New API"), TOKEN: token(total_available=0)},
         "quota_empty", ("0", "USD"), QUOTA),
        ("units used up", {STATUS: site(quota_display_type="TOKENS"), GRANTED: granted(500_000),
                           USED: used(50_000_000)}, "quota_empty", ("0", "USD"), QUOTA),
        ("price list for members only", {PRICING: management("未登录且未提供 access token", 401)}, "should_work",
         ("3.75", "USD"), WHOLE),
    )),
    *checks("new-api (newest)", "users.md, new-api source; wire.md 1C", "relay", {
        "the key's list lacks the model": (
            {MODELS: Answer(200, {"object": "list", "data": [{"id": "gpt-4o"}]})}, "not_in_key_list", WHOLE),
        "the key's list is empty": ({MODELS: Answer(200, {"object": "list", "data": [], "success": True})},
                                    "not_in_key_list", WHOLE),
    }),
)  # fmt: skip

TASKS = (
    *called("new-api, task routes", "wire.md 2A", {
        "the user's quota": (task(403, "insufficient_user_quota", "user quota is not enough"),
                             "account_quota_exhausted"),
        "the key's quota": (task(403, "pre_consume_token_quota_failed", "token quota is not enough"),
                            "key_quota_exhausted"),
        "no price": (task(400, "model_price_error", "模型 sora-2 价格未配置"), "no_price"),
        "a size it doesn't know": (task(400, "invalid_size", "sora-2 size is invalid"), "bad_request"),
        "prompt missing": (task(400, "missing_prompt", "prompt is required"), "bad_request"),
        "saturated": (task(429, "fail_to_fetch_task", "当前分组上游负载已饱和，请稍后再试"), "saturated"),
        "saturated, told as a 500": (task(500, "fail_to_fetch_task", "当前分组上游负载已饱和，请稍后再试"),
                                     "saturated"),
        "upstream's quota, nested in the message": (
            task(429, "fail_to_fetch_task", '{"error":{"message":"You exceeded your current quota, please check your '
                 'plan and billing details.","type":"insufficient_quota","code":"insufficient_quota"}}'),
            "relay_quota_fault"),
        "upstream can't be asked": (task(500, "fail_to_fetch_task", "dial tcp: i/o timeout"), "relay_fault"),
        "channel disabled": (task(400, "task_channel_disable", "task channel disabled"), "no_channel"),
        "not built": (task(501, "not_implemented", "not implemented"), "not_implemented"),
        "no channel": (refused(503, "分组 default 下模型 sora-2 无可用渠道（distributor）", "model_not_found"),
                       "no_channel"),
    }, "video"),
    *called("Suno", "wire.md 7", {
        "no quota": (task(403, "quota_not_enough", "quota is not enough"), "account_quota_exhausted"),
        "prompt empty": (task(400, "prompt_empty", "prompt is empty"), "bad_request"),
        "invalid": (task(400, "invalid_request", "mv is invalid"), "bad_request"),
        "no channel": (refused(503, "分组 default 下模型 suno_music 无可用渠道（distributor）", "model_not_found"),
                       "no_channel"),
    }, "music"),
    *called("Midjourney-proxy", "wire.md 7", {
        "no quota": (midjourney(400, 4, "quota_not_enough"), "account_quota_exhausted"),
        "saturated": (midjourney(429, 30, "当前分组负载已饱和"), "saturated"),
        "queue full": (Answer(200, {"code": 23, "description": "队列已满，请稍后尝试", "result": "", "properties": {}}),
                       "saturated"),
        "banned word": (Answer(200, {"code": 24, "description": "可能包含敏感词", "result": "",
                                     "properties": {"bannedWord": "x"}}), "content_refused"),
        "no account instance": (Answer(200, {"code": 3, "description": "无可用的账号实例", "result": "",
                                             "properties": {}}), "no_channel"),
        "invalid": (midjourney(400, 4, "prompt不能为空"), "bad_request"),
        "failure": (Answer(200, {"code": 9, "description": "提交失败", "result": "", "properties": {}}),
                    "upstream_fault"),
        "no channel": (midjourney(503, 4, "分组 default 下模型 mj_imagine 无可用渠道（distributor）", "new_api_error"),
                       "no_channel"),
        "key may not use it": (midjourney(403, 4, "该令牌无权访问模型 mj_imagine", "new_api_error"),
                               "model_not_allowed"),
    }, "image", "mj_imagine"),
)  # fmt: skip

ACCEPTED = Answer(200, {"id": "task_1", "task_id": "task_1", "object": "video", "model": "sora-2", "status": "queued"})


def video_failed(message: str, code: str = "generation_failed") -> dict[str, Answers]:
    """wire.md 2A: a task that came to nothing, as it is told when asked after."""
    body = {"id": "task_1", "object": "video", "model": "sora-2", "status": "failed", "progress": 0,
            "error": {"message": message, "code": code}}  # fmt: skip
    return {"/v1/videos/task_1": Answer(200, body)}


def failed(at: str, **told: object) -> dict[str, Answers]:
    """The same in another protocol, at its own path."""
    return {at: Answer(200, {"status": "FAILURE", **told})}


FAILED_LATER = (
    Row("new-api, task routes", "accepted, then failed upstream", "task_failed", "wire.md 2A",
        video_failed("上游生成失败，请稍后重试"), ACCEPTED, capability="video"),
    Row("new-api, task routes", "accepted, then filtered", "content_refused", "wire.md 2A, 2C",
        video_failed("生成的内容违反了内容政策，已被拦截"), ACCEPTED, capability="video"),
    Row("new-api, task routes", "accepted, then a model that isn't there", "task_failed", "wire.md 2A",
        video_failed("模型不存在"), ACCEPTED, capability="video"),
    Row("Suno", "accepted, then failed", "task_failed", "wire.md 7",
        {"/suno/fetch/task_1": Answer(200, {"code": "success", "message": "", "data": {
            "task_id": "task_1", "action": "MUSIC", "status": "FAILURE", "fail_reason": "generation failed"}})},
        Answer(200, {"code": "success", "message": "", "data": "task_1"}), capability="music"),
    Row("Midjourney-proxy", "accepted, then failed", "task_failed", "wire.md 7",
        failed("/mj/task/task_1/fetch", id="task_1", action="IMAGINE", failReason="任务超时"),
        Answer(200, {"code": 1, "description": "提交成功", "result": "task_1", "properties": {}}),
        capability="image", named="mj_imagine"),
    Row("chat that makes films", "told in words, HTTP 200", "content_refused", "wire.md 2D",
        call=Answer(200, 'data: {"choices":[{"delta":{"content":"生成失败 ❌ 内容违规"}}]}\n\ndata: '
                    '{"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
                    {"content-type": EVENTS}), capability="video", named="sora_video2", free=False,
        endpoint="openai"),
)  # fmt: skip

GPTBEST = (
    *checks("GPTBest", "wire.md Addendum; users.md, GPTBest facts", "gptbest", {
        "management paths answer its page": ({STATUS: page("神马中转API"), PRICING: page("神马中转API")},
                                             "should_work", WHOLE),
        "its page for billing too": (
            {STATUS: page("神马中转API"), GRANTED: page("神马中转API"), TOKEN: page("神马中转API")},
            "no_free_endpoint", WHOLE),
        "its page for everything": ({"*": page("神马中转API"), MODELS: page("神马中转API"),
                                     STATUS: page("神马中转API")},
                                    "html_page", KEY),
        "expired, as `msg`": ({MODELS: Answer(401, {"msg": "该令牌已过期"})}, "key_expired", KEY),
        "used up, as a string": ({MODELS: Answer(401, {"error": "该令牌额度已用尽"})}, "key_quota_exhausted", KEY),
        "key wrong, as `message`": ({MODELS: Answer(401, {"message": "unauthorized"})}, "bad_key", KEY),
        "{} from billing": ({GRANTED: Answer(200, {}), TOKEN: Answer(200, {})}, "no_free_endpoint", WHOLE),
    }),
    *called("GPTBest", "wire.md, GPTBest docs FAQ; Addendum (error shapes)", {
        "403 of balance, as `msg`": (Answer(403, {"msg": "账户余额不足"}), "account_quota_exhausted"),
        "403 without words": (Answer(403, {"message": "forbidden"}), "not_permitted"),
        "413": (Answer(413, {"msg": "request entity too large"}), "bad_request"),
        "503": (Answer(503, {"error": "当前分组 default 下对于模型 gpt-4o-mini 无可用渠道"}), "no_channel"),
        "500": (Answer(500, {"msg": "upstream error"}), "upstream_fault"),
    }, through="gptbest"),
    *called("GPTBest", "wire.md 2C", {
        "filtered": (Answer(400, {"code": "content_policy_violation", "message": "内容违规"}), "content_refused"),
        "saturated as 500": (Answer(500, {"error": {"message": "当前分组上游负载已饱和，请稍后再试"}}), "saturated"),
    }, "video", "veo3.1-fast", "gptbest"),
    *called("GPTBest", "users.md (astrbot_plugin_shoubanhua#48)", {
        "the relay's upstream has no platform": (
            refused(500, "no available platform found for model x", "bad_response_status_code", param="400"),
            "relay_fault"),
    }, "image", through="gptbest"),
)  # fmt: skip


def sub2api(status: int, code: str, message: str) -> Answer:
    """Wei-Shaw/sub2api: middleware AbortWithError."""
    return Answer(status, {"code": code, "message": message})


SUB2API_SOURCE = "Wei-Shaw/sub2api: backend/internal/server/middleware/api_key_auth.go"
SUB2API = (
    *checks("Sub2API", SUB2API_SOURCE, "custom", {
        "no such key": ({MODELS: sub2api(401, "INVALID_API_KEY", "Invalid API key")}, "bad_key", KEY),
        "no key sent": ({MODELS: sub2api(401, "API_KEY_REQUIRED", "API key is required in Authorization header (Bearer "
                                         "scheme), x-api-key header, or x-goog-api-key header")}, "key_not_sent", KEY),
        "disabled": ({MODELS: sub2api(401, "API_KEY_DISABLED", "API key is disabled")}, "key_disabled", KEY),
        "user inactive": ({MODELS: sub2api(401, "USER_INACTIVE", "User account is not active")}, "account_banned", KEY),
        "denied": ({MODELS: sub2api(403, "ACCESS_DENIED", "Access denied")}, "not_permitted", KEY),
        "no subscription": ({MODELS: sub2api(403, "SUBSCRIPTION_NOT_FOUND",
                                             "No active subscription found for this group")},
                            "account_quota_exhausted", KEY),
        "subscription's limit": ({MODELS: sub2api(429, "USAGE_LIMIT_EXCEEDED", "daily usage limit exceeded")},
                                 "account_quota_exhausted", KEY),
        "broken": ({MODELS: sub2api(500, "INTERNAL_ERROR", "Failed to validate API key")}, "upstream_fault", KEY),
    }),
    *checks("Sub2API", SHEET, "custom", {
        "no balance": ({MODELS: sub2api(403, "INSUFFICIENT_BALANCE", "Insufficient account balance")},
                       "account_quota_exhausted", KEY),
        "expired": ({MODELS: sub2api(403, "API_KEY_EXPIRED", "API key 已过期")}, "key_expired", KEY),
    }),
    *called("aihubmix", "wire.md Addendum: 503 for wrong model name or no permission, 429 for rate", {
        "429": (Answer(429, {"error": {"message": "Too many requests", "type": "rate_limit_error"}}), "rate_limited"),
        "503": (Answer(503, {"error": {"message": "当前分组 default 下对于模型 gpt-4o-mini 无可用渠道",
                                       "type": "Aihubmix_api_error"}}),
                "no_channel"),
    }),
)  # fmt: skip

ROWS = (*ONE_API, *OLD_ZH, *OLD_EN, *LOCAL_FAULTS, *REGIONS, *CLAUDE, *NEWEST, *TASKS, *FAILED_LATER, *GPTBEST,
        *SUB2API)  # fmt: skip
