"""The demo's own page and the actions behind its buttons; scripts may POST the same addresses."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from demo.catalogue import models
from demo.keys import specs
from demo.lines import LINES
from demo.refusals import language
from demo.relay import relay_of
from demo.remedies import ACTIONS, state_of
from demo.view import html

LINE_ACTIONS = {"fail": True, "restore": False}
LOG_ROWS = 20

# The page needs no script and loads nothing, so a browser is told to allow neither.
SAFE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"}


async def page(request: Request) -> Response:
    """GET /demo, and every page address: what the relay is, its lines, keys and newest log rows."""
    books = relay_of(request).books
    text = html(
        language=language(request),
        base=_base(request),
        failing=books.failing_lines(),
        keys=books.all_keys(),
        log=books.log(None, LOG_ROWS),
    )
    return HTMLResponse(text, headers=SAFE)


async def act_on_key(request: Request) -> Response:
    """POST /demo/keys/{name}/{action}: follow a remedy; `permit` takes an optional `?model=`."""
    name, action = request.path_params["name"], request.path_params["action"]
    model = request.query_params.get("model") or None
    if name not in specs() or action not in ACTIONS or (model and model not in models()):
        return _unknown()
    books = relay_of(request).books
    if not _same_site(request):
        return _foreign()
    ACTIONS[action](books, books.key(name), model)
    return _done(request, {"key": name, "action": action, "state": state_of(books.key(name)) or "ok"})


async def switch_line(request: Request) -> Response:
    """POST /demo/lines/{line}/{fail|restore}: make a line drop its connections, or serve again."""
    line, action = request.path_params["line"], request.path_params["action"]
    if line not in LINES or action not in LINE_ACTIONS:
        return _unknown()
    if not _same_site(request):
        return _foreign()
    relay_of(request).books.switch_line(line, LINE_ACTIONS[action])
    return _done(request, {"line": line, "action": action, "state": "failing" if LINE_ACTIONS[action] else "ok"})


def _base(request: Request) -> str:
    return str(request.scope["root_path"])


def _same_site(request: Request) -> bool:
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _done(request: Request, facts: dict[str, str]) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(f"{_base(request)}/demo", 303)
    return JSONResponse({"ok": True, **facts})


def _unknown() -> Response:
    return JSONResponse({"ok": False, "error": "no such key, line, model or action"}, 404)


def _foreign() -> Response:
    return JSONResponse({"ok": False, "error": "this comes from another site"}, 403)
