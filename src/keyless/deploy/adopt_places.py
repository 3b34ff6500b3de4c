"""Where each kind of imported record lies in the store, and what it is called in a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from keyless.model.denies import DenyAssignment
from keyless.model.directory import Group, User
from keyless.model.guids import guid_key
from keyless.model.identities import (
    Application,
    ComputeResource,
    FederatedCredential,
    ManagedIdentity,
)
from keyless.model.management import GenericResource, ManagementGroup
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, ResourceGroup, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.store.collections import (
    APPLICATIONS,
    ASSIGNMENTS,
    COMPUTE,
    DENY_ASSIGNMENTS,
    FEDERATED_CREDENTIALS,
    GROUPS,
    IDENTITIES,
    MANAGEMENT_GROUPS,
    RESOURCES,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
    STORES,
    USERS,
    VAULTS,
)
from keyless.store.ports import Collection, Key


def _folded(record: Any) -> Key:  # noqa: ANN401  # any record with a resource id
    return (record.resource_id.casefold(),)


def _named(record: Any) -> Key:  # noqa: ANN401  # any record with a name
    return (record.name.casefold(),)


def _by_id(record: Any) -> Key:  # noqa: ANN401  # any record with a GUID
    return (record.id,)


def _by_principal(record: Any) -> Key:  # noqa: ANN401  # a user or a group
    return (guid_key(record.principal_id),)


PLACES: Mapping[type, tuple[str, Collection[Any], Callable[[Any], Key]]] = {
    ResourceGroup: ("resource groups", GROUPS, _folded),
    ManagementGroup: ("management groups", MANAGEMENT_GROUPS, _named),
    ManagedIdentity: ("user-assigned identities", IDENTITIES, _folded),
    ComputeResource: ("workloads", COMPUTE, _folded),
    Vault: ("vaults", VAULTS, _named),
    ConfigurationStore: ("configuration stores", STORES, _named),
    GenericResource: ("other resources", RESOURCES, _folded),
    Application: ("service principals", APPLICATIONS, lambda one: (one.client_id.casefold(),)),
    User: ("users", USERS, _by_principal),
    Group: ("groups", SECURITY_GROUPS, _by_principal),
    FederatedCredential: (
        "federated credentials",
        FEDERATED_CREDENTIALS,
        lambda one: (one.owner.casefold(), one.name.casefold()),
    ),
    RoleDefinition: ("custom roles", ROLE_DEFINITIONS, _by_id),
    RoleAssignment: ("role assignments", ASSIGNMENTS, _by_id),
    DenyAssignment: ("deny assignments", DENY_ASSIGNMENTS, _by_id),
}
KINDS = tuple(kind for kind, _, _ in PLACES.values())
"""The kinds of things, in the order in which they are told of."""


def name_of(record: Any) -> str:  # noqa: ANN401  # a record of any collection
    """What a thing is called in a report."""
    if isinstance(record, RoleAssignment):
        return f"{record.id} of {record.principal_id} at {record.scope}"
    if isinstance(record, FederatedCredential):
        return f"{record.name} of {record.owner.rpartition('/')[2]}"
    if isinstance(record, ResourceGroup | GenericResource):
        return ResourceId.parse(record.resource_id).name
    if isinstance(record, User):
        return record.user_principal_name
    return str(record.display_name if isinstance(record, Group) else record.name)
