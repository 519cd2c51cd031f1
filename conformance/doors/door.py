"""The door program in Python: a line in, a line out, over the package's own methods.

See conformance/README.md. `python3 door.py`, with the package installed.
"""

import json
import sys
from decimal import Decimal
from typing import Any, Optional

import fiskal
from fiskal import _native

FIELDS = (
    "kind message retryable pointer file line operation sale http_status service_code service_message "
    "trace_id receipt"
).split()


class Door:
    """What is open at the door."""

    def __init__(self) -> None:
        self.path: Optional[str] = None
        self.client: Optional[fiskal.Client] = None

    def open(self, path: str) -> None:
        self.path, self.client = path, fiskal.open(path)

    def call(self, operation: str, params: str) -> Any:
        method = getattr(self.client, operation.replace(".", "_"))
        return method(**(json.loads(params) or {}))

    def raw(self, operation: str, params: str) -> Any:
        """Below the methods, as a second client of the open journal."""
        native, refused = _native.open_file(self.path)
        assert native is not None, refused
        try:
            answer = json.loads(native.call(operation, params))
        finally:
            native.close()
        if "error" in answer:
            raise fiskal.Error(answer["error"])
        return answer["result"]

    def close(self) -> None:
        if self.client is not None:
            self.client.close()
            self.client = None


def plain(value: Any, untouched: bool = False) -> Any:
    """As JSON has it: a receipt is the object that it is, an exact number a text.

    In the service's own answer, which stays untouched, only numbers with a point are exact numbers.
    """
    if isinstance(value, (dict, fiskal.Receipt)):
        return {key: plain(member, untouched or key == "answer") for key, member in dict(value).items()}
    if isinstance(value, list):
        return [plain(element, untouched) for element in value]
    if isinstance(value, Decimal):
        return float(value) if untouched else format(value, "f")
    return value


def told(error: fiskal.Error) -> Any:
    """The error's own attributes, where it has them."""
    members = {field: getattr(error, field) for field in FIELDS}
    return {field: value for field, value in members.items() if value is not None}


def main() -> None:
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    door = Door()
    for line in sys.stdin:
        what, *words = line.rstrip("\n").split("\t", 2)
        try:
            answer = {"result": getattr(door, what)(*words)}
        except fiskal.Error as error:
            answer = {"error": told(error)}
        print(json.dumps(plain(answer), ensure_ascii=False), flush=True)
    door.close()


main()
