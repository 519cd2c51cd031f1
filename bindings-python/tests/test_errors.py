"""Every error that a till can meet, as an exception."""

import copy
import json
import pickle
import subprocess

import pytest

import fiskal
from fiskal._error import error_of

from shop import COMMAND, CROISSANTS, python, sell

RECORD = {"register": "till-1", "method": "POST", "path": "/records"}


def intention(receipt):
    """A record that somebody else begins."""
    system = {"id": receipt.ids["system"]}
    return {
        "content": {"type": "INTENTION", "system": system, "operation": {"type": "TRANSACTION"}}
    }


def raised(kind, call, *arguments, **more):
    with pytest.raises(fiskal.Error) as caught:
        call(*arguments, **more)
    error = caught.value
    assert type(error) is kind, error
    name = type(error).__name__[: -len("Error")]
    assert error.kind == "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
    assert error.retryable is (error.kind in ("busy", "unreachable", "unknown_outcome"))
    assert str(error).startswith(error.message)
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(same) is kind
        assert same.details == error.details
        assert str(same) == str(error)
    return error


def test_invalid_names_the_field(client):
    wrong = dict(CROISSANTS, vat="101")
    error = raised(fiskal.InvalidError, client.sale_complete, register="till-1", items=[wrong])
    assert error.pointer == "/items/0/vat"
    assert str(error).endswith("(at /items/0/vat)")
    assert error.file is None and error.http_status is None and error.receipt is None


def test_config_names_file_and_line(tmp_path):
    file = tmp_path / "fiskal.toml"
    error = raised(fiskal.ConfigError, fiskal.open, file)
    assert (error.file, error.line) == (str(file), None)
    file.write_text('journal = "fiskal.db"\nsink = "auto"\n', "utf-8")
    error = raised(fiskal.ConfigError, fiskal.open, file)
    assert (error.file, error.line, error.pointer) == (str(file), 2, "/sink")
    assert str(error).endswith(f"({file}:2)")
    raised(
        fiskal.ConfigError, fiskal.open, {"journal": str(tmp_path / "fiskal.db"), "sync": "soon"}
    )


def test_not_found(client):
    raised(fiskal.NotFoundError, client.receipt_get, id="no such receipt")
    raised(fiskal.NotFoundError, client.status, register="till-2")
    raised(fiskal.NotFoundError, client.resume, "no such sale")


def test_conflict_names_the_sale(client):
    sell(client, "s-1")
    error = raised(fiskal.ConflictError, sell, client, "s-2", "S-1")
    assert error.pointer == "/number"


def test_closed(shop):
    client = shop.open()
    sale = client.sale("till-1")
    client.close()
    client.close()
    raised(fiskal.ClosedError, client.status)
    raised(fiskal.ClosedError, sale.save)
    raised(fiskal.ClosedError, client.sale, "till-1")
    with client:
        pass
    client.interrupt()


def test_not_ready_says_what_to_do(shop):
    with fiskal.open(shop.config, {"journal": str(shop.folder / "other.db")}) as client:
        error = raised(fiskal.NotReadyError, sell, client, "s-1")
    assert "provision" in error.message


def test_busy_while_another_process_works_on_the_register(shop):
    shop.write(patience="500ms")
    other = """
import sys, fiskal
with fiskal.open(sys.argv[1], {"account": {"paris": {"patience": "40s"}}}) as client:
    print("ready", flush=True)
    client.sale_complete(register="till-1", id="s-1", number="R-1", items=[{"text": "Croissant",
        "quantity": 2, "unit_price": "1.20", "vat": "5.5"}], payments=[{"method": "cash", "amount": "2.40"}])
"""
    shop.sandbox.fault("delay", ms=4_000)
    command = python(other, shop.config)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process, shop.open() as client:
        assert process.stdout.readline() == b"ready\n"
        error = None
        while error is None:
            # Until the other one has begun, this one is served.
            try:
                client.sale_abort(
                    register="till-1", sale=client.sale_begin(register="till-1")["sale"]
                )
            except fiskal.BusyError as busy:
                error = busy
        assert error.retryable
        assert process.wait(30) == 0
    assert pickle.loads(pickle.dumps(error)).message == error.message


