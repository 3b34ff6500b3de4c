"""What two plans are compared by, part by part: each thing with what makes it the same one, and its state."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from keyless.model.roles import Permission
from keyless.plan.result import Plan
from keyless.plan.wording import counted


class Part(enum.StrEnum):
    """The parts of a plan that are compared, in the order in which they are reported."""

    IDENTITIES = "identities"
    ASSIGNMENTS = "assignments"
    NATIVE = "native grants"
    CUSTOM_ROLES = "custom roles"
    UNCOVERED = "not covered"
    REMOVALS = "removals"
    CREDENTIALS = "stored credentials"
    SECRETS = "secrets"
    VAULTS = "vaults to switch"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a plan as it is compared and shown; ``state`` is what may change of it."""

    who: str
    what: str
    where: str
    state: str = ""


Lines = dict[tuple[str, ...], Line]
"""By what makes a thing the same one; of an assignment that is principal, scope and role."""


def _assignments(plan: Plan) -> Lines:
    return {
        _key(one.principal.principal_id, one.scope, one.role_id): Line(
            one.principal.name, one.role_name, one.scope, counted(len(one.excess), "excess permission")
        )
        for one in plan.assignments
    }


def _key(*parts: str) -> tuple[str, ...]:
    return tuple(part.casefold() for part in parts)


def _identities(plan: Plan) -> Lines:
    return {
        _key(one.resource): Line(
            one.name, "identity", one.resource, f"{one.chosen.value} {one.identity.name} ({one.change.value})"
        )
        for one in plan.identities.choices
    }


def _native(plan: Plan) -> Lines:
    return {
        _key(one.principal.principal_id, one.scope, one.within, one.role): Line(
            one.principal.name, f"{one.role} in {one.system.value} {one.within}".strip(), one.scope
        )
        for one in plan.native
    }


def _custom_roles(plan: Plan) -> Lines:
    return {
        _key(one.definition.id): Line(
            one.definition.name,
            "custom role",
            ", ".join(one.definition.assignable_scopes),
            "; ".join(map(_block, one.definition.permissions)),
        )
        for one in plan.proposed_roles
    }


def _block(block: Permission) -> str:
    """All that a block of a role says; what it takes away, too: without that it grants more."""
    taken = (*block.not_actions, *block.not_data_actions)
    granted = ", ".join((*block.actions, *block.data_actions))
    less = f", without {', '.join(taken)}" if taken else ""
    return f"{granted}{less}{f', if {block.condition}' if block.condition else ''}"


def _uncovered(plan: Plan) -> Lines:
    return {
        _key(one.principal.principal_id, one.scope, one.plane, one.action): Line(
            one.principal.name, one.action, one.scope
        )
        for one in plan.uncovered
    }


def _removals(plan: Plan) -> Lines:
    return {
        _key(one.assignment_id): Line(
            one.principal.name, one.role_name, one.scope, "certain" if one.certain else "once you are sure"
        )
        for one in plan.removals
    }


def _credentials(plan: Plan) -> Lines:
    return {
        _key(one.principal.principal_id, one.method, one.by, one.target): Line(
            one.principal.name, f"{one.method.value} {one.by}".strip(), one.target, one.identity
        )
        for one in plan.stored_credentials
    }


def _secrets(plan: Plan) -> Lines:
    return {
        _key(one.container, one.name, one.label): Line(
            f"{one.name} ({one.label})" if one.label else one.name,
            "secret",
            one.container,
            one.fate.value + (", to load at start-up" if one.load_at_start_up else ""),
        )
        for one in plan.secrets
    }


def _vaults(plan: Plan) -> Lines:
    return {_key(vault): Line("", "from access policies to roles", vault) for vault in plan.vaults_to_switch}


PARTS: Mapping[Part, Callable[[Plan], Lines]] = {
    Part.IDENTITIES: _identities,
    Part.ASSIGNMENTS: _assignments,
    Part.NATIVE: _native,
    Part.CUSTOM_ROLES: _custom_roles,
    Part.UNCOVERED: _uncovered,
    Part.REMOVALS: _removals,
    Part.CREDENTIALS: _credentials,
    Part.SECRETS: _secrets,
    Part.VAULTS: _vaults,
}
