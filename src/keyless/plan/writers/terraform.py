"""Writes a plan as Terraform: ``azurerm`` resources beside data sources for what they join.

Decisions:
- a user-assigned identity's principal id comes from ``azurerm_user_assigned_identity``; a system-assigned
  one from the host, read by ``azapi_resource``, because azurerm has another data source for each kind of
  host and for some kinds none. Where the plan switches it on, by ``azapi_update_resource``, which changes
  nothing else of the host;
- identities that the plan proposes are made; one in another subscription than the provider's is made by
  ``azapi_resource``;
- the role is named by its id below the subscription: the id that the provider's data source gives lacks
  the subscription, and Terraform would replace the assignment again and again;
- names are ``uuidv5()`` of scope, identity and role, so that they are the same in every run; a custom role
  has the id that the plan gave it;
- single objects are written as ids below their vault: reading a secret as a data source would put its
  value into the state;
- what changes workloads, and what switches keys off, are modules of their own, to be applied later
  (``keyless.plan.writers.terraform_later``).

Sources: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/role_assignment,
https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/role_definition and
https://registry.terraform.io/providers/Azure/azapi/latest/docs/resources/update_resource
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.catalog.services import APP_CONFIGURATION, KEY_VAULT, service
from keyless.model.resource_id import ResourceId, group_scope, subscription_scope
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.proposed import ROLE_DEFINITION_TYPE, proposed_identities
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.stages import StageKey
from keyless.plan.staging.words import description_of
from keyless.plan.writers.hcl import block, configured, nested, quote, versions
from keyless.plan.writers.ids import principal_path, same_subscription, version_for
from keyless.plan.writers.layout import home_subscription, parameter_names
from keyless.plan.writers.names import Names, snake_case, type_word
from keyless.plan.writers.remarks import remarks
from keyless.plan.writers.terraform_later import switched_on, write_later
from keyless.plan.writers.terraform_trust import trust_blocks

_CURRENT = "data.azurerm_subscription.current.id"
_GROUP_TYPE = "Microsoft.Resources/resourceGroups@2022-09-01"
_IDENTITY = "azurerm_user_assigned_identity"
LATER = (StageKey.SWITCH, StageKey.LOCAL_AUTH_OFF)


def write_terraform(plan: Plan) -> dict[str, str]:
    """File name to text; what is applied later is in directories of its own."""
    main = _Main(plan)
    text = main.text()
    variables = [variable(name, subject) for subject, name in main.variables.items()]
    files = {
        "main.tf": text,
        "versions.tf": versions(main.providers),
        "providers.tf": configured(main.providers),
    }
    return files | ({"variables.tf": "\n".join(variables)} if variables else {}) | write_later(plan)


def head(plan: Plan) -> str:
    """The comment at the head of the main file."""
    lines = remarks(plan, elsewhere=LATER)
    later = [f"Then apply {name.rpartition('/')[0]}/." for name in write_later(plan)]
    return "".join(f"# {line}".rstrip() + "\n" for line in (*lines, *later))


class _Main:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._home = home_subscription(plan)
        self._names = Names(snake_case)
        self._blocks: dict[tuple[str, ResourceId], str] = {}
        self._proposed = {ResourceId.parse(one.resource_id) for one in proposed_identities(plan)}
        self._roles = {one.definition.id: one.definition for one in plan.proposed_roles}
        self.variables = parameter_names(plan, snake_case)
        self.providers = ["azurerm"]

    def text(self) -> str:
        for identity in proposed_identities(self._plan):
            self._made_identity(ResourceId.parse(identity.resource_id))
        trusted = trust_blocks(self._plan, self._names, lambda one: f"{self._identity(one)}.id")
        if trusted:
            self.providers = ["azurerm", "azapi"]
        roles = [self._role(role) for role in self._roles.values()]
        assignments = [self._assignment(one) for one in self._plan.assignments]
        current = block("data", ("azurerm_subscription", "current"), [])
        made = (*self._blocks.values(), *trusted, *roles)
        return "\n".join([head(self._plan), current, *made, *assignments])

    def _assignment(self, one: PlannedAssignment) -> str:
        scope = self._reference(one.scope_id)
        identity, principal_id = self._principal(one.principal)
        name = self._names.name(one, one.principal.name, one.role_name, "on", one.scope_id.name)
        lines = [
            f'name = uuidv5("url", join("|", [{scope}, {identity}, {quote(one.role_id)}]))',
            f"scope = {scope}",
            f"role_definition_id = {self._definition(one)}",
            f"principal_id = {principal_id}",
            f"principal_type = {quote(one.principal.principal_type)}",
            f"description = {quote(description_of(one))}",
        ]
        return block("resource", ("azurerm_role_assignment", name), lines)

    def _definition(self, one: PlannedAssignment) -> str:
        if one.role_id in self._roles:
            name = self._role_name(self._roles[one.role_id])
            return f"azurerm_role_definition.{name}.role_definition_resource_id"
        return self._literal(definition_id(one))

    def _role(self, role: RoleDefinition) -> str:
        scopes = [self._literal(ResourceId.parse(scope)) for scope in role.assignable_scopes]
        lines = [
            f"name = {quote(role.name)}",
            f"role_definition_id = {quote(role.id)}",
            f"scope = {next(iter(scopes), quote('/'))}",
            f"description = {quote(role.description)}",
            f"assignable_scopes = [{', '.join(scopes)}]",
        ]
        inner = [line for one in role.permissions for line in nested("permissions", _permission(one))]
        return block("resource", ("azurerm_role_definition", self._role_name(role)), lines, inner)

    def _role_name(self, role: RoleDefinition) -> str:
        return self._names.name(role.id, "role", role.name)

    def _principal(self, subject: Subject) -> tuple[str, str]:
        """What names the identity, and what is its principal id."""
        path = principal_path(subject)
        if path is None:
            return (f"var.{self.variables[subject]}",) * 2
        identity = ResourceId.parse(subject.resource_id)
        at_home = same_subscription(identity.subscription_id, self._home)
        if subject.kind is SubjectKind.USER_ASSIGNED and at_home:
            found = self._identity(identity)
            return f"{found}.id", f"{found}.principal_id"
        found = self._by_azapi(identity, path, is_proposed=subject.is_proposed)
        named = f"{found}.resource_id" if "azapi_update" in found else f"{found}.id"
        return named, f"{found}.output.{path}"

    def _identity(self, identity: ResourceId) -> str:
        """The address of a user-assigned identity, made or read."""
        if identity in self._proposed:
            return self._made_identity(identity)
        return self._source(_IDENTITY, identity, _by_name(identity))

    def _made_identity(self, identity: ResourceId) -> str:
        """An identity that the plan proposes, in the place of its resource group."""
        if not same_subscription(identity.subscription_id, self._home):
            return self._by_azapi(identity, "properties.principalId", is_proposed=True)
        group = group_scope(identity.subscription_id or "", identity.resource_group or "")
        where = self._source("azurerm_resource_group", group, [f"name = {quote(group.name)}"])
        lines = [
            f"name = {quote(identity.name)}",
            f"resource_group_name = {where}.name",
            f"location = {where}.location",
        ]
        return self._resource(_IDENTITY, identity, lines)

    def _by_azapi(self, identity: ResourceId, path: str, *, is_proposed: bool) -> str:
        """An identity of which azurerm knows nothing: read, switched on at its host, or made."""
        kind = quote(f"{identity.resource_type}@{version_for(identity.resource_type or '')}")
        exports = f"response_export_values = [{quote(path)}]"
        if not is_proposed:
            lines = [f"type = {kind}", f"resource_id = {self._literal(identity)}", exports]
            return self._source("azapi_resource", identity, lines)
        self.providers = ["azurerm", "azapi"]
        if path.startswith("identity."):
            return self._switched_on(identity, [f"type = {kind}", f"resource_id = {self._literal(identity)}"])
        group = group_scope(identity.subscription_id or "", identity.resource_group or "")
        where = self._source(
            "azapi_resource", group, [f"type = {quote(_GROUP_TYPE)}", f"resource_id = {self._literal(group)}"]
        )
        lines = [
            f"type = {kind}",
            f"parent_id = {where}.id",
            f"name = {quote(identity.name)}",
            f"location = {where}.location",
            exports,
        ]
        return self._resource("azapi_resource", identity, lines)

    def _switched_on(self, host: ResourceId, lines: list[str]) -> str:
        """The system-assigned identity of a host that the plan switches on."""
        there = self._source("azapi_resource", host, [*lines, 'response_export_values = ["identity.type"]'])
        return self._resource("azapi_update_resource", host, [*lines, *switched_on(there)])

    def _reference(self, scope: ResourceId) -> str:
        """An expression for a scope: by a data source's id where there is one that reads no contents."""
        for resource in (scope, scope.parent):
            source = _data_source_of(resource)
            if source is not None and same_subscription(resource.subscription_id, self._home):
                below = scope.segments[len(resource.segments) :]
                found = f"{self._source(source, resource, _by_name(resource))}.id"
                return quote(path_of(below), before=found) if below else found
        return self._literal(scope)

    def _literal(self, scope: ResourceId) -> str:
        """An id as text, but for the subscription that Terraform runs in."""
        if not same_subscription(scope.subscription_id, self._home):
            return quote(scope.text)
        below = scope.segments[2:]
        return quote(path_of(below), before=_CURRENT) if below else _CURRENT

    def _source(self, kind: str, resource: ResourceId, lines: list[str]) -> str:
        return f"data.{self._written('data', kind, resource, lines)}"

    def _resource(self, kind: str, resource: ResourceId, lines: list[str]) -> str:
        return self._written("resource", kind, resource, lines)

    def _written(self, word: str, kind: str, resource: ResourceId, lines: list[str]) -> str:
        name = self._names.name((kind, resource), type_word(resource), resource.name)
        self._blocks.setdefault((kind, resource), block(word, (kind, name), lines))
        return f"{kind}.{name}"


