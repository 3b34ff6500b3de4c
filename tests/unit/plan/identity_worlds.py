"""Compute resources with identities, and what was seen of these, in few words."""

from __future__ import annotations

from plan_worlds import GROUP, OTHER_VAULT, SECRETS, SUBSCRIPTION, VAULT, saw

from keyless.model.identities import ComputeResource, IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId, resource_scope
from keyless.plan.policy.identities import ComputeHints, IdentityRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Subject, SubjectKind
from plans_made import planned

SITES = "Microsoft.Web/sites"
MACHINES = "Microsoft.Compute/virtualMachines"
GET = f"{SECRETS}/getSecret/action"
SET = f"{SECRETS}/setSecret/action"
PRODUCTION = {"environment": "production"}
IDENTITIES = "Microsoft.ManagedIdentity/userAssignedIdentities"


def group(name: str) -> str:
    return f"{SUBSCRIPTION}/resourceGroups/{name}"


def resource(name: str, kind: str = SITES, in_group: str = GROUP) -> str:
    return resource_scope(ResourceId.parse(in_group), kind, *name.split("/")).text


def own_identity(name: str, resource_id: str) -> ManagedIdentity:
    return ManagedIdentity(IdentityKind.SYSTEM_ASSIGNED, name, resource_id, f"client-{name}", f"own-{name}")


def host(
    name: str,
    *given: Subject,
    kind: str = SITES,
    in_group: str = GROUP,
    own: bool = True,
    tags: dict[str, str] | None = None,
    location: str = "westeurope",
    **more,
) -> ComputeResource:
    """A compute resource with a system-assigned identity, if it is to have its ``own``, and those given."""
    resource_id = resource(name, kind, in_group)
    return ComputeResource(
        resource_id,
        name,
        location,
        system_assigned=own_identity(name, resource_id) if own else None,
        user_assigned=tuple(one.resource_id for one in given),
        tags=tags or {},
        **more,
    )


def own(compute: ComputeResource) -> Subject:
    """The subject of a resource's system-assigned identity."""
    return Subject(f"own-{compute.name}", compute.name, SubjectKind.SYSTEM_ASSIGNED, compute.resource_id)


def shared(name: str, in_group: str = GROUP) -> Subject:
    """A user-assigned identity."""
    resource_id = resource(name, IDENTITIES, in_group)
    return Subject(f"shared-{name}", name, SubjectKind.USER_ASSIGNED, resource_id)


def reads(who: Subject | ComputeResource, *vaults: str, action: str = GET):
    """It was seen to read secrets of these vaults (of the one, if none is named)."""
    subject = own(who) if isinstance(who, ComputeResource) else who
    return [saw(subject, action, f"{vault}/secrets/db") for vault in vaults or (VAULT,)]


def both(who: Subject | ComputeResource):
    return reads(who, VAULT, OTHER_VAULT)


def hinted(**hints) -> PlanPolicy:
    """A policy with hints by name: those of one resource as a dictionary."""
    compute = {name: ComputeHints(**given) for name, given in hints.items()}
    return PlanPolicy(identities=IdentityRules(compute=compute))


def plan_for(compute, seen, *subjects: Subject, policy: PlanPolicy | None = None, assignments=(), **given):
    """The plan for compute resources, their own identities known."""
    known = [own(one) for one in compute if one.system_assigned is not None]
    observations = [observation for group in seen for observation in group]
    return planned([*known, *subjects], observations, assignments, policy=policy, compute=compute, **given)


def choice(plan, name: str):
    (found,) = [one for one in plan.identities.choices if one.name == name]
    return found


def outcome(plan, name: str):
    """What becomes of a resource: the change, and the identity's type and name."""
    one = choice(plan, name)
    return one.change.value, one.chosen.value, one.identity.name


def who_gets_roles(plan):
    return {one.principal.name for one in plan.assignments}
