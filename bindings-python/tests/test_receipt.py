"""A receipt, as it is read, printed, kept and shown."""

import copy
import json
import pickle
import struct
import xml.etree.ElementTree
from decimal import Decimal

import pytest

import fiskal

from shop import sell


@pytest.fixture
def receipt(client):
    return sell(client, "s-1", "R-1")


@pytest.fixture
def receipt_with_qr(receipt):
    """As the services of other countries give it."""
    qr = {"payload": "https://example.org/r?id=1", "error_correction": "M", "min_mm": 30}
    return fiskal.Receipt.from_json(json.dumps(dict(json.loads(receipt.json), qr=qr)))


def png_size(image):
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", image[16:24])


def test_its_members_are_attributes_and_keys(receipt):
    assert receipt.register == receipt["register"] == receipt.get("register") == "till-1"
    assert "state" in receipt and "stat" not in receipt
    assert receipt.get("stat", "none") == "none"
    assert dict(receipt).keys() == receipt.keys() == set(json.loads(receipt.json))
    assert len(receipt) == len(list(receipt))
    assert receipt.also == []
    assert receipt.issuer["name"] == "Boulangerie Martin SARL"
    with pytest.raises(AttributeError):
        receipt.stat
    with pytest.raises(KeyError):
        receipt["stat"]


def test_every_member_has_an_attribute(receipt):
    for key in receipt:
        if key != "qr":
            assert getattr(receipt, key) == receipt[key], key


def test_its_json_is_that_of_every_language(receipt, client):
    members = json.loads(receipt.json)
    assert members["totals"]["gross"] == "2.40"
    assert members["answer"] == receipt.answer
    again = fiskal.Receipt.from_json(receipt.json)
    assert again == receipt
    assert again.json == receipt.json
    assert again.totals["gross"] == Decimal("2.40")


def test_numbers_of_the_answer_stay_as_they_are(receipt):
    members = json.loads(receipt.json)
    members["answer"] = {"amount": 1.1, "count": 3, "big": 12345678901234567890}
    again = fiskal.Receipt.from_json(json.dumps(members))
    assert again.answer == {"amount": Decimal("1.1"), "count": 3, "big": 12345678901234567890}
    assert json.loads(again.json) == members


def test_it_is_printed(receipt):
    text = receipt.to_text(columns=30)
    assert "Croissant" in text and "2.40" in text.replace(",", ".")
    assert max(len(line) for line in text.splitlines()) <= 30
    assert receipt.to_html().lower().startswith("<!doctype html>")
    assert receipt.to_escpos().startswith(b"\x1b@")
    with pytest.raises(fiskal.InvalidError):
        receipt.to_text(columns=5)


def test_its_qr_code_is_drawn_and_saved(receipt_with_qr, tmp_path):
    qr = receipt_with_qr.qr
    assert (qr.payload, qr.error_correction, qr.min_mm) == ("https://example.org/r?id=1", "M", 30)
    qr.save(tmp_path / "qr.png")
    assert (tmp_path / "qr.png").read_bytes() == qr.png()
    qr.save(str(tmp_path / "qr.SVG"))
    drawn = (tmp_path / "qr.SVG").read_text("utf-8")
    assert xml.etree.ElementTree.fromstring(drawn).tag.endswith("svg")
    width, height = png_size(qr.png(module_px=2))
    assert width == height
    assert png_size(qr.png(module_px=6)) == (3 * width, 3 * height)
    assert "\u2588" in qr.terminal()
    assert qr.escpos()
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        qr.save(tmp_path / "qr.jpg")
    with pytest.raises(fiskal.InvalidError):
        qr.png(module_px=1000)


def test_a_receipt_may_have_no_qr_code(receipt):
    assert receipt["qr"] is None
    assert receipt.qr is None


def test_what_is_no_receipt_is_noticed_when_it_is_printed():
    with pytest.raises(fiskal.InvalidError):
        fiskal.Receipt.from_json('{"qr": {"payload": "x"}}').to_text()


def test_it_shows_itself_in_a_notebook(receipt, receipt_with_qr):
    assert receipt._repr_html_().startswith("<iframe srcdoc=")
    assert "<script" not in receipt._repr_html_()
    assert receipt_with_qr.qr._repr_svg_() == receipt_with_qr.qr.svg()
    assert repr(receipt) == f"<fiskal.Receipt {receipt.id} signed sale, till-1 R-1, 2.40 EUR>"
    assert repr(receipt_with_qr.qr) == "<fiskal.Qr 'https://example.org/r?id=1'>"


def test_it_can_be_kept(receipt, client):
    client.close()
    for same in (pickle.loads(pickle.dumps(receipt)), copy.deepcopy(receipt)):
        assert same == receipt and hash(same) == hash(receipt)
        assert same.to_text() == receipt.to_text()
    assert receipt != json.loads(receipt.json)
