"""Which service accounts of clusters an identity that a plan chooses has to trust.

Rules:
- one federated credential for each choice of an identity whose code runs in an AKS cluster; the issuer is the
  cluster's own, which only Azure knows, and so it is read from there;
- all of one identity are made one after the other: Azure refuses writes to one identity at the same time.

Source: https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from keyless.model.federated_credentials import DEFAULT_AUDIENCE
from keyless.model.identities import IdentityKind
from keyless.model.resource_id import ResourceId
from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange, IdentityChoice

CLUSTER_TYPE = "Microsoft.ContainerService/managedClusters"
CREDENTIAL = "federatedIdentityCredentials"
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Trust:
    """That an identity trusts a service account (``namespace/name``) of a cluster; both by id."""

    identity: ResourceId
    cluster: ResourceId
    service_account: str

    @property
    def subject(self) -> str:
        """Whom the cluster's tokens are about."""
        return f"system:serviceaccount:{self.service_account.replace('/', ':')}"

    @property
    def audience(self) -> str:
        """Whom they are for."""
        return DEFAULT_AUDIENCE

    @property
    def name(self) -> str:
        """The credential's name: of letters, digits and hyphens."""
        words = re.findall(r"[A-Za-z0-9]+", f"{self.cluster.name}-{self.service_account}")
        return "-".join(["aks", *words])[:_LONGEST_NAME].rstrip("-")


def trusts(plan: Plan) -> tuple[Trust, ...]:
    """Each that a new choice asks for, once; a cluster that is not AKS is a person's."""
    found = [_trust(one) for one in plan.identities.choices if _asks(one)]
    return tuple(dict.fromkeys(one for one in found if one.cluster.is_type(CLUSTER_TYPE)))


def _asks(choice: IdentityChoice) -> bool:
    new = choice.change is not IdentityChange.KEEP and choice.chosen is IdentityKind.USER_ASSIGNED
    return new and choice.service_account != ""


def _trust(choice: IdentityChoice) -> Trust:
    identity = ResourceId.parse(choice.identity.resource_id)
    return Trust(identity, ResourceId.parse(choice.resource), choice.service_account)
