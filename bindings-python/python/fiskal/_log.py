"""The core's log, told to ``logging.getLogger("fiskal")``.

Threads of the core leave their lines in a queue. They are fetched by whoever ends a call, so that the
lines of a call are there when it returns, and by a thread of this module, for what happens in the
background. That thread is a daemon: it holds nothing up when the interpreter ends, and the lines that are
left then are fetched once more.
"""

import atexit
import logging
import os
import threading
from typing import Optional

from . import _native

logger = logging.getLogger("fiskal")
logger.addHandler(logging.NullHandler())

_AT_MOST_MS = 60_000
_PATIENCE_S = 0.5


class _Fetcher:
    def __init__(self) -> None:
        self.level: Optional[int] = None
        self.thread: Optional[threading.Thread] = None
        # Lines are told in their order. It is entered again when a handler itself calls the library.
        self.telling = threading.RLock()

    def begin(self) -> None:
        """Tells the core the logger's level, and starts the thread."""
        self.follow_level()
        if self.thread is None:
            self.thread = threading.Thread(target=self.run, name="fiskal-log", daemon=True)
            self.thread.start()

    def follow_level(self) -> None:
        level = logger.getEffectiveLevel()
        if level != self.level:
            self.level = level
            _native.log_level(level)

    def fetch(self) -> None:
        # Whoever tells lines may wait for a lock of a handler whose owner waits here: not for long.
        if not self.telling.acquire(timeout=_PATIENCE_S):
            return
        try:
            lines, lost = _native.log_lines()
            for level, source, text in lines:
                logger.log(level, "%s", text, extra={"source": source})
            if lost:
                logger.warning("%d lines of the log were lost: too many at once", lost)
        finally:
            self.telling.release()

    def run(self) -> None:
        while True:
            if _native.log_waits(_AT_MOST_MS):
                self.fetch()


_fetcher = _Fetcher()


def begin() -> None:
    """Lets the core log to the logger; called before a client is opened."""
    _fetcher.begin()


def before_call() -> None:
    """Follows the logger's level, which may have been changed."""
    _fetcher.follow_level()


def after_call() -> None:
    """Tells what the core logged until now."""
    _fetcher.fetch()


def _after_fork() -> None:
    global _fetcher
    _fetcher = _Fetcher()


atexit.register(after_call)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
