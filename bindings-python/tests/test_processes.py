"""Processes that fork, and processes that end."""

import multiprocessing
import os
import subprocess
import time

import pytest

import fiskal

from shop import python, sell, settle

FORKING = """
import asyncio, gc, os, sys, warnings, fiskal
# From 3.12 on Python warns of every fork of a process with threads, as this one has.
warnings.simplefilter("ignore", DeprecationWarning)

def kind(call, *arguments):
    try:
        call(*arguments)
        return "ok"
    except fiskal.Error as error:
        return error.kind

async def status(client):
    await client.status()

async def open_aside(config):
    async with fiskal.aio.open(config) as client:
        await client.status()

config, other = sys.argv[1:]
client = fiskal.open(config)
aside = asyncio.run(fiskal.aio.open(config).__aenter__())
asyncio.run(status(aside))
sale = client.sale("till-1")
receipt = client.sale_complete(register="till-1", id="s-0", number="S-0", items=[{"text": "Croissant",
    "quantity": "2", "unit_price": "1.20", "vat": "5.5"}], payments=[{"method": "cash", "amount": "2.40"}])
child = os.fork()
if child == 0:
    # The parent's journal is closed to the child, whichever way it is asked.
    kinds = [kind(client.status), kind(sale.save), kind(fiskal.open, config)]
    kinds += [kind(asyncio.run, status(aside)), kind(asyncio.run, open_aside(config))]
    # What needs none works, and so does another one.
    assert "2.40" in receipt.to_text().replace(",", ".")
    with fiskal.open(config, {"journal": other}) as own:
        kinds.append(kind(own.provision))
    client.interrupt()
    client.close()
    del client, aside, sale
    gc.collect()
    print(*kinds, flush=True)
    sys.exit(0)
print("child", os.waitpid(child, 0)[1], flush=True)
# The parent's client is as it was.
sale.abort()
print(client.sale_list()["sales"], flush=True)
asyncio.run(status(aside))
client.close()
"""

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


@forks
def test_a_forked_child_is_told_and_does_not_hang(shop):
    done = shop.run(FORKING, shop.config, shop.folder / "child.db")
    assert done.returncode == 0, done.stderr
    told, child, sales = done.stdout.splitlines()
    assert told == "closed closed closed closed closed ok"
    assert (child, sales) == ("child 0", "[]")


def sell_in_child(config, number, answers):
    try:
        with fiskal.open(config) as client:
            answers.put(sell(client, f"s-{number}"))
    except fiskal.Error as error:
        answers.put(error)


def answers_of(context, config):
    answers = context.Queue()
    processes = [
        context.Process(target=sell_in_child, args=(config, number, answers)) for number in range(2)
    ]
    for process in processes:
        process.start()
    came = [answers.get(timeout=50) for _ in processes]
    for process in processes:
        process.join(50)
        assert process.exitcode == 0
    return came


def test_processes_that_are_spawned_sell_on_one_journal(client, shop):
    sell(client, "s-9")
    came = answers_of(multiprocessing.get_context("spawn"), str(shop.config))
    assert sorted(receipt.sale for receipt in came) == ["s-0", "s-1"]
    assert client.journal_verify()["misfit"] is None


@forks
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_processes_that_are_forked_get_an_exception(client, shop):
    came = answers_of(multiprocessing.get_context("fork"), str(shop.config))
    assert [type(error) for error in came] == [fiskal.ClosedError, fiskal.ClosedError]
    assert sell(client, "s-9").state == "signed"


ENDING = """
import sys, threading, time, fiskal
config, how = sys.argv[1:]
client = fiskal.open(config)

def sell(number):
    with client.sale("till-1") as sale:
        sale.add("Croissant", unit_price="1.20", vat="5.5")
        sale.pay("cash", "1.20")
        sale.complete(number="R-%d" % number)

def run_loop():
    import asyncio
    async def many():
        async with fiskal.aio.open(config) as client:
            await asyncio.gather(*[client.sale_begin(register="till-1") for _ in range(20)])
    asyncio.run(many())

if how != "idle":
    for number in range(4):
        threading.Thread(target=sell, args=(number,), daemon=True).start()
    threading.Thread(target=run_loop, daemon=True).start()
    time.sleep(0.4)
print("ending", flush=True)
if how == "raising":
    raise SystemExit(3)
"""


@pytest.mark.parametrize("how, status", [("idle", 0), ("selling", 0), ("raising", 3)])
def test_an_interpreter_ends_with_an_open_client(shop, how, status):
    if how != "idle":
        shop.sandbox.fault("delay", ms=20_000, count=100)
    begun = time.monotonic()
    done = shop.run(ENDING, shop.config, how)
    assert (done.returncode, done.stdout, done.stderr) == (status, "ending\n", "")
    assert time.monotonic() - begun < 15


def test_what_a_killed_process_had_sent_is_settled(shop):
    shop.sandbox.fault("delay", ms=3_000)
    command = python(ENDING + "\ntime.sleep(60)", shop.config, "selling")
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ending\n"
        process.kill()
    with shop.open() as client:
        settle(client)
        assert client.journal_verify()["misfit"] is None
