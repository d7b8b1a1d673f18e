"""What makers of APIs answer at an address of their own, each in its own protocol: wire.md 3 to 9, public documents."""

from __future__ import annotations

from typing import Any

from tests.scenarios.relays import KEY, called, checks
from tests.scenarios.row import MODELS, Row
from tests.scenarios.server import Answer

GEMINI_MODELS, ZHIPU_MODELS = "/v1beta/models", "/api/paas/v4/models"
BALANCE, SUBSCRIPTION, USAGE = "/v1/user/balance", "/v1/user/subscription", "/v2/usage"
NO_QUOTA_RUNG = ("line", "key", "quota", "permission")


def openai(status: int, message: str, code: str | None = None, kind: str = "invalid_request_error") -> Answer:
    """wire.md 3."""
    return Answer(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})


def anthropic(status: int, kind: str, message: str, **more: Any) -> Answer:
    """wire.md 5."""
    error = {"type": kind, "message": message, **more}
    return Answer(status, {"type": "error", "error": error, "request_id": "req_011CS"}, {"request-id": "req_011CS"})


def gemini(status: int, message: str, word: str, *details: dict[str, Any]) -> Answer:
    """wire.md 4."""
    return Answer(status, {"error": {"code": status, "message": message, "status": word, "details": list(details)}})


def because(reason: str) -> dict[str, Any]:
    """google.rpc.ErrorInfo."""
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}


def zhipu(status: int, code: str, message: str) -> Answer:
    """wire.md 6: the code is a string of digits."""
    return Answer(status, {"error": {"code": code, "message": message}})


def elevenlabs(status: int, code: str, message: str) -> Answer:
    """wire.md 8."""
    return Answer(status, {"detail": {"status": code, "message": message}})


def stability(status: int, name: str, *errors: str) -> Answer:
    """wire.md 8."""
    return Answer(status, {"id": "8b1f", "name": name, "errors": list(errors)})


SCOPES = ("You have insufficient permissions for this operation. Missing scopes: api.model.read. Check that you have "
          "the correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're "
          "using a restricted API key, that it has the necessary scopes.")  # fmt: skip
EXCEEDED = "You exceeded your current quota, please check your plan and billing details."