def test_journal(shop, tmp_path):
    (tmp_path / "other.db").write_bytes(b"this is no journal" * 1000)
    raised(fiskal.JournalError, fiskal.open, shop.config, {"journal": str(tmp_path / "other.db")})


def test_unreachable_and_then_reached(shop):
    shop.write(patience="1s")
    with shop.open() as client:
        shop.sandbox.fault("reset", path="/sign-fr", count=1000)
        error = raised(fiskal.UnreachableError, sell, client, "s-1")
        assert error.sale == "s-1"
        assert error.operation
        shop.sandbox.clear()
        assert sell(client, "s-1").state == "signed"


def test_unknown_outcome_is_settled_by_sync(shop):
    shop.write(patience="1s")
    with shop.open() as client:
        receipt = sell(client, "s-1")
        shop.sandbox.fault("drop-answer", count=1000)
        error = raised(
            fiskal.UnknownOutcomeError, client.request, body=intention(receipt), **RECORD
        )
        assert error.operation
        shop.sandbox.clear()
        assert client.sync()["waiting"] == 0


def test_refused_has_the_service_s_own_words(client, sandbox):
    sandbox.fault("status", status=422)
    error = raised(fiskal.RefusedError, sell, client, "s-1")
    assert (error.http_status, error.sale) == (422, "s-1")
    assert error.operation
    assert error.service_message
    assert sell(client, "s-1").state == "signed"


def test_unauthorized(shop):
    shop.write(secret="A" * 43)
    with fiskal.open(shop.config, {"journal": str(shop.folder / "other.db")}) as client:
        error = raised(fiskal.UnauthorizedError, client.provision)
    assert error.http_status == 401
    assert "A" * 43 not in repr(error.details)


def test_mismatch_carries_the_receipt(client):
    receipt = sell(client, "s-1")
    client.request(body=intention(receipt), **RECORD)
    error = raised(fiskal.MismatchError, sell, client, "s-2")
    assert isinstance(error.receipt, fiskal.Receipt)
    assert (error.receipt.sale, error.receipt.number, error.receipt.state) == (
        "s-2",
        "S-2",
        "signed",
    )
    assert "2.40" in error.receipt.to_text().replace(",", ".")
    assert error.pointer


def test_a_kind_of_tomorrow_is_an_error_all_the_same():
    details = {"kind": "moon_phase", "message": "The moon is wrong.", "retryable": True}
    error = error_of(details)
    assert type(error) is fiskal.Error
    assert (error.kind, error.retryable, str(error)) == ("moon_phase", True, "The moon is wrong.")


def test_every_kind_has_its_exception(client):
    kinds = {each["kind"]: each for each in client.describe()["errors"]}
    # A Python program is never built against another version of the header.
    del kinds["abi"]
    classes = {kind: fiskal.__dict__[_class_name(kind)] for kind in kinds}
    assert {kind.__name__ for kind in classes.values()} <= set(fiskal.__all__)
    for _kind, exception in classes.items():
        assert issubclass(exception, fiskal.Error)
        assert exception.__module__ == "fiskal"
        assert exception.__doc__


def _class_name(kind):
    return "".join(part.capitalize() for part in kind.split("_")) + "Error"


def test_the_command_tells_the_same_error(shop):
    command = [
        COMMAND,
        "--json",
        "--config",
        str(shop.config),
        "call",
        "receipt.get",
        '{"id": "x"}',
    ]
    told = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    with shop.open() as client:
        error = raised(fiskal.NotFoundError, client.receipt_get, id="x")
    assert json.loads(told.stdout or told.stderr) == error.details
