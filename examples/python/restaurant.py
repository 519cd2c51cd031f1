"""A table in a restaurant, from the first order to the bill that two guests share.

Each step is a program of its own, as if the till had been switched off in between:

    python restaurant.py fiskal.toml seat 7
    python restaurant.py fiskal.toml order 7
    python restaurant.py fiskal.toml bill 7
    python restaurant.py fiskal.toml reprint 7
"""

import sys
from decimal import Decimal

import fiskal

REGISTER = "till-1"


def seat(client, table):
    """Opens a table; `save` keeps it, so that it stays open when the block is left."""
    with client.sale(REGISTER, id=f"table-{table}", table=table) as sale:
        sale.add("Soupe à l'oignon", quantity=2, unit_price="7.50", vat="10")
        sale.add("Bordeaux", unit_price="28.00", vat="20")
        sale.save()
    print(f"table {table} is open")


def order(client, table):
    """Goes on with the table."""
    with client.resume(f"table-{table}") as sale:
        sale.add("Crème brûlée", quantity=2, unit_price="6.50", vat="10")
        sale.save()
    for item in items_of(client, table):
        print(item["quantity"], item["text"])


def bill(client, table):
    """Splits the table into two sales. One guest takes one of each, the other one what is left."""
    ordered = items_of(client, table)
    shared = [dict(item, quantity=1) for item in ordered if item["quantity"] == 2]
    rest = [dict(item, quantity=item["quantity"] - 1) for item in ordered if item["quantity"] == 2]
    rest += [item for item in ordered if item["quantity"] == 1]

    with client.sale(REGISTER, id=f"table-{table}-2", table=table, items=shared) as sale:
        sale.pay("card", due(shared))
        show(sale.complete(number=f"R-{table}-2"))
    with client.resume(f"table-{table}") as sale:
        sale.set(items=rest)
        sale.pay("cash", due(rest), tendered=50)
        show(sale.complete(number=f"R-{table}-1"))


def reprint(client, table):
    """Prints the bills again."""
    for number in (1, 2):
        show(client.receipt_get(register=REGISTER, number=f"R-{table}-{number}"))


def items_of(client, table):
    return client.sale_resume(sale=f"table-{table}")["cart"]["items"]


def due(items):
    return sum((item["quantity"] * item["unit_price"] for item in items), Decimal(0))


def show(receipt):
    print(receipt.to_text(), end="")


STEPS = {"seat": seat, "order": order, "bill": bill, "reprint": reprint}

if len(sys.argv) != 4 or sys.argv[2] not in STEPS:
    sys.exit(f"usage: python {sys.argv[0]} CONFIG {'|'.join(STEPS)} TABLE")
try:
    with fiskal.open(sys.argv[1]) as opened:
        STEPS[sys.argv[2]](opened, sys.argv[3])
except fiskal.Error as error:
    sys.exit(f"{error.kind}: {error}")
