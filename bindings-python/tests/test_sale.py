"""A sale, from the first item to the receipt."""

from decimal import Decimal

import pytest

import fiskal

from shop import CASH, CROISSANTS, sell


def open_sales(client):
    return [sale["sale"] for sale in client.sale_list()["sales"]]


def test_the_sale_of_the_readme(shop):
    with fiskal.open(str(shop.config)) as client:
        with client.sale("till-1") as sale:
            sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5")
            sale.pay("cash", "2.40")
            receipt = sale.complete(number="R-2026-0001")
        assert receipt.state == "signed"
        assert receipt.number == "R-2026-0001"
        assert receipt.sale == sale.id
        assert len(receipt.signature) == 64
        assert open_sales(client) == []
    assert [each["number"] for each in shop.sandbox.booked() if each["number"]] == ["R-2026-0001"]


def test_amounts_are_decimals_on_both_ways(client):
    with client.sale("till-1", id="s-1", cashier={"id": "7", "name": "Anna"}) as sale:
        sale.add("Ham", quantity=Decimal("0.125"), unit="kg", unit_price=24, vat=Decimal("5.5"))
        sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5", discounts=[{"percent": 50}])
        sale.pay("cash", Decimal("4.20"), tendered=5)
        receipt = sale.complete(number="R-1")
    # 0.125 × 24 + 2 × 1.20 × ½ = 3.00 + 1.20
    assert receipt.totals["gross"] == Decimal("4.20")
    # 4.20 ÷ 1.055 = 3.981…
    assert receipt.totals["vat"] == [
        {
            "rate": Decimal("5.5"),
            "net": Decimal("3.98"),
            "amount": Decimal("0.22"),
            "gross": Decimal("4.20"),
        }
    ]
    ham, croissant = receipt.items
    assert (ham["quantity"], ham["unit_price"], ham["vat"]) == (
        Decimal("0.125"),
        24,
        Decimal("5.5"),
    )
    assert croissant["discounts"] == [{"amount": None, "percent": Decimal(50), "text": None}]
    assert (receipt.payments[0]["amount"], receipt.payments[0]["tendered"]) == (Decimal("4.20"), 5)
    assert receipt.cashier == {"id": "7", "name": "Anna"}
    amounts = [
        receipt.totals["net"],
        ham["quantity"],
        croissant["vat"],
        receipt.payments[0]["tendered"],
    ]
    assert {type(amount) for amount in amounts} == {Decimal}


def test_an_item_is_one_unless_it_is_said(client):
    with client.sale("till-1") as sale:
        sale.add("Coffee", unit_price="1.50", vat="10")
        sale.pay("card", "1.50", card={"kind": "debit"})
        assert sale.complete(number="R-1").items[0]["quantity"] == 1


def test_a_block_that_raises_aborts_the_sale(client):
    class Gone(Exception):
        pass

    with pytest.raises(Gone):
        with client.sale("till-1", id="s-1") as sale:
            sale.add("Croissant", unit_price="1.20", vat="5.5")
            raise Gone
    assert open_sales(client) == []
    with pytest.raises(fiskal.ConflictError):
        sell(client, "s-1")


def test_a_block_that_is_left_aborts_the_sale(client):
    with client.sale("till-1", id="s-1") as sale:
        sale.add("Croissant", unit_price="1.20", vat="5.5")
    assert open_sales(client) == []


def test_a_sale_whose_completion_was_tried_is_not_aborted(client):
    with pytest.raises(fiskal.InvalidError) as caught:
        with client.sale("till-1", id="s-1") as sale:
            sale.add("Croissant", unit_price="1.20", vat="5.5")
            sale.pay("cash", "1.00")
            sale.complete(number="R-1")
    assert caught.value.pointer == "/payments"
    assert open_sales(client) == ["s-1"]
    sale.pay("cash", "0.20")
    assert sale.complete().state == "signed"


def test_an_abort_that_fails_does_not_hide_what_happened(shop):
    with shop.open() as client:
        with pytest.raises(ZeroDivisionError):
            with client.sale("till-1", id="s-1"):
                client.close()
                1 / 0
    with shop.open() as client:
        assert open_sales(client) == ["s-1"]


def test_an_aborted_sale_has_ended(client):
    sale = client.sale("till-1", id="s-1")
    sale.abort("nobody buys it")
    assert open_sales(client) == []
    sale.add("Croissant", unit_price="1.20", vat="5.5")
    sale.pay("cash", "1.20")
    with pytest.raises(fiskal.ConflictError):
        sale.complete(number="R-1")


