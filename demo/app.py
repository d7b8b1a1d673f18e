"""The relay's routes, and what is answered where there is none."""

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from demo import about, images, official, queries, sound, video_dialects, videos
from demo.account import account_log
from demo.auth import Misrouted
from demo.chat_media import completions
from demo.dialects import refuse
from demo.embeddings import embeddings
from demo.files import job_file
from demo.front import Front
from demo.lines import is_api, path_of
from demo.page import act_on_key, page, switch_line
from demo.refusals import Refused, invalid_url
from demo.relay import Relay

ROUTES = [
    *official.ROUTES,
    Route("/v1/models", queries.list_models),
    Route("/v1beta/models", queries.list_models_as_gemini),
    Route("/v1beta/openai/models", queries.list_models_as_openai),
    Route("/v1/models/{model:path}", queries.retrieve_model),
    Route("/v1/chat/completions", completions, methods=["POST"]),
    Route("/v1/images/generations", images.generations, methods=["POST"]),
    Route("/v1/images/edits", images.edits, methods=["POST"]),
    Route("/v1/images/variations", images.variations, methods=["POST"]),
    Route("/v1/images/tasks/{id}", images.image_task),
    Route("/v1/audio/speech", sound.speech, methods=["POST"]),
    Route("/v1/audio/transcriptions", sound.transcriptions, methods=["POST"]),
    Route("/v1/embeddings", embeddings, methods=["POST"]),
    Route("/v1/videos", videos.create, methods=["POST"]),
    Route("/v1/videos/{id}", videos.retrieve),
    Route("/v1/videos/{id}", videos.delete, methods=["DELETE"]),
    Route("/v1/videos/{id}/content", videos.content),
    Route("/v1/videos/{id}/remix", videos.remix, methods=["POST"]),
    Route("/v1/video/generations", video_dialects.create_generic, methods=["POST"]),
    Route("/v1/video/generations/{id}", video_dialects.query_generic),
    Route("/v1/video/create", video_dialects.create_unified, methods=["POST"]),
    Route("/v1/video/query", video_dialects.query_unified),
    Route("/v2/videos/generations", video_dialects.create_gptbest, methods=["POST"]),
    Route("/v2/videos/generations/{id}", video_dialects.query_gptbest),
    *(
        Route(f"{prefix}/dashboard/billing/{name}", endpoint)
        for prefix in ("", "/v1")
        for name, endpoint in (("subscription", queries.subscription), ("usage", queries.billing_usage))
    ),
    Route("/v1/token/quota", queries.token_quota),
    Route("/api/usage/token/", queries.token_usage),
    Route("/api/usage/token", queries.add_slash),
    Route("/api/log/token", queries.token_log),
    Route("/api/log/self", account_log),
    Route("/api/pricing", about.pricing),
    Route("/api/status", about.status),
    Route("/api/notice", about.notice),
    Route("/api/user/groups", about.groups),
    Route("/demo", page),
    Route("/demo/files/{job}/{number:int}.{extension}", job_file),
    Route("/demo/keys/{name}/{action}", act_on_key, methods=["POST"]),
    Route("/demo/lines/{line}/{action}", switch_line, methods=["POST"]),
]


def build(relay: Relay) -> ASGIApp:
    """The whole ASGI application around `relay`."""
    routes = Starlette(
        routes=ROUTES,
        exception_handlers={
            ClientDisconnect: _left, Refused: _refuse, Misrouted: _web_page, 404: _nowhere, 405: _nowhere,
        },
    )
    routes.router.redirect_slashes = False
    routes.state.relay = relay
    return Front(routes, relay)


async def _left(_request: Request, _: Exception) -> Response:
    """Nobody waits for this answer any more: the client hung up before its question was whole."""
    return Response(status_code=499)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return refuse(request, error)


async def _nowhere(request: Request, _: Exception) -> Response:
    if is_api(path_of(request.scope)) or request.method not in ("GET", "HEAD"):
        return invalid_url(request)
    return await page(request)


async def _web_page(_request: Request, _: Exception) -> Response:
    return HTMLResponse("<!doctype html><html><head><title>Sign in to the network</title></head><body></body></html>")
