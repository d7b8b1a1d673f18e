"""What `streamlit run` starts: the server, its engine from start to stop, the log's files, and the refusal of a foreign
Host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from lib.errors import RelayscopeError
from ui.engine import door, stop
from ui.log_download import routes
from ui.mishaps import show_error

HOSTS = ["localhost", "127.0.0.1", "[::1]"]


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Opens the engine before any browser comes, so that unfinished work goes on, and closes it with the server."""
    with suppress(RelayscopeError):  # the first page tries again and tells it
        await asyncio.to_thread(door)
    yield
    await asyncio.to_thread(stop)


app = st.App(
    "ui/router.py",
    lifespan=lifespan,
    routes=routes,
    middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
    on_script_error=show_error,
)
