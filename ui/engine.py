"""The door to the engine: one loop on its thread, the user's engine, and the demo's while he has nothing else.

`app.py` opens the door with the server and closes it with the server; where nobody did (AppTest), the first use does.
Page threads ask here and get values; they never wait on the network themselves.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Lock, Thread
from typing import Any, TypeVar

from lib.engine import Engine, database_url, home
from lib.ledger import settings
from lib.verdicts.prices import Prices
from lib.vocabulary import KeyStore
from ui import demo

T = TypeVar("T")

LEFT = "demo_left"
"""The user's setting that says he has left the demo: "yes" or "no"."""

SPEED_VARIABLE = "RELAYSCOPE_DEMO_SPEED"
"""Divides every wait of the demo relay; for tests."""


class Door:
    """Everything a page may reach. Safe to use from any thread."""

    def __init__(self, folder: Path, url: str | None) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="engine", daemon=True)
        self._thread.start()
        self._lock = Lock()
        self._starter = ThreadPoolExecutor(1, "demo")
        self._demo: Future[tuple[Engine, demo.Child]] | None = None
        try:
            self.own = self._opened(folder, url)
        except BaseException:
            self._end_loop()
            raise
        if self.is_demo:
            self._begin_demo()

    # ---- asking

    def begin(self, question: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs a coroutine on the engine's loop and doesn't wait; it goes on whatever becomes of the page."""
        return asyncio.run_coroutine_threadsafe(question, self._loop)

    def ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine on the engine's loop and returns its result."""
        return self.begin(question).result()

    @property
    def engine(self) -> Engine:
        """The engine that is shown. Waits for the demo to start; raises `DemoFailed` if it can't."""
        return self._begin_demo().result()[0] if self.is_demo else self.own

    def prices(self) -> Prices:
        """What everything shown costs, compared by the user's own rates, also while the demo is shown."""
        return self.engine.prices(self.own.conversion())

    @property
    def is_ready(self) -> bool:
        """Whether the engine that is shown is there without waiting."""
        return not self.is_demo or (self._demo is not None and self._demo.done())

    @property
    def is_demo(self) -> bool:
        """Whether the demo is shown: the user has no connection of his own and hasn't left it."""
        return self.setting(LEFT) != "yes" and not self.own.configuration().connections

    @property
    def demo_page(self) -> str:
        """The demo relay's own page, where keys are topped up, renewed and permitted."""
        return self._begin_demo().result()[1].address + "/demo"

    def leave_demo(self) -> None:
        """From now on the user's own data is shown, however empty."""
        self.keep(LEFT, "yes")

    def reset_demo(self) -> None:
        """Forgets all that happened in the demo, its spending and its log; at the next use it begins anew."""
        with self._lock:
            begun, self._demo = self._demo, None
        self._end_demo(begun)
        shutil.rmtree(self._folder / "demo", ignore_errors=True)

    def enter_demo(self) -> None:
        """Shows the demo again, where the user has no connection of his own."""
        self.keep(LEFT, "no")

    # ---- settings: the user's, also while the demo is shown

    def setting(self, name: str) -> str | None:
        """A setting's value, None if it was never set."""
        with self.own.ledger.read() as db:
            return settings.get(db, name)

    def keep(self, name: str, value: str) -> None:
        """Sets a setting."""
        self.own.ledger.write(lambda db: settings.put(db, name, value))

    def change_zone(self, zone: str, told: Callable[[int], None]) -> Future[None]:
        """Makes the sums anew for the days of another zone: the user's, and the demo's where that runs.

        `told` hears meanwhile, on other threads, how many calls have been read of each. Raises `WrongUse` in the end.
        """
        ledgers = [self.own.ledger]
        if self._demo is not None and self._demo.done() and self._demo.exception() is None:
            ledgers.append(self._demo.result()[0].ledger)

        def change() -> None:
            for ledger in ledgers:
                ledger.change_zone(zone, told)

        return self.begin(asyncio.to_thread(change))

    # ---- starting and stopping

    def _opened(self, folder: Path, url: str | None, keys: KeyStore | None = None) -> Engine:
        engine = Engine(folder, url, keys)
        self.ask(engine.start())
        return engine

    def _begin_demo(self) -> Future[tuple[Engine, demo.Child]]:
        """Starts the demo once, off the page's thread; one that failed is tried again at the next use."""
        with self._lock:
            failed = self._demo is not None and self._demo.done() and self._demo.exception() is not None
            if self._demo is None or failed:
                self._demo = self._starter.submit(self._start_demo)
            return self._demo

    def _start_demo(self) -> tuple[Engine, demo.Child]:
        folder = self._folder / "demo"
        speed = os.environ.get(SPEED_VARIABLE)
        child = demo.start(folder, float(speed) if speed else None)
        try:
            engine = self._opened(folder, None, "file")
            self._tell_story(engine, child.address)
        except BaseException:
            child.stop()
            raise
        return engine, child

    def _tell_story(self, engine: Engine, address: str) -> None:
        """Saves the story's connections for this address, unless they are, and runs each one's ladder once."""
        configuration = engine.configuration()
        if address in {line.base_url for relay in configuration.relays for line in relay.lines}:
            return
        engine.import_(demo.story(address))
        self.ask(engine.check())

    def close(self) -> None:
        """Stops both engines, the demo relay and the loop."""
        self._end_demo(self._demo)
        self._starter.shutdown()
        self.ask(self.own.stop())
        self._end_loop()

    def _end_demo(self, begun: Future[tuple[Engine, demo.Child]] | None) -> None:
        if begun is not None and begun.exception() is None:
            engine, child = begun.result()
            self.ask(engine.stop())
            child.stop()

    def _end_loop(self) -> None:
        self.ask(_end_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _end_others() -> None:
    """Ends what was begun on this loop and still runs: whoever waits for it must not wait for ever."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for one in others:
        one.cancel()
    await asyncio.gather(*others, return_exceptions=True)


_lock = Lock()
_door: Door | None = None


def door() -> Door:
    """The one door of this process, opened at first use."""
    global _door
    with _lock:
        if _door is None:
            _door = Door(home(), database_url())
        return _door


def stop() -> None:
    """Closes the door, if it is open."""
    global _door
    with _lock:
        if _door is not None:
            _door.close()
            _door = None
