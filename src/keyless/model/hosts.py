"""The kinds of host that give a workload its managed identity, as the workload sees them.

Each has its own endpoint, files and environment; which one a compute resource has follows from its type,
unless the estate or the command line says otherwise.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-status
"""

from __future__ import annotations

import enum

from keyless.model.resource_id import ResourceId


class HostKind(enum.StrEnum):
    """How a workload gets its token."""

    APP_SERVICE = "app-service"
    """App Service, Functions, Container Apps: an endpoint and a secret header in the environment."""
    VM = "vm"
    """A virtual machine or scale set: the instance metadata service at a bare address."""
    ARC = "arc"
    """A server of one's own under Azure Arc: an endpoint that challenges for the content of a file."""
    SERVICE_FABRIC = "service-fabric"
    """Service Fabric: an endpoint over TLS, known by its certificate's thumbprint, and a secret header."""
    AML = "aml"
    """Azure Machine Learning: an endpoint and a secret header of an older form."""
    CLOUD_SHELL = "cloud-shell"
    """Cloud Shell: an endpoint that is posted to, without a secret."""
    AKS = "aks"
    """Workload identity of Kubernetes: a projected token file, exchanged at Entra's token endpoint."""


_BY_TYPE: tuple[tuple[str, HostKind], ...] = (
    ("microsoft.compute/", HostKind.VM),
    ("microsoft.hybridcompute/", HostKind.ARC),
    ("microsoft.azurestackhci/", HostKind.ARC),
    ("microsoft.servicefabric/", HostKind.SERVICE_FABRIC),
    ("microsoft.machinelearningservices/", HostKind.AML),
    ("microsoft.containerservice/", HostKind.AKS),
    ("microsoft.kubernetes/", HostKind.AKS),
)


def host_kind_of_type(resource_type: str) -> HostKind:
    """The kind of host that a compute resource of this type is; App Service's for types not known here."""
    wanted = f"{resource_type.casefold()}/"
    return next((kind for prefix, kind in _BY_TYPE if wanted.startswith(prefix)), HostKind.APP_SERVICE)


def host_kind_of(resource_id: str, given: HostKind | None) -> HostKind:
    """How code on a resource gets its token: as it is ``given``, else as the resource's type has it."""
    return given or host_kind_of_type(ResourceId.parse(resource_id).resource_type or "")
