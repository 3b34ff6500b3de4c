"""Writes federated credentials as Bicep: one file for each resource group, to be deployed there.

Credentials of one identity must be made one after the other; here each has just one. Those of applications
are Microsoft Graph's, and need its Bicep extension.

Sources: https://learn.microsoft.com/azure/templates/microsoft.managedidentity/userassignedidentities/federatedidentitycredentials
and https://learn.microsoft.com/graph/templates/bicep/reference/federatedidentitycredentials
"""

from __future__ import annotations

from collections.abc import Sequence

from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE
from keyless.plan.federation import Bridge, Target
from keyless.plan.writers.bicep import quote
from keyless.plan.writers.ids import version_for
from keyless.plan.writers.names import Names, camel_case

_CREDENTIAL_TYPE = f"{USER_ASSIGNED_IDENTITY_TYPE}/federatedIdentityCredentials"
_GRAPH = "extension microsoftGraphV1\n"


def write_bicep(bridges: Sequence[Bridge], target: Target) -> dict[str, str]:
    """File name to text: `GROUP.bicep` for identities, `applications.bicep` for applications."""
    if target is Target.APPLICATION:
        names = Names(camel_case)
        return {"applications.bicep": "\n".join([_GRAPH, *(_of_application(one, names) for one in bridges)])}
    groups = dict.fromkeys(one.resource_group.casefold() for one in bridges)
    return {f"{group}.bicep": _file([one for one in bridges if _is_in(one, group)]) for group in groups}


def _file(bridges: Sequence[Bridge]) -> str:
    names = Names(camel_case)
    scope = "targetScope = 'resourceGroup'\n"
    return "\n".join([scope, *(_of_identity(one, names) for one in bridges)])


def _of_identity(bridge: Bridge, names: Names) -> str:
    version = version_for(USER_ASSIGNED_IDENTITY_TYPE)
    symbol = names.name((bridge, "identity"), bridge.target)
    credential = names.name((bridge, "credential"), bridge.target, "federation")
    head = f"resource {symbol} '{USER_ASSIGNED_IDENTITY_TYPE}@{version}'"
    place = ["  location: resourceGroup().location"] if bridge.is_made else []
    lines = [
        f"{head} {'' if bridge.is_made else 'existing '}= {{",
        f"  name: {quote(bridge.target)}",
        *place,
        "}",
        "",
        f"resource {credential} '{_CREDENTIAL_TYPE}@{version}' = {{",
        f"  parent: {symbol}",
        f"  name: {quote(bridge.name)}",
        "  properties: {",
        *(f"  {line}" for line in _trust(bridge)),
        "  }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _of_application(bridge: Bridge, names: Names) -> str:
    symbol = names.name((bridge, "application"), bridge.target)
    credential = names.name((bridge, "credential"), bridge.target, "federation")
    lines = [
        f"resource {symbol} 'Microsoft.Graph/applications@v1.0' existing = {{",
        f"  uniqueName: {quote(bridge.target)}",
        "}",
        "",
        f"resource {credential} 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = {{",
        f"  name: '${{{symbol}.uniqueName}}/{bridge.name}'",
        *_trust(bridge),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _trust(bridge: Bridge) -> list[str]:
    return [
        f"  issuer: {quote(bridge.issuer)}",
        f"  subject: {quote(bridge.subject)}",
        "  audiences: [",
        f"    {quote(bridge.audience)}",
        "  ]",
    ]


def _is_in(bridge: Bridge, group: str) -> bool:
    return bridge.resource_group.casefold() == group