OPENAI = (
    *checks("OpenAI", "wire.md 3", "openai", {
        "bad key": ({MODELS: openai(401, "Incorrect API key provided: sk-ab***yz. You can find your API key at "
                                    "https://platform.openai.com/account/api-keys.", "invalid_api_key")}, "bad_key",
                                    KEY),
        "no key sent": ({MODELS: openai(401, "You didn't provide an API key.")}, "key_not_sent", KEY),
        "region": ({MODELS: openai(403, "Country, region, or territory not supported",
                                   "unsupported_country_region_territory", "request_forbidden")},
                   "region_blocked", KEY),
        "a good key: no free way to its quota": ({MODELS: Answer(200, {"object": "list",
                                                                       "data": [{"id": "gpt-4o-mini"}]})},
                                                 "no_free_endpoint", NO_QUOTA_RUNG),
    }),
    *checks("OpenAI", "microsoft/PowerToys#32989, bytedance/trae-agent#162 (the body of a missing scope)", "openai", {
        "a restricted key that may not list, 401": ({MODELS: openai(401, SCOPES)}, "not_shown", NO_QUOTA_RUNG),
        "a restricted key that may not list, 403": ({MODELS: openai(403, SCOPES)}, "not_shown", NO_QUOTA_RUNG),
    }),
    *checks("OpenAI", "platform.openai.com/docs/guides/error-codes", "openai", {
        "IP not authorised": ({MODELS: openai(401, "Your request came from an IP that isn't allowed.",
                                              "ip_not_authorized")}, "ip_not_allowed", KEY),
        "deactivated": ({MODELS: openai(401, "The OpenAI account associated with this API key has been deactivated.",
                                        "account_deactivated")}, "account_banned", KEY),
    }),
    *called("OpenAI", "wire.md 3, Addendum", {
        "the account's quota": (openai(429, EXCEEDED, "insufficient_quota", "insufficient_quota"),
                                "account_quota_exhausted"),
        "the account's credit": (openai(429, "Your credit balance is exhausted.", "credit_balance_exhausted"),
                                 "account_quota_exhausted"),
        "rate": (openai(429, "Rate limit reached for gpt-4o-mini in organization org-x on requests per min (RPM)",
                        "rate_limit_exceeded", "requests"), "rate_limited"),
        "project may not use the model": (
            openai(403, "Project `proj_x` does not have access to model `gpt-4o-mini`", "model_not_found"),
            "model_not_allowed"),
        "model unknown": (openai(404, "The model `gpt-9` does not exist or you do not have access to it.",
                                 "model_not_found"), "model_unknown"),
        "too long": (openai(400, "This model's maximum context length is 128000 tokens.", "context_length_exceeded"),
                     "bad_request"),
        "500": (openai(500, "The server had an error while processing your request.", None, "server_error"),
                "upstream_fault"),
        "overloaded": (openai(503, "The engine is currently overloaded", None, "overloaded_error"), "saturated"),
        "a scope is missing": (openai(401, SCOPES.replace("api.model.read", "model.request")), "not_permitted"),
    }, through="openai"),
    *called("OpenAI", "wire.md 3", {
        "moderation": (openai(400, "Your request was rejected by the safety system.", "moderation_blocked",
                              "image_generation_user_error"), "content_refused"),
        "hard limit": (openai(400, "Billing hard limit has been reached.", "billing_hard_limit_reached"),
                       "account_quota_exhausted"),
        "not verified": (openai(403, "Your organization must be verified to use the model `gpt-image-1`."),
                         "not_permitted"),
    }, "image", through="openai"),
    *called("OpenAI", "wire.md 3", {
        "rate": (openai(429, "Rate limit reached", None, "tokens"), "rate_limited"),
    }, "embedding", through="openai"),
    *called("OpenAI", "wire.md 3", {
        "a voice it doesn't know": (openai(400, "Invalid value: 'x'.", "invalid_value"), "bad_request"),
    }, "speech", through="openai"),
    *called("OpenAI", "wire.md 3", {
        "too large a file": (openai(413, "Maximum content size limit (26214400) exceeded"), "bad_request"),
    }, "transcription", through="openai"),
)  # fmt: skip

CLAUDE = "claude-sonnet-4-5"
ANTHROPIC = (
    *(Row("Anthropic", fault, code, source, {MODELS: answer}, through="anthropic", named=CLAUDE, rungs=rungs)
      for fault, answer, code, source, rungs in (
        ("bad key", anthropic(401, "authentication_error", "invalid x-api-key"), "bad_key", "wire.md 5", KEY),
        ("region", anthropic(403, "forbidden", "Request not allowed"), "region_blocked", "wire.md Addendum", KEY),
        ("broken", anthropic(500, "api_error", "Internal server error"), "upstream_fault", "wire.md 5", KEY),
    )),
    *called("Anthropic", "wire.md 5, Addendum", {
        "no credit, told as a 400": (
            anthropic(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API. "
                      "Please go to Plans & Billing to upgrade or purchase credits."), "account_quota_exhausted"),
        "billing": (anthropic(402, "billing_error", "Your account has a billing issue."), "account_quota_exhausted"),
        "own spend limit": (anthropic(429, "rate_limit_error", "You have reached your specified API usage limits.",
                                      details={"error_code": "enforced_spend_limit_reached"}),
                            "account_quota_exhausted"),
        "rate": (anthropic(429, "rate_limit_error", "This request would exceed your organization's rate limit"),
                 "rate_limited"),
        "not permitted": (anthropic(403, "permission_error", "Your API key does not have permission to use the "
                                    "specified resource"), "not_permitted"),
        "model unknown": (anthropic(404, "not_found_error", "model: claude-9"), "model_unknown"),
        "too large": (anthropic(413, "request_too_large", "Request exceeds the maximum size"), "bad_request"),
        "overloaded": (anthropic(529, "overloaded_error", "Overloaded"), "saturated"),
        "time-out": (anthropic(504, "timeout_error", "Request timed out"), "possibly_billed"),
        "conflict": (anthropic(409, "conflict_error", "Conflict"), "bad_request"),
    }, named=CLAUDE, through="anthropic"),
)  # fmt: skip

