"""Role definitions, read: built-in ones with all their blocks, custom ones where they can be assigned.

Rules:
- whoever may read role definitions at the scope, or anywhere below it, sees the built-in ones: they are the
  same for everybody, and tools look them up at the tenant's root;
- a custom role is shown to who may read at the scope, or at one of the role's assignable scopes.

Source: https://learn.microsoft.com/rest/api/authorization/role-definitions
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from keyless.authz.assignable import is_assignable
from keyless.authz.hierarchy import Hierarchy
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleDefinition
from keyless.planes.arm.authorization import filters
from keyless.planes.arm.authorization.api_versions import OF_DEFINITIONS
from keyless.planes.arm.authorization.ids import DEFINITIONS_TYPE, extension, read_guid
from keyless.planes.arm.authorization.rendering import shown_definition
from keyless.planes.arm.authorization.roles import find_role, is_below, is_there, listed_roles
from keyless.planes.arm.authorization.schemas import DefinitionShown
from keyless.planes.arm.authorization.tenancy import hierarchy_of
from keyless.planes.arm.filters import Filter, matches
from keyless.planes.arm.paging import Page
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

READ = f"{DEFINITIONS_TYPE}/read"
LIST_ROUTES = (
    f"GET /{{scope*}}/providers/{DEFINITIONS_TYPE}",
    f"GET /providers/{DEFINITIONS_TYPE}",
)
_BELOW = "atscopeandbelow"
_FIELDS = frozenset({"rolename", "type"})
_SPEC = "https://learn.microsoft.com/rest/api/authorization/role-definitions/"
of_definition = extension(DEFINITIONS_TYPE, "role_name")


def one(methods: str) -> tuple[str, str]:
    """The routes of one role definition, at a scope and at the tenant's root."""
    path = f"providers/{DEFINITIONS_TYPE}/{{role_name}}"
    return f"{methods} /{{scope*}}/{path}", f"{methods} /{path}"


class NoSuchRole(NotFound):
    """There is no role with the id, as seen from the scope."""

    def __init__(self, role_name: str) -> None:
        super().__init__(
            f"The specified role definition with ID '{role_name[:64]}' does not exist.",
            code="RoleDefinitionDoesNotExist",
        )


@operation(
    id="RoleDefinitions.List",
    route=LIST_ROUTES,
    api_versions=OF_DEFINITIONS,
    access=needs(READ, of_scope, below=True),
    response=Page[DefinitionShown],
    errors=(InvalidRequest,),
    spec=_SPEC + "list",
)
async def list_definitions(call: Authorized[None], arm: Arm) -> Page[DefinitionShown]:
    """List the roles that can be assigned at a scope, and with `atScopeAndBelow()` those below it too."""
    scope = of_scope(None, call.params)
    wanted = filters.read(call.request.query.get("$filter"), _FIELDS, {_BELOW: 0})
    hierarchy = await hierarchy_of(arm)
    found = [
        role
        for role in _at(await listed_roles(arm.store), scope, hierarchy, wanted)
        if _may_see(call, role, scope)
    ]
    return Page([shown_definition(role, scope, call.api_version) for role in found])


@operation(
    id="RoleDefinitions.Get",
    route=one("GET"),
    api_versions=OF_DEFINITIONS,
    access=needs(READ, of_scope, below=True),
    response=DefinitionShown,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_definition(call: Authorized[None], arm: Arm) -> DefinitionShown:
    """Return a role definition."""
    name, scope = call.params["role_name"], of_scope(None, call.params)
    guid = read_guid(name)
    role = None if guid is None else await find_role(arm.store, guid)
    if role is None or not is_there(role, scope, await hierarchy_of(arm)) or not _may_see(call, role, scope):
        raise NoSuchRole(name)
    return shown_definition(role, scope, call.api_version)


def _may_see(call: Authorized[Any], role: RoleDefinition, scope: ResourceId) -> bool:
    """Whether the caller may know of a role: of a custom one at the scope, or where it can be assigned."""
    places = (scope, *(ResourceId.parse(each) for each in role.assignable_scopes))
    return not role.custom or any(call.may(READ, place) for place in places)


def _at(
    roles: list[RoleDefinition], scope: ResourceId, hierarchy: Hierarchy, wanted: Filter | None
) -> Iterator[RoleDefinition]:
    with_below = filters.calls(wanted, _BELOW)
    for role in roles:
        here = is_assignable(role, scope, hierarchy) or (with_below and is_below(role, scope, hierarchy))
        fields = {"rolename": role.name, "type": "CustomRole" if role.custom else "BuiltInRole"}
        if here and matches(wanted, fields, {_BELOW: lambda arguments: True}):
            yield role


OPERATIONS: tuple[Operation, ...] = (list_definitions, get_definition)
