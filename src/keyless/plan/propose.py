"""Custom roles that a plan proposes: exactly what was used, where the roles that there are grant too much.

Rules, such as those who keep a tenant's roles ask for:
- a role is proposed for a scope where the best roles that there are have excess that weighs as much as the
  policy says, or where no role grants something that was used;
- it has just the actions that were used there, and no wildcard: what does not look like an action of Azure,
  or has a `*` in it, is left to no role, whatever the evidence says;
- the same set of actions is one role for everybody; its GUID and its name are derived from the set, so that
  planning again, or elsewhere, gives the same one;
- it may be assigned where it is used and no wider than needed: at the resource group, or at the subscription
  where it is used in several groups of it. A role with data actions is never proposed for a management
  group, because Azure allows none there;
- a tenant has room for so many custom roles; where that is not enough, those that save most are proposed.

Source: https://learn.microsoft.com/azure/role-based-access-control/custom-roles
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyless.catalog.limits import limits
from keyless.model.actions import AZURE_RBAC, ActionPlane
from keyless.model.estate import derived_guid
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId, group_scope, subscription_scope
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.index import Action, RankedRole, RoleIndex
from keyless.plan.places import Place
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.proof import Method
from keyless.plan.solve import Cover
from keyless.plan.wording import counted, listed

_ACTION = re.compile(r"[A-Za-z][A-Za-z0-9.-]*(?:/[A-Za-z0-9$_.:-]+)+")


@dataclass(frozen=True, slots=True)
class Proposer:
    """Decides whether a place gets a role of its own: from ``saves`` on; ``allowed`` are ids, if any."""

    index: RoleIndex
    saves: int
    allowed: Collection[str] | None = None
    always: bool = False
    """Propose also where nothing is saved but assignments."""

    def better(
        self, cover: Cover, demand: int, counts: Mapping[Action, int], scope: ResourceId
    ) -> Cover | None:
        """A proposed role in place of ``cover``, which covers ``demand``, the part of ``counts`` that it can.

        None where the roles that there are do well enough.
        """
        actions = frozenset(action for action in counts if _ACTION.fullmatch(action[1]))
        bits = 0
        for action in actions:
            bits |= self.index.bit(action)
        more = bits & ~demand
        if demand & ~bits or not bits or not (more or self._is_worth(cover)):
            return None
        if _is_above_subscriptions(scope) and any(plane is ActionPlane.DATA for plane, _ in actions):
            return None
        ranked = self._role(bits)
        if self.allowed is not None and ranked.role.id not in self.allowed:
            return None
        return Cover((ranked,), 0, 0, 0, Method.REDUCTION)

    def _is_worth(self, cover: Cover) -> bool:
        return (self.always and len(cover.roles) > 1) or cover.cost >= max(1, self.saves)

    def _role(self, bits: int) -> RankedRole:
        key = ("proposed", bits)
        if key not in self.index.memo:
            self.index.memo[key] = self.index.ranked(_definition(self.index, bits))
        found: RankedRole = self.index.memo[key]
        return found


def proposed_roles(index: RoleIndex, settled: Iterable[Place]) -> tuple[ProposedRole, ...]:
    """The roles that were proposed for some place, each once, by name."""
    by_role: defaultdict[str, list[Place]] = defaultdict(list)
    for place in settled:
        if place.instead is not None:
            by_role[place.cover.roles[0].role.id].append(place)
    found = (_proposed(index, places) for places in by_role.values())
    return tuple(sorted(found, key=lambda one: (one.definition.name.casefold(), one.definition.id)))


def with_room(index: RoleIndex, settled: Sequence[Place]) -> frozenset[str] | None:
    """The ids of the proposed roles that the tenant has room for; none where it has room for all."""
    saved: defaultdict[str, int] = defaultdict(int)
    for place in settled:
        if place.instead is not None:
            saved[place.cover.roles[0].role.id] += place.instead.cost + len(place.granted_by_none)
    new = [one for one in saved if one not in index.custom]
    room = max(0, limits().rbac.custom_roles_per_tenant - len(index.custom))
    if len(new) <= room:
        return None
    best = sorted(new, key=lambda one: (-saved[one], one))
    return frozenset((*best[:room], *(one for one in saved if one in index.custom)))


def _is_above_subscriptions(scope: ResourceId) -> bool:
    return scope.subscription_id is None


def _definition(index: RoleIndex, bits: int) -> RoleDefinition:
    control, data = (
        tuple(sorted(index.universe.names(bits, plane), key=str.casefold)) for plane in AZURE_RBAC
    )
    guid = derived_guid("proposedRole", *control, "", *data)
    providers = sorted(
        {name.split("/", 1)[0].rsplit(".", 1)[-1] for name in (*control, *data)}, key=str.casefold
    )
    words = listed(providers) if len(providers) < 4 else counted(len(providers), "service")
    return RoleDefinition(
        guid,
        f"Keyless {words} {guid[:8]}",
        (Permission(actions=control, data_actions=data),),
        custom=True,
        description=f"Exactly what was used, {counted(bits.bit_count(), 'action')}; from a plan of Keyless.",
        assignable_scopes=(),
    )


def _proposed(index: RoleIndex, places: Sequence[Place]) -> ProposedRole:
    role = places[0].cover.roles[0].role
    there_already = index.custom.get(role.id)
    scopes = _assignable_scopes([place.scope for place in places])
    if there_already is not None:
        scopes = tuple(dict.fromkeys((*there_already.assignable_scopes, *scopes)))
    return ProposedRole(
        definition=RoleDefinition(role.id, role.name, role.permissions, True, (), role.description, scopes),
        excess_saved=sum(place.instead.excess.bit_count() for place in places if place.instead),
        reason=_reason(places),
    )


def _assignable_scopes(scopes: Iterable[ResourceId]) -> tuple[str, ...]:
    """The narrowest scopes for a role: a group, or the subscription where it is used in several groups."""
    found: dict[ResourceId, dict[ResourceId, None]] = {}
    for scope in sorted(scopes, key=lambda one: one.key):
        whole = scope if scope.subscription_id is None else subscription_scope(scope.subscription_id)
        group = scope.resource_group
        part = group_scope(scope.subscription_id, group) if scope.subscription_id and group else whole
        found.setdefault(whole, {})[part] = None
    return tuple((next(iter(parts)) if len(parts) == 1 else whole).text for whole, parts in found.items())


def _reason(places: Sequence[Place]) -> str:
    """Why the role is worth making."""
    who = len({guid_key(place.principal_id) for place in places})
    parts = [f"For {counted(who, 'principal')} at {counted(len(places), 'scope')}."]
    saved = sum(place.instead.excess.bit_count() for place in places if place.instead)
    weight = sum(place.instead.cost for place in places if place.instead)
    if saved:
        names = sorted({one.role.name for place in places if place.instead for one in place.instead.roles})
        best = listed([f"`{name}`" for name in names]) if len(names) < 4 else counted(len(names), "role")
        parts.append(
            f"The best roles that there are ({best}) would grant {counted(saved, 'permission')} besides, "
            f"which weigh {weight:,}."
        )
    only = sorted({name for place in places for _, name in place.granted_by_none})
    if only:
        parts.append(f"No role that may be chosen grants {listed([f'`{name}`' for name in only])}.")
    return " ".join(parts)
