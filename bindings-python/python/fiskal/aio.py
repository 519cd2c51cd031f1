"""The same for asyncio: nothing here blocks the event loop.

    async with fiskal.aio.open("fiskal.toml") as client:
        async with client.sale("till-1") as sale:
            sale.add("Croissant", quantity=2, unit_price="1.20", vat="5.5")
            sale.pay("cash", "2.40")
            receipt = await sale.complete(number="R-2026-0001")

Cancelling a task interrupts its call: the task ends when the call has let go, which is soon. What was
sent by then is settled by ``sync``, or by asking again under the same id.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Coroutine,
    Dict,
    Generator,
    Generic,
    Mapping,
    Optional,
    Type,
    TypeVar,
    Union,
    cast,
)

from . import _ended, _log, _native, types
from ._async_operations import AsyncOperations
from ._client import Config, name_of, open_native
from ._convert import result_of, to_json
from ._error import Error
from ._receipt import Receipt
from ._sale import Cart, cart_of, members_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

__all__ = ["Client", "Sale", "open"]

_T = TypeVar("_T", bound="Union[Client, Sale]")


class _Opening(Generic[_T]):
    """What can be awaited, or entered by ``async with``."""

    def __init__(self, make: Callable[[], Coroutine[Any, Any, _T]]) -> None:
        self._make = make
        self._made: Optional[_T] = None

    def __await__(self) -> Generator[Any, None, _T]:
        return self._make().__await__()

    async def __aenter__(self) -> _T:
        self._made = await self._make()
        return self._made

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if self._made is not None:
            await self._made.__aexit__(kind, error, trace)


def open(config: Config, overrides: Optional[Mapping[str, Any]] = None) -> _Opening[Client]:
    """Opens a configuration and its journal, as `fiskal.open` does; to be awaited or entered."""

    async def make() -> Client:
        native = await _aside(lambda: open_native(config, overrides))
        return Client(native, name_of(config))

    return _Opening(make)


async def _aside(work: Callable[[], Any]) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, work)


class Client(AsyncOperations):
    """An open journal, through which registers sell. Any number of tasks may use it at once."""

    def __init__(self, native: _native.Client, name: str) -> None:
        self._native = native
        self._name = name
        self._closed = False

    def sale(self, register: str, **options: Unpack[types.SaleOptions]) -> _Opening[Sale]:
        """Begins a sale, as `fiskal.Client.sale` does; to be awaited or entered by ``async with``."""

        async def make() -> Sale:
            params = to_json(members_of(options, register=register))
            begun = await self._envelope("sale.begin", params)
            result_of("sale.begin", begun)
            return Sale(self, cart_of(params, begun), is_kept=False)

        return _Opening(make)

    def resume(self, sale: str, *, register: Optional[str] = None) -> _Opening[Sale]:
        """Goes on with a begun sale, as `fiskal.Client.resume` does; to be awaited or entered."""

        async def make() -> Sale:
            params = to_json(members_of({"register": register}, sale=sale))
            found = await self._envelope("sale.resume", params)
            result_of("sale.resume", found)
            return Sale(self, cart_of(None, found), is_kept=True)

        return _Opening(make)

    async def call(self, operation: str, params: Optional[Mapping[str, Any]] = None) -> Any:
        """Does one named operation, such as ``"sale.complete"``, with these parameters."""
        return result_of(operation, await self._envelope(operation, to_json(params)))

    def interrupt(self) -> None:
        """Lets all calls that wait return as if their patience had run out."""
        self._native.interrupt()

    async def close(self) -> None:
        """Closes the client; calls under way come to their end. Closing again does nothing."""
        self._closed = True
        await _aside(self._native.close)
        _log.after_call()

    async def _call(self, operation: str, params: Dict[str, Any]) -> Any:
        return result_of(operation, await self._envelope(operation, to_json(members_of(params))))

    async def _envelope(self, operation: str, params: str) -> str:
        _log.before_call()
        end = asyncio.get_running_loop().create_future()
        number = _ended.expect(end)
        try:
            call, refused = self._native.start(operation, params, number)
            if call is None:
                return cast(str, refused)
            try:
                await asyncio.wait([end])
            except asyncio.CancelledError:
                call.interrupt()
                # Cancelled again, it waits no longer.
                await asyncio.wait([end])
                raise
            return call.wait()
        finally:
            _ended.forget(number)
            _log.after_call()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return "<fiskal.aio.Client {}{}>".format(self._name, ", closed" if self._closed else "")


class Sale(Cart):
    """A begun sale; from `Client.sale` or `Client.resume`. One task at a time may use it."""

    def __init__(self, client: Client, cart: _native.Cart, *, is_kept: bool) -> None:
        super().__init__(cart, is_kept)
        self._client = client

    async def save(self) -> None:
        """Keeps what was added, so that the sale can be resumed with it, by any process, on any day."""
        await self._do("sale.update", self._cart.params())
        self._kept()

    async def complete(self, **options: Unpack[types.SaleOptions]) -> Receipt:
        """Completes the sale and gives its receipt. Called again, it gives the same receipt.

        ``options`` are further members of the sale, such as ``number`` and ``customer``.
        """
        return cast(Receipt, await self._do("sale.complete", self._complete_params(options)))

    async def abort(self, reason: Optional[str] = None) -> None:
        """Ends the sale without a receipt; the reason is for the records, at most 128 characters."""
        self._is_ended = True
        await self._do("sale.abort", self._cart.abort_params(reason))

    async def _do(self, operation: str, params: str) -> Any:
        return result_of(operation, await self._client._envelope(operation, params))

    async def __aenter__(self) -> Sale:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if not self._is_to_abort(error):
            return
        try:
            await self.abort()
        except Error as trouble:
            if error is None:
                raise
            # What went wrong in the block is what the caller must hear of.
            self._not_aborted(trouble)
