"""Real HTTP servers on loopback that play a table: what a path of a scene answers, and what was asked of it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back. `body` is sent as it is if it is text, else as JSON; status 0: the connection is closed.

    `stops`: nothing more comes after that many bytes of the body, or nothing at all where it is 0.
    """

    status: int
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    stops: int | None = None

    @property
    def text(self) -> str:
        """The body as it goes over the wire."""
        return self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False)

    @property
    def kind_told(self) -> str:
        """The content type: what the headers name, else what the body is."""
        return self.headers.get("content-type", "text/plain" if isinstance(self.body, str) else "application/json")


Answers = Answer | Sequence[Answer]
"""One answer to every question, or one after the other; the last is given again."""
PORTS = 32
"""Servers; what is rationed by address, or asked at each host's pace, isn't shared by the whole table."""
NOWHERE = Answer(404, {"error": {"message": "Invalid URL (GET /x)", "type": "invalid_request_error", "code": ""}})
"""wire.md 1A, 3: a path that isn't there."""


class Server(ThreadingHTTPServer):
    """Takes many connections at once, and says nothing of those that are cut off."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """A client that goes away is no matter of the table's."""


class Stage:
    """Scenes by name, each at a path prefix of its own; what isn't in a scene is answered by its `*`, else `NOWHERE`.

    A key is a path, or `POST` for any request that could be billed.
    """

    def __init__(self, scenes: Mapping[str, Mapping[str, Answers]]) -> None:
        self.scenes = scenes
        self.asked: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._over = Event()
        self._servers = [Server(("127.0.0.1", 0), self._handler()) for _ in range(PORTS)]
        self._threads = [Thread(target=one.serve_forever, kwargs={"poll_interval": 0.05}) for one in self._servers]
        at = {scene: self._servers[number % PORTS].server_port for number, scene in enumerate(scenes)}
        self.addresses = {scene: f"http://127.0.0.1:{port}/{scene}" for scene, port in at.items()}
        """The base URL of each scene."""

    def __enter__(self) -> Stage:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for server, thread in zip(self._servers, self._threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()

    def posts(self, scene: str) -> int:
        """How many requests came that could have been billed."""
        return sum(method != "GET" for method, _ in self.asked[scene])

    def answer(self, method: str, target: str) -> Answer:
        """Notes a question and returns its answer."""
        _, scene, path = urlsplit(target).path.split("/", 2)
        path = f"/{path}"
        before = self.asked[scene].count((method, path))
        self.asked[scene].append((method, path))
        played = self.scenes[scene]
        found = played.get("POST" if method != "GET" else path, played.get("*", NOWHERE))
        return found if isinstance(found, Answer) else found[min(before, len(found) - 1)]

    def hold(self) -> None:
        """Says nothing for as long as it plays."""
        self._over.wait()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stage = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Says nothing."""

            def do_GET(self) -> None:
                self._play()

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                self._play()

            def _play(self) -> None:
                answer = stage.answer(self.command, self.path)
                self.close_connection = not answer.status or answer.stops is not None
                if answer.status and answer.stops != 0:
                    self._say(answer)
                if answer.stops is not None:
                    stage.hold()

            def _say(self, answer: Answer) -> None:
                content = answer.text.encode()
                self.send_response(answer.status)
                for name, value in {**answer.headers, "content-type": answer.kind_told}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: answer.stops])

        return Handler
