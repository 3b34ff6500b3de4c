"""Which access policies of vaults go beyond a plan that was agreed on.

Rules:
- what a policy gives is within the plan where the plan knew of it when it was made, or where the plan's roles
  and those that it left alone give the same at the vault;
- anything else that a policy gives is beyond the plan: roles are to decide there, or somebody let himself in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from keyless.catalog.vault_permissions import actions_of
from keyless.model.actions import ActionPlane
from keyless.model.guids import guid_key
from keyless.plan.exceeding import PLAN_AGAIN, agreed_world, roles_of
from keyless.plan.given import Given, VaultPolicies
from keyless.plan.index import RoleIndex
from keyless.plan.result import Plan, PolicyMigration
from keyless.plan.results.check import Finding, Problem
from keyless.plan.today import Today
from keyless.plan.wording import counted, listed

_MOST = 4
"""How many permissions are told by name."""


def policies_beyond(agreed: Plan, fresh: Plan, given: Given, index: RoleIndex) -> Iterator[Finding]:
    """What access policies give today and the plan does not; ``fresh`` says what they give."""
    then = {_place(one): frozenset(_gives(one)) for one in agreed.migrations}
    by_roles = Today(
        index, replace(agreed_world(agreed, given), policies=VaultPolicies()), roles_of(agreed, given)
    )
    for one in fresh.migrations:
        allowed = by_roles.at(one.principal.principal_id, one.vault_id)
        more = [
            permission
            for permission in _gives(one)
            if permission not in then.get(_place(one), ()) and _bits(index, permission) & ~allowed
        ]
        if more:
            yield _finding(one, more)


def _place(one: PolicyMigration) -> tuple[str, str, str]:
    """Whose policy it is: one through an application is another one."""
    return (one.vault.casefold(), guid_key(one.principal.principal_id), guid_key(one.application_id or ""))


def _gives(one: PolicyMigration) -> Iterable[str]:
    """What the policy gives, as its vault spells it."""
    return (*one.kept, *one.lost)


def _bits(index: RoleIndex, permission: str) -> int:
    found = 0
    for action in actions_of(permission):
        found |= index.bit((ActionPlane.DATA, action))
    return found


def _finding(one: PolicyMigration, more: list[str]) -> Finding:
    return Finding(
        problem=Problem.GRANTED,
        who=one.principal.name,
        what=f"access policy with {listed(more) if len(more) <= _MOST else counted(len(more), 'permission')}",
        scope=one.vault,
        why="the access policy gives it, and the plan does not",
        advice=f"take it out of the access policy; or {PLAN_AGAIN}",
        principal_id=one.principal.principal_id,
        permissions=len(more),
    )