def path_of(segments: Iterable[str]) -> str:
    """Segments of an id, behind what they lie in."""
    return "".join(f"/{segment}" for segment in segments)


def definition_id(one: PlannedAssignment) -> ResourceId:
    """The role's definition as Azure names it in the assignment: below the subscription of the scope."""
    subscription_id = one.scope_id.subscription_id
    above = subscription_scope(subscription_id).segments if subscription_id else ()
    return ResourceId((*above, "providers", *ROLE_DEFINITION_TYPE.split("/"), one.role_id))


def _permission(permission: Permission) -> dict[str, str]:
    lists = {
        "actions": permission.actions,
        "not_actions": permission.not_actions,
        "data_actions": permission.data_actions,
        "not_data_actions": permission.not_data_actions,
    }
    return {name: f"[{', '.join(map(quote, found))}]" for name, found in lists.items()}


def _data_source_of(scope: ResourceId) -> str | None:
    for key, source in ((KEY_VAULT, "azurerm_key_vault"), (APP_CONFIGURATION, "azurerm_app_configuration")):
        if scope.is_type(service(key).arm_type or ""):
            return source
    return None


def _by_name(resource: ResourceId) -> list[str]:
    return [f"name = {quote(resource.name)}", f"resource_group_name = {quote(resource.resource_group or '')}"]


def variable(name: str, subject: Subject) -> str:
    """A variable for a principal id that no resource can tell."""
    description = f"description = {quote(f'Principal (object) id of {subject.name}.')}"
    return block("variable", (name,), ["type = string", description])