def test_a_saved_sale_goes_on_another_day(shop):
    with shop.open() as client:
        with client.sale("till-1", id="table-7", table="7") as sale:
            sale.add("Soup", unit_price="6.00", vat="10")
            sale.save()
    with shop.open() as client:
        (found,) = client.sale_list(register="till-1")["sales"]
        assert found["cart"]["items"][0]["unit_price"] == Decimal("6.00")
        with client.resume("table-7") as sale:
            assert sale.id == "table-7"
            sale.add("Water", unit_price="2.50", vat="10")
            sale.pay("card", "8.50")
            receipt = sale.complete(number="R-1")
    assert [item["text"] for item in receipt.items] == ["Soup", "Water"]


def test_a_saved_sale_survives_an_error(client):
    with client.sale("till-1", id="table-7") as sale:
        sale.add("Soup", unit_price="6.00", vat="10")
        sale.save()
    with pytest.raises(ZeroDivisionError):
        with client.resume("table-7") as sale:
            sale.add("Water", unit_price="2.50", vat="10")
            1 / 0
    (found,) = client.sale_list()["sales"]
    assert [item["text"] for item in found["cart"]["items"]] == ["Soup"]


def test_changes_that_are_left_unsaved_are_warned_about(client):
    with client.sale("till-1", id="table-7") as sale:
        sale.save()
    with pytest.warns(RuntimeWarning, match="'table-7' was left with changes"):
        with client.resume("table-7") as sale:
            sale.add("Water", unit_price="2.50", vat="10")


def test_members_are_set_and_taken_away(client):
    with client.sale("till-1", number="R-1", text="Bon appétit") as sale:
        sale.set(number="R-2", text=None, customer={"name": "Dupont"})
        sale.add("Coffee", unit_price="1.50", vat="10")
        sale.pay("cash", "1.50")
        receipt = sale.complete()
    assert (receipt.number, receipt.get("text"), receipt.customer["name"]) == (
        "R-2",
        None,
        "Dupont",
    )


def test_a_wrong_item_is_told_where_it_is_added(client):
    with client.sale("till-1") as sale:
        sale.add("Croissant", unit_price="1.20", vat="5.5")
        with pytest.raises(fiskal.InvalidError) as caught:
            sale.add("Coffee", unit_price="1,50", vat="10")
        assert caught.value.pointer == "/items/1/unit_price"
        with pytest.raises(fiskal.InvalidError) as caught:
            sale.pay("gold", "1.20")
        assert caught.value.pointer == "/payments/0/method"
        sale.pay("cash", "1.20")
        assert sale.complete(number="R-1").totals["gross"] == Decimal("1.20")


def test_the_same_sale_is_the_same_receipt(client, sandbox):
    first = sell(client, "s-1", "R-1")
    booked = sandbox.booked()
    assert sell(client, "s-1", "R-1") == first
    assert sandbox.booked() == booked
    with pytest.raises(fiskal.ConflictError):
        sell(client, "s-1", "R-2")


def test_every_way_to_call_gives_the_same(client):
    receipt = sell(client, "s-1")
    params = {
        "register": "till-1",
        "id": "s-1",
        "number": "S-1",
        "items": [CROISSANTS],
        "payments": [CASH],
    }
    assert client.call("sale.complete", params) == receipt
    assert client.receipt_get(id=receipt.id) == receipt
    assert client.receipt_list(register="till-1")["receipts"] == [receipt]
    assert client.call("status") == client.status()


def test_what_is_not_given_is_not_sent(client):
    assert client.receipt_list()["receipts"] == []
    with pytest.raises(fiskal.InvalidError) as caught:
        client.receipt_list(limit=0)
    assert caught.value.pointer == "/limit"


def test_a_configuration_may_be_given_as_keys(shop):
    with fiskal.open(shop.keys(patience="20s")) as client:
        assert sell(client, "s-1").state == "signed"


def test_overrides_win_over_the_file(shop):
    shop.write(url="http://127.0.0.1:1/")
    url = shop.sandbox.ready["accounts"]["sign-fr"]["url"]
    with fiskal.open(shop.config, {"account": {"paris": {"url": url}}}) as client:
        assert sell(client, "s-1").state == "signed"
    with pytest.raises(TypeError):
        fiskal.open(shop.keys(), {"sync": "auto"})


def test_a_repr_is_useful_and_holds_no_secret(shop):
    keys = shop.keys()
    with fiskal.open(keys) as client:
        sale = client.sale("till-1", id="s-1")
        assert repr(sale) == "<fiskal.Sale 's-1'>"
        sale.abort()
        assert keys["account"]["paris"]["secret"] not in repr(client) + repr(sale)
    assert repr(client) == "<fiskal.Client with keys, closed>"
    with shop.open() as client:
        assert repr(client) == f"<fiskal.Client {str(shop.config)!r}>"


def test_every_operation_has_its_method(client):
    operations = client.describe()["operations"]
    assert len(operations) > 10
    for operation in operations:
        method = getattr(fiskal.Client, operation["name"].replace(".", "_"))
        assert " ".join(method.__doc__.split()).startswith(operation["summary"])
