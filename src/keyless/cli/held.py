"""What an identity can do: the roles that it holds, where, and how many actions each gives in effect."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.authz.decide import Deny, Grant
from keyless.cli.explained_world import ExplainedWorld
from keyless.cli.wording import counted, scope_in_words
from keyless.model.actions import ActionPlane
from keyless.model.visible import visible

_LISTED = 12


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds, by ``through`` groups, with what it gives of the known actions."""

    grant: Grant
    through: tuple[str, ...]
    actions: tuple[str, ...]
    data_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Powers:
    """What an identity has, and what deny assignments take from it."""

    principal_id: str
    held: tuple[Held, ...]
    denies: tuple[Deny, ...]


def powers_of(principal_id: str, world: ExplainedWorld) -> Powers:
    """What an identity has, itself and by its groups."""
    from keyless.plan.index import role_index

    ids = world.snapshot.principal_ids(principal_id)
    universe = role_index().universe
    held = []
    for grant in world.snapshot.grants_of(ids):
        bits = universe.effective(grant.role.definition)
        held.append(
            Held(
                grant,
                world.snapshot.memberships.path(principal_id, grant.principal_key),
                universe.names(bits, ActionPlane.CONTROL),
                universe.names(bits, ActionPlane.DATA),
            )
        )
    denies = tuple(deny for deny in world.snapshot.denies_of(ids) if deny.names(ids))
    return Powers(principal_id, tuple(held), denies)


def describe_powers(powers: Powers, world: ExplainedWorld) -> str:
    """The same as text; long lists of actions are cut short (`--json` has all)."""
    name = visible(world.name_of(powers.principal_id))
    if not powers.held:
        return f"{name} can do nothing: no role assignment names it, nor a group of its"
    lines = [f"{name} holds {counted(len(powers.held), 'role', 'roles')}:"]
    for one in powers.held:
        lines += _held_lines(one, world)
    for deny in powers.denies:
        assignment = deny.assignment
        lines.append(
            f"  less what `{visible(assignment.name)}` denies at {scope_in_words(deny.scope)}: "
            + ", ".join(_patterns(deny))
        )
    return "\n".join(lines)


def _held_lines(one: Held, world: ExplainedWorld) -> list[str]:
    groups = " in ".join(f"`{visible(world.name_of(group))}`" for group in one.through)
    through = f", through group {groups}" if groups else ""
    counts = (
        f"{counted(len(one.actions), 'action', 'actions')}, "
        f"{counted(len(one.data_actions), 'data action', 'data actions')}"
    )
    conditional = " (under a condition)" if one.grant.guard is not None else ""
    role = f"`{visible(one.grant.role.name)}` at {scope_in_words(one.grant.scope)}"
    lines = [f"  {role}{through}{conditional}: {counts}"]
    everything = (*one.data_actions, *one.actions)
    lines += [f"    {visible(action)}" for action in everything[:_LISTED]]
    if len(everything) > _LISTED:
        lines.append(f"    ... and {len(everything) - _LISTED} more; `--json` lists all")
    return lines


def _patterns(deny: Deny) -> list[str]:
    return [
        f"`{visible(pattern)}`"
        for block in deny.assignment.permissions
        for pattern in (*block.actions, *block.data_actions)
    ]
