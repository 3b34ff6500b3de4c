"""Replicas of configuration stores: the same contents, at an endpoint of its own in another region.

Rules:
- a replica's endpoint is named after the store and the replica, with a hyphen in between; a store of that
  very name comes first, and neither is made where the other is;
- a name is 1 to 50 letters and digits, and the endpoint's a label of DNS, which has 63 characters at most;
- each is in a region of its own, which is not the store's; only the tiers standard and premium have any;
- what is written at any endpoint is read at every other one at once.

Sources: https://learn.microsoft.com/azure/azure-app-configuration/concept-geo-replication,
https://learn.microsoft.com/rest/api/appconfiguration/replicas/create
"""

from __future__ import annotations

import re

from keyless.model.resources import STORE_SUFFIX, ConfigurationStore

TIERS = frozenset({"standard", "premium"})
NAME = r"[A-Za-z0-9]{1,50}"
_NAME = re.compile(NAME)
_LONGEST_LABEL = 63


def is_replica_name(store_name: str, name: str) -> bool:
    """Whether a store's replica can be called so."""
    return _NAME.fullmatch(name) is not None and len(endpoint_name(store_name, name)) <= _LONGEST_LABEL


def endpoint_name(store_name: str, name: str) -> str:
    """What a replica's endpoint is called: the first label of its host name."""
    return f"{store_name}-{name}".lower()


def hosts_of(store: ConfigurationStore) -> tuple[str, ...]:
    """The host names of a store: its own, and its replicas'."""
    names = (store.name.lower(), *(endpoint_name(store.name, one.name) for one in store.replicas))
    return tuple(f"{name}{STORE_SUFFIX}" for name in names)
