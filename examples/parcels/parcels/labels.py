"""A label: what is stuck on a parcel, with a signature that a scanner can check."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """One label; ``price`` is in hundredths of the currency."""

    parcel: str
    grams: int
    price: int
    signature: str


def sign(key: bytes, parcel: str, grams: int, price: int) -> Label:
    """A signed label."""
    text = f"{parcel}:{grams}:{price}".encode()
    return Label(parcel, grams, price, hmac.new(key, text, hashlib.sha256).hexdigest())
