"""That the compute of a client can sign in, and may do what it does: its identity, and its role assignment.

Rules:
- where a template has the compute, its identity must be certain: the system's own, or a user-assigned one
  that a setting names; compute without one gets the system's in the same fix;
- a role assignment is added where compute and resource stand in one file of Bicep and nothing there may have
  made it already; elsewhere the words say that it is needed.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.deployed.all_grants import grants
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.grants import Grant
from keyless.assess.findings.finding import Edit, Remedy
from keyless.assess.fixes.properties import property_set
from keyless.assess.repository import Repository
from keyless.assess.stored.host import Host
from keyless.assess.syntax.templates import Dialect, Resource
from keyless.catalog.roles import role_named
from keyless.model.roles import RoleDefinition

_ASSIGNMENTS = "Microsoft.Authorization/roleAssignments@2022-04-01"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The edits, and what they leave to do or do, in words."""

    edits: tuple[Edit, ...]
    words: str


def signed_in(
    repository: Repository, hosts: tuple[Host, ...], found: Deployed, remedy: Remedy
) -> SignedIn | None:
    """What lets the hosts sign in to a resource; none where it is not certain that they can."""
    edits: list[Edit] = []
    for host in hosts:
        if host.none:
            added = property_set(host.found, "identity.type", "SystemAssigned")
            if not added:
                return None
            edits += added
        elif not is_sure(host):
            return None
    roles = " and ".join(remedy.roles)
    assigned = _assigned(repository, hosts, found, remedy.roles)
    if assigned is None:
        return SignedIn(
            tuple(edits), f"{_who(hosts, remedy)} needs {roles} at {remedy.scope}" if roles else ""
        )
    has = "gets" if assigned else "has"
    return SignedIn((*edits, *assigned), f"{_who(hosts, remedy)} {has} {roles} at {remedy.scope}")


def is_sure(host: Host) -> bool:
    """Whether code that names no identity signs in there for sure."""
    return host.told and (host.system or (host.chosen and bool(host.users)))


def _who(hosts: tuple[Host, ...], remedy: Remedy) -> str:
    if len(hosts) == 1 and hosts[0].none:
        return f"the system-assigned identity of `{hosts[0].found.symbol}`, which is added,"
    return remedy.identity


def _assigned(
    repository: Repository, hosts: tuple[Host, ...], found: Deployed, names: tuple[str, ...]
) -> tuple[Edit, ...] | None:
    """The assignments that are missing; none where that cannot be told, or not be written."""
    roles = [role for name in names if (role := role_named(name)) is not None]
    if len(hosts) != 1 or not roles or len(roles) != len(names):
        return None
    at = [one for one in repository.view(grants) if one.at == found.symbol or not one.at]
    missing = [role for role in roles if not any(_is_of(one, role, hosts[0], found) for one in at)]
    if not missing:
        return ()
    open_ones = any(not one.to and (one.role is None or one.role in missing) for one in at)
    if open_ones or not (_is_plain(hosts[0].found, found) and (hosts[0].system or hosts[0].none)):
        return None
    end = hosts[0].found.declared.span.end
    texts = list(_texts(hosts[0].found, found, missing))
    return (Edit(found.template.path, end, end, "".join(texts)),) if texts else None


def _is_of(grant: Grant, role: RoleDefinition, host: Host, found: Deployed) -> bool:
    is_role = grant.role is not None and grant.role.id == role.id
    return is_role and grant.to == host.found.symbol and grant.at == found.symbol and not grant.condition


def _is_plain(*those: Deployed) -> bool:
    """Whether resources stand in one file of Bicep for a resource group, each once and for sure."""
    template = those[0].template
    same = all(one.template is template for one in those) and template.dialect is Dialect.BICEP
    return same and not template.target_scope and not those[0].existing and all(map(_is_single, those))


def _is_single(one: Deployed) -> bool:
    declared = one.declared
    return isinstance(declared, Resource) and not (
        declared.repeated or declared.condition or declared.scope or declared.parent
    )


def _texts(host: Deployed, found: Deployed, roles: list[RoleDefinition]) -> Iterator[str]:
    taken = {one.symbol for one in host.template.resources} | {one.name for one in host.template.variables}
    taken |= {one.name for one in host.template.parameters} | {one.symbol for one in host.template.modules}
    for role in roles:
        symbol = f"{host.symbol}{found.symbol[:1].upper()}{found.symbol[1:]}{_word(role)}"
        if symbol in taken:
            return
        yield (
            f"\n\nresource {symbol} '{_ASSIGNMENTS}' = {{\n"
            f"  name: guid({found.symbol}.id, {host.symbol}.id, '{role.id}')\n"
            f"  scope: {found.symbol}\n"
            "  properties: {\n"
            f"    principalId: {host.symbol}.identity.principalId\n"
            "    principalType: 'ServicePrincipal'\n"
            "    roleDefinitionId: subscriptionResourceId(\n"
            "      'Microsoft.Authorization/roleDefinitions',\n"
            f"      '{role.id}' // {role.name}\n"
            "    )\n"
            "  }\n"
            "}"
        )


def _word(role: RoleDefinition) -> str:
    return "".join(one for one in role.name if one.isalnum())
