"""The Kubernetes cluster that workloads of the host kind `aks` run in, as their tokens show it.

Rules:
- there is one cluster for each tenant and location; its issuer has the form of an AKS cluster's, with an id
  that is derived from both, so that it is no real cluster's;
- a workload runs as a service account: the one that the estate gives it, else `default/NAME`;
- a user-assigned identity of such a workload trusts the cluster's issuer for just that service account.

Pure. Source: https://learn.microsoft.com/azure/aks/workload-identity-overview
"""

from __future__ import annotations

import re

from keyless.model.estate import derived_guid
from keyless.model.federated_credentials import DEFAULT_AUDIENCE, free_name
from keyless.model.identities import ComputeResource, FederatedCredential

SERVICE_ACCOUNT = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?/[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_ISSUER = re.compile(
    r"https://(?P<location>[a-z0-9]+)\.oic\.prod-aks\.azure\.com/[0-9a-f-]{36}/[0-9a-f-]{36}/"
)


def cluster_issuer(tenant_id: str, location: str) -> str:
    """The issuer of the cluster in a location."""
    cluster = derived_guid("cluster", tenant_id, location)
    return f"https://{location.lower()}.oic.prod-aks.azure.com/{tenant_id}/{cluster}/"


def is_cluster_issuer(issuer: str, tenant_id: str) -> bool:
    """Whether an issuer is that of one of our own clusters."""
    form = _ISSUER.fullmatch(issuer)
    return form is not None and issuer == cluster_issuer(tenant_id, form["location"])


def service_account(compute: ComputeResource) -> str:
    """The service account that a workload runs as, as ``namespace/name``."""
    plain = re.sub(r"[^a-z0-9.-]+", "-", compute.name.lower()).strip("-.")
    return compute.service_account or f"default/{plain or 'workload'}"


def subject_of(compute: ComputeResource) -> str:
    """The subject of a workload's tokens."""
    namespace, _, name = service_account(compute).partition("/")
    return f"system:serviceaccount:{namespace}:{name}"


def workload_credential(
    compute: ComputeResource, owner: str, tenant_id: str, there: tuple[FederatedCredential, ...] = ()
) -> FederatedCredential:
    """What lets a workload's token stand for one of its identities: that which is ``there`` already, or a
    new one.

    ``there`` are the credentials of the owner, which is the identity's ARM id.
    """
    issuer, subject = cluster_issuer(tenant_id, compute.location), subject_of(compute)
    for known in there:
        if (known.issuer, known.subject) == (issuer, subject):
            return known
    name = free_name(f"aks-{compute.name}", (known.name for known in there))
    return FederatedCredential(owner, name, issuer, subject, DEFAULT_AUDIENCE)
