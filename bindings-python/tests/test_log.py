"""The core's log in Python's ``logging``."""

import logging
import threading
import time

import pytest

import fiskal
from shop import sell


@pytest.fixture
def heard():
    """The records of the logger while a test runs."""
    records = []

    class Hearing(logging.Handler):
        def emit(self, record):
            records.append(record)

    logger = logging.getLogger("fiskal")
    handler = Hearing()
    before = logger.level
    logger.addHandler(handler)
    yield records
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_lines_of_a_call_are_there_when_it_returns(client, sandbox, heard):
    logging.getLogger("fiskal").setLevel(5)
    sell(client, "s-1")
    assert heard
    assert {record.name for record in heard} == {"fiskal"}
    assert all(record.source.startswith("fiskal") for record in heard)
    assert {record.levelno for record in heard} <= {5, 10, 20, 30, 40}
    secret = sandbox.ready["accounts"]["sign-fr"]["secret"]
    assert not [record for record in heard if secret in record.getMessage()]


def test_the_logger_s_level_is_followed(client, heard):
    logger = logging.getLogger("fiskal")
    logger.setLevel(logging.CRITICAL)
    sell(client, "s-1")
    assert heard == []
    logger.setLevel(logging.DEBUG)
    sell(client, "s-2")
    assert {record.levelno for record in heard} <= {10, 20, 30, 40}
    assert heard


def test_a_warning_is_a_warning(shop, heard):
    shop.write(patience="500ms")
    shop.sandbox.fault("reset", path="/sign-fr", count=1000)
    with shop.open() as client:
        with pytest.raises(fiskal.UnreachableError):
            sell(client, "s-1")
    assert heard
    assert min(record.levelno for record in heard) >= logging.WARNING


def test_an_abort_that_fails_is_logged(client, heard):
    with pytest.raises(ZeroDivisionError):
        with client.sale("till-1", id="s-1"):
            client.close()
            1 / 0
    assert [record.getMessage() for record in heard if record.levelno == logging.WARNING] == [
        "the sale s-1 was not aborted: the client was closed; open it again"
    ]


def test_what_happens_in_the_background_is_heard(shop, heard):
    logging.getLogger("fiskal").setLevel(5)
    with fiskal.open(shop.config, {"sync": "auto"}) as client:
        client.status()
        del heard[:]
        until = time.monotonic() + 20
        while not heard and time.monotonic() < until:
            time.sleep(0.05)
    assert heard


def test_a_handler_may_use_the_library(client):
    seen = []

    class Asking(logging.Handler):
        def emit(self, record):
            if not seen:
                seen.append(True)
                seen.append(client.status()["registers"][0]["ready"])

    handler = Asking()
    logger = logging.getLogger("fiskal")
    logger.addHandler(handler)
    logger.setLevel(5)
    try:
        sell(client, "s-1")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    assert seen == [True, True]


FLOOD = """
import logging, sys, threading, fiskal
stuck, go_on = threading.Event(), threading.Event()

class Stuck(logging.Handler):
    def emit(self, record):
        if record.levelno == logging.WARNING:
            print(record.getMessage())
        stuck.set()
        go_on.wait(40)

logger = logging.getLogger("fiskal")
client = fiskal.open(sys.argv[1])
logger.addHandler(Stuck())
logger.setLevel(5)
threading.Thread(target=client.status, daemon=True).start()
stuck.wait(20)
# One thread is stuck in the handler; nobody fetches, and calls go on.
while fiskal._native.log_lines is None:
    pass
"""


def test_the_interpreter_tells_the_last_lines_when_it_ends(shop):
    program = """
import logging, sys, fiskal
logging.basicConfig(level=5, stream=sys.stdout, format="%(levelname)s %(source)s")
client = fiskal.open(sys.argv[1])
fiskal._log.before_call()
call, refused = client._native.start("status", "{}", 0)
call.wait()
print("ending", flush=True)
"""
    done = shop.run(program, shop.config)
    assert (done.returncode, done.stderr) == (0, "")
    assert threading.active_count() >= 1
