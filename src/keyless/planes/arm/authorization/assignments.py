"""Role assignments, read: one, and those of a scope.

Rules:
- a list shows what holds at the scope (made there or above) and what was made below it; `$filter` narrows it;
- whoever may read assignments at the scope sees all of that: what is above holds at the scope, and what is
  below lies in it.

Source: https://learn.microsoft.com/rest/api/authorization/role-assignments
"""

from __future__ import annotations

from collections.abc import Callable

from keyless.authz.groups import Memberships
from keyless.authz.hierarchy import Hierarchy
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment
from keyless.planes.arm.authorization import filters
from keyless.planes.arm.authorization.api_versions import OF_ASSIGNMENTS
from keyless.planes.arm.authorization.facts import assignment_at
from keyless.planes.arm.authorization.ids import ASSIGNMENTS_TYPE, extension
from keyless.planes.arm.authorization.rendering import shown_assignment
from keyless.planes.arm.authorization.schemas import AssignmentShown
from keyless.planes.arm.authorization.tenancy import hierarchy_of, memberships_of
from keyless.planes.arm.filters import matches
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.store.collections import ASSIGNMENTS
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation

READ = f"{ASSIGNMENTS_TYPE}/read"
LIST_ROUTES = (f"GET /{{scope*}}/providers/{ASSIGNMENTS_TYPE}", f"GET /providers/{ASSIGNMENTS_TYPE}")
_FIELDS = frozenset({"principalid"})
_FUNCTIONS = {"atscope": 0, "assignedto": 1}
_SPEC = "https://learn.microsoft.com/rest/api/authorization/role-assignments/"
of_assignment = extension(ASSIGNMENTS_TYPE, "assignment_name")


def one(methods: str) -> tuple[str, str]:
    """The routes of one role assignment, at a scope and at the tenant's root."""
    path = f"providers/{ASSIGNMENTS_TYPE}/{{assignment_name}}"
    return f"{methods} /{{scope*}}/{path}", f"{methods} /{path}"


@operation(
    id="RoleAssignments.ListForScope",
    route=LIST_ROUTES,
    api_versions=OF_ASSIGNMENTS,
    access=needs(READ, of_scope),
    response=Page[AssignmentShown],
    errors=(InvalidRequest,),
    spec=_SPEC + "list-for-scope",
)
async def list_assignments(call: Authorized[None], arm: Arm) -> Page[AssignmentShown]:
    """List the role assignments that hold at a scope, and those below it."""
    scope = of_scope(None, call.params)
    wanted = filters.read(call.request.query.get("$filter"), _FIELDS, _FUNCTIONS)
    hierarchy, memberships = await hierarchy_of(arm), await memberships_of(arm.store)
    found = [
        assignment
        for _, assignment in await arm.store.scan(ASSIGNMENTS)
        if is_about(assignment.scope_id, scope, hierarchy)
        and matches(
            wanted,
            {"principalid": assignment.principal_id},
            _functions(assignment, scope, hierarchy, memberships),
        )
    ]
    listed = page(call, found, lambda assignment: assignment.id)
    shown = [shown_assignment(each, call.api_version, scope) for each in listed.value]
    return Page(shown, listed.next_link)


@operation(
    id="RoleAssignments.Get",
    route=one("GET"),
    api_versions=OF_ASSIGNMENTS,
    access=needs(READ, of_assignment),
    response=AssignmentShown,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_assignment(call: Authorized[None], arm: Arm) -> AssignmentShown:
    """Return a role assignment that was made at just the scope."""
    found = await assignment_at(arm.store, call.params)
    if found is None:
        name = call.params["assignment_name"][:64]
        raise NotFound(f"The role assignment '{name}' is not found.", code="RoleAssignmentNotFound")
    return shown_assignment(found, call.api_version)


def is_about(made_at: ResourceId, scope: ResourceId, hierarchy: Hierarchy) -> bool:
    """Whether what was made at a scope is listed at another: it is the same, or above, or below."""
    return hierarchy.covers(made_at, scope) or hierarchy.covers(scope, made_at)


def _functions(
    assignment: RoleAssignment, scope: ResourceId, hierarchy: Hierarchy, memberships: Memberships
) -> dict[str, Callable[[tuple[str, ...]], bool]]:
    """What the filter's functions say of one assignment."""
    holder = guid_key(assignment.principal_id)
    return {
        "atscope": lambda arguments: hierarchy.covers(assignment.scope_id, scope),
        "assignedto": lambda arguments: holder in memberships.principal_ids(arguments[0]),
    }


OPERATIONS: tuple[Operation, ...] = (list_assignments, get_assignment)
