"""Which roles a plan may choose from, by the policy.

Rules:
- all built-in roles, without those that the policy forbids by name or GUID, and for general use alone if the
  policy says so;
- the custom roles of the estate, where the policy admits them, each only at the scopes at which it may be
  assigned; what they grant is counted as for built-in roles: block by block, less what is taken out, and
  nothing for a block with a condition;
- a forbidden role that nobody knows is an error, since a misspelt one would be allowed;
- what custom roles grant without that a known action answers to it counts as one permission each, so that a
  grant of unknown size is never taken for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from keyless.authz.effective import Universe
from keyless.catalog.roles import UnknownRole, find_role
from keyless.model.actions import ActionPlane
from keyless.model.nearest import nearest, quoted_list
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.roles import RoleDefinition
from keyless.plan.given import Given
from keyless.plan.index import Action, Key, RankedRole, RoleIndex, general_roles, is_for_all, role_index
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.problems import CannotFollow
from keyless.plan.policy.roles import CustomRoles
from keyless.plan.problem import Demand
from keyless.plan.risk import weigher_for


def candidates(given: Given, policy: PlanPolicy, demands: Sequence[Demand]) -> RoleIndex:
    """The roles that the policy allows, over all actions that are known or demanded.

    Raises:
        CannotFollow: the policy forbids a role that there is not.
    """
    built_in = _built_in(given, policy)
    custom = _custom(given, policy)
    demanded = frozenset(action for one in demands for action in one.counts)
    unnamed = _unnamed(role_index().universe, custom)
    base = role_index(demanded | unnamed, built_in)
    forbidden = _forbidden(given, policy)
    return replace(
        base,
        roles=tuple(one for one in base.roles if one.role.id not in forbidden),
        of_all=base.of_all and not forbidden,
        weigher=weigher_for(base.universe, policy.risks, policy.roles.odd_costs),
        effort=policy.effort,
        limited=_by_scope(base.ranked(one) for one in custom if one.id not in forbidden),
        hierarchy=given.hierarchy,
        custom=given.custom_roles,
        memo={},
    )


def _built_in(given: Given, policy: PlanPolicy) -> tuple[RoleDefinition, ...] | None:
    """What may be chosen from; none for all built-in roles."""
    if given.choose_from is not None:
        return given.choose_from
    return general_roles() if policy.roles.general_only else None


def _custom(given: Given, policy: PlanPolicy) -> list[RoleDefinition]:
    if policy.roles.custom is CustomRoles.NONE or given.choose_from is not None:
        return []
    found = sorted(given.custom_roles.values(), key=lambda one: one.id)
    return [one for one in found if not policy.roles.general_only or is_for_all(one)]


def _forbidden(given: Given, policy: PlanPolicy) -> frozenset[str]:
    """The ids of the roles that the policy forbids."""
    return frozenset(
        _id_of(name, f"roles.forbidden[{at}]", given.custom_roles.values())
        for at, name in enumerate(policy.roles.forbidden)
    )


def _id_of(name: str, path: str, custom: Iterable[RoleDefinition]) -> str:
    wanted = " ".join(name.split()).casefold()
    custom = tuple(custom)
    own = next((one for one in custom if wanted in {one.id.casefold(), one.name.casefold()}), None)
    if own is not None:
        return own.id
    try:
        return find_role(name).id
    except UnknownRole as error:
        if error.removed is not None:
            return error.removed.id
        near = dict.fromkeys((*nearest(name, (one.name for one in custom), 2), *error.nearest))
        hint = (
            f"the nearest are {quoted_list(tuple(near)[:3], 'and')}"
            if near
            else "write a role's name or its GUID"
        )
        raise CannotFollow(path, "no role is called that, built-in or custom", hint) from None


def _by_scope(custom: Iterable[RankedRole]) -> dict[Key, tuple[RankedRole, ...]]:
    """Roles by the keys of the scopes below which they may be assigned."""
    found: defaultdict[Key, list[RankedRole]] = defaultdict(list)
    for one in custom:
        for text in one.role.assignable_scopes:
            try:
                found[ResourceId.parse(text).key].append(one)
            except InvalidResourceId:
                continue
    return {key: tuple(roles) for key, roles in found.items()}


def _unnamed(universe: Universe, roles: Iterable[RoleDefinition]) -> frozenset[Action]:
    """What roles grant without that an action of the universe answers to it."""
    return frozenset(
        (plane, pattern)
        for role in roles
        for block in role.permissions
        if block.condition is None
        for plane, granted, taken in (
            (ActionPlane.CONTROL, block.actions, block.not_actions),
            (ActionPlane.DATA, block.data_actions, block.not_data_actions),
        )
        for pattern in granted
        if not universe.of_patterns(plane, [pattern]) & ~universe.of_patterns(plane, taken)
    )
