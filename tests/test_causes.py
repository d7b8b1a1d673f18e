"""Every body that relays and OpenAI were seen to answer, and what it means; then the words of it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from string import Formatter
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.causes import CAUSES, STATE_NAMES, judge, of_line_fault, reason, remembered, words
from lib.causes.rows import ROWS
from lib.causes.rules import RULES
from lib.errors import LineFault, LineFaultKind
from lib.i18n import translator
from lib.vocabulary import ErrorState, Reason, State, WhoseMove
from lib.wire import Said
from lib.wire.answers import fault, said

ENGLISH = translator("en")


def relay(status: int, message: str, code: str | None = "", kind: str = "new_api_error", param: str = "") -> Said:
    """A relay's refusal as it comes: with its request id, in new-api's envelope."""
    error = {"message": f"{message} (request id: 2026)", "type": kind, "param": param, "code": code}
    return said(httpx.Response(status, json={"error": error}))


def openai(status: int, message: str, code: str | None = None, kind: str = "invalid_request_error") -> Said:
    """OpenAI's own refusal."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    return said(httpx.Response(status, json={"error": error}))


RELAY_TABLE: list[tuple[str, Said, str]] = [
    # name, what comes, cause: every line of wire.md 1C's table, in Chinese and in English
    ("no key zh", relay(401, "未提供令牌"), "key_not_sent"),
    ("no key en", relay(401, "Token not provided"), "key_not_sent"),
    ("bad key zh", relay(401, "无效的令牌"), "key_refused_ambiguous"),
    ("bad key en", relay(401, "Invalid token"), "key_refused_ambiguous"),
    ("expired zh", relay(401, "该令牌已过期"), "key_expired"),
    ("expired en", relay(401, "This token has expired"), "key_expired"),
    ("expired, branded", relay(401, "https://site/ 提示 该令牌已过期"), "key_expired"),  # Corrections
    ("exhausted zh", relay(401, "该令牌额度已用尽 TokenStatusExhausted[sk-abc***xyz]"), "key_quota_exhausted"),
    ("exhausted zh, long", relay(401, "[sk-abc***xyz] 该令牌额度已用尽 !token.UnlimitedQuota && token.RemainQuota = 0"),
     "key_quota_exhausted"),
    ("exhausted, one-api", relay(401, "令牌 demo（#12）额度已用尽", None, "one_api_error"), "key_quota_exhausted"),
    ("exhausted en", relay(401, "This token quota is exhausted TokenStatusExhausted[sk-abc***xyz]"),
     "key_quota_exhausted"),
    ("disabled zh", relay(401, "该令牌状态不可用"), "key_disabled"),
    ("disabled en", relay(401, "This token status is unavailable"), "key_disabled"),
    ("banned zh", relay(403, "用户已被封禁"), "account_banned"),
    ("banned en", relay(403, "User has been banned"), "account_banned"),
    ("IP zh", relay(403, "您的 IP 不在令牌允许访问的列表中", "access_denied"), "ip_not_allowed"),
    ("IP, one-api", relay(403, "该令牌只能在指定网段使用：10.0.0.0/8，当前 ip：1.2.3.4"), "ip_not_allowed"),
    ("group zh", relay(403, "无权访问 vip 分组"), "group_refused"),
    ("group retired zh", relay(403, "分组 vip 已被弃用"), "group_refused"),
    ("group en", relay(403, "No permission to access this group"), "group_refused"),
    ("no model at all zh", relay(403, "该令牌无权访问任何模型"), "no_models_allowed"),
    ("no model at all en", relay(403, "This token has no access to any models"), "no_models_allowed"),
    ("model zh", relay(403, "该令牌无权访问模型 gpt-4o"), "model_not_allowed"),
    ("model zh, older", relay(403, "该令牌无权使用模型：gpt-4o"), "model_not_allowed"),
    ("model en", relay(403, "This token has no access to model gpt-4o"), "model_not_allowed"),
    ("no model named zh", relay(400, "未指定模型名称，模型名称不能为空"), "bad_request"),
    ("no model named en", relay(400, "Model name not specified, model name cannot be empty"), "bad_request"),
    ("no channel zh", relay(503, "分组 default 下模型 sora-2 无可用渠道（distributor）", "model_not_found"),
     "no_channel"),
    ("no channel zh, older", relay(503, "当前分组 default 下对于模型 sora-2 无可用渠道", None), "no_channel"),
    ("no channel en",
     relay(503, "No available channel for model sora-2 under group default (distributor)", "model_not_found"),
     "no_channel"),
    ("no channel, code alone", relay(503, "kein Kanal", "model_not_found"), "no_channel"),
    ("channel lookup zh",
     relay(503, "获取分组 default 下模型 sora-2 的可用渠道失败（distributor）：x", "model_not_found"),
     "no_channel"),
    ("channel lookup en", relay(503, "Failed to get available channel for model sora-2", "model_not_found"),
     "no_channel"),
    ("saturated zh", relay(429, "当前分组上游负载已饱和，请稍后再试", None), "saturated"),
    ("saturated en", relay(429, "Current group upstream load is saturated, please try again later"), "saturated"),
    ("limit zh", relay(429, "您已达到请求数限制：1分钟内最多请求10次"), "rate_limited"),
    ("limit zh, total", relay(429, "您已达到总请求数限制：1分钟内最多请求10次，包括失败次数"), "rate_limited"),
    ("limit en", relay(429, "You have reached the request limit: maximum 10 requests in 1 minutes"), "rate_limited"),
    ("limit, empty body", said(httpx.Response(429)), "rate_limited"),
    ("account zh", relay(403, "用户额度不足, 剩余额度: ＄0.1", "insufficient_user_quota"), "account_quota_exhausted"),
    ("account zh, no code", relay(403, "预扣费额度失败, 用户剩余额度: 1, 需要预扣费额度: 2"),
     "account_quota_exhausted"),
    ("account en", relay(403, "chat pre-consumed quota failed, user quota: ＄1, need quota: ＄2"),
     "account_quota_exhausted"),  # Corrections
    ("account en, short", relay(403, "user quota is not enough"), "account_quota_exhausted"),
    ("subscription", relay(403, "订阅额度不足或未配置订阅"), "account_quota_exhausted"),  # Corrections
    ("key too small",
     relay(403, "token quota is not enough, token remain quota: ＄0, need quota: ＄1",
           "pre_consume_token_quota_failed"),
     "key_quota_exhausted"),
    ("no price zh", relay(500, "模型 x 倍率或价格未配置，请联系管理员", "model_price_error"), "no_price"),
    ("no price, 400", relay(400, "model x ratio or price not set", "model_price_error"), "no_price"),
    ("words blocked", relay(400, "x", "sensitive_words_detected"), "content_refused"),
    ("prompt blocked", relay(400, "x", "prompt_blocked"), "prompt_refused"),
    ("request failed", relay(500, "请求上游地址失败", "do_request_failed"), "relay_fault"),  # Addendum
    ("bad status", relay(502, "bad response status code 404", "bad_response_status_code", "upstream_error", "404"),
     "relay_fault"),
    ("bad status 429", relay(500, "bad response status code 429", "bad_response_status_code", "upstream_error", "429"),
     "saturated"),
    ("bad body", relay(500, "x", "bad_response_body"), "relay_fault"),
    ("no upstream key", relay(500, "x", "channel:no_available_key"), "relay_key_fault"),
    ("bad upstream key", relay(500, "x", "channel:invalid_key"), "relay_key_fault"),
    ("upstream too slow", relay(500, "x", "channel:response_time_exceeded"), "relay_fault"),
    ("empty upstream", relay(500, "x", "empty_response"), "relay_fault"),
    ("channel code", relay(500, "x", "get_channel_failed"), "no_channel"),
    ("not convertible", relay(500, "x", "convert_request_failed"), "bad_request"),
    ("unread request", relay(500, "x", "read_request_body_failed"), "bad_request"),
    ("invalid request", relay(500, "x", "invalid_request"), "bad_request"),
    ("denied", relay(403, "x", "access_denied"), "not_permitted"),
]

