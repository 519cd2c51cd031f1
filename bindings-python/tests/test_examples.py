"""The examples, run as their users run them."""

import json
import subprocess
import sys

import pytest

import fiskal

from shop import ROOT

EXAMPLES = ROOT / "examples" / "python"


@pytest.fixture
def run(sandbox, tmp_path):
    """Runs an example beside the configuration, and gives what it printed."""

    def run(example, *arguments, status=0):
        command = [sys.executable, "-X", "utf8", str(EXAMPLES / example)] + list(arguments)
        done = subprocess.run(
            command,
            cwd=str(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=50,
        )
        assert done.returncode == status, done.stderr
        return done.stderr if status else done.stdout

    return run


def test_the_sale(run, shop):
    paper = run("sale.py", "fiskal.json", "R-1")
    assert "Croissant" in paper and "Café" in paper and "3,90" in paper
    with shop.open() as client:
        (receipt,) = client.receipt_list()["receipts"]
        assert receipt.to_text() == paper
        assert client.sale_list()["sales"] == []
    assert run("sale.py", "fiskal.json", "R-1", status=1).startswith("conflict: the number R-1")
    assert run("sale.py", "none.toml", "R-1", status=1).startswith("config: ")
    assert "usage" in run("sale.py", status=1)


def test_the_sale_has_few_lines():
    assert len((EXAMPLES / "sale.py").read_text("utf-8").splitlines()) < 80


def test_the_restaurant(run, shop):
    assert run("restaurant.py", "fiskal.json", "seat", "7") == "table 7 is open\n"
    ordered = run("restaurant.py", "fiskal.json", "order", "7")
    assert ordered.splitlines() == ["2 Soupe à l'oignon", "1 Bordeaux", "2 Crème brûlée"]
    bills = run("restaurant.py", "fiskal.json", "bill", "7")
    # 7.50 + 6.50, and the wine with it.
    assert "14,00" in bills and "42,00" in bills
    reprinted = run("restaurant.py", "fiskal.json", "reprint", "7")
    assert sorted(reprinted.splitlines()) == sorted(bills.splitlines())
    with fiskal.open(shop.config) as client:
        assert client.sale_list()["sales"] == []
        assert {receipt.number for receipt in client.receipt_list()["receipts"]} == {
            "R-7-1",
            "R-7-2",
        }
    assert run("restaurant.py", "fiskal.json", "bill", "7", status=1).startswith("conflict: ")


def test_austria(run, sandbox, tmp_path):
    accounts = sandbox.ready["accounts"]
    config = {
        "journal": "austria.db",
        "sync": "manual",
        "account": {
            "wien": {
                "service": "sign-at",
                "environment": "sandbox",
                "url": accounts["sign-at"]["url"],
                "key": accounts["management"]["key"],
                "secret": accounts["management"]["secret"],
            }
        },
        "merchant": {
            "muster": {
                "account": "wien",
                "name": "Café Muster GmbH",
                "address": {
                    "street": "Hauptplatz",
                    "number": "1",
                    "code": "8010",
                    "city": "Graz",
                    "country": "AT",
                },
            }
        },
        "location": {"graz": {"merchant": "muster"}},
        "register": {"till-1": {"location": "graz"}},
    }
    (tmp_path / "austria.json").write_text(json.dumps(config), "utf-8")
    with fiskal.open(tmp_path / "austria.json") as client:
        assert client.status()["registers"][0]["ready"] is False
        client.provision()
    printed = run("austria.py", "austria.json")
    with fiskal.open(tmp_path / "austria.json") as client:
        start, *receipts = client.receipt_list()["receipts"]
        (duty,) = client.status()["registers"][0]["duties"]
    assert start.type == "start"
    assert [receipt.type for receipt in receipts] == ["sale", "cancel", "zero"]
    for receipt in receipts:
        assert receipt.state == "signed"
        assert receipt.to_text() in printed and receipt.qr.terminal() in printed
    assert "17,00" in printed and "-17,00" in printed and "Stornobuchung" in printed
    assert printed.splitlines()[-1] == f"{duty['due']}: {duty['todo']}"
    assert run("austria.py", "none.toml", status=1).startswith("config: ")
