"""What a till in Austria does in a day: a sale, its cancellation, the receipt over nothing for an
inspector, and a look at what has to be done by when. The configuration is that of docs/sign-at.md:

    python austria.py fiskal.toml
"""

import sys

import fiskal

REGISTER = "till-1"


def sell(client):
    """The rate decides the container of the RKSV: STANDARD, REDUCED_1, SPECIAL."""
    with client.sale(REGISTER, cashier={"id": "7", "name": "Anna"}) as sale:
        sale.add("Melange", quantity=2, unit_price="4.20", vat="20")
        sale.add("Sachertorte", unit_price="5.50", vat="10")
        sale.add("Bauernbrot", unit_price="3.10", vat="4.9")
        sale.pay("cash", "17.00", tendered="20.00")
        return sale.complete()


def hand_over(receipt):
    """Prints a receipt with its QR code, and what the service made on the way, such as a month's end."""
    for made in receipt.also + [receipt]:
        print(made.to_text(), end="")
        if made.qr:
            print(made.qr.terminal())


def main(config):
    with fiskal.open(config) as client:
        receipt = sell(client)
        hand_over(receipt)
        hand_over(client.receipt_cancel(id=receipt.id, reason="wrong table"))
        hand_over(client.receipt_zero(register=REGISTER))
        for register in client.status(register=REGISTER)["registers"]:
            for duty in register["duties"]:
                print(f"{duty['due']}: {duty['todo']}")


if len(sys.argv) != 2:
    sys.exit(f"usage: python {sys.argv[0]} CONFIG")
try:
    main(sys.argv[1])
except fiskal.Error as error:
    sys.exit(f"{error.kind}: {error}")
