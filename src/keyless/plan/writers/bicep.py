"""Writes a plan as Bicep: one file, or a main file with a module beside it for each of several targets.

Decisions:
- vaults, stores and identities are ``existing`` resources; an identity's principal id is read from it;
- a name must be known before the deployment starts, so it is a ``guid()`` of resource ids and never of a
  principal id that Azure only gives out on the way;
- a module is written per target, because a role assignment is deployed at the level of its scope.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/bicep/scenarios-rbac and
https://learn.microsoft.com/azure/azure-resource-manager/bicep/deploy-to-subscription
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject
from keyless.plan.proposed import ROLE_DEFINITION_TYPE
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.writers.layout import (
    ROLE_ASSIGNMENT_API,
    ROLE_ASSIGNMENT_TYPE,
    Layout,
    Level,
    Names,
    Parts,
    Target,
    camel_case,
    description_of,
    layout_of,
    parameter_names,
    parts_of,
    principal_path,
    remarks,
    same_subscription,
    target_names,
    target_of,
    type_word,
    version_for,
)

_TARGET_SCOPES = {
    Level.RESOURCE_GROUP: "resourceGroup",
    Level.SUBSCRIPTION: "subscription",
    Level.MANAGEMENT_GROUP: "managementGroup",
    Level.TENANT: "tenant",
}
_ANY_VERSION = "2024-01-01"
"""For types that the catalog has no version of: only the id is used, which is the same in every version."""

_UNKNOWN_TYPE = ["// Only the id of this resource is used.", "#disable-next-line BCP081"]


def write_bicep(plan: Plan) -> dict[str, str]:
    """File name to text; ``main.bicep`` is what is deployed."""
    layout = layout_of(plan)
    parameters = parameter_names(plan, camel_case)
    files = {target: _File(target, assignments, parameters) for target, assignments in layout.targets}
    head = "".join(f"// {line}".rstrip() + "\n" for line in remarks(plan)) + "\n"
    if len(files) <= 1:
        body = "".join(file.text() for file in files.values()) or _target_scope(layout.level)
        return {"main.bicep": head + body}
    paths = {target: f"{name}.bicep" for target, name in target_names(layout).items()}
    main = head + _main(layout, files, paths, parameters)
    return {"main.bicep": main} | {paths[target]: file.text() for target, file in files.items()}


def _main(
    layout: Layout,
    files: Mapping[Target, _File],
    paths: Mapping[Target, str],
    parameters: Mapping[Subject, str],
) -> str:
    names = Names(camel_case)
    blocks = [_target_scope(layout.level)]
    for subject, name in parameters.items():
        blocks.append(_parameter(names.name(subject, name), subject))
    for target, file in files.items():
        stem = paths[target].removesuffix(".bicep")
        passed = [f"    {name}: {name}" for name in file.parameters().values()]
        lines = [
            f"module {names.name(target, stem)} {quote(paths[target])} = {{",
            f"  name: {quote(stem)}",
            f"  scope: {_scope_function(target.scope, layout.home)}",
            *(["  params: {", *passed, "  }"] if passed else []),
            "}",
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)


class _File:
    """One Bicep file: the assignments that are deployed to one target."""

    def __init__(
        self, target: Target, assignments: Sequence[PlannedAssignment], parameters: Mapping[Subject, str]
    ) -> None:
        self._target = target
        self._assignments = assignments
        self._parameters = parameters
        self._names = Names(camel_case)
        self._existing: dict[ResourceId, str] = {}

    def parameters(self) -> dict[Subject, str]:
        """The parameters that this file needs, by subject."""
        mine = {one.principal for one in self._assignments}
        return {subject: name for subject, name in self._parameters.items() if subject in mine}

    def text(self) -> str:
        """The file's text."""
        parameters = [_parameter(self._names.name(s, name), s) for s, name in self.parameters().items()]
        blocks = [self._assignment(one) for one in self._assignments]
        return "\n".join([_target_scope(self._target.level), *parameters, *self._existing.values(), *blocks])

    def _assignment(self, one: PlannedAssignment) -> str:
        scope = self._scope_symbol(one.scope_id)
        identity, principal_id = self._principal(one.principal)
        symbol = self._names.name(one, one.principal.name, one.role_name, "on", one.scope_id.name)
        definition = (
            "subscriptionResourceId" if self._target.level <= Level.SUBSCRIPTION else "tenantResourceId"
        )
        lines = [
            f"// {one.role_name} for {one.principal.name}",
            f"resource {symbol} '{ROLE_ASSIGNMENT_TYPE}@{ROLE_ASSIGNMENT_API}' = {{",
            f"  name: guid({self._scope_id(scope)}, {identity}, {quote(one.role_id)})",
            *([f"  scope: {scope}"] if scope else []),
            "  properties: {",
            f"    principalId: {principal_id}",
            f"    principalType: {quote(one.principal.principal_type)}",
            f"    roleDefinitionId: {definition}({quote(ROLE_DEFINITION_TYPE)}, {quote(one.role_id)})",
            f"    description: {quote(description_of(one))}",
            "  }",
            "}",
        ]
        return "\n".join(lines) + "\n"

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
        """The symbol of an existing resource, which is declared on first use, after what it belongs to."""
        symbol = self._names.name(resource, type_word(resource), resource.name)
        parts = parts_of(resource)
        if resource not in self._existing and parts is not None:
            self._existing[resource] = self._declaration(resource, symbol, parts)
        return symbol

    def _declaration(self, resource: ResourceId, symbol: str, parts: Parts) -> str:
        version = version_for(parts.resource_type)
        lines = [
            *(_UNKNOWN_TYPE if version is None else []),
            f"resource {symbol} '{parts.resource_type}@{version or _ANY_VERSION}' existing = {{",
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
    """A Bicep string."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return f"'{escaped}'"


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