MORE_OF_RELAYS: list[tuple[str, Said, str]] = [
    ("1A channel id", relay(400, "无效的渠道 Id", None, "one_api_error"), "bad_request"),
    ("1A channel disabled", relay(403, "该渠道已被禁用", None, "one_api_error"), "no_channel"),
    ("1A wrong path", said(httpx.Response(404, json={"error": {
        "message": "Invalid URL (GET /v1/x)", "type": "invalid_request_error", "param": "", "code": ""}})),
     "wrong_path"),
    ("1A not built", relay(501, "API not implemented", "api_not_implemented"), "not_implemented"),
    ("1A unknown model in a 200", said(httpx.Response(200, json={"error": {
        "message": "The model 'x' does not exist", "type": "invalid_request_error", "code": "model_not_found"}})),
     "model_unknown"),
    ("Corrections: saturated as 500", relay(500, "负载已饱和", "fail_to_fetch_task"), "saturated"),
    ("Corrections: old one-api", relay(
        429, "当前分组负载已饱和，请稍后再试，或升级账户以提升服务质量。", "billing_not_active", "billing_not_active"),
     "saturated"),
    ("Addendum: the key's limit", relay(429, "API key 额度已用完", "insufficient_quota"), "key_quota_exhausted"),
    ("Addendum: upstream's quota", relay(429, "You exceeded your current quota, please check your plan and billing "
                                         "details.", "insufficient_quota", "insufficient_quota"), "relay_quota_fault"),
    ("Addendum: Sub2API", said(httpx.Response(403, json={"code": "INSUFFICIENT_BALANCE", "message": "x"})),
     "account_quota_exhausted"),
    ("Addendum: expired", said(httpx.Response(403, json={"code": "API_KEY_EXPIRED", "message": "x"})), "key_expired"),
    ("Addendum: 402", said(httpx.Response(402, json={"message": "x"})), "account_quota_exhausted"),
    ("GPTBest FAQ 401", said(httpx.Response(401, json={"msg": "x"})), "bad_key"),
    ("GPTBest FAQ 403", said(httpx.Response(403, json={"msg": "x"})), "not_permitted"),
    ("GPTBest FAQ 403 balance", said(httpx.Response(403, json={"msg": "账户余额不足"})), "account_quota_exhausted"),
    ("GPTBest FAQ 413", said(httpx.Response(413, json={"msg": "x"})), "bad_request"),
    ("GPTBest FAQ 500", said(httpx.Response(500, json={"msg": "x"})), "upstream_fault"),
    ("users.md L: region", relay(403, "Country, region, or territory not supported",
                                 "unsupported_country_region_territory", "request_forbidden"), "relay_region_blocked"),
    ("users.md L: region by words", relay(400, "User location is not supported for the API use."),
     "relay_region_blocked"),
    ("users.md GPTBest: HTML upstream",
     relay(500, "invalid character '<' looking for beginning of value", "bad_response_body"),
     "relay_fault"),
    ("users.md L: 524", said(httpx.Response(524, html="<html><title>524</title>")), "possibly_billed"),
    ("504", relay(504, "gateway timeout", "do_request_failed"), "possibly_billed"),
    ("504 upstream", relay(500, "x", "bad_response_status_code", param="504"), "possibly_billed"),
    ("a web page", said(httpx.Response(200, html="<html></html>")), "html_page"),
    ("a web page 403", said(httpx.Response(403, html="<html></html>")), "html_page"),
    ("a web page 502", said(httpx.Response(502, html="<html></html>")), "upstream_fault"),
    ("a web page 429", said(httpx.Response(429, html="<html></html>")), "rate_limited"),
    ("an empty 200", said(httpx.Response(200)), "empty_answer"),
    ("half a JSON", said(httpx.Response(200, text='{"cho')), "unreadable"),
    ("another JSON 404", said(httpx.Response(404, json={"detail": "Not Found"})), "wrong_path"),
    ("a redirect", said(httpx.Response(302)), "redirected"),
    ("gone", said(httpx.Response(410)), "gone"),
    ("1xx", Said(103), "unknown_answer"),
    ("the relay's upstream key",
     relay(401, "Incorrect API key provided: sk-ab***. You can find your API key at https://platform.openai.com/account",
           "invalid_api_key"),
     "relay_key_fault"),
    ("its upstream's limit", relay(429, "Rate limit reached for gpt-4o in organization org-x", "rate_limit_exceeded"),
     "saturated"),
]

