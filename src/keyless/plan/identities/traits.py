"""What is known of a compute resource that bears on the type of its identity.

Rules:
- a hint of the policy wins over what follows from the resource, one by name over the one for all;
- compute that is made for a task and deleted after it makes an identity each time, if that is
  system-assigned: container groups, and machines that a scale set or a spot price brings and takes;
- a deployment slot and its site run the same code in turn, and identities stay behind when they are swapped;
- the instances of a scale set, a container app or a function app come and go, but have the identity of the
  whole, of either type: this speaks for user-assigned only where an identity is new;
- in Kubernetes a pod's identity is federated, and only user-assigned identities can be; a scale set of
  flexible orchestration takes user-assigned ones alone. Otherwise the catalog tells what a type can have.

Sources: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations,
https://learn.microsoft.com/azure/app-service/deploy-staging-slots,
https://learn.microsoft.com/azure/aks/workload-identity-overview and
https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from keyless.catalog.services import IdentitySupport, identity_support
from keyless.model.hosts import HostKind, host_kind_of
from keyless.model.identities import ComputeResource
from keyless.model.resource_id import ResourceId
from keyless.plan.identities.environments import environment_in, environment_named, tagged
from keyless.plan.policy.identities import EVERY, ComputeHints, IdentityRules
from keyless.plan.results.identities import IdentityRule

_MACHINES = "microsoft.compute/virtualmachines"
_SCALE_SETS = "microsoft.compute/virtualmachinescalesets"
_CONTAINER_GROUPS = "microsoft.containerinstance/containergroups"
_SITES = "microsoft.web/sites"
_SLOTS = "microsoft.web/sites/slots"
_SCALED = frozenset({_SCALE_SETS, "microsoft.app/containerapps", "microsoft.app/jobs"})
_HINTED: Mapping[str, IdentityRule] = {
    "replicated": IdentityRule.REPLICATED,
    "ephemeral": IdentityRule.EPHEMERAL,
    "access_before_deployment": IdentityRule.ACCESS_BEFORE_DEPLOYMENT,
    "separate_approval": IdentityRule.SEPARATE_APPROVAL,
    "audit_per_resource": IdentityRule.AUDIT_PER_RESOURCE,
    "lifecycle_with_resource": IdentityRule.LIFECYCLE_WITH_RESOURCE,
}


@dataclass(frozen=True, slots=True)
class Traits:
    """``speaking`` are the rules that what is known of the resource brings up.

    ``environment``, ``zone`` and ``region`` are empty where they are not known.
    """

    speaking: frozenset[IdentityRule]
    environment: str
    zone: str
    region: str
    host_kind: HostKind


def traits_of(compute: ComputeResource, rules: IdentityRules, with_slots: Set[str]) -> Traits:
    """What is known of one resource; ``with_slots`` are the case-folded ids of the sites that have slots."""
    resource = ResourceId.parse(compute.resource_id)
    hints = _hints(compute, rules)
    kind = host_kind_of(compute.resource_id, compute.host_kind)
    inferred = {*_inferred(resource, compute, with_slots), *_support(resource, compute, kind)}
    for field, rule in _HINTED.items():
        said = getattr(hints, field)
        if said is not None:
            (inferred.add if said else inferred.discard)(rule)
    return Traits(
        speaking=frozenset(inferred),
        environment=_environment(compute, resource, hints, rules),
        zone=" ".join((hints.zone or tagged(compute.tags, rules.zone_tags)).split()).casefold(),
        region="".join(compute.location.split()).casefold(),
        host_kind=kind,
    )


def sites_with_slots(compute: Iterable[ComputeResource]) -> frozenset[str]:
    """The case-folded ids of the sites that have a slot among the compute resources."""
    slots = (ResourceId.parse(one.resource_id) for one in compute)
    return frozenset(one.parent.text.casefold() for one in slots if one.is_type(_SLOTS))


def names_unknown(compute: Iterable[ComputeResource], rules: IdentityRules) -> list[str]:
    """The names that hints are given for and no compute resource has."""
    known = {EVERY} | {name.casefold() for one in compute for name in (one.name, one.resource_id)}
    return sorted(name for name in rules.compute if name.casefold() not in known)


def _hints(compute: ComputeResource, rules: IdentityRules) -> ComputeHints:
    """All that is said of one resource: what is said of every one gives way."""
    folded = {name.casefold(): hints for name, hints in rules.compute.items()}
    said: dict[str, Any] = {}
    for name in (EVERY, compute.name.casefold(), compute.resource_id.casefold()):
        hints = structs.asdict(folded.get(name, ComputeHints()))
        said |= {field: value for field, value in hints.items() if value is not None}
    return ComputeHints(**said)


def _environment(
    compute: ComputeResource, resource: ResourceId, hints: ComputeHints, rules: IdentityRules
) -> str:
    told = hints.environment or tagged(compute.tags, rules.environment_tags)
    if told:
        return environment_named(told)
    return environment_in((resource.resource_group or "", compute.name))


def _inferred(resource: ResourceId, compute: ComputeResource, with_slots: Set[str]) -> Iterable[IdentityRule]:
    kind = (resource.resource_type or "").casefold()
    properties = _mapping(compute.body.get("properties"))
    if kind in {_CONTAINER_GROUPS, f"{_SCALE_SETS}/virtualmachines"}:
        yield IdentityRule.EPHEMERAL
    if kind == _MACHINES and (properties.get("virtualMachineScaleSet") or _goes_with_its_price(properties)):
        yield IdentityRule.EPHEMERAL
    if kind == _SLOTS or resource.text.casefold() in with_slots:
        yield IdentityRule.REPLICATED
    if kind in _SCALED or (kind in {_SITES, _SLOTS} and "functionapp" in _text(compute.body.get("kind"))):
        yield IdentityRule.INSTANCES_COME_AND_GO


def _goes_with_its_price(properties: Mapping[str, Any]) -> bool:
    """Whether a machine is deleted when its place is wanted."""
    is_spot = _text(properties.get("priority")) == "spot"
    return is_spot and _text(properties.get("evictionPolicy")) == "delete"


def _support(resource: ResourceId, compute: ComputeResource, kind: HostKind) -> Iterable[IdentityRule]:
    """The type that the resource is bound to, if it is."""
    support = identity_support(resource.resource_type or "")
    properties = _mapping(compute.body.get("properties"))
    flexible = resource.is_type(_SCALE_SETS) and _text(properties.get("orchestrationMode")) == "flexible"
    if kind is HostKind.AKS or flexible or support is IdentitySupport.USER_ASSIGNED:
        yield IdentityRule.ONLY_USER_ASSIGNED
    elif support is IdentitySupport.SYSTEM_ASSIGNED:
        yield IdentityRule.ONLY_SYSTEM_ASSIGNED


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value.casefold() if isinstance(value, str) else ""
