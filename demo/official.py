"""The routes of the makers' own APIs, on the paths they have them."""

from starlette.routing import Route

from demo import anthropic, deepl, elevenlabs, gemini, gemini_media, midjourney, stability, suno, zhipu

MODES = ("", "/mj-fast", "/mj-turbo", "/mj-relax")
"""What may stand before /mj; the demo is as fast in all of them."""

ROUTES = [
    Route("/v1/messages", anthropic.messages, methods=["POST"]),
    Route("/v1/messages/count_tokens", anthropic.count_tokens, methods=["POST"]),
    *(
        route
        for version in ("/v1", "/v1beta")
        for route in (
            Route(f"{version}/models/{{model}}/operations/{{id}}", gemini_media.operation),
            Route(f"{version}/models/{{call:path}}", gemini.call, methods=["POST"]),
            Route(f"{version}/files/{{id}}:download", gemini_media.download),
        )
    ),
    Route("/v2/translate", deepl.translate, methods=["POST"]),
    Route("/v2/usage", deepl.usage),
    Route("/v2/languages", deepl.languages),
    Route("/v1/text-to-speech/{voice}", elevenlabs.speak, methods=["POST"]),
    Route("/v1/text-to-speech/{voice}/stream", elevenlabs.speak, methods=["POST"]),
    Route("/v1/text-to-speech/{voice}/with-timestamps", elevenlabs.speak_timed, methods=["POST"]),
    Route("/v1/voices", elevenlabs.voices),
    Route("/v2/voices", elevenlabs.voices_paged),
    Route("/v1/user/subscription", elevenlabs.subscription),
    Route("/v1/user", elevenlabs.user),
    *(
        Route(f"/api/paas/v4/{path}", endpoint, methods=["POST"])
        for path, endpoint in (
            ("chat/completions", zhipu.chat),
            ("images/generations", zhipu.images),
            ("embeddings", zhipu.embeddings),
            ("videos/generations", zhipu.videos),
        )
    ),
    Route("/api/paas/v4/async-result/{id}", zhipu.result),
    Route("/suno/submit/music", suno.music, methods=["POST"]),
    Route("/suno/submit/lyrics", suno.lyrics, methods=["POST"]),
    Route("/suno/fetch", suno.fetch_many, methods=["POST"]),
    Route("/suno/fetch/{id}", suno.fetch),
    *(Route(f"/v2beta/stable-image/{path}", stability.image, methods=["POST"]) for path in stability.SERVICES),
    Route("/v1/user/balance", stability.balance),
    Route("/v1/user/account", stability.account),
    *(
        Route(f"{mode}/mj/submit/{name}", endpoint, methods=["POST"])
        for mode in MODES
        for name, endpoint in (
            ("imagine", midjourney.imagine),
            ("action", midjourney.action),
            ("change", midjourney.change),
            ("simple-change", midjourney.simple_change),
            ("blend", midjourney.blend),
            ("describe", midjourney.describe),
            ("modal", midjourney.modal),
        )
    ),
    *(Route(f"{mode}/mj/task/{{id}}/fetch", midjourney.fetch) for mode in MODES),
    *(Route(f"{mode}/mj/task/{{id}}/image-seed", midjourney.image_seed) for mode in MODES),
    *(Route(f"{mode}/mj/task/list-by-condition", midjourney.list_by_condition, methods=["POST"]) for mode in MODES),
]