DIRECT: list[tuple[str, Said, str]] = [  # wire.md 3 and 9, without a relay
    ("401 key", openai(401, "Incorrect API key provided: sk-a. You can find your API key at "
                       "https://platform.openai.com/account/api-keys.", "invalid_api_key"), "bad_key"),
    ("401 none", openai(401, "You didn't provide an API key."), "key_not_sent"),
    ("403 region",
     openai(403, "Country, region, or territory not supported", "unsupported_country_region_territory",
            "request_forbidden"),
     "region_blocked"),
    ("403 scope", openai(403, "You have insufficient permissions for this operation."), "not_permitted"),
    ("403 model", openai(403, "Project `p` does not have access to model `gpt-4`", "model_not_found"),
     "model_not_allowed"),
    ("404 model", openai(404, "The model `x` does not exist or you do not have access to it.", "model_not_found"),
     "model_unknown"),
    ("400 context", openai(400, "x", "context_length_exceeded"), "bad_request"),
    ("400 value", openai(400, "x", "invalid_value"), "bad_request"),
    ("400 other", openai(400, "x", "integer_below_min_value"), "bad_request"),
    ("400 policy", openai(400, "x", "content_policy_violation"), "content_refused"),
    ("400 moderation", openai(400, "x", "moderation_blocked"), "content_refused"),
    ("429 rate", openai(429, "x", "rate_limit_exceeded", "requests"), "rate_limited"),
    ("429 tokens", openai(429, "x", None, "tokens"), "rate_limited"),
    ("429 quota", openai(429, "You exceeded your current quota, please check your plan and billing details.",
                         "insufficient_quota", "insufficient_quota"), "account_quota_exhausted"),
    ("429 credit", openai(429, "x", "credit_balance_exhausted"), "account_quota_exhausted"),
    ("500", openai(500, "x", None, "server_error"), "upstream_fault"),
    ("503", openai(503, "x", None, "overloaded_error"), "saturated"),
    ("deactivated", openai(401, "x", "account_deactivated"), "account_banned"),
    ("vLLM", said(httpx.Response(401, json={"error": "Unauthorized"})), "bad_key"),
    ("llama.cpp key", said(httpx.Response(401, json={"error": {
        "message": "Invalid API Key", "type": "authentication_error", "code": 401}})), "bad_key"),
    ("llama.cpp loading", said(httpx.Response(503, json={"error": {
        "message": "Loading model", "type": "unavailable_error", "code": 503}})), "upstream_fault"),
    ("llama.cpp path", said(httpx.Response(404, json={"error": {
        "message": "File Not Found", "type": "not_found_error", "code": 404}})), "wrong_path"),
    ("Ollama", said(httpx.Response(404, json={"error": {
        "message": 'model "x" not found, try pulling it first', "type": "api_error"}})), "model_unknown"),
]


