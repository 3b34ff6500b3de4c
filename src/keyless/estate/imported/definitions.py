"""Role definitions: custom ones are taken in, built-in ones are known already.

Source: https://learn.microsoft.com/rest/api/authorization/role-definitions/list
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.catalog.roles import role_by_id
from keyless.estate.imported.entry import CannotRead, Entry, as_guid
from keyless.estate.imported.existing import Known
from keyless.estate.imported.lookup import Lookup
from keyless.estate.imported.permissions import permissions_of
from keyless.model.roles import RoleDefinition

_SAID = ("name", "permissions", "custom", "description", "assignable_scopes")


def is_built_in(entry: Entry) -> bool:
    """Whether a definition is one of Azure's own."""
    return _kind(entry) == "builtinrole"


def read_definition(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A custom role; nothing for a built-in one.

    Raises:
        CannotRead: it is a built-in role that is not known here.
    """
    role_id = as_guid(_id_of(entry), "id")
    if is_built_in(entry):
        if role_by_id(role_id) is None:
            raise CannotRead(f"`{role_id}` is a built-in role that is not known here")
        return
    permissions = tuple(map(permissions_of, entry.parts("permissions")))
    if not permissions:
        raise CannotRead("it has no `permissions`")
    record = RoleDefinition(
        id=role_id,
        name=entry.text("roleName") or entry.needed("name"),
        permissions=permissions,
        custom=True,
        description=entry.prose("description"),
        assignable_scopes=_scopes(entry),
    )
    yield Known(record, _SAID, entry.rank)


def _scopes(entry: Entry) -> tuple[str, ...]:
    found = entry.texts("assignableScopes")
    if not found:
        raise CannotRead("it has no `assignableScopes`")
    return tuple(one.rstrip("/") or "/" for one in found)


def _kind(entry: Entry) -> str:
    """`builtinrole` or `customrole`: the API has it as a property's `type`, the Azure CLI as `roleType`."""
    told = entry.text("roleType") or entry.part("properties").text("type")
    return told.casefold()


def _id_of(entry: Entry) -> str:
    return (entry.text("id").partition("|")[0] or entry.needed("name")).rpartition("/")[2]
