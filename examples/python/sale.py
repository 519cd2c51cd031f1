"""A sale at a till, in Python:

    pip install fiskal-0.1.0-cp38-abi3-*.whl
    python sale.py fiskal.toml R-2026-0001
"""

import sys

import fiskal


def sell(client, number):
    with client.sale("till-1") as sale:  # aborted if an item or a payment is wrong
        sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5")
        sale.add("Café", unit_price="1.50", vat="10")
        sale.pay("cash", "3.90", tendered="5.00")
        return sale.complete(number=number)


def print_receipt(receipt):
    """Prints the receipt, and saves the QR code where the country has one on paper."""
    print(receipt.to_text(), end="")
    if receipt.qr:
        receipt.qr.save("qr.png", module_px=4)


def main(config, number):
    try:
        with fiskal.open(config) as client:
            print_receipt(sell(client, number))
    except fiskal.MismatchError as error:
        print_receipt(error.receipt)  # it is booked: hand it over, and do not sell again
        sys.exit(f"{error.kind}: {error}")
    except fiskal.Error as error:
        sys.exit(f"{error.kind}: {error}")


if len(sys.argv) != 3:
    sys.exit(f"usage: python {sys.argv[0]} CONFIG NUMBER")
main(*sys.argv[1:])
