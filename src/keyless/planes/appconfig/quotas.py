"""Towards which of a store's limits an operation counts, which the store's tier decides.

Rules:
- each operation counts: towards the requests of an hour, in the free tier of a day in UTC, at whose end the
  count begins anew; and, where the tier has a rate, towards that of reads or of writes;
- a rate is an average: it is held to over ten seconds, so that a burst at the start of an app passes;
- each endpoint of a store, its own and every replica's, has all of these to itself;
- what is not modified counts towards the rate alone, and not towards an hour's requests; towards a day's it
  does.

Source: https://learn.microsoft.com/azure/azure-app-configuration/faq
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from keyless.catalog.limits import AppConfigurationTier
from keyless.lifecycle.store_tiers import tier_of
from keyless.model.replicas import hosts_of
from keyless.model.resources import ConfigurationStore
from keyless.wire.operation import Operation
from keyless.wire.throttle import CountedAt, Counts, Pool

RATE_WINDOW_S = 10
_DAY_S = 24 * 60 * 60
_IN_ALL, _LATELY = "Total Requests", "Total Requests Short Term"
_READING = frozenset({"GET", "HEAD"})


def counted(operations: Iterable[Operation]) -> tuple[Operation, ...]:
    """The operations, each with the limits that it counts towards."""
    return tuple(replace(one, counts=READS if _reads(one) else WRITES) for one in operations)


def counted_at(store: ConfigurationStore, host: str = "") -> CountedAt:
    """A store's limits are its own, and a replica's another's of the same size; a subscription has none."""
    replicas = hosts_of(store)[1:]
    place = store.resource_id.casefold()
    return CountedAt(f"{place}/{host}" if host in replicas else place)


def _reads(operation: Operation) -> bool:
    return all(method in _READING for method, _ in operation.routes)


@lru_cache(maxsize=8)
def pools(tier: AppConfigurationTier, *, reads: bool) -> tuple[Pool, ...]:
    """The pools of a tier that one who reads, or writes, counts in."""
    return tuple(_pools(tier, reads=reads))


def _pools(tier: AppConfigurationTier, *, reads: bool) -> Iterator[Pool]:
    if tier.requests_per_window is not None and tier.window_s is not None:
        spares = tier.window_s < _DAY_S
        yield Pool(
            "requests",
            tier.requests_per_window,
            tier.window_s,
            resets=True,
            spares_unchanged=spares,
            policy=_IN_ALL,
        )
    name, rate = ("reads", tier.reads_per_s) if reads else ("writes", tier.writes_per_s)
    if rate is not None:
        yield Pool(name, rate * RATE_WINDOW_S, RATE_WINDOW_S, policy=_LATELY)


READS = Counts(lambda store: pools(tier_of(store), reads=True))
WRITES = Counts(lambda store: pools(tier_of(store), reads=False))
