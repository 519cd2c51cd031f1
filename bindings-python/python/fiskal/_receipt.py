"""What came back, and what must be printed."""

from __future__ import annotations

import html
import json
import os
from decimal import Decimal
from typing import Any, Dict, Iterator, KeysView, List, Optional, Tuple, Type, Union, cast

from . import _native
from ._convert import check, with_members
from ._decimals import SHAPES
from ._receipt_fields import ReceiptFields


class Receipt(ReceiptFields):
    """A receipt: what came back from the service, and what must be printed.

    Its members are attributes, named as in JSON: ``receipt.state``, ``receipt.totals["gross"]``. They
    can be had by key, too: ``receipt["state"]``; ``dict(receipt)`` has them all. Amounts, rates and
    quantities are `decimal.Decimal`, times are texts (RFC 3339).

    A receipt has no ties to the client that gave it: it can be kept, pickled, sent to another process
    and printed there.
    """

    def __init__(self, members: Dict[str, Any]) -> None:
        """From the members of a receipt's JSON; `from_json` reads text."""
        self._raw = members
        self._data = with_members(members, SHAPES["Receipt"])

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """The receipt that `json` wrote. One that is none is noticed when it is printed."""
        return cls(json.loads(text, parse_float=Decimal))

    @property
    def json(self) -> str:
        """The receipt as JSON text, as it is in every language."""
        return json.dumps(self._raw, ensure_ascii=False, default=_number)

    @property
    def qr(self) -> Optional[Qr]:
        """The QR code that must be printed; None where there is none."""
        return None if self._data.get("qr") is None else Qr(self)

    @property
    def also(self) -> List[Receipt]:
        """Receipts that the service made on the way, such as Austrian month ends."""
        return cast(List[Receipt], self._data["also"])

    def to_text(self, columns: int = 42) -> str:
        """The receipt as plain text for paper of so many columns, 24 to 80."""
        return self._print("text", columns).decode("utf-8")

    def to_html(self) -> str:
        """The receipt as an HTML page."""
        return self._print("html", 42).decode("utf-8")

    def to_escpos(self, columns: int = 42) -> bytes:
        """Commands for a receipt printer (ESC/POS) with paper of so many columns, 24 to 80."""
        return self._print("escpos", columns)

    def _print(self, paper: str, columns: int) -> bytes:
        printed, refused = _native.print_receipt(self.json, paper, columns)
        check(refused)
        return cast(bytes, printed)

    def get(self, key: str, default: Any = None) -> Any:
        """The member of this name, or ``default``."""
        return self._data.get(key, default)

    def keys(self) -> KeysView[str]:
        """The names of the members."""
        return self._data.keys()

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __contains__(self, key: object) -> bool:
        return key in self._data

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __eq__(self, other: object) -> bool:
        return self._raw == other._raw if isinstance(other, Receipt) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._raw.get("id"))

    def __reduce__(self) -> Tuple[Type[Receipt], Tuple[Dict[str, Any]]]:
        return type(self), (self._raw,)

    def __repr__(self) -> str:
        raw = self._raw
        return "<fiskal.Receipt {} {} {}, {} {}, {} EUR>".format(
            raw.get("id"),
            raw.get("state"),
            raw.get("type"),
            raw.get("register"),
            raw.get("number") or "without a number",
            raw.get("totals", {}).get("gross"),
        )

    def _repr_html_(self) -> str:
        # In a frame of its own, so that the page's style stays its own.
        return f'<iframe srcdoc="{html.escape(self.to_html())}" width="420" height="640"></iframe>'


class Qr:
    """The QR code of a receipt."""

    def __init__(self, receipt: Receipt) -> None:
        self._receipt = receipt
        qr = receipt["qr"]
        self.payload: str = qr["payload"]
        """What it says."""
        self.error_correction: str = qr["error_correction"]
        """How much of it may be unreadable: ``L``, ``M``, ``Q`` or ``H``."""
        self.min_mm: int = qr["min_mm"]
        """The least width on paper without its quiet zone, in millimetres."""

    def save(self, path: Union[str, os.PathLike[str]], module_px: int = 8) -> None:
        """Writes it to a file, as PNG or SVG by the file's name. ``module_px`` is for PNG: see `png`."""
        name = os.fspath(path)
        kind = os.path.splitext(name)[1].lower()
        if kind not in (".png", ".svg"):
            raise ValueError(f"a QR code is saved as .png or .svg, not as {name!r}")
        image = self.png(module_px) if kind == ".png" else self.svg().encode("utf-8")
        with open(name, "wb") as file:
            file.write(image)

    def png(self, module_px: int = 8) -> bytes:
        """A PNG image whose modules are so many pixels wide, 1 to 64."""
        return self._draw("png", module_px)

    def svg(self) -> str:
        """An SVG image."""
        return self._draw("svg").decode("utf-8")

    def escpos(self) -> bytes:
        """Commands by which a receipt printer draws it (ESC/POS)."""
        return self._draw("escpos")

    def terminal(self) -> str:
        """Half blocks for a terminal."""
        return self._draw("terminal").decode("utf-8")

    def _draw(self, image: str, module_px: int = 8) -> bytes:
        drawn, refused = _native.draw_qr(self._receipt.json, image, module_px)
        check(refused)
        return cast(bytes, drawn)

    def _repr_svg_(self) -> str:
        return self.svg()

    def __repr__(self) -> str:
        return f"<fiskal.Qr {self.payload!r}>"


def _number(value: Any) -> float:
    """A number with a point of the service's own answer, as JSON has it."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} has no JSON form")
