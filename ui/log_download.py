"""The way a file of the call log goes to the browser: by an address of the app's own server, as it is read.

Streamlit's downloads are whole in memory before their first byte leaves; a log may be larger than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from lib.cli.export import FORMS, Wanted, export
from lib.i18n import N_, choose, translator
from ui.drafts import PREFIX, field
from ui.engine import door
from ui.log_view import View
from ui.words import language, t

FOLDER = "export"
PROMPTS, WORDS = "prompts", "lang"
WITH_PROMPTS = PREFIX + "log_export_prompts"
KINDS: Mapping[str, tuple[str, str]] = {"csv": (N_("CSV"), "text/csv"), "jsonl": (N_("JSONL"), "application/x-ndjson")}
"""By ending: what it is called, and its media type."""
OUR_OWN = ("same-origin", "none")
"""Where a browser says a request comes from (Fetch Metadata): a page of ours, or the user's own hand."""


def downloads(view: View) -> None:
    """What is in the files, and the links to them."""
    with st.popover(t(N_("Export")), icon=":material/download:", key="log_export"):
        st.caption(t(N_("Every call that the filters find, newest first. Keys and media are left out. JSONL has the "
                        "answers too.")))  # fmt: skip
        prompts = st.toggle(t(N_("With the prompts")), key=field(WITH_PROMPTS))
        with st.container(horizontal=True):
            for form, (name, _) in KINDS.items():
                st.link_button(t(name), address(view, form, prompts=bool(prompts)), icon=":material/download:")


def address(view: View, form: str, *, prompts: bool) -> str:
    """Where the file of a view stands, from any page."""
    asked = view.filters | ({PROMPTS: "1"} if prompts else {}) | {WORDS: language()}
    return f"{FOLDER}/calls.{form}?{urlencode(asked)}"


def named(form: str, day: date) -> str:
    """What the file is called."""
    return f"relayscope-calls-{day.isoformat()}.{form}"


async def download(request: Request) -> Response:
    """The file, as it is read. Only for pages of this app: nobody else's may fill the user's disk."""
    form = request.path_params["form"]
    if form not in FORMS:
        return Response(status_code=404)
    if request.headers.get("sec-fetch-site", "none") not in OUR_OWN:
        return Response(status_code=403)
    return await run_in_threadpool(_answer, form, request.query_params)


def _answer(form: str, asked: Mapping[str, str]) -> Response:
    engine = door().engine
    zone = ZoneInfo(engine.ledger.zone)
    wanted = Wanted(View.read(asked).question(zone), asked.get(PROMPTS) == "1", translator(choose(asked.get(WORDS))))
    name = named(form, datetime.now(zone).date())
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(export(engine, form, wanted), media_type=KINDS[form][1], headers=headers)


routes = (Route(f"/{FOLDER}/calls.{{form}}", download),)
"""What `app.py` adds to Streamlit's own."""
