"""The orders taken so far, and what each one costs."""

from __future__ import annotations

import hashlib
import hmac
import itertools
from dataclasses import asdict, dataclass

from orders.settings import Settings


@dataclass(frozen=True)
class Order:
    """One order; ``total`` is in hundredths of the currency."""

    number: int
    item: str
    quantity: int
    total: int
    currency: str
    confirmation: str


class Ledger:
    """Prices, numbers and signs orders."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._numbers = itertools.count(1)
        self._orders: list[Order] = []

    def place(self, item: str, quantity: int, unit_price: int) -> Order:
        """Take an order; ten or more of an item get the discount."""
        total = quantity * unit_price
        if quantity >= 10:
            total -= total * self._settings.discount_percent // 100
        number = next(self._numbers)
        order = Order(number, item, quantity, total, self._settings.currency, self._sign(number, total))
        self._orders.append(order)
        return order

    def page(self, page: int) -> list[dict[str, object]]:
        """One page of orders, the first being 1."""
        size = self._settings.page_size
        return [asdict(order) for order in self._orders[(page - 1) * size : page * size]]

    def _sign(self, number: int, total: int) -> str:
        text = f"{number}:{total}".encode()
        return hmac.new(self._settings.signing_key, text, hashlib.sha256).hexdigest()
