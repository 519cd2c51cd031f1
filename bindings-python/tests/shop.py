"""A sandbox, and a folder with a configuration whose register sells through it."""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

import fiskal

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = os.environ.get("FISKAL_CLI") or str(ROOT / "target" / "debug" / "fiskal")

CROISSANTS = {"text": "Croissant", "quantity": "2", "unit_price": "1.20", "vat": "5.5"}
CASH = {"method": "cash", "amount": "2.40", "tendered": "5.00"}


class Sandbox:
    """The services on this machine, in a process of their own."""

    def __init__(self, folder):
        ready_file = folder / "ready.json"
        command = [COMMAND, "sandbox", "--listen", "127.0.0.1:0", "--ready-file", str(ready_file)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not ready_file.exists():
            assert self.process.poll() is None, "the sandbox has ended"
            assert time.monotonic() < until, "the sandbox does not get ready"
            time.sleep(0.01)
        self.ready = json.loads(ready_file.read_text("utf-8"))

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.ready["url"] + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def fault(self, kind, path="/sign-fr/records", method="POST", count=1, **more):
        match = {"method": method, "path": path}
        fault = dict(more, kind=kind)
        self.ask("POST", "/_sandbox/faults", {"match": match, "fault": fault, "count": count})

    def clear(self):
        self.ask("DELETE", "/_sandbox/faults")

    def booked(self):
        return self.ask("GET", "/_sandbox/audit")["booked"]


class Shop:
    """A folder with ``fiskal.json``; its register is ready to sell."""

    def __init__(self, sandbox, folder):
        self.sandbox = sandbox
        self.folder = folder
        self.config = folder / "fiskal.json"
        self.write(patience="20s")
        with fiskal.open(self.config) as client:
            client.provision()

    def keys(self, **account):
        """The configuration, with these keys of its account."""
        own = self.sandbox.ready["accounts"]["sign-fr"]
        return {
            "journal": str(self.folder / "fiskal.db"),
            "sync": "manual",
            "account": {
                "paris": {
                    "service": "sign-fr",
                    "environment": "sandbox",
                    "url": own["url"],
                    "key": own["key"],
                    "secret": own["secret"],
                    **account,
                }
            },
            "merchant": {
                "martin": {
                    "account": "paris",
                    "name": "Boulangerie Martin SARL",
                    "tax_id": "123456789",
                    "address": {
                        "street": "Rue de Rivoli",
                        "number": "123",
                        "code": "75001",
                        "city": "Paris",
                        "country": "FR",
                    },
                }
            },
            "location": {"rivoli": {"merchant": "martin"}},
            "register": {
                "till-1": {
                    "location": "rivoli",
                    "model": "POS-1000",
                    "software": {"name": "My POS", "version": "1.0.0"},
                }
            },
        }

    def write(self, **account):
        self.config.write_text(json.dumps(self.keys(**account), indent=2), "utf-8")

    def open(self):
        return fiskal.open(self.config)

    def run(self, program, *arguments, **more):
        """Runs Python code in a process of its own, in the shop's folder."""
        options = {"cwd": str(self.folder), "timeout": 50, "stdout": subprocess.PIPE}
        options.update(stderr=subprocess.PIPE, universal_newlines=True)
        options.update(more)
        return subprocess.run(python(program, *arguments), **options)


def python(program, *arguments):
    """The command that runs this code."""
    return [sys.executable, "-X", "faulthandler", "-c", program] + [str(each) for each in arguments]


def sell(client, sale_id, number=None):
    """Sells two croissants."""
    return client.sale_complete(
        register="till-1",
        id=sale_id,
        number=number or sale_id.upper(),
        items=[CROISSANTS],
        payments=[CASH],
    )


def settle(client):
    """Settles what waits; the service may still work on what somebody who is gone has sent."""
    until = time.monotonic() + 30
    while client.sync()["waiting"]:
        assert time.monotonic() < until, "it is not settled"
        time.sleep(0.2)
