"""What all writers of deployments need to know of a plan: what is deployed where, and how ids come apart.

Rules of Azure Resource Manager that this follows:
- a role assignment is deployed at the level (resource group, subscription, management group, tenant) that
  its scope lies in; a deployment that touches several of them starts at a higher level and nests one for
  each;
- from a subscription one may nest into its own and other subscriptions' groups; into a management group
  only from a management group, and into the tenant's root only from the tenant.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-subscription
"""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keyless.catalog.services import api_version
from keyless.model.resource_id import ResourceId, group_scope, subscription_scope
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan, PlannedAssignment

ROLE_ASSIGNMENT_TYPE = "Microsoft.Authorization/roleAssignments"
ROLE_ASSIGNMENT_API = "2022-04-01"
NAME_LENGTH = 40
"""How much of a resource group's name goes into names that Azure limits to 64 characters."""
MANAGEMENT_GROUP_TYPE = "Microsoft.Management/managementGroups"


_WORD = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z]+[0-9]*|[0-9]+")


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
class Layout:
    """A plan, sorted by where it is deployed.

    ``level`` is where the deployment starts, and ``home`` the subscription that it starts in; above
    subscriptions there is none.
    """

    level: Level
    home: str | None
    targets: tuple[tuple[Target, tuple[PlannedAssignment, ...]], ...]


def layout_of(plan: Plan) -> Layout:
    """Sort a plan's assignments by target; a plan without any is one for an empty resource group."""
    gathered: dict[Target, list[PlannedAssignment]] = {}
    for assignment in plan.assignments:
        gathered.setdefault(target_of(assignment.scope_id), []).append(assignment)
    targets = tuple((target, tuple(assignments)) for target, assignments in gathered.items())
    level = max((target.level for target in gathered), default=Level.RESOURCE_GROUP)
    if len(targets) > 1:
        level = max(level, Level.SUBSCRIPTION)
    home = home_subscription(plan) if level <= Level.SUBSCRIPTION else None
    return Layout(level, home, targets)


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


def same_subscription(one: str | None, other: str | None) -> bool:
    """Whether both name the same subscription; nothing is in no subscription's."""
    return one is not None and other is not None and one.casefold() == other.casefold()


def home_subscription(plan: Plan) -> str | None:
    """The subscription that most of the assignments lie in; none where no assignment lies in any."""
    found = (one.scope_id.subscription_id for one in plan.assignments)
    subscriptions = Counter(subscription_id for subscription_id in found if subscription_id)
    return subscriptions.most_common(1)[0][0] if subscriptions else None


@dataclass(frozen=True, slots=True)
class Parts:
    """A resource id taken apart: what it lies in, its provider and types, its names."""

    base: ResourceId
    resource_type: str
    names: tuple[str, ...]

    @property
    def is_child(self) -> bool:
        """Whether the resource is a child of another one."""
        return len(self.names) > 1


def parts_of(resource: ResourceId) -> Parts | None:
    """Take a resource id apart; none for a scope above resources."""
    resource_type = resource.resource_type
    if resource_type is None:
        return None
    length = 2 * resource_type.count("/") + 2
    segments = resource.segments
    return Parts(ResourceId(segments[:-length]), resource_type, segments[len(segments) - length + 3 :: 2])


def version_for(resource_type: str) -> str | None:
    """A stable API version for a type: its own, or the one of the type that it is a child of."""
    while resource_type.count("/"):
        found = api_version(resource_type)
        if found is not None:
            return found
        resource_type = resource_type.rsplit("/", 1)[0]
    return None


def principal_path(subject: Subject) -> str | None:
    """Where a resource's description has the principal id; none where it must be given as a parameter."""
    if not subject.resource_id:
        return None
    resource_type = ResourceId.parse(subject.resource_id).resource_type
    if resource_type is None or version_for(resource_type) is None:
        return None
    paths = {
        SubjectKind.SYSTEM_ASSIGNED: "identity.principalId",
        SubjectKind.USER_ASSIGNED: "properties.principalId",
    }
    return paths.get(subject.kind)


