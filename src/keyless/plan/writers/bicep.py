"""Writes a plan as Bicep: one file, or a main file with a module beside it for each of several parts.

Decisions:
- what is there already is an ``existing`` resource, of which nothing but the id and the principal id is read;
  user-assigned identities and custom roles that the plan proposes are made;
- a name must be known before the deployment starts, so it is a ``guid()`` of resource ids and never of a
  principal id that Azure only gives out on the way; a custom role has the id that the plan gave it;
- a module is written per target, because a role assignment is deployed at the level of its scope; modules
  that make something are deployed before those that need it.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-rbac and
https://learn.microsoft.com/azure/azure-resource-manager/bicep/deploy-to-subscription
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyless.model.resource_id import ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE
from keyless.model.roles import RoleDefinition
from keyless.model.visible import visible
from keyless.plan.problem import Subject
from keyless.plan.proposed import ROLE_DEFINITION_TYPE, permission_block
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.staging.words import description_of
from keyless.plan.trust import CREDENTIAL, Trust
from keyless.plan.writers.ids import Parts, parts_of, principal_path, same_subscription, version_for
from keyless.plan.writers.layout import (
    ROLE_ASSIGNMENT_API,
    ROLE_ASSIGNMENT_TYPE,
    Layout,
    Level,
    Part,
    layout_of,
    parameter_names,
    part_names,
    target_of,
)
from keyless.plan.writers.names import Names, camel_case, type_word
from keyless.plan.writers.remarks import remarks

_TARGET_SCOPES = {
    Level.RESOURCE_GROUP: "resourceGroup",
    Level.SUBSCRIPTION: "subscription",
    Level.MANAGEMENT_GROUP: "managementGroup",
    Level.TENANT: "tenant",
}
_ANY_VERSION = "2024-01-01"
"""For types that the catalog has no version of: only the id is used, which is the same in every version."""

_UNKNOWN_TYPE = ["// Only the id of this resource is used.", "#disable-next-line BCP081"]
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write_bicep(plan: Plan) -> dict[str, str]:
    """File name to text; ``main.bicep`` is what is deployed."""
    layout = layout_of(plan)
    parameters = parameter_names(plan, camel_case)
    files = {part: _File(part, parameters) for part in layout.parts}
    head = "".join(f"{comment(line)}\n" for line in remarks(plan)) + "\n"
    if len(files) <= 1:
        body = "".join(file.text() for file in files.values()) or _target_scope(layout.level)
        return {"main.bicep": head + body}
    paths = {part: f"{name}.bicep" for part, name in part_names(layout).items()}
    main = head + _main(layout, files, paths, parameters)
    return {"main.bicep": main} | {paths[part]: file.text() for part, file in files.items()}


def _main(
    layout: Layout,
    files: Mapping[Part, _File],
    paths: Mapping[Part, str],
    parameters: Mapping[Subject, str],
) -> str:
    names = Names(camel_case)
    blocks = [_target_scope(layout.level)]
    for subject, name in parameters.items():
        blocks.append(_parameter(names.name(subject, name), subject))
    stems = {part: paths[part].removesuffix(".bicep") for part in layout.parts}
    symbols = {part: names.name(part, stem) for part, stem in stems.items()}
    for part, file in files.items():
        passed = [f"    {name}: {name}" for name in file.parameters().values()]
        needed = [f"    {symbols[other]}" for other in layout.parts if part.needs(other)]
        lines = [
            f"module {symbols[part]} {quote(paths[part])} = {{",
            f"  name: {quote(stems[part])}",
            f"  scope: {_scope_function(part.target.scope, layout.home)}",
            *(["  params: {", *passed, "  }"] if passed else []),
            *(["  dependsOn: [", *needed, "  ]"] if needed else []),
            "}",
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


class _File:
    """One Bicep file: what is deployed to one target together."""

    def __init__(self, part: Part, parameters: Mapping[Subject, str]) -> None:
        self._part = part
        self._target = part.target
        self._parameters = parameters
        self._names = Names(camel_case)
        self._declared: dict[ResourceId, str] = {}
        self._roles = {role.id: role for role in part.roles}

    def parameters(self) -> dict[Subject, str]:
        """The parameters that this file needs, by subject."""
        mine = self._part.subjects
        return {subject: name for subject, name in self._parameters.items() if subject in mine}

    def text(self) -> str:
        """The file's text."""
        parameters = [_parameter(self._names.name(s, name), s) for s, name in self.parameters().items()]
        for identity in self._part.identities:
            resource = ResourceId.parse(identity.resource_id)
            self._declared[resource] = self._identity(resource, identity)
        trusted = self._trusts()
        roles = [self._role(role) for role in self._part.roles]
        blocks = [self._assignment(one) for one in self._part.assignments]
        declared = self._declared.values()
        made = (*declared, *trusted, *roles)
        return "\n".join([_target_scope(self._target.level), *parameters, *made, *blocks])

    def _identity(self, resource: ResourceId, identity: Subject) -> str:
        symbol = self._names.name(resource, type_word(resource), resource.name)
        version = version_for(USER_ASSIGNED_IDENTITY_TYPE)
        lines = [
            comment(f"{identity.name}, which the plan proposes"),
            f"resource {symbol} '{USER_ASSIGNED_IDENTITY_TYPE}@{version}' = {{",
            f"  name: {quote(resource.name)}",
            "  location: resourceGroup().location",
            "}",
        ]
        return "\n".join(lines) + "\n"

    def _trusts(self) -> list[str]:
        """Federated credentials; each of one identity waits for the one before."""
        last: dict[ResourceId, str] = {}
        blocks = []
        for one in self._part.trusts:
            symbol = self._names.name(one, one.identity.name, "trusts", one.service_account)
            blocks.append(self._trust(one, symbol, last.get(one.identity)))
            last[one.identity] = symbol
        return blocks

    def _trust(self, trust: Trust, symbol: str, before: str | None) -> str:
        kind = f"{USER_ASSIGNED_IDENTITY_TYPE}/{CREDENTIAL}@{version_for(USER_ASSIGNED_IDENTITY_TYPE)}"
        lines = [
            f"resource {symbol} '{kind}' = {{",
            f"  parent: {self._symbol(trust.identity)}",
            f"  name: {quote(trust.name)}",
            "  properties: {",
            f"    issuer: {self._symbol(trust.cluster)}.properties.oidcIssuerProfile.issuerURL",
            f"    subject: {quote(trust.subject)}",
            *_array("audiences", [trust.audience], "    "),
            "  }",
            *([f"  dependsOn: [\n    {before}\n  ]"] if before else []),
            "}",
        ]
        return "\n".join(lines) + "\n"

    def _role(self, role: RoleDefinition) -> str:
        lines = [
            f"resource {self._role_symbol(role)} '{ROLE_DEFINITION_TYPE}@{ROLE_ASSIGNMENT_API}' = {{",
            f"  name: {quote(role.id)}",
            "  properties: {",
            f"    roleName: {quote(role.name)}",
            f"    description: {quote(role.description)}",
            "    type: 'CustomRole'",
            "    permissions: [",
            *(line for one in role.permissions for line in _block(permission_block(one), "      ")),
            "    ]",
            *_array("assignableScopes", role.assignable_scopes, "    "),
            "  }",
            "}",
        ]
        return "\n".join(lines) + "\n"

    def _role_symbol(self, role: RoleDefinition) -> str:
        return self._names.name(role.id, "role", role.name)

    def _assignment(self, one: PlannedAssignment) -> str:
        scope = self._scope_symbol(one.scope_id)
        identity, principal_id = self._principal(one.principal)
        symbol = self._names.name(one, one.principal.name, one.role_name, "on", one.scope_id.name)
        lines = [
            comment(f"{one.role_name} for {one.principal.name}"),
            f"resource {symbol} '{ROLE_ASSIGNMENT_TYPE}@{ROLE_ASSIGNMENT_API}' = {{",
            f"  name: guid({self._scope_id(scope)}, {identity}, {quote(one.role_id)})",
            *([f"  scope: {scope}"] if scope else []),
            "  properties: {",
            f"    principalId: {principal_id}",
            f"    principalType: {quote(one.principal.principal_type)}",
            f"    roleDefinitionId: {self._definition(one)}",
            f"    description: {quote(description_of(one))}",
            "  }",
            "}",
        ]
        return "\n".join(lines) + "\n"

    def _definition(self, one: PlannedAssignment) -> str:
        """The role by its id: of one that is made here, so that it is there before it is assigned."""
        if one.role_id in self._roles:
            return f"{self._role_symbol(self._roles[one.role_id])}.id"
        function = (
            "subscriptionResourceId" if self._target.level <= Level.SUBSCRIPTION else "tenantResourceId"
        )
        return f"{function}({quote(ROLE_DEFINITION_TYPE)}, {quote(one.role_id)})"

    def _scope_symbol(self, scope: ResourceId) -> str | None:
        return None if scope == self._target.scope else self._symbol(scope)

    def _scope_id(self, symbol: str | None) -> str:
        if symbol is not None:
            return f"{symbol}.id"
        return "'/'" if self._target.level is Level.TENANT else f"{_TARGET_SCOPES[self._target.level]}().id"

    def _principal(self, subject: Subject) -> tuple[str, str]:
        """What names the identity before deployment, and what is its principal id."""
        path = principal_path(subject)
        if path is None:
            return (self._parameters[subject],) * 2
        symbol = self._symbol(ResourceId.parse(subject.resource_id))
        return f"{symbol}.id", f"{symbol}.{path}"

    def _symbol(self, resource: ResourceId) -> str:
        """The symbol of a resource, which is declared on first use, after what it belongs to."""
        symbol = self._names.name(resource, type_word(resource), resource.name)
        parts = parts_of(resource)
        if resource not in self._declared and parts is not None:
            self._declared[resource] = self._declaration(resource, symbol, parts)
        return symbol

    def _declaration(self, resource: ResourceId, symbol: str, parts: Parts) -> str:
        version = version_for(parts.resource_type)
        lines = [
            *(_UNKNOWN_TYPE if version is None else []),
            f"resource {symbol} {quote(f'{parts.resource_type}@{version or _ANY_VERSION}')} existing = {{",
        ]
        if parts.is_child:
            lines.append(f"  parent: {self._symbol(resource.parent)}")
        lines.append(f"  name: {quote(parts.names[-1])}")
        if not parts.is_child and parts.base != self._target.scope:
            lines.append(f"  scope: {self._scope_of(parts.base)}")
        return "\n".join([*lines, "}"]) + "\n"

    def _scope_of(self, base: ResourceId) -> str:
        if target_of(base).scope != base:
            return self._symbol(base)
        return _scope_function(base, self._target.subscription_id)


