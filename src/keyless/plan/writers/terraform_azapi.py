"""Writes a plan as Terraform with the azapi provider alone: each resource as Azure Resource Manager has it.

Decisions:
- every id is written out, so that one deployment reaches all subscriptions that its account does;
- names are the ``uuidv5()`` that the azurerm files have, of ids in place of references;
- an identity that the plan proposes is made by ``azapi_resource``, a system-assigned one switched on at its
  host by ``azapi_update_resource``; all others are only read;
- what changes workloads, and what switches keys off, are modules of their own, as with azurerm.

Sources: https://registry.terraform.io/providers/Azure/azapi/latest/docs/resources/resource and
https://learn.microsoft.com/azure/templates/microsoft.authorization/roleassignments
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.model.resource_id import ResourceId, group_scope
from keyless.model.roles import RoleDefinition
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.proposed import (
    ROLE_DEFINITION_TYPE,
    own_identities_to_switch_on,
    proposed_identities,
    role_properties,
)
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.staging.words import description_of
from keyless.plan.writers.hcl import Value, attribute, block, configured, quote, versions
from keyless.plan.writers.ids import principal_path, version_for
from keyless.plan.writers.layout import (
    ROLE_ASSIGNMENT_API,
    ROLE_ASSIGNMENT_TYPE,
    parameter_names,
    role_target,
)
from keyless.plan.writers.names import Names, snake_case, type_word
from keyless.plan.writers.terraform import definition_id, head, variable
from keyless.plan.writers.terraform_later import switched_on, write_later
from keyless.plan.writers.terraform_trust import trust_blocks

_GROUP_TYPE = "Microsoft.Resources/resourceGroups@2022-09-01"
_PROVIDERS = ("azapi",)


def write_terraform_azapi(plan: Plan) -> dict[str, str]:
    """File name to text; what is applied later is in directories of its own."""
    main = _Main(plan)
    text = main.text()
    variables = [variable(name, subject) for subject, name in main.variables.items()]
    files = {"main.tf": text, "versions.tf": versions(_PROVIDERS), "providers.tf": configured(_PROVIDERS)}
    return files | ({"variables.tf": "\n".join(variables)} if variables else {}) | write_later(plan)


class _Main:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._names = Names(snake_case)
        self._blocks: dict[tuple[str, ResourceId], tuple[str, str]] = {}
        self._roles = {one.definition.id: one.definition for one in plan.proposed_roles}
        self.variables = parameter_names(plan, snake_case)

    def text(self) -> str:
        for identity in proposed_identities(self._plan):
            self._made(ResourceId.parse(identity.resource_id))
        for subject, _ in own_identities_to_switch_on(self._plan):
            if principal_path(subject) is not None:
                self._switched_on(ResourceId.parse(subject.resource_id))
        made = {ResourceId.parse(one.resource_id) for one in proposed_identities(self._plan)}
        trusted = trust_blocks(
            self._plan, self._names, lambda one: f"{self._made(one)}.id" if one in made else quote(one.text)
        )
        roles = [self._role(role) for role in self._roles.values()]
        assignments = [self._assignment(one) for one in self._plan.assignments]
        blocks = [text for _, text in self._blocks.values()]
        return "\n".join([head(self._plan), *blocks, *trusted, *roles, *assignments])

    def _assignment(self, one: PlannedAssignment) -> str:
        identity, principal_id = self._principal(one.principal)
        scope = quote(one.scope)
        name = self._names.name(one, one.principal.name, one.role_name, "on", one.scope_id.name)
        lines = [
            f"type = {quote(f'{ROLE_ASSIGNMENT_TYPE}@{ROLE_ASSIGNMENT_API}')}",
            f"parent_id = {scope}",
            f'name = uuidv5("url", join("|", [{scope}, {identity}, {quote(one.role_id)}]))',
        ]
        properties: dict[str, Value] = {
            "principalId": principal_id,
            "principalType": quote(one.principal.principal_type),
            "roleDefinitionId": self._definition(one),
            "description": quote(description_of(one)),
        }
        body = attribute("body", {"properties": properties})
        return block("resource", ("azapi_resource", name), lines, body)

    def _definition(self, one: PlannedAssignment) -> str:
        if one.role_id in self._roles:
            return f"azapi_resource.{self._role_name(self._roles[one.role_id])}.id"
        return quote(definition_id(one).text)

    def _role(self, role: RoleDefinition) -> str:
        lines = [
            f"type = {quote(f'{ROLE_DEFINITION_TYPE}@{ROLE_ASSIGNMENT_API}')}",
            f"parent_id = {quote(role_target(role).scope.text)}",
            f"name = {quote(role.id)}",
        ]
        body = attribute("body", {"properties": _object(role_properties(role))})
        return block("resource", ("azapi_resource", self._role_name(role)), lines, body)

    def _role_name(self, role: RoleDefinition) -> str:
        return self._names.name(role.id, "role", role.name)

    def _principal(self, subject: Subject) -> tuple[str, str]:
        """What names the identity, and what is its principal id."""
        path = principal_path(subject)
        if path is None:
            return (f"var.{self.variables[subject]}",) * 2
        identity = ResourceId.parse(subject.resource_id)
        if not subject.is_proposed:
            found = self._read(identity, path)
        elif subject.kind is SubjectKind.USER_ASSIGNED:
            found = self._made(identity)
        else:
            found = self._switched_on(identity)
        return quote(identity.text), f"{found}.output.{path}"

    def _read(self, identity: ResourceId, path: str) -> str:
        lines = [f"resource_id = {quote(identity.text)}", f"response_export_values = [{quote(path)}]"]
        return "data." + self._written("data", "azapi_resource", identity, lines)

    def _made(self, identity: ResourceId) -> str:
        group = group_scope(identity.subscription_id or "", identity.resource_group or "")
        where = "data." + self._written(
            "data", "azapi_resource", group, [f"resource_id = {quote(group.text)}"], _GROUP_TYPE
        )
        lines = [
            f"parent_id = {where}.id",
            f"name = {quote(identity.name)}",
            f"location = {where}.location",
            'response_export_values = ["properties.principalId"]',
        ]
        return self._written("resource", "azapi_resource", identity, lines)

    def _switched_on(self, host: ResourceId) -> str:
        named = f"resource_id = {quote(host.text)}"
        lines = [named, 'response_export_values = ["identity.type"]']
        there = "data." + self._written("data", "azapi_resource", host, lines)
        lines = [named, *switched_on(there)]
        return self._written("resource", "azapi_update_resource", host, lines)

    def _written(
        self, word: str, kind: str, resource: ResourceId, lines: list[str], named_type: str = ""
    ) -> str:
        """The address of a block, which is written on first use."""
        if (kind, resource) not in self._blocks:
            name = self._names.name((kind, resource), type_word(resource), resource.name)
            version = version_for(resource.resource_type or "")
            kind_line = f"type = {quote(named_type or f'{resource.resource_type}@{version}')}"
            written = block(word, (kind, name), [kind_line, *lines])
            self._blocks[kind, resource] = (f"{kind}.{name}", written)
        return self._blocks[kind, resource][0]


def _object(value: Mapping[str, object]) -> dict[str, Value]:
    """What Azure Resource Manager takes as JSON, as HCL."""
    return {name: _value(inner) for name, inner in value.items()}


def _value(value: object) -> Value:
    if isinstance(value, list):
        return [_inline(inner) for inner in value]
    return quote(str(value))


def _inline(value: object) -> str:
    """An item of a list, on one line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_inline(inner)}' for name, inner in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    return quote(str(value))
