"""A till hands over a sale; fiskal books it with the country's fiscal service and hands back what must
be printed. Whatever happens in between, nothing is lost and nothing is booked twice.

    import fiskal

    with fiskal.open("fiskal.toml") as client:
        with client.sale("till-1") as sale:
            sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5")
            sale.pay("cash", "2.40")
            receipt = sale.complete(number="R-2026-0001")
        print(receipt.state, receipt.signature)
        if receipt.qr:
            receipt.qr.save("qr.png")

Amounts, rates and quantities are `str`, `int` or `decimal.Decimal` going in and `decimal.Decimal` coming
out; a float raises `TypeError`. Every error is an `Error`. ``fiskal.aio`` is the same for asyncio. The
core logs to ``logging.getLogger("fiskal")``.
"""

from typing import TYPE_CHECKING, Any

from . import _native, types
from ._client import Client, open
from ._error import Error
from ._kinds import (
    BusyError,
    ClosedError,
    ConfigError,
    ConflictError,
    InternalError,
    InvalidError,
    JournalError,
    MismatchError,
    NotFoundError,
    NotReadyError,
    RefusedError,
    UnauthorizedError,
    UnknownOutcomeError,
    UnreachableError,
)
from ._receipt import Qr, Receipt
from ._sale import Sale

if TYPE_CHECKING:
    from . import aio

__all__ = [
    "BusyError",
    "Client",
    "ClosedError",
    "ConfigError",
    "ConflictError",
    "Error",
    "InternalError",
    "InvalidError",
    "JournalError",
    "MismatchError",
    "NotFoundError",
    "NotReadyError",
    "Qr",
    "Receipt",
    "RefusedError",
    "Sale",
    "UnauthorizedError",
    "UnknownOutcomeError",
    "UnreachableError",
    "aio",
    "open",
    "types",
]

__version__ = _native.__version__

# Where they are looked for: `fiskal.InvalidError`, not `fiskal._kinds.InvalidError`.
for _name in __all__:
    if _name not in ("aio", "open", "types"):
        globals()[_name].__module__ = __name__
del _name


def __getattr__(name: str) -> Any:
    # Who does not use asyncio does not wait for its import.
    if name == "aio":
        import importlib

        return importlib.import_module(".aio", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
