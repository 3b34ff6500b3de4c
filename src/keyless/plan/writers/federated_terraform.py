"""Writes federated credentials as Terraform.

Those of user-assigned identities are of the azurerm provider (version 5, which names the identity alone),
those of applications of the azuread provider.

Sources: https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/federated_identity_credential
and https://registry.terraform.io/providers/hashicorp/azuread/latest/docs/resources/application_federated_identity_credential
"""

from __future__ import annotations

from collections.abc import Sequence

from keyless.plan.federation import Bridge, Target
from keyless.plan.writers.hcl import block, quote
from keyless.plan.writers.names import Names, snake_case

_PROVIDERS = {
    Target.IDENTITY: ("azurerm", "hashicorp/azurerm", ">= 5.0"),
    Target.APPLICATION: ("azuread", "hashicorp/azuread", ">= 3.0"),
}


def write_terraform(bridges: Sequence[Bridge], target: Target) -> str:
    """One file."""
    names = Names(snake_case)
    groups: dict[str, str] = {}
    write = _of_identity if target is Target.IDENTITY else _of_application
    blocks = [write(bridge, names, groups) for bridge in bridges]
    return "\n".join([_provider(target), *groups.values(), *blocks])


def _of_identity(bridge: Bridge, names: Names, groups: dict[str, str]) -> str:
    name = names.name(bridge, bridge.target)
    lines = [f"name = {quote(bridge.target)}"]
    if bridge.is_made:
        group = names.name(bridge.resource_group.casefold(), "group", bridge.resource_group)
        found = f"data.azurerm_resource_group.{group}"
        group_name = [f"name = {quote(bridge.resource_group)}"]
        groups.setdefault(group, block("data", ("azurerm_resource_group", group), group_name))
        lines += [f"location = {found}.location", f"resource_group_name = {found}.name"]
    else:
        lines.append(f"resource_group_name = {quote(bridge.resource_group)}")
    kind = "resource" if bridge.is_made else "data"
    owner = f"{'' if bridge.is_made else 'data.'}azurerm_user_assigned_identity.{name}.id"
    credential = [f"name = {quote(bridge.name)}", f"user_assigned_identity_id = {owner}"]
    return "\n".join(
        [
            block(kind, ("azurerm_user_assigned_identity", name), lines),
            block(
                "resource",
                ("azurerm_federated_identity_credential", name),
                [*credential, *_trust(bridge, "audience")],
            ),
        ]
    )


def _of_application(bridge: Bridge, names: Names, _: dict[str, str]) -> str:
    name = names.name(bridge, bridge.target)
    credential = [
        f"application_id = data.azuread_application.{name}.id",
        f"display_name = {quote(bridge.name)}",
        *_trust(bridge, "audiences"),
    ]
    return "\n".join(
        [
            block("data", ("azuread_application", name), [f"display_name = {quote(bridge.target)}"]),
            block("resource", ("azuread_application_federated_identity_credential", name), credential),
        ]
    )


def _trust(bridge: Bridge, audiences: str) -> list[str]:
    return [
        f"issuer = {quote(bridge.issuer)}",
        f"subject = {quote(bridge.subject)}",
        f"{audiences} = [{quote(bridge.audience)}]",
    ]


def _provider(target: Target) -> str:
    name, source, version = _PROVIDERS[target]
    entry = f"    {name} = {{\n      source  = {quote(source)}\n      version = {quote(version)}\n    }}"
    head = f"terraform {{\n  required_providers {{\n{entry}\n  }}\n}}\n"
    return f"{head}\n" + (f'provider "{name}" {{\n  features {{}}\n}}\n' if name == "azurerm" else "")
