"""Writes a plan's assignments as the `roleAssignments` of a `keyless.yaml`, to be put into that file.

Principals and scopes are given by their ids, which no estate can misread; a comment has the names.
"""

from __future__ import annotations

from keyless.model.resource_id import ResourceId
from keyless.plan.result import Plan, PlannedAssignment

_HEAD = (
    "# Role assignments planned by Keyless: put them into keyless.yaml, in place of those that are there.\n"
)


def write_estate(plan: Plan) -> str:
    """The assignments as YAML; an empty plan is an empty list."""
    head = _HEAD + "".join(_switch(vault) for vault in plan.vaults_to_switch)
    if not plan.assignments:
        return f"{head}roleAssignments: []\n"
    return f"{head}roleAssignments:\n" + "".join(_entry(assignment) for assignment in plan.assignments)


def _switch(vault: str) -> str:
    """What to change in a vault's own entry, which is in another place of the file."""
    name = ResourceId.parse(vault).name
    return (
        f"# In the entry of the vault `{name}`, take `accessPolicies` out, and let roles decide:\n"
        f"#   {name}: {{enableRbacAuthorization: true}}\n"
    )


def _entry(assignment: PlannedAssignment) -> str:
    return (
        f"  # {_plain(assignment.role_name)} for {_plain(assignment.principal.name)}\n"
        f"  - principal: {assignment.principal.principal_id}\n"
        f"    role: {assignment.role_id}\n"
        f"    scope: {assignment.scope}\n"
        f"{_principal_type(assignment)}"
    )


def _principal_type(assignment: PlannedAssignment) -> str:
    kind = assignment.principal.principal_type
    return "" if kind == "ServicePrincipal" else f"    principalType: {kind}\n"


def _plain(text: str) -> str:
    """A name on one line of a comment."""
    return " ".join(text.split())
