"""From what was observed to what is demanded: who needs which actions, and where.

Rules:
- what was allowed, and what passed by learning, is demand; what was denied is so only if asked for;
- demand is gathered at the container (the vault, the store, the account) of what was touched; where the
  policy says so, at the single object, if the service documents role assignments at objects; what was done
  at the container itself, such as listing, is needed there;
- ids and actions are compared without case; the spelling of the first observation is shown.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from keyless.catalog.services import container_of
from keyless.model.evidence import Observation, Outcome
from keyless.model.guids import guid_key
from keyless.model.identities import RunsOn
from keyless.model.resource_id import ResourceId
from keyless.plan.index import Action
from keyless.plan.policy.policy import DEFAULT_POLICY, PlanPolicy


class SubjectKind(enum.StrEnum):
    """What a plan gives roles to; the two types of managed identity, or anything else with a principal id.

    Users and groups only where they have access policies, which roles replace.
    """

    SYSTEM_ASSIGNED = "SystemAssigned"
    USER_ASSIGNED = "UserAssigned"
    APPLICATION = "Application"
    ACCESS_KEY = "AccessKey"
    USER = "User"
    GROUP = "Group"


class Subject(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A principal that a plan is made for.

    ``resource_id`` is the ARM id by which its principal id can be looked up: the host's for a
    system-assigned identity, the identity's own for a user-assigned one, empty for an application. One that
    ``is_deleted`` gets nothing more, and what it has is of no use.
    One that ``is_proposed`` does not exist yet: the plan has it made, and its principal id is only a
    placeholder until then.
    ``runs_on`` says where an application's code runs, if that is known, and ``compute`` on which compute
    resource, by its ARM id.
    """

    principal_id: str
    name: str
    kind: SubjectKind
    resource_id: str = ""
    is_deleted: bool = False
    is_proposed: bool = False
    runs_on: RunsOn | None = None
    compute: str = ""

    @property
    def key(self) -> str:
        """What it is looked up by: its principal id, in any casing."""
        return guid_key(self.principal_id)

    @property
    def principal_type(self) -> str:
        """What an assignment of a role says that it is."""
        people = {SubjectKind.USER, SubjectKind.GROUP}
        return self.kind.value if self.kind in people else "ServicePrincipal"


@dataclass(frozen=True, slots=True)
class Demand:
    """What one principal did at one scope: each action with how often. ``scope`` is where a role would go."""

    principal_id: str
    scope: ResourceId
    counts: dict[Action, int]


def demands(observations: Iterable[Observation], policy: PlanPolicy = DEFAULT_POLICY) -> list[Demand]:
    """The demand in observations, by principal and scope, wider scopes before the narrower ones in them."""
    gathered: dict[tuple[str, ResourceId], Demand] = {}
    spelled: dict[Action, Action] = {}
    objects_of = policy.scopes.of_objects()
    for seen in observations:
        if seen.outcome is Outcome.DENIED and not policy.evidence.include_denied:
            continue
        scope = container_of(seen.scope_id, objects_of=objects_of)
        place = (guid_key(seen.principal_id), scope)
        demand = gathered.setdefault(place, Demand(seen.principal_id, scope, {}))
        action = spelled.setdefault((seen.plane, seen.action.casefold()), (seen.plane, seen.action))
        demand.counts[action] = demand.counts.get(action, 0) + seen.count
    return [gathered[place] for place in sorted(gathered, key=lambda place: (place[0], place[1].key))]
