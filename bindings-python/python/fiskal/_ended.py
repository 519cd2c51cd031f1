"""Tells event loops which of their calls have ended.

The core's threads never touch Python. They leave the numbers of ended calls in a queue, which one daemon
thread fetches for all event loops of the process.
"""

import asyncio
import itertools
import os
import threading
from typing import Dict, Optional

from . import _native

_AT_MOST_MS = 60_000

_numbers = itertools.count(1)


class _Fetcher:
    def __init__(self) -> None:
        self.expected: Dict[int, "asyncio.Future[None]"] = {}
        self.thread: Optional[threading.Thread] = None
        self.starting = threading.Lock()

    def begin(self) -> None:
        with self.starting:
            if self.thread is None:
                self.thread = threading.Thread(target=self.run, name="fiskal-ended", daemon=True)
                self.thread.start()

    def run(self) -> None:
        while True:
            for number in _native.ended(_AT_MOST_MS):
                end = self.expected.pop(number, None)
                if end is not None:
                    _tell(end)


def _tell(end: "asyncio.Future[None]") -> None:
    try:
        end.get_loop().call_soon_threadsafe(_finish, end)
    except RuntimeError:
        # The loop was closed meanwhile, and nobody waits.
        pass


def _finish(end: "asyncio.Future[None]") -> None:
    if not end.done():
        end.set_result(None)


_fetcher = _Fetcher()


def expect(end: "asyncio.Future[None]") -> int:
    """The number of a call whose end is to be told to this future of a running loop."""
    _fetcher.begin()
    number = next(_numbers)
    _fetcher.expected[number] = end
    return number


def forget(number: int) -> None:
    """Nobody waits for this call any more."""
    _fetcher.expected.pop(number, None)


def _after_fork() -> None:
    global _fetcher
    _fetcher = _Fetcher()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