FLASH = "gemini-2.5-flash"
PER_MINUTE = gemini(
    429, f"{EXCEEDED} For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.",
    "RESOURCE_EXHAUSTED",
    {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [
        {"quotaMetric": "generativelanguage.googleapis.com/generate_content_free_tier_requests",
         "quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]},
    {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"},
)  # fmt: skip
NO_FREE_TIER = gemini(
    429, f"{EXCEEDED} For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. "
    "\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, "
    "model: gemini-2.5-pro\nPlease retry in 20.04466179s.", "RESOURCE_EXHAUSTED",
)  # fmt: skip
NOT_VALID = gemini(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT",
                   because("API_KEY_INVALID"))
GEMINI = (
    *(Row("Gemini", fault, code, source, {GEMINI_MODELS: answer}, through="gemini", named=FLASH, rungs=KEY)
      for fault, answer, code, source in (
        ("bad key, told as a 400", NOT_VALID, "bad_key", "wire.md 4; users.md Batch M"),
        ("bad key, by its reason alone", gemini(400, "钥匙无效", "INVALID_ARGUMENT", because("API_KEY_INVALID")),
         "bad_key", "users.md Batch M: reason API_KEY_INVALID; google.rpc.ErrorInfo"),
        ("expired", gemini(400, "API key expired. Please renew the API key.", "INVALID_ARGUMENT",
                           because("API_KEY_INVALID")), "key_expired", "continuedev/continue#11336, simonw/llm#1213"),
        ("region", gemini(400, "User location is not supported for the API use.", "FAILED_PRECONDITION"),
         "region_blocked", "users.md Batch L (gemini-cli#24641)"),
        ("region, in a list", Answer(400, [{"error": {"code": 400, "message": "User location is not supported for the "
                                                      "API use.", "status": "FAILED_PRECONDITION"}}]),
         "region_blocked", "wire.md 4: a one-element array"),
        ("service disabled", gemini(403, "Generative Language API has not been used in project 1 before or it is "
                                    "disabled.", "PERMISSION_DENIED", because("SERVICE_DISABLED")), "not_permitted",
         "users.md Batch M (freellmapi PR#285)"),
        ("IP restricted", gemini(403, "The provided API key has an IP address restriction.", "PERMISSION_DENIED",
                                 because("API_KEY_IP_ADDRESS_BLOCKED")), "ip_not_allowed",
         "users.md Batch M; google.rpc.ErrorInfo, googleapis ErrorReason"),
        ("unauthenticated", gemini(401, "Request had invalid authentication credentials.", "UNAUTHENTICATED"),
         "bad_key", "wire.md 4"),
        ("unavailable", gemini(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
         "upstream_fault", "wire.md 4"),
    )),
    *called("Gemini", "wire.md 4; google-gemini/gemini-cli#8437", {
        "a limit by the minute, worded as quota": (PER_MINUTE, "rate_limited"),
    }, named=FLASH, through="gemini"),
    *called("Gemini", "google-gemini/gemini-cli#22486, continuedev/continue#10066", {
        "no free tier for the model": (NO_FREE_TIER, "account_quota_exhausted"),
    }, named=FLASH, through="gemini"),
    *called("Gemini", "JeffOtano/roni#125 (its words), ai-christianson/RA.Aid#182", {
        "prepaid credits used up": (gemini(429, "Your prepayment credits are depleted.", "RESOURCE_EXHAUSTED"),
                                    "account_quota_exhausted"),
        "no free tier, older words": (gemini(429, "Gemini 2.5 Pro Preview doesn't have a free quota tier.",
                                             "RESOURCE_EXHAUSTED"), "account_quota_exhausted"),
    }, named=FLASH, through="gemini"),
    *called("Gemini", "continuedev/continue#10479", {
        "exhausted, without more": (gemini(429, "Resource has been exhausted (e.g. check quota).",
                                           "RESOURCE_EXHAUSTED"), "rate_limited"),
    }, named=FLASH, through="gemini"),
    *called("Gemini", "wire.md Addendum: nested as a JSON string by gateways", {
        "a bad key, nested": (Answer(400, {"error": {"message": NOT_VALID.text, "code": 400, "status": "Bad Request"}}),
                              "bad_key"),
    }, named=FLASH, through="gemini"),
    *called("Gemini", "wire.md 4, Addendum", {
        "the model isn't there": (gemini(404, "models/gemini-9 is not found for API version v1beta, or is not "
                                         "supported for generateContent.", "NOT_FOUND"), "model_unknown"),
        "402": (gemini(402, "Payment required", "FAILED_PRECONDITION"), "account_quota_exhausted"),
        "invalid": (gemini(400, "Invalid JSON payload received.", "INVALID_ARGUMENT"), "bad_request"),
        "deadline": (gemini(504, "Deadline expired", "DEADLINE_EXCEEDED"), "possibly_billed"),
    }, named=FLASH, through="gemini"),
    *called("Gemini", "wire.md 4", {
        "prompt blocked, in HTTP 200": (Answer(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
                                                     "usageMetadata": {"promptTokenCount": 9}}), "prompt_refused"),
    }, "image", "gemini-2.5-flash-image", "gemini"),
)  # fmt: skip

GLM = "glm-4-flash"
ZHIPU = (
    *(Row("Zhipu", fault, code, "wire.md 6", {ZHIPU_MODELS: answer}, through="zhipu", named=GLM, rungs=rungs)
      for fault, answer, code, rungs in (
        ("auth failed", zhipu(401, "1000", "身份验证失败"), "bad_key", KEY),
        ("bad token", zhipu(401, "1002", "Authorization Token非法，请确认Authorization Token正确传递"), "bad_key", KEY),
        ("expired token", zhipu(401, "1003", "Authorization Token已过期，请重新生成/获取"), "key_expired", KEY),
        ("account locked", zhipu(429, "1112", "您的账户已被锁定，请联系客服解锁"), "account_banned", KEY),
        ("no list on older builds", Answer(404), "no_free_endpoint", NO_QUOTA_RUNG),
    )),
    *called("Zhipu", "wire.md 6", {
        "no balance, told as a 429": (zhipu(429, "1113", "余额不足或无可用资源包,请充值。"), "account_quota_exhausted"),
        "concurrency": (zhipu(429, "1302", "您当前使用该API的并发数过高，请降低并发，或联系客服增加限额"),
                        "rate_limited"),
        "frequency": (zhipu(429, "1303", "您当前使用该API的频率过高，请降低频率，或联系客服增加限额"), "rate_limited"),
        "daily cap": (zhipu(429, "1304", "已达到今日API调用次数限额"), "account_quota_exhausted"),
        "overloaded": (zhipu(429, "1305", "当前API请求过多，请稍后重试"), "saturated"),
        "usage cap": (zhipu(429, "1308", "已达到使用上限"), "account_quota_exhausted"),
        "plan expired": (zhipu(429, "1309", "您的套餐已到期"), "account_quota_exhausted"),
        "plan lacks the model": (zhipu(429, "1311", "当前订阅套餐暂未开放该模型权限"), "not_permitted"),
        "model unknown": (zhipu(400, "1211", "模型不存在，请检查模型代码"), "model_unknown"),
        "API offline": (zhipu(400, "1221", "API已下线"), "gone"),
        "no permission": (zhipu(403, "1220", "您无权访问该API"), "not_permitted"),
        "parameter": (zhipu(400, "1210", "API 调用参数有误，请检查文档"), "bad_request"),
        "sensitive": (zhipu(400, "1301", "系统检测到输入或生成内容可能包含不安全或敏感内容"), "content_refused"),
        "network": (zhipu(500, "1234", "网络错误，错误id：x，请联系客服"), "upstream_fault"),
        "broken": (zhipu(500, "1230", "API调用流程出错"), "upstream_fault"),
    }, named=GLM, through="zhipu"),
    *called("Zhipu", "wire.md 6", {
        "no balance": (zhipu(429, "1113", "余额不足或无可用资源包,请充值。"), "account_quota_exhausted"),
    }, "video", "cogvideox-flash", "zhipu"),
    *called("Zhipu", "wire.md 6", {
        "sensitive": (zhipu(400, "1301", "系统检测到输入或生成内容可能包含不安全或敏感内容"), "content_refused"),
    }, "image", "cogview-3-flash", "zhipu"),
)  # fmt: skip

STABILITY = (
    *(Row("Stability", fault, code, "wire.md 8", {BALANCE: answer}, through="stability", capability="image",
          named="stable-image-core", rungs=rungs, left=left)
      for fault, answer, code, rungs, left in (
        ("bad key", stability(401, "unauthorized", "invalid or missing authorization header value"), "bad_key", KEY,
         None),
        ("no credits", Answer(200, {"credits": 0}), "quota_empty", ("line", "key", "quota"), ("0", "USD")),
        ("rate", stability(429, "rate_limit_exceeded", "You have exceeded the rate limit of 150 requests within a 10 "
                           "second period"), "rate_limited", KEY, None),
        ("a good key: no list of models", Answer(200, {"credits": 25.0}), "no_free_endpoint", NO_QUOTA_RUNG,
         ("0.25", "USD")),
    )),
    *called("Stability", "wire.md 8", {
        "no credits": (stability(402, "payment_required", "You lack sufficient credits to make this request."),
                       "account_quota_exhausted"),
        "filtered": (stability(403, "content_moderation", "Your request was flagged by our content moderation system."),
                     "content_refused"),
        "too large": (stability(413, "payload_too_large", "Your request was larger than 10MiB"), "bad_request"),
        "language": (stability(422, "invalid_language", "English is the only supported language for this service."),
                     "bad_request"),
        "broken": (stability(500, "internal_error", "An unexpected error occurred"), "upstream_fault"),
    }, "image", "stable-image-core", "stability"),
)  # fmt: skip

ELEVENLABS = (
    *(Row("ElevenLabs", fault, code, source, {SUBSCRIPTION: answer}, through="elevenlabs", capability="speech",
          named="eleven_flash_v2_5", rungs=rungs)
      for fault, answer, code, source, rungs in (
        ("bad key", elevenlabs(401, "invalid_api_key", "Invalid API key"), "bad_key", "wire.md 8", KEY),
        ("characters used up", Answer(200, {"character_count": 10_000, "character_limit": 10_000}), "quota_empty",
         "wire.md 8", ("line", "key", "quota")),
        ("a key for speech alone may not read the account",
         elevenlabs(401, "missing_permissions", "The API key you used is missing the permission user_read to execute "
                    "this operation."), "not_shown", "wire.md 8; indexable-inc/index#513", NO_QUOTA_RUNG),
        ("unusual activity", elevenlabs(401, "detected_unusual_activity", "Unusual activity detected. Free Tier usage "
                                        "disabled."), "account_banned", "wire.md 8", KEY),
    )),
    *called("ElevenLabs", "wire.md 8", {
        "quota, told as a 401": (elevenlabs(401, "quota_exceeded", "This request exceeds your quota. You have 10 "
                                            "credits remaining, while 40 credits are required for this request."),
                                 "quota_empty"),
        "permission": (elevenlabs(401, "missing_permissions", "The API key you used is missing the permission "
                                  "text_to_speech to execute this operation."), "not_permitted"),
        "voice unknown": (elevenlabs(404, "voice_not_found", "A voice with the voice_id x was not found."),
                          "bad_request"),
        "voice unknown, as a 400": (elevenlabs(400, "voice_not_found", "A voice with voice_id x was not found."),
                                    "bad_request"),
        "too long": (elevenlabs(400, "max_character_limit_exceeded", "text is too long"), "bad_request"),
        "too many at once": (elevenlabs(429, "too_many_concurrent_requests", "Too many concurrent requests."),
                             "rate_limited"),
        "busy": (elevenlabs(429, "system_busy", "Our services are experiencing high traffic."), "saturated"),
        "payment": (elevenlabs(402, "payment_required", "Payment required"), "account_quota_exhausted"),
        "invalid": (Answer(422, {"detail": [{"loc": ["body", "text"], "msg": "field required", "type": "missing"}]}),
                    "bad_request"),
    }, "speech", "eleven_flash_v2_5", "elevenlabs"),
)  # fmt: skip

DEEPL = (
    *(Row("DeepL", fault, code, "wire.md 8", {USAGE: answer}, through="deepl", capability="translation", named="deepl",
          rungs=rungs)
      for fault, answer, code, rungs in (
        ("bad key", Answer(403, {"message": "Forbidden"}), "bad_key", KEY),
        ("bad key, without a body", Answer(403), "bad_key", KEY),
        ("characters used up", Answer(200, {"character_count": 500_000, "character_limit": 500_000}), "quota_empty",
         ("line", "key", "quota")),
        ("the key's own limit is used up",
         Answer(200, {"character_count": 10, "character_limit": 1_000_000, "api_key_character_count": 500,
                      "api_key_character_limit": 500}), "quota_empty", ("line", "key", "quota")),
        ("too many", Answer(429, {"message": "Too many requests"}), "rate_limited", KEY),
        ("broken", Answer(500), "upstream_fault", KEY),
    )),
    *called("DeepL", "wire.md 8", {
        "quota exceeded (456)": (Answer(456, {"message": "Quota Exceeded"}), "quota_empty"),
        "too many (529)": (Answer(529, {"message": "Too many requests"}), "rate_limited"),
        "language": (Answer(400, {"message": "Value for 'target_lang' not supported."}), "bad_request"),
        "too large": (Answer(413, {"message": "Request Entity Too Large"}), "bad_request"),
    }, "translation", "deepl", "deepl"),
)  # fmt: skip


def deepseek(status: int, message: str, kind: str, code: str = "invalid_request_error") -> Answer:
    """DeepSeek's form: a type that speaks, and a code that says nothing."""
    return Answer(status, {"error": {"message": message, "type": kind, "param": None, "code": code}})


OTHERS = (
    *called("DeepSeek", "frostime/sy-f-misc#10, Aider-AI/aider#4851; api-docs.deepseek.com error codes", {
        "no balance": (deepseek(402, "Insufficient Balance", "unknown_error"), "account_quota_exhausted"),
        "bad key": (deepseek(401, "Authentication Fails, Your api key: ****0000 is invalid", "authentication_error"),
                    "bad_key"),
        "model unknown": (deepseek(400, "Model Not Exist", "invalid_request_error"), "model_unknown"),
    }, named="deepseek-chat", through="deepseek"),
    *called("Qwen (DashScope)", "Alibaba Model Studio, error codes", {
        "arrears": (openai(400, "Access denied, please make sure your account is in good standing.", "Arrearage",
                           "Arrearage"), "account_quota_exhausted"),
        "free tier used up": (openai(403, "The free tier of the model has been exhausted. If you wish to continue "
                                     "access the model on a paid basis, please disable the \"use free tier only\" "
                                     "mode in the management console.", "AllocationQuota.FreeTierOnly",
                                     "AllocationQuota.FreeTierOnly"), "account_quota_exhausted"),
        "bad key": (openai(401, "Incorrect API key provided.", "invalid_api_key"), "bad_key"),
    }, named="qwen-plus", through="qwen"),
)  # fmt: skip

LOCAL = (
    *checks("vLLM", "wire.md 9, Corrections", "vllm", {
        "key missing or wrong": ({MODELS: Answer(401, {"error": "Unauthorized"})}, "bad_key", KEY),
    }),
    *checks("llama.cpp", "wire.md 9, Corrections", "llamacpp", {
        "wrong key": ({MODELS: Answer(401, {"error": {"message": "Invalid API Key", "type": "authentication_error",
                                                      "code": 401}})}, "bad_key", KEY),
        "loading the model": ({MODELS: Answer(503, {"error": {"message": "Loading model", "type": "unavailable_error",
                                                              "code": 503}})}, "upstream_fault", KEY),
        "wrong path": ({MODELS: Answer(404, {"error": {"message": "File Not Found", "type": "not_found_error",
                                                       "code": 404}})}, "wrong_path", KEY),
    }),
    *called("Ollama", "wire.md 9; ollama/ollama server/routes.go", {
        "model not pulled": (Answer(404, {"error": {"message": 'model "x" not found, try pulling it first',
                                                    "type": "api_error", "param": None, "code": None}}),
                                                    "model_unknown"),
    }, through="ollama"),
    *called("LM Studio", "lmstudio-ai/lmstudio-bug-tracker#618 (told in a 200)", {
        "no such path": (Answer(200, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}),
                         "wrong_path"),
    }, through="lmstudio"),
)  # fmt: skip

ROWS = (*OPENAI, *ANTHROPIC, *GEMINI, *ZHIPU, *STABILITY, *ELEVENLABS, *DEEPL, *OTHERS, *LOCAL)
