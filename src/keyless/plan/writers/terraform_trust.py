"""Writes the federated credentials of identities for pods as Terraform, by azapi beside either provider.

The issuer is read from the cluster; credentials of one identity wait for each other, because Azure refuses
writes to one identity at the same time.

Source: https://learn.microsoft.com/azure/templates/microsoft.managedidentity/userassignedidentities/federatedidentitycredentials
"""

from __future__ import annotations

from collections.abc import Callable

from keyless.model.resource_id import ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE
from keyless.plan.result import Plan
from keyless.plan.trust import CLUSTER_TYPE, CREDENTIAL, Trust, trusts
from keyless.plan.writers.hcl import Value, attribute, block, quote
from keyless.plan.writers.ids import version_for
from keyless.plan.writers.names import Names, type_word

_ISSUER = "properties.oidcIssuerProfile.issuerURL"


def trust_blocks(plan: Plan, names: Names, identity_id: Callable[[ResourceId], str]) -> list[str]:
    """The blocks; ``identity_id`` gives the expression for an identity's id."""
    blocks: dict[str, str] = {}
    last: dict[ResourceId, str] = {}
    for one in trusts(plan):
        issuer = _cluster(one.cluster, names, blocks)
        name = names.name(one, one.identity.name, "trusts", one.service_account)
        blocks[name] = _credential(one, name, identity_id(one.identity), issuer, last.get(one.identity))
        last[one.identity] = name
    return list(blocks.values())


def _cluster(cluster: ResourceId, names: Names, blocks: dict[str, str]) -> str:
    """The expression for a cluster's issuer."""
    name = names.name(("trusted", cluster), type_word(cluster), cluster.name)
    lines = [
        f"type = {quote(f'{CLUSTER_TYPE}@{version_for(CLUSTER_TYPE)}')}",
        f"resource_id = {quote(cluster.text)}",
        f"response_export_values = [{quote(_ISSUER)}]",
    ]
    blocks.setdefault(name, block("data", ("azapi_resource", name), lines))
    return f"data.azapi_resource.{name}.output.{_ISSUER}"


def _credential(trust: Trust, name: str, identity: str, issuer: str, before: str | None) -> str:
    kind = f"{USER_ASSIGNED_IDENTITY_TYPE}/{CREDENTIAL}@{version_for(USER_ASSIGNED_IDENTITY_TYPE)}"
    lines = [
        f"type = {quote(kind)}",
        f"parent_id = {identity}",
        f"name = {quote(trust.name)}",
        *([f"depends_on = [azapi_resource.{before}]"] if before else []),
    ]
    properties: dict[str, Value] = {
        "issuer": issuer,
        "subject": quote(trust.subject),
        "audiences": f"[{quote(trust.audience)}]",
    }
    body = attribute("body", {"properties": properties})
    return block("resource", ("azapi_resource", name), lines, body)