STATE_OF: dict[ErrorState, set[str]] = {  # contract.md, Words
    "rate_limited": {"rate_limited", "saturated"},
    "untested": {"unknown_code", "unknown_answer"},
    "quota_exhausted": {"key_quota_exhausted", "account_quota_exhausted"},
    "no_permission": {"group_refused", "no_models_allowed", "model_not_allowed", "not_permitted"},
    "not_offered": {"no_channel", "model_unknown", "not_implemented", "gone"},
    "region_blocked": {"region_blocked", "relay_region_blocked"},
    "expired_key": {"key_expired"},
    "bad_key": {"bad_key", "key_not_sent", "key_refused_ambiguous", "key_disabled", "account_banned", "ip_not_allowed"},
    "upstream_fault": {
        "upstream_fault", "relay_fault", "relay_key_fault", "relay_quota_fault", "no_price", "unreadable",
        "empty_answer", "possibly_billed",
    },
    "wrong_address": {"html_page", "wrong_path", "redirected"},
    "bad_request": {"bad_request"},
    "content_refused": {"content_refused", "prompt_refused"},
}


def rows(table: list[tuple[str, Said, str]]) -> list[Any]:
    return [pytest.param(told, cause, id=name) for name, told, cause in table]


@pytest.mark.parametrize(("told", "cause"), rows(RELAY_TABLE + MORE_OF_RELAYS))
def test_what_relays_say(told: Said, cause: str) -> None:
    found = judge(told, "openai", through_relay=True)
    assert found.code == cause
    assert cause in STATE_OF[found.state]


