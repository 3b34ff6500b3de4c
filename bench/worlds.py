"""Worlds of role assignments of any size, and questions to ask of them.

The same few roles, resource groups of ten vaults, principals with ten assignments each; half of the questions
are answered with yes. The first principals hold the same whatever the size, so that the same questions can be
asked of every world.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.catalog.roles import find_role
from keyless.model.actions import ActionPlane
from keyless.model.estate import derived_guid
from keyless.model.resource_id import ResourceId, group_scope, resource_scope
from keyless.model.resources import VAULT_TYPE, secret_scope
from keyless.model.roles import RoleAssignment, RoleDefinition

ROLES = tuple(
    find_role(name)
    for name in (
        "Reader",
        "Key Vault Secrets User",
        "Key Vault Secrets Officer",
        "Contributor",
        "Key Vault Reader",
    )
)
GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
SET = "Microsoft.KeyVault/vaults/secrets/setSecret/action"
VAULTS_PER_GROUP, HELD = 10, 10


@dataclass(frozen=True)
class Question:
    """Who asks for which data action, where."""

    principal_id: str
    action: str
    scope: ResourceId
    plane: ActionPlane = ActionPlane.DATA


@dataclass(frozen=True)
class BenchWorld:
    """Assignments, and questions of the first principals."""

    assignments: list[RoleAssignment]
    questions: list[Question]
    roles: tuple[RoleDefinition, ...] = ROLES


def world_of(size: int, questions: int = 200, offset: int = 0) -> BenchWorld:
    """A world of that many assignments, counted from an offset."""
    assignments = [_assignment(number) for number in range(offset, offset + size)]
    return BenchWorld(assignments, list(_questions(min(questions, size))))


def vault_of(number: int) -> ResourceId:
    """The vault that an assignment is about."""
    vault = number // 2
    group = group_scope(
        derived_guid("subscription", str(vault // 4000)), f"group-{vault // VAULTS_PER_GROUP}"
    )
    return resource_scope(group, VAULT_TYPE, f"vault-{vault}")


def principal_of(number: int) -> str:
    """Who holds an assignment."""
    return derived_guid("principal", str(number // HELD))


def _assignment(number: int) -> RoleAssignment:
    role = ROLES[number % len(ROLES)]
    return RoleAssignment(
        derived_guid("assignment", str(number)), principal_of(number), role.id, vault_of(number).text
    )


def _questions(count: int) -> Iterator[Question]:
    """Of every fifth assignment one whether what it gives is given, and one about a vault elsewhere."""
    for number in range(count):
        held = number // 5 * 5 + 2 if number % 2 else number
        elsewhere = held if number % 2 else held + 1000
        action = GET if number % 4 < 2 else SET
        yield Question(principal_of(held), action, secret_scope(vault_of(elsewhere), "db-password"))
