"""Deny assignments, read: an estate declares them, as Azure's own services do, and no call writes one.

Source: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments
"""

from __future__ import annotations

from keyless.authz.groups import Memberships
from keyless.authz.hierarchy import Hierarchy
from keyless.model.denies import DenyAssignment
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.planes.arm.authorization import filters
from keyless.planes.arm.authorization.api_versions import OF_DENIES
from keyless.planes.arm.authorization.assignments import is_about
from keyless.planes.arm.authorization.ids import DENIES_TYPE, extension, read_guid
from keyless.planes.arm.authorization.rendering import shown_deny
from keyless.planes.arm.authorization.schemas import DenyShown
from keyless.planes.arm.authorization.tenancy import hierarchy_of, memberships_of
from keyless.planes.arm.filters import Filter, matches
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.store.collections import DENY_ASSIGNMENTS
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

READ = f"{DENIES_TYPE}/read"
_FIELDS = frozenset({"principalid", "gdprexportprincipalid", "denyassignmentname"})
_FUNCTIONS = {"atscope": 0, "assignedto": 1}
_SPEC = "https://learn.microsoft.com/rest/api/authorization/deny-assignments/"
_ONE = f"providers/{DENIES_TYPE}/{{deny_name}}"


@operation(
    id="DenyAssignments.ListForScope",
    route=(f"GET /{{scope*}}/providers/{DENIES_TYPE}", f"GET /providers/{DENIES_TYPE}"),
    api_versions=OF_DENIES,
    access=needs(READ, of_scope),
    response=Page[DenyShown],
    errors=(InvalidRequest,),
    spec=_SPEC + "list-for-scope",
)
async def list_denies(call: Authorized[None], arm: Arm) -> Page[DenyShown]:
    """List the deny assignments that hold at a scope, and those below it."""
    scope = of_scope(None, call.params)
    wanted = filters.read(call.request.query.get("$filter"), _FIELDS, _FUNCTIONS)
    hierarchy, memberships = await hierarchy_of(arm), await memberships_of(arm.store)
    found = [
        deny
        for _, deny in await arm.store.scan(DENY_ASSIGNMENTS)
        if is_about(deny.scope_id, scope, hierarchy)
        and _is_wanted(deny, scope, wanted, hierarchy, memberships)
    ]
    listed = page(call, found, lambda deny: deny.id)
    return Page([shown_deny(each, call.api_version) for each in listed.value], listed.next_link)


@operation(
    id="DenyAssignments.Get",
    route=(f"GET /{{scope*}}/{_ONE}", f"GET /{_ONE}"),
    api_versions=OF_DENIES,
    access=needs(READ, extension(DENIES_TYPE, "deny_name")),
    response=DenyShown,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_deny(call: Authorized[None], arm: Arm) -> DenyShown:
    """Return a deny assignment that was made at just the scope."""
    name = call.params["deny_name"]
    guid = read_guid(name)
    found = None if guid is None else await _kept(arm, guid)
    if found is None or found.scope_id != of_scope(None, call.params):
        raise NotFound(f"The deny assignment '{name[:64]}' is not found.", code="DenyAssignmentNotFound")
    return shown_deny(found, call.api_version)


async def _kept(arm: Arm, guid: str) -> DenyAssignment | None:
    return await arm.store.get(DENY_ASSIGNMENTS, (guid,))


def _is_wanted(
    deny: DenyAssignment,
    scope: ResourceId,
    wanted: Filter | None,
    hierarchy: Hierarchy,
    memberships: Memberships,
) -> bool:
    """Whether the filter holds of a deny assignment, for any of the principals that it names."""
    named = {guid_key(one.id) for one in deny.principals}
    functions = {
        "atscope": lambda arguments: hierarchy.covers(deny.scope_id, scope),
        "assignedto": lambda arguments: (
            deny.is_for_all or not named.isdisjoint(memberships.principal_ids(arguments[0]))
        ),
    }
    return any(
        matches(
            wanted,
            {"principalid": each, "gdprexportprincipalid": each, "denyassignmentname": deny.name},
            functions,
        )
        for each in named or {""}
    )


OPERATIONS: tuple[Operation, ...] = (list_denies, get_deny)