@pytest.mark.parametrize(("told", "cause"), rows(DIRECT))
def test_what_openai_and_local_servers_say(told: Said, cause: str) -> None:
    found = judge(told, "openai", through_relay=False)
    assert found.code == cause
    assert cause in STATE_OF[found.state]


@pytest.mark.parametrize(
    ("told", "cause"),
    [
        (said(httpx.Response(200, html="<html></html>")), "no_such_endpoint"),
        (said(httpx.Response(200, json={})), "no_such_endpoint"),
        (said(httpx.Response(404, html="<html></html>")), "no_such_endpoint"),
        (said(httpx.Response(404, json={"error": {"message": "Invalid URL (GET /v1/x)"}})), "no_such_endpoint"),
        (said(httpx.Response(401, json={"success": False, "message": "未登录"})), "management_refused"),
        (said(httpx.Response(200, json={"success": False, "message": "无权进行此操作，access token 无效"})),
         "management_refused"),
        (said(httpx.Response(200, json={"success": False, "message": "无效的令牌"})), "key_refused_ambiguous"),
        (said(httpx.Response(200, json={"success": False, "message": "record not found"})), "bad_key"),
        (said(httpx.Response(401, json={"success": False, "message": "该令牌已过期"})), "key_expired"),
        (said(httpx.Response(429)), "rate_limited"),
        (said(httpx.Response(502, html="<html></html>")), "upstream_fault"),
    ],
)
def test_what_management_endpoints_say(told: Said, cause: str) -> None:
    assert judge(told, "newapi", through_relay=True, posted=False).code == cause


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        # wire.md 1C, "With a user access token"; Addendum, new-api management auth
        pytest.param(httpx.Response(status, json={"success": False, "message": message, **more}), cause, id=message)
        for status, message, cause, more in (
            (401, "无权进行此操作，未登录且未提供 access token", "account_refused", {}),
            (200, "无权进行此操作，access token 无效", "account_refused", {}),
            (401, "无权进行此操作，未提供 New-Api-User", "account_number", {}),
            (401, "无权进行此操作，New-Api-User 格式错误", "account_number", {}),
            (401, "无权进行此操作，New-Api-User 与登录用户不匹配", "account_number", {}),
            (200, "用户已被封禁", "account_banned", {}),
            (401, "Unauthorized", "account_refused", {"code": "AUTH_UNAUTHORIZED"}),
            (401, "expired", "account_refused", {"code": "AUTH_TOKEN_EXPIRED"}),
            (401, "disabled", "account_banned", {"code": "AUTH_USER_DISABLED"}),
            (401, "", "account_refused", {}),
            (200, "数据库出错", "management_refused", {}),
            (404, "Invalid URL (GET /api/log/self)", "no_such_endpoint", {}),
            (429, "too many", "rate_limited", {}),
            (500, "", "upstream_fault", {}),
        )
    ],
)
def test_what_an_account_s_endpoints_say(answer: httpx.Response, cause: str) -> None:
    assert judge(said(answer), "newapi_account", through_relay=True, posted=False).code == cause


QUOTED = (
    "this token has expired", "token quota is exhausted", "request limit", "余额不足", "file model was not found",
    "无可用渠道", "the model gpt does not exist", "Region, or territory not supported?", "令牌无权访问模型",
    "Invalid URL (x",
)


