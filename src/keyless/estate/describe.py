"""An estate's principals, roles and scopes in words."""

from __future__ import annotations

from keyless.estate.export.references import References
from keyless.model.access_policies import PERMISSIONS, AccessPolicy
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment

_KINDS = {"resourceGroup": "resource group", "managementGroup": "management group"}


def describe_principal(principal_id: str, references: References) -> str:
    """A principal by its name; by its id where nothing in the estate has it."""
    named = references.principal(principal_id)
    return named if isinstance(named, str) else f"{next(iter(named))} {next(iter(named.values()))}"


def describe_scope(scope: ResourceId, references: References) -> str:
    """A scope by what it is and is called, such as ``secret db-password of vault contoso-orders``."""
    named = references.scope(scope)
    if isinstance(named, str):
        return named
    if "subscription" in named:
        return "the whole subscription"
    if "vault" in named:
        held = [f"{noun} {named[noun]} of " for noun in ("secret", "key", "certificate") if noun in named]
        return f"{''.join(held)}vault {named['vault']}"
    if "key" in named:
        label = f" (label {named['label']})" if "label" in named else ""
        return f"key {named['key']}{label} of store {named['store']}"
    kind, name = next(iter(named.items()))
    return f"{_KINDS.get(kind, kind)} {name}"


def describe_assignment(assignment: RoleAssignment, references: References) -> str:
    """Who has which role where."""
    who = describe_principal(assignment.principal_id, references)
    role = references.role(assignment.role_definition_id)
    return f"{who}: {role} on {describe_scope(assignment.scope_id, references)}"


def permissions_in_words(policy: AccessPolicy) -> str:
    """What an access policy gives, such as ``secrets get, list; keys sign``."""
    given = ((kind, policy.permissions.of(kind)) for kind in PERMISSIONS)
    return "; ".join(f"{kind} {', '.join(names)}" for kind, names in given if names) or "nothing"
