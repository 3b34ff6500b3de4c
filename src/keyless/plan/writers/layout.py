"""What all writers of deployments need to know of a plan: what is deployed where, and in which order.

Rules of Azure Resource Manager that this follows:
- a role assignment is deployed at the level (resource group, subscription, management group, tenant) that
  its scope lies in, an identity to its resource group, a custom role to its subscription or management group;
- a deployment that touches several of them starts at a higher level and nests one for each. What makes
  identities and roles is nested apart from what assigns, because each may need what another one makes;
- from a subscription one may nest into its own and other subscriptions' groups; into a management group
  only from a management group, and into the tenant's root only from the tenant.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-subscription
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from keyless.model.resource_id import ResourceId, group_scope, subscription_scope
from keyless.model.roles import RoleDefinition
from keyless.plan.problem import Subject
from keyless.plan.proposed import proposed_identities
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.trust import Trust, trusts
from keyless.plan.writers.ids import principal_path
from keyless.plan.writers.names import Names

ROLE_ASSIGNMENT_TYPE = "Microsoft.Authorization/roleAssignments"
ROLE_ASSIGNMENT_API = "2022-04-01"
NAME_LENGTH = 40
"""How much of a resource group's name goes into names that Azure limits to 64 characters."""
MANAGEMENT_GROUP_TYPE = "Microsoft.Management/managementGroups"


class Level(enum.IntEnum):
    """The levels that one can deploy to, the narrowest first."""

    RESOURCE_GROUP = 0
    SUBSCRIPTION = 1
    MANAGEMENT_GROUP = 2
    TENANT = 3


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that is deployed to; ``scope`` is its id."""

    level: Level
    scope: ResourceId

    @property
    def subscription_id(self) -> str | None:
        """The subscription that this lies in: ids of things in it need not name it."""
        return self.scope.subscription_id


@dataclass(frozen=True, slots=True)
class Part:
    """What is deployed to one target together: what is made first, and the assignments that need it."""

    target: Target
    identities: tuple[Subject, ...] = ()
    roles: tuple[RoleDefinition, ...] = ()
    trusts: tuple[Trust, ...] = ()
    assignments: tuple[PlannedAssignment, ...] = ()

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Those who get something here, each once."""
        return tuple(dict.fromkeys(one.principal for one in self.assignments))

    def needs(self, other: Part) -> bool:
        """Whether an assignment here waits for what another part makes."""
        made = {one.resource_id.casefold() for one in other.identities}
        roles = {role.id for role in other.roles}
        return any(
            one.role_id in roles or one.principal.resource_id.casefold() in made for one in self.assignments
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """A plan, sorted by where it is deployed, in an order in which it can be.

    ``level`` is where the deployment starts, and ``home`` the subscription that it starts in; above
    subscriptions there is none. Where there are several ``parts``, none both makes something and assigns.
    """

    level: Level
    home: str | None
    parts: tuple[Part, ...]


def layout_of(plan: Plan) -> Layout:
    """Sort a plan by target; one that makes and assigns nothing is one for an empty resource group."""
    made, assigned = _made(plan), _assigned(plan)
    targets = dict.fromkeys((*made, *assigned))
    level = max((target.level for target in targets), default=Level.RESOURCE_GROUP)
    if len(targets) == 1:
        (target,) = targets
        first = made.get(target, Part(target))
        parts: tuple[Part, ...] = (replace(first, assignments=assigned.get(target, first).assignments),)
    else:
        parts = (*made.values(), *assigned.values())
        level = max(level, Level.SUBSCRIPTION) if targets else level
    home = home_subscription(plan) if level <= Level.SUBSCRIPTION else None
    return Layout(level, home, parts)


def _made(plan: Plan) -> dict[Target, Part]:
    """What is to be made, by target."""
    found: dict[Target, Part] = {}
    for identity in proposed_identities(plan):
        target = target_of(ResourceId.parse(identity.resource_id))
        part = found.get(target, Part(target))
        found[target] = replace(part, identities=(*part.identities, identity))
    for trust in trusts(plan):
        target = target_of(trust.identity)
        part = found.get(target, Part(target))
        found[target] = replace(part, trusts=(*part.trusts, trust))
    for proposed in plan.proposed_roles:
        target = role_target(proposed.definition)
        part = found.get(target, Part(target))
        found[target] = replace(part, roles=(*part.roles, proposed.definition))
    return found


def _assigned(plan: Plan) -> dict[Target, Part]:
    found: dict[Target, Part] = {}
    for one in plan.assignments:
        target = target_of(one.scope_id)
        part = found.get(target, Part(target))
        found[target] = replace(part, assignments=(*part.assignments, one))
    return found


def role_target(role: RoleDefinition) -> Target:
    """What a custom role is deployed to: the subscription or management group of where it can be assigned."""
    scope = ResourceId.parse(next(iter(role.assignable_scopes), "/"))
    subscription_id = scope.subscription_id
    return target_of(subscription_scope(subscription_id) if subscription_id else scope)


def target_of(scope: ResourceId) -> Target:
    """What an assignment at ``scope`` is deployed to."""
    subscription_id, group = scope.subscription_id, scope.resource_group
    if subscription_id and group:
        return Target(Level.RESOURCE_GROUP, group_scope(subscription_id, group))
    if subscription_id:
        return Target(Level.SUBSCRIPTION, subscription_scope(subscription_id))
    management_group = scope.ancestor_of_type(MANAGEMENT_GROUP_TYPE)
    if management_group is not None:
        return Target(Level.MANAGEMENT_GROUP, management_group)
    return Target(Level.TENANT, ResourceId(()))


def home_subscription(plan: Plan) -> str | None:
    """The subscription that most of the assignments lie in; none where no assignment lies in any."""
    made = (ResourceId.parse(one.resource_id) for one in proposed_identities(plan))
    found = (scope.subscription_id for scope in (*(one.scope_id for one in plan.assignments), *made))
    subscriptions = Counter(subscription_id for subscription_id in found if subscription_id)
    return subscriptions.most_common(1)[0][0] if subscriptions else None


def parameter_names(plan: Plan, style: Callable[[Sequence[str]], str]) -> dict[Subject, str]:
    """The parameters by which principal ids are given that no resource can tell, by subject."""
    names = Names(style)
    told = {one.principal: principal_path(one.principal) for one in plan.assignments}
    return {
        subject: names.name(subject, subject.name, "principal", "id")
        for subject, path in told.items()
        if path is None
    }


def part_names(layout: Layout) -> dict[Part, str]:
    """A name for each part that is safe and short enough for files and nested deployments."""
    names = Names("-".join)
    return {
        part: names.name(part, _word_of(part), (part.target.scope.name or "tenant")[:NAME_LENGTH])
        for part in layout.parts
    }


def _word_of(part: Part) -> str:
    return "role-assignments" if part.assignments else "prepare"
