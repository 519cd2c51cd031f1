"""One sale with the wheel alone, on any version of Python that it serves; needs no other package."""

import asyncio
import decimal
import pathlib
import sys
import tempfile

import fiskal
import fiskal.aio

from shop import Sandbox, Shop, sell


def sell_once(shop):
    """The sale of the README, and an error."""
    with shop.open() as client:
        with client.sale("till-1") as sale:
            sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5")
            sale.pay("cash", decimal.Decimal("2.40"))
            receipt = sale.complete(number="R-2026-0001")
        assert receipt.state == "signed", receipt
        assert receipt.totals["gross"] == decimal.Decimal("2.40"), receipt
        assert "2,40" in receipt.to_text(), receipt.to_text()
        try:
            sell(client, "s-2", "R-2026-0001")
        except fiskal.ConflictError as error:
            assert error.pointer == "/number", error.details
        else:
            raise AssertionError("a number was used twice")


async def sell_aside(shop):
    """The same for asyncio."""
    async with fiskal.aio.open(shop.config) as client:
        async with client.sale("till-1") as sale:
            sale.add("Croissant", unit_price="1.20", vat="5.5")
            sale.pay("cash", "1.20")
            receipt = await sale.complete(number="R-2026-0002")
        assert receipt.state == "signed", receipt


def main():
    """Sells, both ways."""
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(pathlib.Path(folder))
        try:
            shop = Shop(sandbox, pathlib.Path(folder))
            sell_once(shop)
            asyncio.run(sell_aside(shop))
        finally:
            sandbox.stop()
    print(f"fiskal {fiskal.__version__} sells on Python {sys.version.split()[0]}")


main()
