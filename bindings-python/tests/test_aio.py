"""The same for asyncio."""

import asyncio
import threading
import time
from decimal import Decimal

import pytest

import fiskal
import fiskal.aio

from shop import CASH, CROISSANTS, sell, settle


def sold(client, number):
    return client.sale_complete(
        register="till-1",
        id=f"s-{number}",
        number=f"R-{number}",
        items=[CROISSANTS],
        payments=[CASH],
    )


def test_the_sale_of_the_guide(shop):
    async def main():
        async with fiskal.aio.open(shop.config) as client:
            async with client.sale("till-1", id="s-1") as sale:
                sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5")
                sale.pay("cash", "2.40")
                receipt = await sale.complete(number="R-2026-0001")
            assert repr(sale) == "<fiskal.aio.Sale 's-1'>"
            assert await client.receipt_get(id=receipt.id) == receipt
            assert await client.call("receipt.get", {"id": receipt.id}) == receipt
            return receipt

    receipt = asyncio.run(main())
    assert (receipt.state, receipt.number) == ("signed", "R-2026-0001")
    assert receipt.totals["gross"] == Decimal("2.40")


def test_it_can_be_awaited_instead_of_entered(shop):
    async def main():
        client = await fiskal.aio.open(shop.config)
        sale = await client.sale("till-1", id="table-7")
        sale.add("Soup", unit_price="6.00", vat="10")
        await sale.save()
        resumed = await client.resume("table-7", register="till-1")
        resumed.set(table="7")
        resumed.pay("card", "6.00")
        receipt = await resumed.complete(number="R-1")
        await client.close()
        with pytest.raises(fiskal.ClosedError):
            await client.status()
        assert repr(client).endswith(", closed>")
        return receipt

    assert asyncio.run(main()).items[0]["text"] == "Soup"


def test_a_block_that_raises_or_is_left_aborts_the_sale(shop):
    async def main():
        async with fiskal.aio.open(shop.config) as client:
            with pytest.raises(ZeroDivisionError):
                async with client.sale("till-1"):
                    1 / 0
            async with client.sale("till-1") as sale:
                sale.add("Soup", unit_price="6.00", vat="10")
            assert await client.sale_list() == {"sales": []}
            async with client.sale("till-1", id="s-1") as sale:
                await sale.save()
            with pytest.raises(ZeroDivisionError):
                async with client.resume("s-1"):
                    1 / 0
            assert [each["sale"] for each in (await client.sale_list())["sales"]] == ["s-1"]

    asyncio.run(main())


def test_errors_are_those_of_the_other_module(shop):
    async def main():
        with pytest.raises(fiskal.ConfigError):
            async with fiskal.aio.open("no-such-file.toml"):
                pass
        async with fiskal.aio.open(shop.config) as client:
            with pytest.raises(fiskal.InvalidError) as caught:
                await client.receipt_list(limit=0)
            assert caught.value.pointer == "/limit"
            with pytest.raises(TypeError, match="/rounding: a float"):
                await client.sale_complete(register="till-1", rounding=0.01)
            with pytest.raises(fiskal.NotFoundError):
                await client.resume("no such sale")

    asyncio.run(main())


def test_the_event_loop_is_never_blocked(shop):
    gaps = []

    async def tick():
        last = time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    async def main():
        ticking = asyncio.ensure_future(tick())
        async with fiskal.aio.open(shop.config) as client:
            await sold(client, 1)
        ticking.cancel()

    shop.sandbox.fault("delay", ms=700)
    asyncio.run(main())
    # The call takes 700 ms at least; a loop that it blocks ticks a handful of times.
    assert len(gaps) > 20
    assert max(gaps) < 0.5


def test_one_client_serves_many_requests(shop):
    async def main():
        async with fiskal.aio.open(shop.config) as client:
            return await asyncio.gather(*[sold(client, number) for number in range(30)])

    receipts = asyncio.run(main())
    assert [receipt.sale for receipt in receipts] == [f"s-{number}" for number in range(30)]
    assert len([each for each in shop.sandbox.booked() if each["number"]]) == 30


def test_a_cancelled_task_interrupts_its_call(shop):
    async def main():
        async with fiskal.aio.open(shop.config) as client:
            other = asyncio.ensure_future(client.status())
            task = asyncio.ensure_future(sold(client, 1))
            await asyncio.sleep(0.5)
            begun = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert time.monotonic() - begun < 1.5
            # Only its own.
            assert (await other)["registers"]

    shop.sandbox.fault("delay", ms=3_000)
    asyncio.run(main())
    with shop.open() as client:
        settle(client)
        assert sell(client, "s-1", "R-1").state == "signed"
    assert [each["times"] for each in shop.sandbox.booked() if each["number"]] == [1]


def test_a_timeout_ends_the_wait(shop):
    async def main():
        async with fiskal.aio.open(shop.config) as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(sold(client, 1), 0.5)

    shop.sandbox.fault("delay", ms=3_000)
    begun = time.monotonic()
    asyncio.run(main())
    assert time.monotonic() - begun < 2.5


def test_interrupt_ends_the_waiting_of_all(shop):
    async def main():
        async with fiskal.aio.open(shop.config) as client:
            tasks = [asyncio.ensure_future(sold(client, number)) for number in range(3)]
            await asyncio.sleep(0.5)
            begun = time.monotonic()
            client.interrupt()
            await asyncio.gather(*tasks, return_exceptions=True)
            assert time.monotonic() - begun < 1.5

    shop.sandbox.fault("delay", ms=3_000)
    asyncio.run(main())


def test_each_event_loop_hears_of_its_own_calls(shop):
    shop.open().close()
    client = fiskal.aio.Client(shop.open()._native, "shared")
    came = []

    def run(number):
        async def main():
            return await asyncio.gather(*[sold(client, 10 * number + each) for each in range(5)])

        came.extend(receipt.sale for receipt in asyncio.run(main()))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = [f"s-{10 * number + each}" for number in range(4) for each in range(5)]
    assert sorted(came) == sorted(expected)


def test_a_loop_that_was_closed_hears_nothing_more(shop):
    async def main():
        client = await fiskal.aio.open(shop.config)
        call, refused = client._native.start("status", "{}", 0)
        assert refused is None
        asyncio.ensure_future(sold(client, 1))
        await asyncio.sleep(0.2)
        return client

    shop.sandbox.fault("delay", ms=500)
    loop = asyncio.new_event_loop()
    client = loop.run_until_complete(main())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(1))
    loop.close()
    assert asyncio.run(client.status())["registers"]
