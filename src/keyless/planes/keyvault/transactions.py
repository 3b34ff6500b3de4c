"""Towards which of a vault's limits an operation counts, and what it weighs there.

Rules:
- making a secret and importing a key or a certificate have one limit together; whatever is about no key and
  is none of these has another;
- transactions on keys have a limit that is stated for each type of key by itself. They are weighed so that
  their sum has one: with what a vault answers for one RSA-4096 key in an HSM it answers for eight RSA-2048
  keys there, or for sixteen in software;
- making keys (and versions of them, and releasing them) has another, in which a key of an HSM weighs twice;
- a key of a type for which nothing is stated, or that is not there, weighs what the lightest does.

Source: https://learn.microsoft.com/azure/key-vault/general/service-limits
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from keyless.catalog.limits import KeyRates, KeyTransactions, limits
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.wire.throttle import CountedAt, Counts, Pool, Weigh

_LIMITS = limits().key_vault


def _pool(name: str, units: int, heaviest: int = 1) -> Pool:
    return Pool(name, units, _LIMITS.window_s, _LIMITS.subscription_times, heaviest)


def _units(rate: Callable[[KeyRates], int]) -> int:
    """The units of a pool in which every stated rate is a whole number of them."""
    every = _LIMITS.key_transactions.values()
    return math.lcm(*(rate(one) for kind in every for one in (kind.hsm, kind.software)))


def _creates(rates: KeyRates) -> int:
    return rates.creates_per_window


def _others(rates: KeyRates) -> int:
    return rates.others_per_window


def weights(rate: Callable[[KeyRates], int], *, hsm: bool) -> Mapping[str, int]:
    """What a transaction weighs, by type and size of the key (`RSA-2048`) or its curve (`P-256`)."""
    return {name: _units(rate) // rate(_of(kind, hsm)) for name, kind in _LIMITS.key_transactions.items()}


def _of(kind: KeyTransactions, hsm: bool) -> KeyRates:
    return kind.hsm if hsm else kind.software


_CREATE_WEIGHTS = {hsm: weights(_creates, hsm=hsm) for hsm in (False, True)}
_USE_WEIGHTS = {hsm: weights(_others, hsm=hsm) for hsm in (False, True)}


def create_weight(kind: str, *, hsm: bool) -> int:
    """What it weighs to make a key: `RSA-2048`, `P-256`; anything else is as light as its like."""
    return _weight(_CREATE_WEIGHTS[hsm], kind)


def use_weight(kind: str, *, hsm: bool) -> int:
    """What any other transaction on a key weighs; ``kind`` as for making one."""
    return _weight(_USE_WEIGHTS[hsm], kind)


def _weight(known: Mapping[str, int], kind: str) -> int:
    return known.get(kind, min(known.values()))


def _heaviest(known: Mapping[bool, Mapping[str, int]]) -> int:
    return max(weight for by_kind in known.values() for weight in by_kind.values())


OTHERS = Counts.always(_pool("vault transactions", _LIMITS.transactions_per_window))
CREATES = Counts.always(_pool("secret creates and imports", _LIMITS.secret_creates_per_window))
_KEY_CREATES = _pool("key creates", _units(_creates), _heaviest(_CREATE_WEIGHTS))
_KEY_USES = _pool("key transactions", _units(_others), _heaviest(_USE_WEIGHTS))


def key_creates(weigh: Weigh) -> Counts:
    """Of an operation that makes a key; ``weigh`` tells `create_weight` of what is asked for."""
    return Counts.always(_KEY_CREATES, weigh=weigh)


def key_uses(weigh: Weigh) -> Counts:
    """Of any other operation on one key; ``weigh`` tells `use_weight` of the key that is asked for."""
    return Counts.always(_KEY_USES, weigh=weigh)


def counted_at(vault: Vault, host: str = "") -> CountedAt:
    """A vault's limits are its own, and those of its subscription hold for each region."""
    subscription = ResourceId.parse(vault.resource_id).subscription_id or ""
    return CountedAt(vault.resource_id.casefold(), f"{subscription.casefold()} {vault.location.casefold()}")
