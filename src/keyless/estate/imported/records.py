"""One record for each thing, from all that was read of it.

Rules:
- what is believed more comes first; a source that tells less leaves the other fields to the next;
- two assignments of the same role to the same principal at the same scope are one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import structs

from keyless.estate.imported.existing import Known
from keyless.model.access_policies import AccessPolicy
from keyless.model.denies import DenyAssignment
from keyless.model.directory import Group, User
from keyless.model.identities import Application, FederatedCredential
from keyless.model.management import ManagementGroup
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition

Key = tuple[object, ...]
ADDED_POLICIES = "access_policies+"
"""Says that the policies of a record are to be added to those of the vault."""
ADDED_REPLICAS = "replicas+"
"""Says that the replicas of a record are to be added to those of the store."""

_KEYS: Mapping[type, Callable[[Any], Key]] = {
    RoleAssignment: lambda one: (one.principal_id, one.role_definition_id, one.scope_id),
    RoleDefinition: lambda one: (one.id,),
    DenyAssignment: lambda one: (one.id,),
    User: lambda one: (one.principal_id,),
    Group: lambda one: (one.principal_id,),
    Application: lambda one: (one.client_id,),
    FederatedCredential: lambda one: (one.owner.casefold(), one.name.casefold()),
    ManagementGroup: lambda one: (one.name.casefold(),),
    Vault: lambda one: (one.name.casefold(),),
    ConfigurationStore: lambda one: (one.name.casefold(),),
}


def key_of(record: Any) -> Key:  # noqa: ANN401  # a record of any collection
    """What makes two records be of the same thing."""
    key = _KEYS.get(type(record))
    return (type(record).__name__, *(key(record) if key else (ResourceId.parse(record.resource_id),)))


def merged(found: Iterable[Known]) -> list[Known]:
    """One record for each thing."""
    by_key: dict[Key, Known] = {}
    added: list[Known] = []
    for one in sorted(found, key=lambda known: known.rank):
        if not _ADDED.keys().isdisjoint(one.said):
            added.append(one)
            continue
        key = key_of(one.record)
        there = by_key.get(key)
        by_key[key] = one if there is None else _both(there, one)
    for one in added:
        key = key_of(one.record)
        by_key[key] = _ADDED[one.said[0]](by_key.get(key), one)
    return list(by_key.values())


def _both(first: Known, second: Known) -> Known:
    more = tuple(name for name in second.said if name not in first.said)
    filled = {name: getattr(second.record, name) for name in more}
    return Known(structs.replace(first.record, **filled), (*first.said, *more), first.rank)


def _with_policies(there: Known | None, added: Known) -> Known:
    """A vault with policies that were declared apart from it; one that nobody told of has only those."""
    if there is None:
        return Known(added.record, ("access_policies", "enable_rbac_authorization"), added.rank)
    policies = joined(there.record.access_policies, added.record.access_policies)
    said = tuple(dict.fromkeys((*there.said, "access_policies")))
    return Known(structs.replace(there.record, access_policies=policies), said, there.rank)


def _with_replicas(there: Known | None, added: Known) -> Known:
    """A store with replicas that were declared apart from it; one that nobody told of has only those."""
    if there is None:
        return Known(added.record, ("replicas",), added.rank)
    both = {one.name.casefold(): one for one in (*added.record.replicas, *there.record.replicas)}
    said = tuple(dict.fromkeys((*there.said, "replicas")))
    return Known(structs.replace(there.record, replicas=tuple(both.values())), said, there.rank)


_ADDED: Mapping[str, Callable[[Known | None, Known], Known]] = {
    ADDED_POLICIES: _with_policies,
    ADDED_REPLICAS: _with_replicas,
}


def joined(first: Iterable[AccessPolicy], second: Iterable[AccessPolicy]) -> tuple[AccessPolicy, ...]:
    """Policies, one for each principal; the first one of each counts."""
    return tuple({one.name.casefold(): one for one in (*second, *first)}.values())
