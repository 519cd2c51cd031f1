"""What a type checker makes of a program that uses the package; checked, not run."""

from decimal import Decimal
from typing import Any, Dict, List, Optional, Union

from typing_extensions import assert_type

import fiskal
import fiskal.aio
from fiskal import types


def sell() -> Optional[fiskal.Receipt]:
    """A sale as the guide has it."""
    with fiskal.open("fiskal.toml", {"sync": "manual"}) as client:
        with client.sale("till-1", cashier={"id": "7"}, training=True) as sale:
            sale.add(
                "Croissant",
                quantity=2,
                unit_price=Decimal("1.20"),
                vat={"rate": "5.5", "code": "F"},
            )
            sale.add("Croissant", unit_price="1.20", vat="5.5", discounts=[{"amount": "0.20"}])
            sale.pay("cash", "2.40", tendered=5)
            receipt = sale.complete(number="R-1", customer={"name": "Dupont"})
        assert_type(receipt, fiskal.Receipt)
        assert_type(receipt.totals, types.Totals)
        assert_type(receipt.totals["gross"], Decimal)
        assert_type(receipt.items[0]["quantity"], Decimal)
        assert_type(receipt.also, List[fiskal.Receipt])
        assert_type(receipt.qr, Optional[fiskal.Qr])
        assert_type(receipt["state"], Any)
        if receipt.state == "pending":
            client.sync()
        return receipt


def wrong(client: fiskal.Client, sale: fiskal.Sale) -> None:
    """What a type checker must complain about; an unused `ignore` is an error."""
    sale.add("Croissant", unit_price=1.2, vat="5.5")  # type: ignore[arg-type]
    sale.add("Croissant", unit_price="1.20")  # type: ignore[call-arg]
    sale.add("Croissant", unit_price="1.20", vat="5.5", prize="1.20")  # type: ignore[call-arg]
    sale.pay("gold", "1.20")  # type: ignore[arg-type]
    client.sale("till-1", numbr="R-1")  # type: ignore[call-arg]
    client.sale_complete(register="till-1", items=[{"text": "x"}])  # type: ignore[typeddict-item]
    client.sale_complet()  # type: ignore[attr-defined]


def operations(client: fiskal.Client) -> None:
    """Each operation has its own types."""
    assert_type(client.receipt_get(id="x"), fiskal.Receipt)
    assert_type(client.receipt_list()["receipts"], List[fiskal.Receipt])
    assert_type(client.status()["registers"][0]["todo"], Optional[str])
    assert_type(client.call("status"), Any)
    keys: Dict[str, Union[str, Dict[str, str]]] = {"journal": "fiskal.db"}
    fiskal.open(keys)
    try:
        client.sync()
    except fiskal.MismatchError as error:
        assert_type(error.receipt, Optional[fiskal.Receipt])
        assert_type(error.http_status, Optional[int])


async def sell_aside() -> fiskal.Receipt:
    """The same for asyncio."""
    async with fiskal.aio.open("fiskal.toml") as client:
        assert_type(client, fiskal.aio.Client)
        async with client.sale("till-1") as sale:
            assert_type(sale, fiskal.aio.Sale)
            sale.add("Croissant", unit_price="1.20", vat="5.5")
            await sale.save()
        resumed = await client.resume(sale.id)
        assert_type(await client.receipt_list(), types.ReceiptListResult)
        return await resumed.complete()
