"""What would allow a thing that is denied: the roles with the fewest other permissions, and where.

The scope is the narrowest at which Azure lets a role be assigned: for a key-value that is its store.
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.authz.assignable import is_assignable
from keyless.authz.decide import Denied
from keyless.authz.explain import Explanation
from keyless.cli.explained_world import ExplainedWorld
from keyless.cli.wording import counted, scope_in_words
from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE
from keyless.model.roles import RoleDefinition
from keyless.model.visible import visible

NAMED = 3


@dataclass(frozen=True, slots=True)
class Remedies:
    """Roles, each with how many permissions it gives besides, and the scope; or a deny that is in the way."""

    roles: tuple[tuple[RoleDefinition, int], ...]
    scope: ResourceId
    deny: str | None = None

    @property
    def lines(self) -> list[str]:
        """In words."""
        if self.deny is not None:
            return [f"no role would allow it: `{visible(self.deny)}` would have to exclude it, or to go"]
        if not self.roles:
            return ["no built-in role grants it: a custom role would"]
        (first, excess), *others = self.roles
        kind = "custom" if first.custom else "built-in"
        best = (
            f"the {kind} role with the fewest other permissions that grants it is `{visible(first.name)}` "
            f"({counted(excess, 'other', 'others')}); the narrowest scope is {scope_in_words(self.scope)}"
        )
        if not others:
            return [best]
        named = ", ".join(f"`{visible(role.name)}` ({more})" for role, more in others)
        return [best, f"then come {named}"]


def remedies_for(explanation: Explanation, world: ExplainedWorld) -> Remedies | None:
    """What would allow what an explanation says is denied; none where it is allowed."""
    from keyless.plan.suggest import roles_for

    decision, request = explanation.decision, explanation.request
    if not isinstance(decision, Denied):
        return None
    scope = request.scope.ancestor_of_type(STORE_TYPE) or request.scope
    if decision.by is not None:
        return Remedies((), scope, decision.by.assignment.name)
    hierarchy = world.snapshot.hierarchy
    custom = [role for role in world.custom_roles if is_assignable(role, scope, hierarchy)]
    return Remedies(tuple(roles_for(request.plane, request.action, custom)[:NAMED]), scope)