@pytest.mark.parametrize("quoted", QUOTED)
@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [
        (400, "invalid_request_error", "bad_request"),
        (400, "", "bad_request"),
        (422, "", "bad_request"),
        (400, "context_length_exceeded", "bad_request"),
        (500, "invalid_value", "bad_request"),
        (400, "sensitive_words_detected", "content_refused"),
        (500, "sensitive_words_detected", "content_refused"),
    ],
)
def test_a_fault_of_the_request_may_quote_the_prompt_and_proves_nothing(
    quoted: str, status: int, code: str, cause: str
) -> None:
    told = said(httpx.Response(status, json={"error": {"message": f"Invalid value: '{quoted}'", "code": code}}))
    assert judge(told, "openai", through_relay=True).code == cause


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("code", ["token_concurrency_limit_reached", "entitlement_missing", "1113"])
def test_a_code_nobody_knows_is_named_and_never_unavailable(status: int, code: str) -> None:
    told = relay(status, "nobody knows", code)
    found = judge(told, "openai", through_relay=True)
    assert (found.code, found.state) == ("unknown_code", "untested")
    assert words(reason(found, told), ENGLISH).message == f"Unknown answer: {code}."


@pytest.mark.parametrize(
    ("chunk", "cause"),
    [
        ({"error": {"code": 502, "message": "x"}}, "upstream_fault"),
        ({"error": {"code": "429", "message": "x"}}, "rate_limited"),
        ({"error": {"message": "x", "type": "upstream_error"}}, "upstream_fault"),
        ({"error": {"message": "x", "type": "server_error"}}, "upstream_fault"),
        ({"error": {"message": "x", "type": "invalid_request_error"}}, "bad_request"),
        ({"error": {"message": "当前分组上游负载已饱和，请稍后再试"}}, "saturated"),
    ],
)
def test_faults_inside_a_stream_carry_no_status_of_their_own(chunk: dict[str, Any], cause: str) -> None:
    told = fault(chunk)
    assert told is not None
    assert judge(told, "openai", through_relay=True).code == cause


@pytest.mark.parametrize("status", [504, 524])
def test_a_gateway_that_gave_up_on_a_free_question_is_just_broken(status: int) -> None:
    assert judge(Said(status), "openai", posted=False).state == "upstream_fault"


@pytest.mark.parametrize("kind", get_args(LineFaultKind))
def test_every_fault_of_a_line_has_a_cause(kind: LineFaultKind) -> None:
    state = of_line_fault(LineFault(kind, "x", sent=False)).state
    assert state == {"redirects": "wrong_address", "too_large": "upstream_fault"}.get(kind, "unreachable")


@settings(deadline=None)
@given(
    st.builds(Said, st.integers(100, 599), st.text(), st.text(), st.text(), st.text(), html=st.booleans(),
              empty=st.booleans()),
    st.sampled_from(["openai", "newapi", "other"]),
    st.booleans(),
)
def test_every_answer_has_a_cause_and_words(told: Said, protocol: str, through_relay: bool) -> None:
    why = reason(judge(told, protocol, through_relay=through_relay), told)
    assert len(why.said) <= 500
    assert not any(unicodedata.category(letter).startswith("C") for letter in why.said)
    assert words(why, ENGLISH).message


# the table itself


def test_every_cause_has_one_row() -> None:
    assert [code for code, n in Counter(cause.code for cause in ROWS).items() if n > 1] == []


@pytest.mark.parametrize("cause", ROWS, ids=lambda cause: cause.code)
def test_rows_are_complete_sentences(cause: Any) -> None:
    assert cause.state in {state for union in get_args(ErrorState) for state in get_args(union)}
    assert cause.whose_move in get_args(WhoseMove)
    for sentence in (cause.message, cause.remedy):
        assert sentence[0].isupper() or sentence[0] == "{"
        assert sentence[-1] in ".?"


def test_every_rule_names_a_cause_and_can_be_met() -> None:
    assert {rule.cause for rule in RULES} <= set(CAUSES)
    for rule in RULES:
        assert not isinstance(rule.codes, str)
        assert not isinstance(rule.words, str)
        assert [*rule.codes, *rule.words] == [said.casefold() for said in (*rule.codes, *rule.words)]


