"""An estate of two workloads that share an identity, and a client that remembers."""

from __future__ import annotations

from keyless.model.identities import ComputeResource, IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId, group_scope, resource_scope
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE
from keyless.runtime.messages import ToClient

GROUP = group_scope("s", "orders-rg")


def identity(kind: IdentityKind, name: str, resource_id: ResourceId) -> ManagedIdentity:
    """An identity whose ids follow from its name."""
    return ManagedIdentity(kind, name, resource_id.text, f"client-of-{name}", f"principal-of-{name}")


def workload(name: str, resource_type: str = "Microsoft.Web/sites", *user_assigned: str) -> ComputeResource:
    """A compute resource with a system-assigned identity."""
    scope = resource_scope(GROUP, resource_type, name)
    own = identity(IdentityKind.SYSTEM_ASSIGNED, name, scope)
    return ComputeResource(scope.text, name, "westeurope", own, user_assigned)


SHARED = identity(
    IdentityKind.USER_ASSIGNED, "shared", resource_scope(GROUP, USER_ASSIGNED_IDENTITY_TYPE, "shared")
)
WEB = workload("web", "Microsoft.Web/sites", SHARED.resource_id)
WORKER = workload("worker", "Microsoft.Compute/virtualMachines")


class Ears:
    """A client that remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[ToClient] = []

    def __call__(self, message: ToClient) -> None:
        self.heard.append(message)
