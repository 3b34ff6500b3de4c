"""Which roles go to which principals, where one assignment may be of several.

Rules:
- of several roles and one principal, or the other way round, each is an assignment;
- of several roles and several principals it is not known who gets which: then the roles are there, for nobody
  in particular;
- what a module makes in a loop of a list of `roleAssignments` that it is handed counts where the list is
  written, and not in the module again, unless it is one role only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keyless.assess.deployed.holders import Holder
from keyless.assess.deployed.roles_given import RoleGiven
from keyless.assess.deployed.scopes import Scope
from keyless.assess.syntax.templates import Module, Resource

_LIST = "roleassignments"


def counts_at_list(scope: Scope | None, declared: Resource | Module, roles: Sequence[RoleGiven]) -> bool:
    """Whether an assignment is found where its module is handed the list of them."""
    if scope is None or not scope.used_by or _LIST not in scope.parameters or declared.repeated is None:
        return False
    return len(roles) != 1 or not roles[0].name


def paired(
    roles: Sequence[RoleGiven], holders: Sequence[Holder]
) -> Iterator[tuple[RoleGiven | None, Holder | None]]:
    """Each role with its principal, as far as that is known."""
    if len(roles) > 1 and len(holders) > 1:
        holders = ()
    for role in roles or (None,):
        for holder in holders or (None,):
            yield role, holder
