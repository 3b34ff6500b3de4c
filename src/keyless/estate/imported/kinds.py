"""Which reader an entry is for, by its type, and where what says nothing of access is passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from keyless.estate.imported.assignments import read_assignment, read_deny
from keyless.estate.imported.cosmos import read_cosmos_assignment
from keyless.estate.imported.definitions import read_definition
from keyless.estate.imported.entry import CannotRead, Entry
from keyless.estate.imported.existing import Known
from keyless.estate.imported.identities import read_federated, read_identity
from keyless.estate.imported.lookup import Lookup
from keyless.estate.imported.resources import is_inside_group, read_resource
from keyless.estate.imported.scopes import read_group, read_management_group
from keyless.estate.imported.stores import read_replica, read_store
from keyless.estate.imported.vaults import read_policies, read_vault
from keyless.model.resource_id import InvalidResourceId, ResourceId

Reader = Callable[[Entry, Lookup], Iterator[Known]]

IDENTITY = "microsoft.managedidentity/userassignedidentities"
VAULT = "microsoft.keyvault/vaults"
DEFINITION = "microsoft.authorization/roledefinitions"
_READERS: Mapping[str, Reader] = {
    "microsoft.authorization/roleassignments": read_assignment,
    "microsoft.authorization/denyassignments": read_deny,
    DEFINITION: read_definition,
    IDENTITY: read_identity,
    f"{IDENTITY}/federatedidentitycredentials": read_federated,
    "microsoft.documentdb/databaseaccounts/sqlroleassignments": read_cosmos_assignment,
    VAULT: read_vault,
    f"{VAULT}/accesspolicies": read_policies,
    "microsoft.appconfiguration/configurationstores": read_store,
    "microsoft.appconfiguration/configurationstores/replicas": read_replica,
    "microsoft.resources/resourcegroups": read_group,
    "microsoft.resources/subscriptions/resourcegroups": read_group,
    "microsoft.management/managementgroups": read_management_group,
}


def type_of(entry: Entry) -> str:
    """The type of the thing, case-folded: as it says, else as its id has it; empty where neither does."""
    told = entry.get("type")
    if isinstance(told, str) and "/" in told.strip("/"):
        return told.strip("/").partition("@")[0].casefold()
    try:
        place = ResourceId.parse(str(entry.get("id") or ""))
    except InvalidResourceId:
        return ""
    if place.resource_type is not None:
        return place.resource_type.casefold()
    return "microsoft.resources/resourcegroups" if place.resource_group is not None else ""


def reader_of(entry: Entry) -> Reader | None:
    """What reads an entry; none where it says nothing of access.

    Raises:
        CannotRead: it is nothing that is known.
    """
    kind = type_of(entry)
    if not kind:
        raise CannotRead("it has no `type` and no resource id: it is nothing that is known here")
    found = _READERS.get(kind)
    if found is not None:
        return found
    if kind.startswith(("microsoft.authorization/", "microsoft.resources/")):
        return None
    return read_resource if is_inside_group(entry.resource_id()) else None