class Names:
    """Gives out identifiers: a thing keeps the one that it got first, and no two things have the same."""

    def __init__(self, style: Callable[[Sequence[str]], str]) -> None:
        self._style = style
        self._given: dict[object, str] = {}
        self._taken: set[str] = set()

    def name(self, thing: object, *words: str) -> str:
        """The identifier of ``thing``, made from ``words`` where it has none yet."""
        if thing not in self._given:
            base = self._style([part for word in words for part in _WORD.findall(word)])
            name, number = base, 2
            while name.casefold() in self._taken:
                name, number = f"{base}{number}", number + 1
            self._taken.add(name.casefold())
            self._given[thing] = name
        return self._given[thing]


def parameter_names(plan: Plan, style: Callable[[Sequence[str]], str]) -> dict[Subject, str]:
    """The parameters by which principal ids are given that no resource can tell, by subject."""
    names = Names(style)
    told = {one.principal: principal_path(one.principal) for one in plan.assignments}
    return {
        subject: names.name(subject, subject.name, "principal", "id")
        for subject, path in told.items()
        if path is None
    }


def target_names(layout: Layout) -> dict[Target, str]:
    """A name for each target that is safe and short enough for files and nested deployments."""
    names = Names("-".join)
    return {
        target: names.name(target, "role-assignments", (target.scope.name or "tenant")[:NAME_LENGTH])
        for target, _ in layout.targets
    }


def camel_case(words: Sequence[str]) -> str:
    """``keyVaultContoso``."""
    first, *rest = words or ("x",)
    name = first.lower() + "".join(word[0].upper() + word[1:] for word in rest)
    return name if name[0].isalpha() else f"x{name}"


def snake_case(words: Sequence[str]) -> str:
    """``key_vault_contoso``."""
    name = "_".join(word.lower() for word in words) or "x"
    return name if name[0].isalpha() else f"x_{name}"


def type_word(resource: ResourceId) -> str:
    """The last part of a resource's type in the singular, for identifiers."""
    plural = (resource.resource_type or "scope").rsplit("/", 1)[-1]
    return f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")


def description_of(assignment: PlannedAssignment) -> str:
    """What the assignment itself says about why it is there; no number in it changes from plan to plan."""
    name = assignment.principal.name
    seen = any(used.count for used in assignment.used)
    why = f"what {name} was seen to use" if seen else f"what the access policy of {name} gave"
    return f"The least privileged role for {why}; planned by Keyless."


def switch_command(vault: ResourceId) -> str:
    """What lets roles decide in a vault.

    It is a command, because no template can change one property of a vault and leave the others, such as its
    network rules, as they are.
    """
    return (
        f"az keyvault update --subscription {vault.subscription_id} --resource-group {vault.resource_group} "
        f"--name {vault.name} --enable-rbac-authorization true"
    )


def remarks(plan: Plan, *, switches: bool = False) -> list[str]:
    """What a deployment does not do by itself: lines for a comment at its head.

    One that ``switches`` vaults from access policies to roles says nothing of that.
    """
    lines = ["Role assignments planned by Keyless from what the workloads were seen to do."]
    lines.append("A name is made from scope, identity and role, so that deploying again changes nothing.")
    if plan.assignments:
        lines.append("Where Azure has one of these assignments under another name, delete that one first.")
    for removal in plan.removals:
        gone = f"{removal.role_name} of {removal.principal.name}"
        lines.append(f"The plan does not keep {gone}; where Azure has it, remove it with:")
        assignment = f"{removal.scope.rstrip('/')}/providers/{ROLE_ASSIGNMENT_TYPE}/{removal.assignment_id}"
        lines.append(f"  az role assignment delete --ids {assignment}")
    for vault in () if switches else plan.vaults_to_switch:
        resource = ResourceId.parse(vault)
        lines.append(f"Then let roles decide in the vault {resource.name}, in place of its access policies:")
        lines.append(f"  {switch_command(resource)}")
    lines.extend(
        f"Not covered for {gap.principal.name} at {gap.scope}: {gap.action}: {gap.advice}."
        for gap in plan.uncovered
    )
    return lines
