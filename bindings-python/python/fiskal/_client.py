"""An open journal."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Tuple, Type, Union, cast

from . import _log, _native, types
from ._convert import check, result_of, to_json
from ._error import invalid
from ._operations import Operations
from ._sale import Sale, cart_of, members_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

Config = Union[str, "os.PathLike[str]", Mapping[str, Any]]
"""A configuration: the path of its file, or its keys."""


def open(config: Config, overrides: Optional[Mapping[str, Any]] = None) -> Client:
    """Opens a configuration and its journal.

    Args:
        config: The path of a configuration file (TOML or JSON), or the same keys as a dict.
        overrides: Keys that win over the file's, such as ``{"journal": "/var/lib/till/fiskal.db"}``.

    Raises:
        ConfigError: The configuration is wrong; ``file``, ``line`` and ``pointer`` say where.
        JournalError: The journal cannot be opened.
        ClosedError: The journal was open when this process was forked.

    Clients of one journal in one process share it; another process may open it at the same time.
    """
    return Client(open_native(config, overrides), name_of(config))


def open_native(config: Config, overrides: Optional[Mapping[str, Any]]) -> _native.Client:
    """Opens a configuration for a client of either kind."""
    _log.begin()
    try:
        client, refused = _open(config, overrides)
    finally:
        _log.after_call()
    check(refused)
    return cast(_native.Client, client)


def _open(
    config: Config, overrides: Optional[Mapping[str, Any]]
) -> Tuple[Optional[_native.Client], Optional[str]]:
    if isinstance(config, Mapping):
        if overrides is not None:
            raise TypeError("overrides go with a file; change the configuration itself")
        return _native.open_json(to_json(config))
    path = os.fspath(config)
    if not isinstance(path, str):
        raise TypeError("the path of a configuration is a str or an os.PathLike of one")
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise invalid(f"the path {path!r} is not Unicode; rename the file", "") from None
    return _native.open_file(path, None if overrides is None else to_json(overrides))


def name_of(config: Config) -> str:
    """How a client's ``repr`` names its configuration; it holds no secret."""
    return "with keys" if isinstance(config, Mapping) else repr(os.fspath(config))


class Client(Operations):
    """An open journal, through which registers sell.

    It may be used from several threads at once. Calls wait for the service without holding Python's
    lock, and Ctrl-C ends a wait: what was sent by then is settled by `sync`, or by asking again under
    the same id. In a forked child every call raises `ClosedError`; open a client after the fork.
    """

    def __init__(self, native: _native.Client, name: str) -> None:
        self._native = native
        self._name = name
        self._closed = False

    def sale(self, register: str, **options: Unpack[types.SaleOptions]) -> Sale:
        """Begins a sale on a register.

        ``options`` are the other members of a sale. ``id`` is the caller's own id of the sale, made if
        absent; ``cashier`` and ``training`` are fixed when the sale is begun.

            with client.sale("till-1", cashier={"id": "7", "name": "Anna"}) as sale:
                sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5")
                sale.pay("cash", "2.40")
                receipt = sale.complete(number="R-2026-0001")

        Left without `Sale.complete` having been tried, the block aborts the sale, unless it was kept by
        `Sale.save`.
        """
        params = to_json(members_of(options, register=register))
        begun = self._envelope("sale.begin", params)
        result_of("sale.begin", begun)
        return Sale(self, cart_of(params, begun), is_kept=False)

    def resume(self, sale: str, *, register: Optional[str] = None) -> Sale:
        """Goes on with a sale that was begun and has not ended, by any process, on any day.

        Args:
            sale: The sale's id.
            register: Its register; needed where several have a sale of this id.
        """
        found = self._envelope(
            "sale.resume", to_json(members_of({"register": register}, sale=sale))
        )
        result_of("sale.resume", found)
        return Sale(self, cart_of(None, found), is_kept=True)

    def call(self, operation: str, params: Optional[Mapping[str, Any]] = None) -> Any:
        """Does one named operation, such as ``"sale.complete"``, with these parameters.

        Each operation is also a method of its own: ``client.sale_complete(register="till-1", …)``.
        """
        return result_of(operation, self._envelope(operation, to_json(params)))

    def interrupt(self) -> None:
        """Lets all calls that wait return as if their patience had run out."""
        self._native.interrupt()

    def close(self) -> None:
        """Closes the client; calls under way come to their end. Closing again does nothing."""
        self._closed = True
        self._native.close()
        _log.after_call()

    def _call(self, operation: str, params: Dict[str, Any]) -> Any:
        return result_of(operation, self._envelope(operation, to_json(members_of(params))))

    def _envelope(self, operation: str, params: str) -> str:
        _log.before_call()
        try:
            return self._native.call(operation, params)
        finally:
            _log.after_call()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<fiskal.Client {}{}>".format(self._name, ", closed" if self._closed else "")
