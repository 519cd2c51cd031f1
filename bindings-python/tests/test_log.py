"""The core's log in Python's ``logging``."""

import logging
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
    # Warnings are heard without any setting; a secret in a configuration for the service's own address is one.
    keys = shop.keys(environment="test")
    keys["journal"] = str(shop.folder / "other.db")
    with fiskal.open(keys):
        pass
    assert {(record.levelno, record.source) for record in heard} == {
        (logging.WARNING, "fiskal::config::read")
    }
    assert keys["account"]["paris"]["secret"] not in repr([each.getMessage() for each in heard])


def test_an_abort_that_fails_is_logged(client, heard):
    with pytest.raises(ZeroDivisionError):
        with client.sale("till-1", id="s-1"):
            client.close()
            1 / 0
    assert [record.getMessage() for record in heard if record.levelno == logging.WARNING] == [
        "the sale s-1 was not aborted: the client was closed; open it again"
    ]


def test_what_happens_in_the_background_is_heard(shop, heard):
    logging.getLogger("fiskal").setLevel(logging.DEBUG)
    shop.write(patience="300ms")
    shop.sandbox.fault("drop-answer", count=1000)
    with fiskal.open(shop.config, {"sync": "auto"}) as client:
        assert sell(client, "s-1").state == "pending"
        shop.sandbox.clear()
        until = time.monotonic() + 40
        # Nobody calls anything; the core's own thread settles it and logs the answer.
        del heard[:]
        while not any("answered" in record.getMessage() for record in heard):
            assert time.monotonic() < until, "nothing is heard"
            time.sleep(0.05)


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


def test_lost_lines_are_told(client, heard, monkeypatch):
    monkeypatch.setattr(
        fiskal._log._native, "log_lines", lambda: ([(40, "fiskal::x", "100 %s")], 7)
    )
    client.status()
    assert [(record.levelno, record.getMessage()) for record in heard[:2]] == [
        (logging.ERROR, "100 %s"),
        (logging.WARNING, "7 lines of the log were lost: too many at once"),
    ]


def test_the_interpreter_tells_the_last_lines_when_it_ends(shop):
    program = """
import logging, sys, fiskal
logging.basicConfig(level=5, stream=sys.stdout, format="%(levelname)s %(source)s")
client = fiskal.open(sys.argv[1])
fiskal._log.before_call()
params = '{"register": "till-1", "method": "GET", "path": "/x"}'
call, refused = client._native.start("request", params, 0)
call.wait()
print("ending", flush=True)
"""
    done = shop.run(program, shop.config)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(done.stdout.splitlines())[-2:] == ["DEBUG fiskal::transport::http", "ending"]
