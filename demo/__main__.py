"""`python -m demo`: the demo relay on 127.0.0.1; prints `ready http://127.0.0.1:N` once it listens."""

import os
import signal
import socket
import sys
import threading
from pathlib import Path

import click
import uvicorn

from demo.app import build
from demo.books import Books
from demo.lines import Protocol
from demo.relay import Relay

BOOKS = "relay.sqlite3"
"""The file in the home folder that holds all of the relay's state."""

KEEP_ALIVE_SECONDS = 75
"""As nginx in front of real relays; uvicorn's own 5 s would cut connections that clients still keep."""

STOP_SECONDS = 1
"""How long streams that still run may go on once the relay is told to stop."""


class Server(uvicorn.Server):
    """uvicorn's server, saying where it listens once it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then print the address."""
        await super().startup(sockets)
        if self.started and sockets:
            click.echo(f"ready http://127.0.0.1:{sockets[0].getsockname()[1]}")
            sys.stdout.flush()


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Folder that keeps quota and log.")
@click.option("--speed", type=click.FloatRange(0, min_open=True), default=1.0, help="Divides every wait.")
@click.option("--ration", is_flag=True, help="Limit usage and log queries to 20 in 20 minutes, as relays do.")
@click.option("--until-eof", is_flag=True, help="End when stdin closes.")
def main(port: int, home: Path | None, speed: float, ration: bool, until_eof: bool) -> None:
    """A relay of our own on loopback that behaves as new-api does. It needs no account and spends nothing."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops cleanly on these, then raises them again: that must not look like a crash.
        signal.signal(number, lambda *_: sys.exit(0))
    listener = _listen(port)
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
    books = Books(None if home is None else home / BOOKS)
    server = Server(
        uvicorn.Config(
            build(Relay(books, speed=speed, rationed=ration)),
            http=Protocol,
            ws="none",
            lifespan="off",
            log_level="error",
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    if until_eof:
        threading.Thread(target=_stop_at_eof, args=[server], daemon=True).start()
    try:
        server.run(sockets=[listener])
    finally:
        books.close()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        click.echo(f"cannot listen on 127.0.0.1:{port}: {error.strerror}", err=True)
        sys.exit(2)


def _stop_at_eof(server: Server) -> None:
    # os.read, not sys.stdin: a daemon thread inside a buffered read can't be ended at exit.
    while os.read(0, 4096):
        pass
    server.should_exit = True


if __name__ == "__main__":
    main(prog_name="python -m demo")
