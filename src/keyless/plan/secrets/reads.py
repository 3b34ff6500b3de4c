"""Which secrets, keys, certificates and settings are read more often than at start-up, and what to do then.

Rules:
- what is read too often (``reading``) is to be loaded at start-up. What was only read later than at the start
  of a run is told with that reservation: a program may have been started again, or have good reason. Of
  settings it is not told at all: a refresh is what they are made for;
- objects that are known from evidence alone count as those that the store has: what a log tells of a vault
  elsewhere is about the same vault in the same cloud;
- to use a key (sign, decrypt) is no reading of it; to fetch it for each use is.

Pure. Sources: https://learn.microsoft.com/azure/key-vault/general/overview-throttling and
https://learn.microsoft.com/azure/azure-app-configuration/howto-best-practices#reduce-requests-made-to-app-configuration
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, key_and_label
from keyless.plan.results.secrets import CodePlace, ObjectReads
from keyless.plan.secrets.limits import keys_limit, store_limit, vault_limit
from keyless.plan.secrets.reading import Read, Reading
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
_REFRESH = "refresh them by a sentinel key or by their ETags, every 30 seconds or less often"
_SETTING = _Kind("setting", f"load it once at the start with the others, and {_REFRESH}")
_LISTS = _Kind("list of settings", f"load the settings once at the start, and {_REFRESH}")


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
    known = _in_vault(scope) if reading.what is Read.OBJECT else _in_store(scope)
    told_later = reading.later > 0 and reading.what is Read.OBJECT
    if known is None or not (reading.too_often or told_later):
        return None
    container, kind, name = known
    return ObjectReads(
        container=container.text,
        kind=kind.name,
        name=name,
        readers=reading.readers,
        days=reading.days,
        runs=reading.runs,
        load_at_start_up=reading.too_often,
        limit=_limit(kind),
        advice=_advice(reading, kind),
        places=places.get(name, ()),
    )


def _in_vault(scope: ResourceId) -> tuple[ResourceId, _Kind, str] | None:
    vault = scope.ancestor_of_type(VAULT_TYPE)
    kind = _KINDS.get(scope.segments[-2].casefold()) if vault is not None and scope != vault else None
    return None if vault is None or kind is None else (vault, kind, scope.name)


def _in_store(scope: ResourceId) -> tuple[ResourceId, _Kind, str] | None:
    store = scope.ancestor_of_type(STORE_TYPE)
    if store is None or scope == store or scope.is_type(f"{STORE_TYPE}/snapshots"):
        return None if store is None else (store, _LISTS, store.name)
    return store, _SETTING, key_and_label(scope)[0]


def advice_on_secret(reading: Reading) -> str:
    """What is said of a secret that is read too often."""
    return _advice(reading, _SECRET)


def _advice(reading: Reading, kind: _Kind) -> str:
    return f"{_how_often(reading)}: {_reservation(reading)}{kind.keep} ({_limit(kind)})"


def _how_often(reading: Reading) -> str:
    verb = "they were listed" if reading.what is Read.LISTS else "it was read"
    parts = [f"{verb} {counted(reading.reads, 'time')}"]
    parts[0] += f" on {counted(reading.days, 'day')}" if reading.days else ""
    parts[0] += f" in {counted(reading.runs, 'run')}" if reading.runs else ""
    if reading.most_per_second > 1:
        parts.append(f"up to {reading.most_per_second:,} within one second")
    if reading.most_per_window > max(reading.most_per_second, 1):
        parts.append(f"up to {reading.most_per_window:,} within ten")
    if reading.later:
        parts.append(f"{reading.later:,} of them after the start of a run")
    if reading.throttled:
        parts.append(f"and refused {counted(reading.throttled, 'time')} at the limit")
    return ", ".join(parts)


def _reservation(reading: Reading) -> str:
    return "" if reading.too_often else "unless a program was started again then, "


def _limit(kind: _Kind) -> str:
    """The limit on reading objects of a kind."""
    if kind in {_SETTING, _LISTS}:
        return store_limit()
    return keys_limit() if kind is _KINDS["keys"] else vault_limit()
