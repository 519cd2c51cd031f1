"""Python's values to JSON and back: amounts are exact on both ways."""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Dict, List, Optional, Union

from ._decimals import RESULTS, SHAPES
from ._error import error_of, invalid

DEEPEST = 100
"""Values nested deeper than this are refused; the library itself reads 127 levels."""

_DECODER = json.JSONDecoder(parse_float=Decimal)


def to_json(value: Any, place: str = "") -> str:
    """The value as JSON text; ``place`` is the JSON pointer of the value itself."""
    return json.dumps(_plain(value, place, DEEPEST))


def result_of(operation: str, envelope: str) -> Any:
    """The result in an envelope, with its decimals and receipts; an error is raised."""
    opened = _DECODER.decode(envelope)
    if "error" in opened:
        raise error_of(opened["error"])
    shape = RESULTS.get(operation)
    return opened["result"] if shape is None else converted(opened["result"], shape)


def check(envelope: Optional[str]) -> None:
    """Raises the error in an envelope, if there is one."""
    if envelope is not None:
        raise error_of(_DECODER.decode(envelope)["error"])


def converted(value: Any, shape: Union[str, List[Any], Dict[str, Any]]) -> Any:
    """What came as JSON, with its decimals and receipts, which are where ``_decimals`` says."""
    if value is None:
        return None
    if shape == "decimal":
        return Decimal(value)
    if isinstance(shape, list):
        return [converted(each, shape[0]) for each in value]
    if isinstance(shape, dict):
        return {key: converted(each, shape["*"]) for key, each in value.items()}
    if shape == "Receipt":
        from ._receipt import Receipt

        return Receipt(value)
    members = SHAPES[shape]
    if isinstance(value, dict):
        return with_members(value, members)
    return converted(value, members[""]) if "" in members else value


def with_members(value: Dict[str, Any], members: Dict[str, Any]) -> Dict[str, Any]:
    """An object whose members have these shapes; those without a shape stay as they are."""
    return {
        key: converted(each, members[key]) if key in members else each
        for key, each in value.items()
    }


def _plain(value: Any, place: str, levels: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, float):
        raise TypeError(
            f"{_named(place)}: a float holds no exact amount; give a str or a decimal.Decimal"
        )
    if isinstance(value, (bytes, bytearray)):
        raise TypeError(f"{_named(place)}: bytes are no text; decode them")
    if hasattr(value, "__index__"):
        return _whole(operator.index(value), place)
    if levels == 0:
        raise invalid(f"this is nested too deep; at most {DEEPEST} levels are taken", place)
    if isinstance(value, Mapping):
        return _members(value, place, levels - 1)
    if isinstance(value, Sequence):
        return [_plain(each, f"{place}/{index}", levels - 1) for index, each in enumerate(value)]
    kind = type(value)
    raise TypeError(
        f"{_named(place)}: {kind.__module__}.{kind.__qualname__} has no JSON form; give a str, an int, a decimal.Decimal, a bool, None, "
        "a list or a dict"
    )


def _members(value: Mapping[Any, Any], place: str, levels: int) -> Dict[str, Any]:
    members = {}
    for key, each in value.items():
        if not isinstance(key, str):
            raise TypeError(f"{_named(place)}: the key {key!r} is no str")
        inner = "{}/{}".format(place, key.replace("~", "~0").replace("/", "~1"))
        members[_text(key, inner)] = _plain(each, inner, levels)
    return members


def _text(value: str, place: str) -> str:
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise invalid("the text holds half a character (a lone surrogate)", place) from None
    # The text of a str that is also an Enum, not its name.
    return str.__str__(value)


def _whole(value: int, place: str) -> int:
    if not -(2**63) <= value < 2**63:
        raise invalid("the number has more than 64 bits; give it as a str", place)
    return value


def _decimal(value: Decimal) -> str:
    # Written out, "1E+3" is "1000". What has hundreds of digits, or is no number, is refused as it stands.
    return format(value, "f") if abs(value.adjusted()) < 100 else str(value)


def _named(place: str) -> str:
    return place or "the value"
