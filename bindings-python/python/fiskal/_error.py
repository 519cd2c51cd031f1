"""The base of all exceptions of this package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Tuple, Type

if TYPE_CHECKING:
    from ._receipt import Receipt


class Error(Exception):
    """What went wrong, with the facts beside it.

    Catch this class for every error of the library, or one of its subclasses, of which there is one
    for each kind. An error of a kind that this version does not know is an ``Error`` itself.

    >>> import fiskal
    >>> try:
    ...     fiskal.open("no-such-file.toml")
    ... except fiskal.ConfigError as error:
    ...     print(error.kind, error.file, error.retryable)
    config no-such-file.toml False
    """

    kind: str
    """What went wrong: ``invalid``, ``config``, ``refused``, …"""
    message: str
    """One sentence that says what happened and what to do."""
    retryable: bool
    """Whether the same call may succeed later without a change by the caller."""
    pointer: Optional[str]
    """JSON pointer (RFC 6901) to the field of the input, such as ``/items/0/vat``."""
    file: Optional[str]
    """The file that is wrong."""
    line: Optional[int]
    """The line in that file, from 1."""
    operation: Optional[str]
    """The id of the operation in the journal."""
    sale: Optional[str]
    """The caller's sale id."""
    http_status: Optional[int]
    """The HTTP status of the service's answer."""
    service_code: Optional[str]
    """The service's own error code."""
    service_message: Optional[str]
    """The service's own words."""
    trace_id: Optional[str]
    """The service's id of the exchange, for its support desk."""

    def __init__(self, details: Mapping[str, Any]) -> None:
        self.details: Dict[str, Any] = dict(details)
        """All fields as the library told them."""
        self.kind = details["kind"]
        self.message = details["message"]
        self.retryable = details["retryable"]
        self.pointer = details.get("pointer")
        self.file = details.get("file")
        self.line = details.get("line")
        self.operation = details.get("operation")
        self.sale = details.get("sale")
        self.http_status = details.get("http_status")
        self.service_code = details.get("service_code")
        self.service_message = details.get("service_message")
        self.trace_id = details.get("trace_id")
        super().__init__(self.message)

    @property
    def receipt(self) -> Optional[Receipt]:
        """For ``mismatch``: the receipt that was booked all the same."""
        from ._receipt import Receipt

        raw = self.details.get("receipt")
        return None if raw is None else Receipt(raw)

    def __str__(self) -> str:
        if self.file is not None:
            line = "" if self.line is None else f":{self.line}"
            return f"{self.message} ({self.file}{line})"
        if self.pointer:
            return f"{self.message} (at {self.pointer})"
        return self.message

    def __reduce__(self) -> Tuple[Type[Error], Tuple[Dict[str, Any]]]:
        return type(self), (self.details,)


def error_of(details: Mapping[str, Any]) -> Error:
    """The exception for these fields."""
    from ._kinds import BY_KIND

    return BY_KIND.get(details["kind"], Error)(details)


def invalid(message: str, pointer: str) -> Error:
    """The exception for input that cannot be told to the library."""
    return error_of({"kind": "invalid", "message": message, "retryable": False, "pointer": pointer})
