"""Which plans are not proved, because a proof under them would prove nothing.

Rules:
- a role that the plan proposes has no id of a role that there is and that grants something else: the proof
  would run under permissions that nobody gets;
- an identity that the plan wants made is nobody who is there already, and no two are the same one: code would
  run in the proof as somebody else than in Azure.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.catalog.roles import role_by_id
from keyless.model.guids import guid_key
from keyless.model.roles import RoleDefinition
from keyless.plan.result import Plan
from keyless.plan.results.identities import IdentityChange
from keyless.runtime.directory import Directory


def refused(plan: Plan, principals: Directory, custom_roles: Iterable[RoleDefinition]) -> str:
    """Why a plan is not proved in a world with these principals and roles; empty where it is."""
    return _role(plan, custom_roles) or _identity(plan, principals)


def _role(plan: Plan, custom_roles: Iterable[RoleDefinition]) -> str:
    known = {guid_key(one.id): one for one in custom_roles}
    for proposed in (one.definition for one in plan.proposed_roles):
        there = role_by_id(proposed.id) or known.get(guid_key(proposed.id))
        if there is not None and (not there.custom or _granted(there) != _granted(proposed)):
            return f"it proposes a role with the id of `{there.name}`, which grants something else"
    return ""


def _granted(role: RoleDefinition) -> set[tuple[object, ...]]:
    """What a role says, in whatever order and casing."""
    return {
        (
            *(
                frozenset(map(str.casefold, each))
                for each in (one.actions, one.not_actions, one.data_actions, one.not_data_actions)
            ),
            one.condition,
        )
        for one in role.permissions
    }


def _identity(plan: Plan, principals: Directory) -> str:
    everyone = (*principals.entries, *principals.deleted, *principals.users, *principals.groups)
    whose = {guid_key(one.principal_id): _place(one.resource_id) or one.name for one in everyone}
    for choice in plan.identities.choices:
        if choice.change is IdentityChange.KEEP:
            continue
        key, place = guid_key(choice.identity.principal_id), _place(choice.identity.resource_id)
        if whose.setdefault(key, place) != place:
            return f"the identity that it chooses for `{choice.name}` has the principal id of somebody else"
    return ""


def _place(resource_id: str) -> str:
    return resource_id.casefold()
