"""The decision once more: short, slow, and plainly right. Tests hold the fast engine against it.

It shares no code with ``decide``: its own wildcard matching by backtracking, its own scope comparison by
splitting texts, and no index.
"""

from __future__ import annotations

from collections.abc import Sequence

from keyless.model.actions import ActionPlane
from keyless.model.roles import RoleAssignment, RoleDefinition


def wildcard_match(pattern: str, text: str) -> bool:
    """Match by recursion on the first character; `*` stands for nothing or for one character and itself."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return wildcard_match(pattern[1:], text) or (bool(text) and wildcard_match(pattern, text[1:]))
    return bool(text) and pattern[0] == text[0] and wildcard_match(pattern[1:], text[1:])


def scope_covers(scope: str, target: str) -> bool:
    """Whether the target's segments begin with all of the scope's."""
    outer = [s for s in scope.lower().split("/") if s]
    inner = [s for s in target.lower().split("/") if s]
    return inner[: len(outer)] == outer


def is_allowed(
    principal_id: str,
    plane: ActionPlane,
    action: str,
    scope: str,
    assignments: Sequence[RoleAssignment],
    roles: Sequence[RoleDefinition],
) -> bool:
    """Whether any assignment, taken literally, grants the action."""
    for assignment in assignments:
        if assignment.principal_id != principal_id or not scope_covers(assignment.scope, scope):
            continue
        for role in roles:
            if role.id == assignment.role_definition_id and assignment.condition is None:
                for block in role.permissions:
                    data = plane is ActionPlane.DATA
                    wanted = block.data_actions if data else block.actions
                    unwanted = block.not_data_actions if data else block.not_actions
                    listed = any(wildcard_match(p.lower(), action.lower()) for p in wanted)
                    taken_out = any(wildcard_match(p.lower(), action.lower()) for p in unwanted)
                    if listed and not taken_out and block.condition is None:
                        return True
    return False