def quote(text: str) -> str:
    """A Bicep string: on one line, without interpolation."""
    escaped = "".join(_ESCAPES.get(one, one) for one in text).replace("${", "\\${")
    plain = "".join(one if one.isprintable() else f"\\u{{{ord(one):x}}}" for one in escaped)
    return f"'{plain}'"


def comment(text: str) -> str:
    """A comment of one line; some readers take a backslash at its end for one that goes on."""
    line = f"// {visible(text)}".rstrip()
    return f"{line}." if line.endswith("\\") else line


def _array(name: str, items: Iterable[str], indent: str) -> list[str]:
    """A property that is a list of strings, an item a line."""
    lines = [f"{indent}  {quote(item)}" for item in items]
    return [f"{indent}{name}: [", *lines, f"{indent}]"] if lines else [f"{indent}{name}: []"]


def _block(lists: Mapping[str, Iterable[str]], indent: str) -> list[str]:
    """An object whose properties are lists of strings."""
    inner = [line for name, items in lists.items() for line in _array(name, items, f"{indent}  ")]
    return [f"{indent}{{", *inner, f"{indent}}}"]


def _target_scope(level: Level) -> str:
    return f"targetScope = '{_TARGET_SCOPES[level]}'\n"


def _parameter(name: str, subject: Subject) -> str:
    return f"@description({quote(f'Principal (object) id of {subject.name}.')})\nparam {name} string\n"


def _scope_function(scope: ResourceId, within: str | None) -> str:
    """The function that gives a scope to deploy to, or to find a resource in, seen from a subscription."""
    target = target_of(scope)
    near = same_subscription(target.subscription_id, within)
    subscription = [] if near or target.subscription_id is None else [target.subscription_id]
    if target.level is Level.RESOURCE_GROUP:
        return f"resourceGroup({', '.join(map(quote, [*subscription, scope.resource_group or '']))})"
    if target.level is Level.SUBSCRIPTION:
        return f"subscription({', '.join(map(quote, subscription))})"
    return f"managementGroup({quote(scope.name)})" if target.level is Level.MANAGEMENT_GROUP else "tenant()"
