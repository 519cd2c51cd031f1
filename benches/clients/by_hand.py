"""The two requests of a sale on a client written by hand, which remembers nothing, and how long both took,
in nanoseconds: by_hand.py requests|httpx WHAT.json SALES"""

import json
import sys
import uuid
from time import perf_counter_ns


def session(library):
    if library == "requests":
        import requests

        session = requests.Session()
        session.trust_env = False
        return session
    import httpx

    return httpx.Client(trust_env=False)


def main(library, what, sales):
    with open(what, encoding="utf-8") as file:
        what = json.load(file)
    client = session(library)

    def record(body):
        headers = {
            "Authorization": f"Bearer {what['bearer']}",
            "X-Api-Version": what["version"],
            "X-Idempotency-Key": str(uuid.uuid4()),
        }
        answer = client.post(f"{what['url']}/records", json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    for _ in range(int(sales)):
        begun = perf_counter_ns()
        intention = record(what["intention"])
        receipt = what["receipt"]
        receipt["content"]["record"]["id"] = intention["content"]["id"]
        record(receipt)
        print("sale", perf_counter_ns() - begun)


main(*sys.argv[1:])
