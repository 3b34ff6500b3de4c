"""The decision once more: short, slow, and plainly right. Tests hold the fast engine against it.

It shares no code with ``decide``: its own wildcard matching by backtracking, its own scope comparison by
splitting texts, its own groups and management groups by asking again and again, and no index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from keyless.model.actions import ActionPlane
from keyless.model.attributes import Attributes
from keyless.model.denies import DenyAssignment
from keyless.model.directory import Group
from keyless.model.management import ManagementGroup
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition

EVERYONE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class World:
    """All that a decision rests on; ``root`` is the name of the tenant's root management group."""

    roles: Sequence[RoleDefinition] = ()
    assignments: Sequence[RoleAssignment] = ()
    denies: Sequence[DenyAssignment] = ()
    groups: Sequence[Group] = ()
    management_groups: Sequence[ManagementGroup] = ()
    root: str = ""


@dataclass(frozen=True)
class Asked:
    """Who asks for what, where, and what conditions may look at."""

    principal_id: str
    plane: ActionPlane
    action: str
    scope: str
    attributes: Attributes = field(default_factory=dict)
    sub_operations: tuple[str, ...] = ()


def wildcard_match(pattern: str, text: str) -> bool:
    """Match by recursion on the first character; `*` stands for nothing or for one character and itself."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return wildcard_match(pattern[1:], text) or (bool(text) and wildcard_match(pattern, text[1:]))
    return bool(text) and pattern[0] == text[0] and wildcard_match(pattern[1:], text[1:])


def scope_covers(scope: str, target: str) -> bool:
    """Whether the target's segments begin with all of the scope's."""
    outer, inner = _segments(scope), _segments(target)
    return inner[: len(outer)] == outer


def is_allowed(world: World, asked: Asked) -> bool:
    """Whether some assignment, taken literally, grants the action, and no deny takes it."""
    who = _everyone_who_asks(world, asked.principal_id)
    denied = any(_denies(world, deny, who, asked) for deny in world.denies)
    return not denied and any(_grants(world, assignment, who, asked) for assignment in world.assignments)


def _everyone_who_asks(world: World, principal_id: str) -> set[str]:
    """The principal and its groups: groups are added as long as there is one to add."""
    who = {principal_id.lower()}
    for _ in world.groups:
        for group in world.groups:
            if any(member.lower() in who for member in group.members):
                who.add(group.principal_id.lower())
    return who


def _denies(world: World, deny: DenyAssignment, who: set[str], asked: Asked) -> bool:
    named = any(one.id == EVERYONE or one.id.lower() in who for one in deny.principals)
    excluded = any(one.id.lower() in who for one in deny.exclude_principals)
    here = _covers(world, deny.scope, asked.scope)
    if deny.do_not_apply_to_child_scopes:
        here = _segments(deny.scope) == _segments(asked.scope)
    if not named or excluded or not here:
        return False
    for block in deny.permissions:
        outcomes = (
            _condition(block.condition, block.condition_version, asked),
            _condition(deny.condition, deny.condition_version, asked),
        )
        if _lists(block, asked) and False not in outcomes:
            return True
    return False


def _grants(world: World, assignment: RoleAssignment, who: set[str], asked: Asked) -> bool:
    if assignment.principal_id.lower() not in who or not _covers(world, assignment.scope, asked.scope):
        return False
    for role in world.roles:
        if role.id.lower() == assignment.role_definition_id.lower():
            for block in role.permissions:
                outcomes = (
                    _condition(block.condition, block.condition_version, asked),
                    _condition(assignment.condition, assignment.condition_version, asked),
                )
                if _lists(block, asked) and outcomes == (True, True):
                    return True
    return False


def _lists(block: Permission, asked: Asked) -> bool:
    if asked.plane is ActionPlane.DIRECTORY:
        return False
    data = asked.plane is ActionPlane.DATA
    wanted = block.data_actions if data else block.actions
    unwanted = block.not_data_actions if data else block.not_actions
    listed = any(wildcard_match(p.lower(), asked.action.lower()) for p in wanted)
    taken_out = any(wildcard_match(p.lower(), asked.action.lower()) for p in unwanted)
    return listed and not taken_out


def _covers(world: World, scope: str, target: str) -> bool:
    """By segments; and a management group covers what any management group in it covers."""
    if scope_covers(scope, target):
        return True
    name = _management_group(scope)
    return name != "" and _lies_in(world, target, name, ())


def _lies_in(world: World, target: str, name: str, seen: tuple[str, ...]) -> bool:
    """Whether a scope lies in a management group: directly, or in one whose parent it is, and so on."""
    if name in seen:
        return False
    inner = _segments(target)
    subscription = inner[1] if inner[:1] == ["subscriptions"] else ""
    theirs = _management_group("/" + "/".join(inner[:4]))
    placed = {s.lower(): g.name.lower() for g in world.management_groups for s in g.subscriptions}
    if theirs == name or (subscription and placed.get(subscription) == name):
        return True
    if name == world.root.lower() and (theirs or subscription):
        return True
    children = [g.name.lower() for g in world.management_groups if (g.parent or "").lower() == name]
    return any(_lies_in(world, target, child, (*seen, name)) for child in children)


def _management_group(scope: str) -> str:
    segments = _segments(scope)
    if len(segments) == 4 and segments[:3] == ["providers", "microsoft.management", "managementgroups"]:
        return segments[3]
    return ""


def _segments(scope: str) -> list[str]:
    return [segment for segment in scope.lower().split("/") if segment]


def _condition(text: str | None, version: str | None, asked: Asked) -> bool | None:
    """True, false, or None where it cannot be evaluated; no condition is true."""
    # the slow twin of what conditions mean has its wildcards from here
    from keyless.authz.conditions import ConditionError, Facts, parse
    from keyless.authz.reference_conditions import condition_outcome

    if not text:
        return True
    if version not in {None, "", "2.0"}:
        return None
    try:
        tree = parse(text).tree
    except ConditionError:
        return None
    return condition_outcome(tree, Facts(asked.action, asked.sub_operations, asked.attributes))
