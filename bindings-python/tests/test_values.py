"""What may be given as a value, and what may not."""

import collections
import enum
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

import pytest

import fiskal

from shop import CASH, CROISSANTS


def complete(client, **members):
    given = {"id": "s-1", "number": "R-1", "items": [CROISSANTS], "payments": [CASH]}
    return client.sale_complete(register="till-1", **dict(given, **members))


def item(**members):
    return dict(CROISSANTS, **members)


@pytest.mark.parametrize(
    "members, place",
    [
        ({"items": [item(unit_price=1.2)]}, "/items/0/unit_price"),
        ({"items": [CROISSANTS, item(quantity=2.0)]}, "/items/1/quantity"),
        ({"items": [item(vat={"rate": 5.5})]}, "/items/0/vat/rate"),
        ({"payments": ({"method": "cash", "amount": float("nan")},)}, "/payments/0/amount"),
        ({"rounding": float("inf")}, "/rounding"),
        ({"extra": {"a/b": {"c~": [0.5]}}}, "/extra/a~1b/c~0/0"),
    ],
)
def test_a_float_is_refused_wherever_it_is(client, members, place):
    with pytest.raises(TypeError) as caught:
        complete(client, **members)
    assert str(caught.value).startswith(place + ": a float")
    assert "decimal.Decimal" in str(caught.value)


def test_a_float_is_refused_where_it_is_added(client):
    sale = client.sale("till-1")
    with pytest.raises(TypeError, match="/unit_price: a float"):
        sale.add("Croissant", unit_price=1.2, vat="5.5")
    with pytest.raises(TypeError, match="/amount: a float"):
        sale.pay("cash", 1.2)
    with pytest.raises(TypeError, match="/rounding: a float"):
        sale.complete(rounding=0.01)
    with pytest.raises(TypeError, match="/account/paris/patience: a float"):
        fiskal.open({"account": {"paris": {"patience": 1.5}}})
    sale.abort()


@pytest.mark.parametrize("price", ["1.20", Decimal("1.20"), Decimal("1.2000"), Decimal("12E-1")])
def test_a_decimal_is_taken_as_it_is(client, price):
    assert complete(client, items=[item(unit_price=price)]).totals["gross"] == Decimal("2.40")


def test_whole_numbers_are_amounts(client):
    class Count(enum.IntEnum):
        TWO = 2

    class Whole:
        """As numpy has them."""

        def __index__(self):
            return 1

    receipt = complete(
        client,
        items=[item(quantity=Count.TWO, unit_price=Decimal("1E+1"))],
        payments=[{"method": "cash", "amount": 20}],
    )
    assert receipt.totals["gross"] == 20
    assert client.receipt_list(limit=Whole())["receipts"] == [receipt]


@pytest.mark.parametrize(
    "price",
    ["NaN", "Infinity", "1e3", "1_0", "+1", " 1", "", "１", "1.123456789"]
    + [
        Decimal("NaN"),
        Decimal("-Infinity"),
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        10**12,
        True,
        None,
    ],
)
def test_what_is_no_amount_is_invalid(client, price):
    with pytest.raises(fiskal.InvalidError) as caught:
        complete(client, items=[item(unit_price=price)])
    assert caught.value.pointer == "/items/0/unit_price"


def test_a_number_of_more_than_64_bits_is_not_made_a_float(client):
    with pytest.raises(fiskal.InvalidError) as caught:
        complete(client, extra={"sign-fr": 10**5000})
    assert caught.value.pointer == "/extra/sign-fr"


def test_mappings_and_sequences_of_any_kind_are_taken(client):
    class Method(str, enum.Enum):
        CASH = "cash"

    receipt = complete(
        client,
        items=(MappingProxyType(CROISSANTS),),
        payments=collections.deque([collections.OrderedDict(CASH, method=Method.CASH)]),
        metadata=collections.ChainMap({"note": "é ☕ 🥐"}),
    )
    assert receipt.payments[0]["method"] == "cash"


@pytest.mark.parametrize(
    "value",
    [b"x", bytearray(b"x"), {1}, object(), Fraction(1, 2), iter([]), 1j, fiskal, {1: 2}, {None: 1}],
)
def test_what_has_no_json_form_is_a_type_error(client, value):
    with pytest.raises(TypeError, match="^/metadata"):
        complete(client, metadata=value)


def test_half_a_character_is_named(client):
    for members, pointer in [
        ({"text": "caf\udce9"}, "/text"),
        ({"metadata": {"\ud83e": "x"}}, "/metadata/\ud83e"),
    ]:
        with pytest.raises(fiskal.InvalidError) as caught:
            complete(client, **members)
        assert caught.value.pointer == pointer
    with pytest.raises(fiskal.InvalidError):
        fiskal.open("caf\udce9.toml")


def test_what_is_nested_without_end_is_refused(client):
    endless = {}
    endless["again"] = [endless]
    deep = "x"
    for _ in range(100_000):
        deep = [deep]
    for value in (endless, deep):
        with pytest.raises(fiskal.InvalidError, match="nested too deep"):
            client.request(register="till-1", method="POST", path="/x", body=value)


def test_a_zero_character_is_a_character(client):
    with pytest.raises(fiskal.NotFoundError):
        client.receipt_get(id="a\0b")
    with pytest.raises(fiskal.ConfigError):
        fiskal.open("fiskal\0.json")


def test_a_huge_text_is_refused(client):
    huge = "x" * 100_000_000
    with pytest.raises(fiskal.InvalidError):
        complete(client, text=huge)
    with pytest.raises(fiskal.InvalidError):
        client.call(huge)
    with pytest.raises(fiskal.InvalidError):
        client.receipt_get(id="\U0001f950" * 10_000_000)


def test_wrong_names_are_told(client):
    with pytest.raises(fiskal.InvalidError, match="sale.complete"):
        client.call("sale.complet")
    with pytest.raises(TypeError):
        client.sale_complete(register="till-1", numbr="R-1")
    with pytest.raises(fiskal.InvalidError) as caught:
        client.sale("till-1", numbr="R-1")
    assert caught.value.pointer == "/numbr"
    with pytest.raises(TypeError):
        client.call(b"status")
    with pytest.raises(fiskal.InvalidError):
        client.call("status", [])
    with pytest.raises(TypeError):
        fiskal.open(42)
    with pytest.raises(TypeError):
        fiskal.open(b"fiskal.json")
