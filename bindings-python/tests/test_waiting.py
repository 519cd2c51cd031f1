"""Calls that wait: other threads go on, signals are heard, many calls at once."""

import json
import signal
import subprocess
import threading
import time

import pytest

import fiskal

from shop import ROOT, python, sell, settle

SELLING = """
import signal, sys, time, fiskal
# A shell that runs the tests behind it has its children ignore this signal.
signal.signal(signal.SIGINT, signal.default_int_handler)
client = fiskal.open(sys.argv[1])
print("ready", flush=True)
begun = time.monotonic()
try:
    client.sale_complete(register="till-1", id="s-1", number="S-1", items=[{"text": "Croissant",
        "quantity": "2", "unit_price": "1.20", "vat": "5.5"}],
        payments=[{"method": "cash", "amount": "2.40", "tendered": "5.00"}])
    print("sold", flush=True)
except BaseException as raised:
    print(type(raised).__name__, flush=True)
print("soon" if time.monotonic() - begun < 2 else "late", flush=True)
client.status()
client.close()
print("closed", flush=True)
"""


CHECKING = """
import signal, sys, time, fiskal
signal.signal(signal.SIGINT, signal.default_int_handler)
client = fiskal.open(sys.argv[1])
print("ready", flush=True)
begun = time.monotonic()
try:
    client.dep_verify(file=sys.argv[2], keys=sys.argv[3])
    print("checked", flush=True)
except BaseException as raised:
    print(type(raised).__name__, flush=True)
print("soon" if time.monotonic() - begun < 3 else "late", flush=True)
client.close()
"""


def long_log(folder):
    """A log that takes much longer to check than a test waits, and its keys."""
    files = ROOT / "conformance" / "files" / "dep"
    sound = json.loads((files / "sound.json").read_text("utf-8"))
    group = sound["Belege-Gruppe"][0]
    # Their signatures are looked at, their order is not as it should be.
    group["Belege-kompakt"] = group["Belege-kompakt"] * 10_000
    log = folder / "long.json"
    log.write_text(json.dumps(sound), "utf-8")
    return log, files / "keys.json"


class Ticking:
    """Another thread that works while there is something to wait for."""

    def __enter__(self):
        self.done = threading.Event()
        self.ticks = []
        self.thread = threading.Thread(target=self.tick)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()

    def tick(self):
        while not self.done.is_set():
            self.ticks.append(time.monotonic())
            time.sleep(0.01)

    def between(self, begin, end):
        return len([each for each in self.ticks if begin < each < end])


def test_other_threads_go_on_while_a_call_waits(client, sandbox):
    sandbox.fault("delay", ms=700)
    with Ticking() as ticking:
        begun = time.monotonic()
        sell(client, "s-1")
        waited = time.monotonic() - begun
    assert waited > 0.7
    # Seventy ticks are to be expected; a call that holds the lock leaves a handful.
    assert ticking.between(begun, begun + 0.7) > 20


def test_a_check_is_interrupted_and_lets_other_threads_go_on(client, tmp_path):
    log, keys = long_log(tmp_path)
    came = []

    def check():
        try:
            came.append(client.dep_verify(file=str(log), keys=str(keys)))
        except fiskal.Error as error:
            came.append(error)

    checking = threading.Thread(target=check)
    with Ticking() as ticking:
        checking.start()
        begun = time.monotonic()
        time.sleep(0.7)
        client.interrupt()
        interrupted = time.monotonic()
        checking.join()
    assert time.monotonic() - interrupted < 2
    assert came[0].kind == "busy"
    assert ticking.between(begun, begun + 0.7) > 20


def test_ctrl_c_ends_a_check(shop, tmp_path):
    command = python(CHECKING, shop.config, *long_log(tmp_path))
    with subprocess.Popen(command, stdout=subprocess.PIPE, universal_newlines=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().split() == ["KeyboardInterrupt", "soon"]
        assert process.wait(20) == 0


def test_many_threads_use_one_client(client, sandbox):
    receipts = {}

    def run(number):
        with client.sale("till-1", id=f"s-{number}") as sale:
            sale.add("Croissant", unit_price="1.20", vat="5.5")
            sale.pay("cash", "1.20")
            receipts[number] = sale.complete(number=f"R-{number}")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: receipt.sale for number, receipt in receipts.items()} == {
        number: f"s-{number}" for number in range(20)
    }
    assert sorted(each["number"] for each in sandbox.booked() if each["number"]) == sorted(
        f"R-{number}" for number in range(20)
    )


def test_a_client_is_closed_under_calls(client, sandbox):
    sandbox.fault("delay", ms=500)
    came = []

    def run():
        came.append(sell(client, "s-1"))

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(0.2)
    client.close()
    with pytest.raises(fiskal.ClosedError):
        client.status()
    thread.join()
    assert came[0].state == "signed"


def test_interrupt_ends_the_waiting_of_all(client, sandbox):
    sandbox.fault("delay", ms=4_000, count=1)
    came = []

    def run():
        try:
            came.append(sell(client, "s-1"))
        except fiskal.Error as error:
            came.append(error)

    thread = threading.Thread(target=run)
    begun = time.monotonic()
    thread.start()
    time.sleep(0.3)
    client.interrupt()
    thread.join()
    assert time.monotonic() - begun < 2
    # The sale was not booked yet, or what is known of it can be printed.
    assert (
        getattr(came[0], "kind", None) in ("unreachable", "unknown_outcome")
        or came[0].state == "pending"
    )


def test_ctrl_c_ends_a_wait_and_leaves_the_client_usable(shop):
    shop.sandbox.fault("delay", ms=4_000, count=1)
    command = python(SELLING, shop.config)
    with subprocess.Popen(command, stdout=subprocess.PIPE, universal_newlines=True) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.stdout.read().split() == ["KeyboardInterrupt", "soon", "closed"]
        assert process.wait(20) == 0
    # What was sent is settled, and booked once.
    with shop.open() as client:
        settle(client)
        assert sell(client, "s-1").state == "signed"
    booked = [each for each in shop.sandbox.booked() if each["number"] == "S-1"]
    assert [each["times"] for each in booked] == [1]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer signal here")
def test_a_handler_that_does_not_raise_lets_the_call_go_on(client, sandbox):
    heard = []
    before = signal.signal(signal.SIGALRM, lambda *_: heard.append(time.monotonic()))
    sandbox.fault("delay", ms=600)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    begun = time.monotonic()
    try:
        assert sell(client, "s-1").state == "signed"
    finally:
        ended = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    # They were heard while the call waited.
    assert len([each for each in heard if begun < each < ended]) >= 3


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer signal here")
def test_a_handler_that_raises_ends_the_wait_with_its_exception(client, sandbox):
    class Late(Exception):
        pass

    def late(*_):
        raise Late

    before = signal.signal(signal.SIGALRM, late)
    sandbox.fault("delay", ms=4_000)
    begun = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(Late):
            sell(client, "s-1")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - begun < 2
