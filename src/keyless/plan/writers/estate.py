"""Writes what a plan changes as parts of a `keyless.yaml`, to be put into that file.

Rules:
- the role assignments are one file, which can be put behind a file that has none; identities, what they are
  attached to, and custom roles are another, whose mappings go into those that are there;
- principals and scopes are given by their ids, which no estate can misread; a comment has the names. An
  identity that the plan proposes has no id yet: it goes by group and name, as the other file declares it;
- what people named is written so that it is text to YAML, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleDefinition
from keyless.model.visible import visible
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.proposed import permission_block, proposed_identities
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.identities import IdentityChange, IdentityChoice
from keyless.plan.staging.hosts import is_pods
from keyless.plan.writers.ids import parts_of

_HEAD = (
    "# Role assignments planned by Keyless: put them into keyless.yaml, in place of those that are there.\n"
)
_ADDITIONS = (
    "# Identities and custom roles planned by Keyless: put them into keyless.yaml, into the mappings of the\n"
    "# same names. An `identity` given here takes the place of the one that the resource has there.\n"
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_INDENT = "  "


def write_estate_files(plan: Plan) -> dict[str, str]:
    """File name to text: the assignments, and what they need besides, if anything."""
    files = {"role-assignments.yaml": write_estate(plan)}
    additions = write_additions(plan)
    return files | ({"additions.yaml": additions} if additions else {})


def write_estate(plan: Plan) -> str:
    """The assignments as YAML; an empty plan is an empty list."""
    head = _HEAD + "".join(_switch(vault) for vault in plan.vaults_to_switch)
    if not plan.assignments:
        return f"{head}roleAssignments: []\n"
    return f"{head}roleAssignments:\n" + "".join(_entry(assignment) for assignment in plan.assignments)


def write_additions(plan: Plan) -> str:
    """Identities, what has them, and custom roles, as YAML; empty where the plan proposes none."""
    groups: dict[str, dict[str, list[str]]] = {}
    for identity in proposed_identities(plan):
        resource = ResourceId.parse(identity.resource_id)
        _of_group(groups, resource, "identities").append(f"{text(resource.name)}:")
    for choice in plan.identities.choices:
        host = ResourceId.parse(choice.resource)
        if choice.change is not IdentityChange.KEEP and not is_pods(choice):
            _of_group(groups, host, "compute").extend(_attached(choice, host))
    lines = [*_groups(groups), *_roles([one.definition for one in plan.proposed_roles])]
    return _ADDITIONS + "\n".join(lines) + "\n" if lines else ""


def _of_group(groups: dict[str, dict[str, list[str]]], resource: ResourceId, part: str) -> list[str]:
    return groups.setdefault(resource.resource_group or "", {}).setdefault(part, [])


def _groups(groups: dict[str, dict[str, list[str]]]) -> list[str]:
    lines = ["resourceGroups:"] if groups else []
    for group, parts in groups.items():
        lines.append(f"{_INDENT}{text(group)}:")
        for part, inner in parts.items():
            lines += [f"{_INDENT * 2}{part}:", *(f"{_INDENT * 3}{line}" for line in inner)]
    return lines


def _attached(choice: IdentityChoice, host: ResourceId) -> list[str]:
    """What a compute resource has in the end."""
    parts = parts_of(host)
    name = "/".join(parts.names) if parts else host.name
    final = [choice.identity, *choice.besides]
    own = ["systemAssigned: true"] if any(one.kind is SubjectKind.SYSTEM_ASSIGNED for one in final) else []
    shared = [text(_by_group(one)) for one in final if one.kind is SubjectKind.USER_ASSIGNED]
    given = own + ([f"userAssigned: [{', '.join(shared)}]"] if shared else [])
    identity = f"{{{', '.join(given)}}}"
    return [f"{text(name)}:", f"{_INDENT}identity: {identity}"]


def _by_group(identity: Subject) -> str:
    """How an identity is named where several groups could have one of its name."""
    resource = ResourceId.parse(identity.resource_id)
    return f"{resource.resource_group}/{resource.name}"


def _roles(roles: Iterable[RoleDefinition]) -> list[str]:
    lines: list[str] = []
    for role in roles:
        lines += [
            f"{_INDENT}{text(role.name)}:",
            f"{_INDENT * 2}id: {role.id}",
            *([f"{_INDENT * 2}description: {text(role.description)}"] if role.description else []),
            f"{_INDENT * 2}assignableScopes: {_list(role.assignable_scopes)}",
            f"{_INDENT * 2}permissions:",
            *(line for one in role.permissions for line in _permission(one)),
        ]
    return ["customRoles:", *lines] if lines else []


def _permission(permission: Permission) -> list[str]:
    given = {name: listed for name, listed in permission_block(permission).items() if listed}
    lines = [f"{name}: {_list(listed)}" for name, listed in given.items()]
    return [f"{_INDENT * 3}{'- ' if at == 0 else '  '}{line}" for at, line in enumerate(lines)]


def _list(items: Iterable[str]) -> str:
    return f"[{', '.join(map(text, items))}]"


def text(value: str) -> str:
    """A text as YAML: as it stands where it can be nothing else, quoted otherwise."""
    if _PLAIN.fullmatch(value) and value.casefold() not in _WORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in escaped) + '"'


def _switch(vault: str) -> str:
    """What to change in a vault's own entry, which is in another place of the file."""
    name = visible(ResourceId.parse(vault).name)
    return (
        f"# In the entry of the vault `{name}`, take `accessPolicies` out, and let roles decide:\n"
        f"#   {name}: {{enableRbacAuthorization: true}}\n"
    )


def _entry(assignment: PlannedAssignment) -> str:
    return (
        f"  # {visible(assignment.role_name)} for {visible(assignment.principal.name)}\n"
        f"  - principal: {_principal(assignment.principal)}\n"
        f"    role: {assignment.role_id}\n"
        f"    scope: {_scope(assignment.scope)}\n"
        f"{_principal_type(assignment)}"
    )


def _principal(subject: Subject) -> str:
    if not subject.is_proposed:
        return subject.principal_id
    kind = "identity" if subject.kind is SubjectKind.USER_ASSIGNED else "compute"
    return f"{{{kind}: {text(_by_group(subject))}}}"


def _scope(scope: str) -> str:
    """An id as it stands, unless it has something in it that YAML would take for its own."""
    return scope if re.fullmatch(r"/[A-Za-z0-9_./~$@!+=-]*", scope) else text(scope)


def _principal_type(assignment: PlannedAssignment) -> str:
    kind = assignment.principal.principal_type
    return "" if kind == "ServicePrincipal" else f"    principalType: {kind}\n"
