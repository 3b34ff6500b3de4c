"""Writes a plan as Terraform: ``azurerm_role_assignment`` resources beside data sources for what they join.

Decisions:
- a user-assigned identity's principal id comes from ``azurerm_user_assigned_identity``; a system-assigned
  one from the host, read by ``azapi_resource``, because azurerm has another data source for each kind of
  host and for some kinds none;
- the role is named by its id below the subscription: the id that the provider's data source gives lacks
  the subscription, and Terraform would replace the assignment again and again;
- a vault moves from access policies to roles by ``azapi_update_resource``, after its assignments: it changes
  that one property, where ``azurerm_key_vault`` would want all of them;
- names are ``uuidv5()`` of scope, identity and role, so that they are the same in every run;
- single objects are written as ids below their vault: reading a secret as a data source would put its
  value into the state.

Source: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/role_assignment
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.catalog.services import APP_CONFIGURATION, KEY_VAULT, service
from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.proposed import ROLE_DEFINITION_TYPE
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.writers.layout import (
    Names,
    description_of,
    home_subscription,
    parameter_names,
    principal_path,
    remarks,
    same_subscription,
    snake_case,
    type_word,
    version_for,
)

_VAULT_API = "2023-07-01"
_CURRENT = "data.azurerm_subscription.current.id"
_PROVIDERS = {"azurerm": ("hashicorp/azurerm", ">= 4.0"), "azapi": ("Azure/azapi", ">= 2.0")}


def write_terraform(plan: Plan) -> dict[str, str]:
    """File name to text."""
    main = _Main(plan)
    text = main.text()
    variables = [_variable(name, subject) for subject, name in main.variables.items()]
    files = {
        "main.tf": text,
        "versions.tf": _versions(main.providers),
        "providers.tf": _configured(main.providers),
    }
    return files | ({"variables.tf": "\n".join(variables)} if variables else {})


class _Main:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._home = home_subscription(plan)
        self._names = Names(snake_case)
        self._data: dict[tuple[str, ResourceId], str] = {}
        self.variables = parameter_names(plan, snake_case)
        self.providers = ["azurerm"]

    def text(self) -> str:
        assignments = [self._assignment(one) for one in self._plan.assignments]
        switches = [self._switch(ResourceId.parse(vault)) for vault in self._plan.vaults_to_switch]
        head = "".join(f"# {line}".rstrip() + "\n" for line in remarks(self._plan, switches=True))
        current = block("data", ("azurerm_subscription", "current"), [])
        return "\n".join([head, current, *self._data.values(), *assignments, *switches])

    def _assignment(self, one: PlannedAssignment) -> str:
        scope = self._reference(one.scope_id)
        identity, principal_id = self._principal(one.principal)
        name = self._assigned(one)
        definition = self._literal(_definition(one))
        lines = [
            f'name = uuidv5("url", join("|", [{scope}, {identity}, {quote(one.role_id)}]))',
            f"scope = {scope}",
            f"role_definition_id = {definition} # {one.role_name}",
            f"principal_id = {principal_id}",
            f"principal_type = {quote(one.principal.principal_type)}",
            f"description = {quote(description_of(one))}",
        ]
        return block("resource", ("azurerm_role_assignment", name), lines)

    def _switch(self, vault: ResourceId) -> str:
        """Lets roles decide in a vault once they are there; its other properties stay as they are."""
        self.providers = list(_PROVIDERS)
        name = self._names.name(("switch", vault), "key", "vault", vault.name, "rbac")
        lines = [
            f"type = {quote(f'{vault.resource_type}@{_VAULT_API}')}",
            f"resource_id = {self._literal(vault)}",
            "body = { properties = { enableRbacAuthorization = true } }",
            *self._after(vault),
        ]
        return block("resource", ("azapi_update_resource", name), lines)

    def _after(self, vault: ResourceId) -> list[str]:
        """The assignments that must be there before the switch, so that nobody is shut out in between."""
        mine = [one for one in self._plan.assignments if _meet(one.scope_id, vault)]
        names = (f"azurerm_role_assignment.{self._assigned(one)}" for one in mine)
        return [f"depends_on = [{', '.join(names)}]"] if mine else []

    def _assigned(self, one: PlannedAssignment) -> str:
        return self._names.name(one, one.principal.name, one.role_name, "on", one.scope_id.name)

    def _principal(self, subject: Subject) -> tuple[str, str]:
        """What names the identity, and what is its principal id."""
        path = principal_path(subject)
        if path is None:
            return (f"var.{self.variables[subject]}",) * 2
        identity = ResourceId.parse(subject.resource_id)
        at_home = same_subscription(identity.subscription_id, self._home)
        if subject.kind is SubjectKind.USER_ASSIGNED and at_home:
            found = self._source("azurerm_user_assigned_identity", identity, _by_name(identity))
            return f"{found}.id", f"{found}.principal_id"
        self.providers = list(_PROVIDERS)
        version = version_for(identity.resource_type or "")
        lines = [
            f"type = {quote(f'{identity.resource_type}@{version}')}",
            f"resource_id = {self._literal(identity)}",
            f"response_export_values = [{quote(path)}]",
        ]
        found = self._source("azapi_resource", identity, lines)
        return f"{found}.id", f"{found}.output.{path}"

    def _reference(self, scope: ResourceId) -> str:
        """An expression for a scope: by a data source's id where there is one that reads no contents."""
        for resource in (scope, scope.parent):
            source = _data_source_of(resource)
            if source is not None and same_subscription(resource.subscription_id, self._home):
                below = scope.segments[len(resource.segments) :]
                found = f"{self._source(source, resource, _by_name(resource))}.id"
                return quote(_path(below), before=found) if below else found
        return self._literal(scope)

    def _literal(self, scope: ResourceId) -> str:
        """An id as text, but for the subscription that Terraform runs in."""
        if not same_subscription(scope.subscription_id, self._home):
            return quote(scope.text)
        below = scope.segments[2:]
        return quote(_path(below), before=_CURRENT) if below else _CURRENT

    def _source(self, kind: str, resource: ResourceId, lines: list[str]) -> str:
        name = self._names.name((kind, resource), type_word(resource), resource.name)
        self._data.setdefault((kind, resource), block("data", (kind, name), lines))
        return f"data.{kind}.{name}"


