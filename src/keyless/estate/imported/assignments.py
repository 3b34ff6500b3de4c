"""Role assignments and deny assignments: `az role assignment list`, the REST API, Resource Graph, templates.

Rules:
- the definition is named by its full id, of which the GUID counts;
- an assignment without a name of its own gets the one that follows from principal, role and scope, of which
  Azure allows only one;
- a type of principal that nobody tells is looked up, and is a service principal where nobody knows.

Source: https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.estate.imported.entry import CannotRead, Entry, as_guid
from keyless.estate.imported.existing import Known
from keyless.estate.imported.lookup import Lookup
from keyless.estate.imported.permissions import permissions_of
from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal, DenyAssignment
from keyless.model.derived_ids import assignment_id
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment

_TYPES = {
    "user": "User",
    "group": "Group",
    "foreigngroup": "Group",
    "serviceprincipal": "ServicePrincipal",
    "msi": "ServicePrincipal",
    "unknown": "ServicePrincipal",
    "": "ServicePrincipal",
}
_SAID = (
    "principal_id",
    "role_definition_id",
    "scope",
    "principal_type",
    "condition",
    "condition_version",
    "description",
)


def read_assignment(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A role assignment."""
    scope = entry.resource_id("scope") if entry.get("scope") else scope_in(entry)
    role_id = as_guid(entry.needed("roleDefinitionId").rpartition("/")[2], "roleDefinitionId")
    principal_id = lookup.principal(entry, "principalId")
    condition = entry.prose("condition") or None
    record = RoleAssignment(
        id=_id_of(entry) or assignment_id(principal_id, role_id, scope),
        principal_id=principal_id,
        role_definition_id=role_id,
        scope=scope.text,
        principal_type=_type_of(entry),
        condition=condition,
        condition_version=(entry.text("conditionVersion") or "2.0") if condition else None,
        description=entry.prose("description"),
    )
    yield Known(record, _SAID, entry.rank)


def read_deny(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A deny assignment."""
    name = entry.text("denyAssignmentName") or entry.text("name")
    record = DenyAssignment(
        id=as_guid(entry.needed("id").rpartition("/")[2], "id"),
        name=name,
        scope=(entry.resource_id("scope") if entry.get("scope") else scope_in(entry)).text,
        permissions=tuple(map(permissions_of, entry.parts("permissions"))),
        principals=tuple(_denied(one, lookup) for one in entry.parts("principals")),
        exclude_principals=tuple(_denied(one, lookup) for one in entry.parts("excludePrincipals")),
        do_not_apply_to_child_scopes=entry.flag("doNotApplyToChildScopes", False),
        description=entry.prose("description"),
        is_system_protected=entry.flag("isSystemProtected", False),
        condition=entry.prose("condition") or None,
        condition_version=entry.text("conditionVersion") or None,
    )
    yield Known(record, record.__struct_fields__, entry.rank)


def scope_in(entry: Entry) -> ResourceId:
    """The scope that an assignment's own id begins with."""
    text, found, _ = entry.needed("id").lower().rpartition("/providers/microsoft.authorization/")
    if not found:
        raise CannotRead("neither `scope` nor `id` says where it is")
    whole = entry.needed("id")[: len(text)]
    return ResourceId.parse(whole or "/")


def _id_of(entry: Entry) -> str | None:
    """The GUID of an assignment; none where a template does not tell it."""
    try:
        name = entry.text("name") or entry.text("id").partition("|")[0].rpartition("/")[2]
    except CannotRead:
        return None
    return as_guid(name, "name") if name else None


def _type_of(entry: Entry) -> str:
    told = entry.text("principalType")
    found = _TYPES.get(told.casefold())
    if found is None:
        raise CannotRead("its `principalType` is not one that an estate can have: a user, group or service")
    return found


def _denied(entry: Entry, lookup: Lookup) -> DeniedPrincipal:
    kind = entry.text("type", "ServicePrincipal")
    if kind.casefold() == "systemdefined":
        return DeniedPrincipal(ALL_PRINCIPALS_ID, "SystemDefined")
    return DeniedPrincipal(lookup.principal(entry, "id"), _TYPES.get(kind.casefold(), "ServicePrincipal"))
