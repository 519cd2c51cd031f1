"""A sale put together call by call."""

from __future__ import annotations

import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Type, Union, cast

from . import _log, _native, types
from ._convert import check, result_of, to_json
from ._error import Error
from ._receipt import Receipt

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._client import Client

    Given = Union[Mapping[str, Any], types.SaleOptions, types.ItemOptions, types.PaymentOptions]


def members_of(options: Given, **members: Any) -> Dict[str, Any]:
    """Members of a JSON object; what is None is left out."""
    given = dict(members, **options)
    return {key: value for key, value in given.items() if value is not None}


def cart_of(sale: Optional[str], envelope: str) -> _native.Cart:
    """The cart of the sale that was begun with these members, or, without, was found again."""
    result = envelope[len('{"result":') : -1]
    if sale is None:
        cart, refused = _native.Cart.resumed(result)
    else:
        cart, refused = _native.Cart.begun(sale, result)
    check(refused)
    return cast(_native.Cart, cart)


class Cart:
    """What is sold and how it is paid, before the sale is completed."""

    def __init__(self, cart: _native.Cart, is_kept: bool) -> None:
        self._cart = cart
        # Whether the journal has what was added, whether something was added since, and whether it
        # is too late to abort.
        self._is_kept = is_kept
        self._is_changed = False
        self._is_ended = False

    @property
    def id(self) -> str:
        """The sale's id."""
        return self._cart.id

    def add(
        self,
        text: str,
        *,
        unit_price: types.DecimalParam,
        vat: types.VatParams,
        quantity: types.DecimalParam = 1,
        **options: Unpack[types.ItemOptions],
    ) -> None:
        """Adds an item.

        Args:
            text: What it is, 1 to 250 characters.
            unit_price: The price of one unit in euros, VAT included: a str, an int or a Decimal.
            vat: A percentage, such as ``"5.5"``, or a dict such as ``{"exempt": "export"}``.
            quantity: How much of it; negative for what is taken back.
            options: The item's other members, such as ``discounts`` and ``article``.

        Raises:
            InvalidError: ``pointer`` names the field; the sale stays as it was.
        """
        item = members_of(options, text=text, quantity=quantity, unit_price=unit_price, vat=vat)
        check(self._cart.add_item(to_json(item)))
        self._is_changed = True

    def pay(
        self,
        method: types.PaymentMethod,
        amount: types.DecimalParam,
        **options: Unpack[types.PaymentOptions],
    ) -> None:
        """Adds a payment.

        Args:
            method: ``cash``, ``card``, ``meal_voucher``, …
            amount: What is paid with it, in euros.
            options: The payment's other members, such as ``tendered`` and ``card``.

        Raises:
            InvalidError: ``pointer`` names the field; the sale stays as it was.
        """
        check(self._cart.add_payment(to_json(members_of(options, method=method, amount=amount))))
        self._is_changed = True

    def set(self, **options: Unpack[types.SaleOptions]) -> None:
        """Sets members of the sale, such as ``customer`` or ``table``; None takes one away.

        Raises:
            InvalidError: ``pointer`` names the field; the sale stays as it was.
        """
        check(self._cart.set(to_json(options)))
        self._is_changed = True

    def _complete_params(self, options: types.SaleOptions) -> str:
        check(self._cart.set(to_json(members_of(options))))
        self._is_ended = True
        return self._cart.params()

    def _kept(self) -> None:
        self._is_kept = True
        self._is_changed = False

    def _is_to_abort(self, error: Optional[BaseException]) -> bool:
        """Whether the sale ends with its block; one that was kept stays open."""
        if self._is_ended:
            return False
        if self._is_kept and self._is_changed and error is None:
            message = "the sale {!r} was left with changes that are not saved; call save() first"
            warnings.warn(message.format(self.id), RuntimeWarning, stacklevel=3)
        return not self._is_kept

    def _not_aborted(self, error: Error) -> None:
        _log.logger.warning("the sale %s was not aborted: %s", self.id, error)

    def __repr__(self) -> str:
        return "<{}.{} {!r}>".format(
            type(self).__module__.replace("._sale", ""), type(self).__name__, self.id
        )


class Sale(Cart):
    """A begun sale; from `Client.sale` or `Client.resume`. One thread at a time may use it."""

    def __init__(self, client: Client, cart: _native.Cart, *, is_kept: bool) -> None:
        super().__init__(cart, is_kept)
        self._client = client

    def save(self) -> None:
        """Keeps what was added, so that the sale can be resumed with it, by any process, on any day."""
        self._do("sale.update", self._cart.params())
        self._kept()

    def complete(self, **options: Unpack[types.SaleOptions]) -> Receipt:
        """Completes the sale and gives its receipt. Called again, it gives the same receipt.

        ``options`` are further members of the sale, such as ``number`` and ``customer``.
        """
        return cast(Receipt, self._do("sale.complete", self._complete_params(options)))

    def abort(self, reason: Optional[str] = None) -> None:
        """Ends the sale without a receipt; the reason is for the records, at most 128 characters."""
        self._is_ended = True
        self._do("sale.abort", self._cart.abort_params(reason))

    def _do(self, operation: str, params: str) -> Any:
        return result_of(operation, self._client._envelope(operation, params))

    def __enter__(self) -> Sale:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if not self._is_to_abort(error):
            return
        try:
            self.abort()
        except Error as trouble:
            if error is None:
                raise
            # What went wrong in the block is what the caller must hear of.
            self._not_aborted(trouble)
