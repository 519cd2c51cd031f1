"""Sells and calls through the Python package and tells how long each took, in nanoseconds:
door.py CONFIG NAME CALLS SALES"""

import sys
from time import perf_counter_ns

import fiskal


def main(config, name, calls, sales):
    with fiskal.open(config) as client:
        for _ in range(int(calls)):
            begun = perf_counter_ns()
            client.sale_list(register="till-1")
            print("call", perf_counter_ns() - begun)
        for number in range(int(sales)):
            begun = perf_counter_ns()
            with client.sale("till-1") as sale:
                sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5")
                sale.add("Tarte aux pommes", quantity=1, unit_price="18.00", vat="5.5")
                sale.add("Sac en tissu", quantity=1, unit_price="6.00", vat="20")
                sale.pay("cash", "26.40")
                receipt = sale.complete(number=f"{name}-{number}")
            print("sale", perf_counter_ns() - begun)
            assert receipt.state == "signed", receipt


main(*sys.argv[1:])
