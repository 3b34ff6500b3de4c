"""The replicas of configuration stores: each in a region of its own, at a host name that there can be."""

from __future__ import annotations

from keyless.estate.declared.stores import ReplicaEntry
from keyless.estate.reading import Located, Reading
from keyless.estate.shapes.containers import Entries
from keyless.model.nearest import quoted_list
from keyless.model.replicas import TIERS, is_replica_name
from keyless.model.resources import ConfigurationStore, Replica


def read_replicas(
    store: ConfigurationStore, entries: Entries[ReplicaEntry], reading: Reading
) -> tuple[Replica, ...]:
    """The replicas that a file names of a store."""
    taken = {store.location: f"the store `{store.name}`"}
    found: list[Replica] = []
    for name, entry in entries.items:
        if _is_possible(store, name, entry.location, taken, reading):
            taken[entry.location] = f"the replica `{name.value}`"
            found.append(Replica(name.value, entry.location))
    return tuple(found)


def _is_possible(
    store: ConfigurationStore, name: Located[str], location: str, taken: dict[str, str], reading: Reading
) -> bool:
    if not is_replica_name(store.name, name.value):
        reading.report(
            name.at,
            f"the replica `{name.value}` makes a host name that is too long",
            "take a name that has at most 62 characters together with the store's",
        )
        return False
    if store.sku and store.sku not in TIERS:
        reading.report(
            name.at,
            f"a store of the tier `{store.sku}` has no replicas",
            f"give it one of the tiers {quoted_list(sorted(TIERS), 'and')}",
        )
        return False
    if location in taken:
        reading.report(
            name.at,
            f"{taken[location]} is in `{location}` already",
            "give each replica a region of its own",
        )
        return False
    return True
