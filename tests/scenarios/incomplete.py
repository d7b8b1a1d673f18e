"""What relays answer to a request that lacks what must be there, in their order: key, permission, channel, then it.

From the sources named in `lib/calls/unpaid.py`; Go's own words for an object where a text must be are encoding/json's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lib.vocabulary import Capability
from tests.scenarios.relays import midjourney, refused, task
from tests.scenarios.row import Row
from tests.scenarios.server import Answer

NO_TEXT = "json: cannot unmarshal object into Go struct field {} of type string"
MESSAGES = "field messages is required"
CHATS = ("gemini-2.5-flash-image", "openai")


def one_api(code: str, message: str) -> Answer:
    """openai.ErrorWrapper's envelope (songquanpeng/one-api: relay/adaptor/openai/util.go)."""
    return refused(400, message, code, "one_api_error")


def unpaid(
    flavour: str, source: str, capability: Capability, cases: Mapping[str, tuple[Answer, str]],
    named: str = "", endpoint: str = "",
) -> Iterator[Row]:  # fmt: skip
    """Rows about a request that had to be refused: by fault, what is answered and the cause."""
    for fault, (answer, code) in cases.items():
        yield Row(flavour, fault, code, source, call=answer, capability=capability, named=named, endpoint=endpoint,
                  unpaid=True)  # fmt: skip


ONE_API = (
    *unpaid("one-api", "one-api relay/controller/image.go", "image", {
        "no prompt": (one_api("prompt_missing", "prompt is required"), "let_in"),
        "a prompt that is no text": (one_api("invalid_image_request", NO_TEXT.format("ImageRequest.prompt")),
                                     "let_in"),
    }),
    *unpaid("one-api", "one-api relay/controller/audio.go", "speech", {
        "an input that is no text": (one_api("invalid_json", NO_TEXT.format("TextToSpeechRequest.input")), "let_in"),
    }),
    *unpaid("one-api", "one-api relay/controller/text.go, validator/validation.go", "image", {
        "no messages": (one_api("invalid_text_request", MESSAGES), "let_in"),
    }, *CHATS),
    *unpaid("one-api", "one-api middleware/auth.go, distributor.go; wire.md 1A", "speech", {
        "key may not use the model": (refused(403, "该令牌无权使用模型：tts-1", None, "one_api_error"),
                                      "model_not_allowed"),
        "no channel": (refused(503, "当前分组 default 下对于模型 tts-1 无可用渠道", None, "one_api_error"),
                       "no_channel"),
        "used up": (refused(401, "令牌 demo（#12）额度已用尽", None, "one_api_error"), "key_quota_exhausted"),
    }),
)  # fmt: skip

NEW_API = (
    *unpaid("new-api (old builds)", "Calcium-Ion/new-api relay/relay-image.go", "image", {
        "a prompt that is no text": (refused(400, NO_TEXT.format("ImageRequest.prompt"), "invalid_image_request"),
                                     "let_in"),
    }),
    *unpaid("new-api (old builds)", "Calcium-Ion/new-api relay/relay-audio.go", "speech", {
        "an input that is no text": (refused(400, NO_TEXT.format("AudioRequest.input"), "invalid_audio_request"),
                                     "let_in"),
    }),
    *unpaid("new-api (newest)", "new-api relay/helper/valid_request.go, types/error.go", "image", {
        "a prompt that is no text, told as a 500": (refused(500, NO_TEXT.format("Alias.prompt"), "invalid_request"),
                                                    "let_in"),
    }),
    *unpaid("new-api (newest)", "new-api relay/helper/valid_request.go, types/error.go", "speech", {
        "an input that is no text, told as a 500": (refused(500, NO_TEXT.format("AudioRequest.input"),
                                                            "invalid_request"), "let_in"),
    }),
    *unpaid("new-api (newest)", "new-api relay/helper/valid_request.go", "image", {
        "no contents": (refused(500, "contents is required", "invalid_request"), "let_in"),
    }, "gemini-2.5-flash-image", "gemini"),
    *unpaid("new-api (newest)", "new-api relay/helper/valid_request.go", "image", {
        "no messages": (refused(500, MESSAGES, "invalid_request"), "let_in"),
    }, *CHATS),
    *unpaid("new-api (newest)", "new-api middleware/distributor.go; wire.md 1C", "image", {
        "expired": (refused(401, "该令牌已过期"), "key_expired"),
        "key may not use the model": (refused(403, "该令牌无权访问模型 gpt-image-1"), "model_not_allowed"),
        "group may not be used": (refused(403, "无权访问 vip 分组"), "group_refused"),
        "no channel": (refused(503, "分组 default 下模型 gpt-image-1 无可用渠道（distributor）", "model_not_found"),
                       "no_channel"),
        "refused before the door": (refused(400, "无效的请求, invalid JSON request body"), "bad_request"),
    }),
    *unpaid("new-api, task routes", "new-api relay/common/relay_utils.go, relay/relay_task.go", "video", {
        "prompt blank": (task(400, "invalid_request", "prompt is required"), "let_in"),
        "no channel": (refused(503, "分组 default 下模型 sora-2 无可用渠道（distributor）", "model_not_found"),
                       "no_channel"),
    }),
    *unpaid("Suno", "new-api relay/channel/task/suno/adaptor.go", "music", {
        "a description that is no text": (
            task(400, "invalid_request", NO_TEXT.format("SunoSubmitReq.gpt_description_prompt")), "let_in"),
        "key may not use it": (refused(403, "该令牌无权访问模型 suno_music"), "model_not_allowed"),
    }),
    *unpaid("Midjourney-proxy", "new-api relay/mjproxy_handler.go; wire.md 7", "image", {
        "prompt empty": (midjourney(400, 4, "prompt_is_required "), "let_in"),
        "no channel": (midjourney(503, 4, "分组 default 下模型 mj_imagine 无可用渠道（distributor）", "new_api_error"),
                       "no_channel"),
        "no quota": (midjourney(400, 4, "quota_not_enough"), "account_quota_exhausted"),
    }, "mj_imagine"),
)  # fmt: skip

ROWS = (*ONE_API, *NEW_API)
