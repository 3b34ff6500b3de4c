"""Which secrets, keys and certificates are read more often than at start-up, and what to do about it.

Rules:
- what is read too often (``reading``) is to be loaded at start-up. What was only read later than at the start
  of a run is told with that reservation: a program may have been started again, or have good reason;
- objects that are known from evidence alone count as those that the store has: what a log tells of a vault
  elsewhere is about the same vault in the same cloud;
- to use a key (sign, decrypt) is no reading of it; to fetch it for each use is.

Pure. Source: https://learn.microsoft.com/azure/key-vault/general/overview-throttling
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from keyless.catalog.limits import limits
from keyless.model.reading import START_UP_S
from keyless.model.resource_id import ResourceId
from keyless.model.resources import VAULT_TYPE
from keyless.plan.results.secrets import CodePlace, ObjectReads
from keyless.plan.secrets.reading import Reading
from keyless.plan.wording import counted


class _Kind(NamedTuple):
    name: str
    keep: str


_KINDS: Mapping[str, _Kind] = {
    "secrets": _Kind(
        "secret", "read it once at the start, keep it in memory, and read it again when it stops working"
    ),
    "keys": _Kind(
        "key",
        "fetch it once at the start, keep its public part in memory, and encrypt, wrap and verify with that",
    ),
    "certificates": _Kind(
        "certificate", "read it once at the start, keep it in memory, and read it again before it expires"
    ),
}
_SECRET = _KINDS["secrets"]


def object_reads(
    read: Mapping[ResourceId, Reading], places: Mapping[str, tuple[CodePlace, ...]]
) -> tuple[ObjectReads, ...]:
    """What is read more often than at start-up, ordered by vault, kind and name."""
    found = [_found(scope, reading, places) for scope, reading in read.items()]
    there = [one for one in found if one is not None]
    return tuple(sorted(there, key=lambda one: (one.container.casefold(), one.kind, one.name.casefold())))


def _found(
    scope: ResourceId, reading: Reading, places: Mapping[str, tuple[CodePlace, ...]]
) -> ObjectReads | None:
    vault = scope.ancestor_of_type(VAULT_TYPE)
    if vault is None or scope == vault or not (reading.too_often or reading.later):
        return None
    kind = _KINDS.get(scope.segments[-2].casefold())
    if kind is None:
        return None
    return ObjectReads(
        container=vault.text,
        kind=kind.name,
        name=scope.name,
        readers=reading.readers,
        days=reading.days,
        runs=reading.runs,
        load_at_start_up=reading.too_often,
        limit=_limit(kind),
        advice=_advice(reading, kind),
        places=places.get(scope.name, ()),
    )


def advice_on_secret(reading: Reading) -> str:
    """What is said of a secret that is read too often."""
    return _advice(reading, _SECRET)


def _advice(reading: Reading, kind: _Kind) -> str:
    return f"{_how_often(reading)}: {_reservation(reading)}{kind.keep} ({_limit(kind)})"


def _how_often(reading: Reading) -> str:
    parts = [f"it was read {counted(reading.reads, 'time')}"]
    parts[0] += f" on {counted(reading.days, 'day')}" if reading.days else ""
    parts[0] += f" in {counted(reading.runs, 'run')}" if reading.runs else ""
    if reading.most_per_second > 1:
        parts.append(f"up to {reading.most_per_second:,} within one second")
    if reading.most_per_window > max(reading.most_per_second, 1):
        parts.append(f"up to {reading.most_per_window:,} within ten")
    if reading.later:
        parts.append(f"{reading.later:,} of them later than {START_UP_S} seconds after the first of a run")
    if reading.throttled:
        parts.append(f"and refused {counted(reading.throttled, 'time')} at the limit")
    return ", ".join(parts)


def _reservation(reading: Reading) -> str:
    return "" if reading.too_often else "unless a program was started again then, "


def _limit(kind: _Kind) -> str:
    """The vault's limit on reading objects of a kind."""
    vault = limits().key_vault
    calls = f"{vault.transactions_per_window:,} calls"
    if kind is _KINDS["keys"]:
        rates = [
            one.others_per_window
            for type_ in vault.key_transactions.values()
            for one in (type_.hsm, type_.software)
        ]
        calls = f"{min(rates):,} to {max(rates):,} calls on keys of one type"
    return f"a vault answers {calls} in {vault.window_s} s, from all callers together"
