"""The door every request passes: Host check, request id, the line's prefix, its latency and whether it fails."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.jobs import refund_failed
from demo.lines import hang_up, is_api, line_of
from demo.relay import Relay, new_request_id

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


class Front:
    """ASGI middleware around the routes."""

    def __init__(self, app: ASGIApp, relay: Relay) -> None:
        self.app = app
        self.relay = relay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; other kinds of scope go through untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = new_request_id()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Oneapi-Request-Id"] = request_id
            await send(message)

        if not _is_local(Headers(scope=scope).get("host", "")):
            await PlainTextResponse("Invalid host header", 400)(scope, receive, send_with_id)
            return
        refund_failed(self.relay)
        line = line_of(scope["path"])
        if is_api(scope["path"].removeprefix(line.prefix)):
            await self.relay.pause(line.latency)
            if line.id in self.relay.books.failing_lines():
                hang_up(scope)
                await _gone(receive)
                return
        state = {**scope.get("state", {}), "request_id": request_id}
        await self.app(
            {**scope, "root_path": scope.get("root_path", "") + line.prefix, "state": state}, receive, send_with_id
        )


async def _gone(receive: Receive) -> None:
    # uvicorn would answer 500 if the app returned before the connection is known to be gone.
    while (await receive())["type"] != "http.disconnect":
        pass


def _is_local(host: str) -> bool:
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name.lower() in LOCAL_HOSTS