def test_every_state_has_a_name() -> None:
    assert set(STATE_NAMES) == set(get_args(State))


@pytest.mark.parametrize("code", ["works", "should_work", "not_tested", "no_free_endpoint", "no_key", "no_connection",
                                  "last_seen", "not_in_key_list", "group_not_allowed", "quota_empty", "key_expired",
                                  "wrong_capability", "key_address", "unreadable", "empty_answer", "html_page",
                                  "interrupted", "cancelled", "no_answer", "server_gone", "bad_request",
                                  "content_refused", "unsupported"])
def test_what_the_engine_finds_has_a_row(code: str) -> None:
    assert code in CAUSES


# words


def test_whose_move_goes_by_who_stands_between() -> None:
    region = relay(403, "Country, region, or territory not supported", "unsupported_country_region_territory")
    assert judge(region, "openai", through_relay=True).whose_move == "relay"
    assert judge(region, "openai", through_relay=False).whose_move == "you"
    quota = openai(429, "You exceeded your current quota", "insufficient_quota")
    assert judge(quota, "openai", through_relay=True).whose_move == "relay"
    assert judge(quota, "openai", through_relay=False).whose_move == "you"


def test_only_the_collapsed_answer_is_ambiguous() -> None:
    assert [cause.code for cause in ROWS if cause.ambiguous] == ["key_refused_ambiguous"]


@pytest.mark.parametrize(
    ("told", "quoted"),
    [
        (Said(429, message="负载已饱和", code="bad_response_status_code", param="404"),
         "负载已饱和 (bad_response_status_code, 404)"),
        (Said(400, message="bad status code 404", code="", param="404"), "bad status code 404"),
        (Said(400, message="a\x00b\n\tc\u202ed\x1b[31m"), "ab cd[31m"),
        (Said(400, message="x" * 900), "x" * 500),
        (Said(429, empty=True), ""),
        (Said(500, code="empty_response"), "(empty_response)"),
    ],
)
def test_the_servers_own_words(told: Said, quoted: str) -> None:
    assert reason(CAUSES["relay_fault"], told).said == quoted


@pytest.mark.parametrize(
    ("why", "message"),
    [
        (reason(CAUSES["model_not_allowed"], None, model="sora-2"), "This key may not use sora-2."),
        (reason(CAUSES["model_not_allowed"]), "This key may not use this model."),
        (reason(CAUSES["model_not_allowed"], None, model=""), "This key may not use this model."),
        (reason(CAUSES["no_free_endpoint"], None, step="call"),
         "There is no free way to test this rung: real call."),
        (reason(CAUSES["last_seen"], None, state="no_permission"),
         "Last seen: No permission. That is too long ago to count."),
        (reason(CAUSES["wrong_capability"], None, connection="sora", allowed="video, image_edit", capability="text"),
         "The key of sora is for video, image processing, not for text. Nothing was sent."),
        (reason(CAUSES["key_address"], None, address="https://{x}"),
         "The key was saved for another address than https://{x}."),
        (Reason("of_an_older_version", "you"), "Unknown answer: of_an_older_version."),
    ],
)
def test_reasons_in_words(why: Reason, message: str) -> None:
    assert words(why, ENGLISH).message == message


@pytest.mark.parametrize(
    ("code", "move", "message"),
    [
        ("model_not_allowed", "you", "This key may not use sora-2."),
        ("of_another_version", "nobody", "Unknown answer: of_another_version."),
    ],
)
def test_a_kept_code_is_a_reason_again(code: str, move: WhoseMove, message: str) -> None:
    worded = words(remembered(code, {"model": "sora-2"}), ENGLISH)
    assert (worded.message, worded.whose_move) == (message, move)


def test_no_sentence_asks_for_a_parameter_by_number() -> None:
    for cause in ROWS:
        names = [name for text in (cause.message, cause.remedy) for _, name, _, _ in Formatter().parse(text)]
        assert "" not in names