def _meet(scope: ResourceId, vault: ResourceId) -> bool:
    return scope.contains(vault) or vault.contains(scope)


def _path(segments: Iterable[str]) -> str:
    return "".join(f"/{segment}" for segment in segments)


def _definition(one: PlannedAssignment) -> ResourceId:
    """The role's definition as Azure names it in the assignment: below the subscription of the scope."""
    subscription_id = one.scope_id.subscription_id
    above = subscription_scope(subscription_id).segments if subscription_id else ()
    return ResourceId((*above, "providers", *ROLE_DEFINITION_TYPE.split("/"), one.role_id))


def _data_source_of(scope: ResourceId) -> str | None:
    for key, source in ((KEY_VAULT, "azurerm_key_vault"), (APP_CONFIGURATION, "azurerm_app_configuration")):
        if scope.is_type(service(key).arm_type or ""):
            return source
    return None


def _by_name(resource: ResourceId) -> list[str]:
    return [f"name = {quote(resource.name)}", f"resource_group_name = {quote(resource.resource_group or '')}"]


def quote(text: str, *, before: str | None = None) -> str:
    """A string of HCL, with an expression put before the text if there is one."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return f'"${{{before}}}{escaped}"' if before else f'"{escaped}"'


def block(kind: str, labels: tuple[str, ...], lines: list[str]) -> str:
    """A block as ``terraform fmt`` would leave it: the equals signs of a block stand under each other."""
    head = " ".join([kind, *(f'"{label}"' for label in labels)])
    if not lines:
        return f"{head} {{}}\n"
    width = max(len(line.split(" = ", 1)[0]) for line in lines)
    aligned = [f"  {key:<{width}} = {value}" for key, value in (line.split(" = ", 1) for line in lines)]
    return "\n".join([f"{head} {{", *aligned, "}"]) + "\n"


def _variable(name: str, subject: Subject) -> str:
    description = f"description = {quote(f'Principal (object) id of {subject.name}.')}"
    return block("variable", (name,), ["type = string", description])


def _versions(providers: Iterable[str]) -> str:
    entries = []
    for name in providers:
        source, version = map(quote, _PROVIDERS[name])
        entries.append(f"    {name} = {{\n      source  = {source}\n      version = {version}\n    }}")
    inner = "\n".join(["  required_providers {", *entries, "  }"])
    return f'terraform {{\n  required_version = ">= 1.5"\n{inner}\n}}\n'


def _configured(providers: Iterable[str]) -> str:
    settings = {"azurerm": "{\n  features {}\n}", "azapi": "{}"}
    blocks = [f'provider "{name}" {settings[name]}\n' for name in providers]
    return "\n".join(["# Leave this file out where these files are used as a module.\n", *blocks])
