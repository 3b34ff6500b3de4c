"""The role assignments that Cosmos DB accounts have today, read from the resources that the estate keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from keyless.catalog.native_roles import COSMOS_ACCOUNT, COSMOS_BUILT_IN
from keyless.model.guids import guid_key
from keyless.model.management import GenericResource
from keyless.model.resource_id import ResourceId

_TYPE = f"{COSMOS_ACCOUNT}/sqlRoleAssignments"
_NAMES = {role.id: role.name for role in COSMOS_BUILT_IN}


class CosmosAssignment(NamedTuple):
    """One of them; ``path`` is the place within the account, `/` for the whole of it."""

    principal_id: str
    role_id: str
    account: ResourceId
    path: str

    @property
    def role_name(self) -> str:
        """The built-in role's name; the id of any other."""
        return _NAMES.get(self.role_id, self.role_id)


def cosmos_assignments(resources: Iterable[GenericResource]) -> Iterator[CosmosAssignment]:
    """Those among the resources that say of whom, what and where they are."""
    for one in resources:
        place = ResourceId.parse(one.resource_id)
        told = one.body.get("properties")
        if not place.is_type(_TYPE) or not isinstance(told, dict):
            continue
        found = [told.get(name) for name in ("principalId", "roleDefinitionId", "scope")]
        who, role, path = (text for text in found if isinstance(text, str)) if _all_told(found) else ("",) * 3
        if who:
            account = ResourceId(place.segments[:-2])
            role_id = guid_key(role.rpartition("/")[2])
            yield CosmosAssignment(guid_key(who), role_id, account, _within(path))


def _all_told(found: list[object]) -> bool:
    return all(isinstance(one, str) for one in found)


def _within(scope: str) -> str:
    """The place within the account of a scope, which may be written whole."""
    at = scope.casefold().find("/dbs/")
    return scope[at:] if at >= 0 else "/"
