"""Worlds of the YAML files, as every engine takes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from keyless.authz.decide import AccessRequest
from keyless.authz.groups import Memberships
from keyless.authz.hierarchy import Hierarchy
from keyless.authz.reference import Asked, World
from keyless.authz.snapshot import Snapshot, compile_snapshot
from keyless.model.actions import ActionPlane
from keyless.model.attributes import AttributeSource
from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.management import ManagementGroup
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition


@dataclass(frozen=True)
class Question:
    """One question of a world, with the world it is asked of; ``by`` is the deciding assignment or `none`."""

    world: World
    asked: Asked
    by: str
    denied_by: str | None
    conditional: bool
    below: bool | None


def compiled(world: World) -> Snapshot:
    """The snapshot of a world."""
    hierarchy = Hierarchy(world.management_groups, world.root)
    return compile_snapshot(
        world.assignments, world.roles, world.denies, Memberships(world.groups), hierarchy
    )


def request_of(snapshot: Snapshot, asked: Asked) -> AccessRequest:
    """What the fast engine is asked."""
    return AccessRequest(
        snapshot.principal_ids(asked.principal_id),
        asked.plane,
        asked.action,
        ResourceId.parse(asked.scope),
        asked.attributes,
        asked.sub_operations,
    )


def read_world(file: Path) -> list[Question]:
    """The questions of one file."""
    said = yaml.safe_load(file.read_text())
    scopes = said["scopes"]
    world = World(
        roles=[RoleDefinition(name, name, _blocks(blocks)) for name, blocks in said["roles"].items()],
        assignments=[_assignment(one, scopes) for one in said["assignments"]],
        denies=[_deny(one, scopes) for one in said.get("denies", ())],
        groups=[Group(name, name, members=tuple(m)) for name, m in said.get("groups", {}).items()],
        management_groups=[
            ManagementGroup(name, name, one.get("parent"), tuple(one.get("subscriptions", ())))
            for name, one in said.get("management_groups", {}).items()
        ],
        root=said.get("root", ""),
    )
    return [_question(world, one, scopes) for one in said["questions"]]


def _blocks(said: list[dict[str, Any]]) -> tuple[Permission, ...]:
    return tuple(
        Permission(**{name: v if isinstance(v, str) else tuple(v) for name, v in block.items()})
        for block in said
    )


def _assignment(said: dict[str, Any], scopes: dict[str, str]) -> RoleAssignment:
    return RoleAssignment(
        said["id"],
        said["principal"],
        said["role"],
        scopes[said["scope"]],
        condition=said.get("condition"),
        condition_version=said.get("condition_version"),
    )


def _deny(said: dict[str, Any], scopes: dict[str, str]) -> DenyAssignment:
    return DenyAssignment(
        said["id"],
        said["id"],
        scopes[said["scope"]],
        _blocks(said["permissions"]),
        tuple(_denied(one) for one in said["principals"]),
        tuple(_denied(one) for one in said.get("exclude", ())),
        said.get("only_here", False),
        condition=said.get("condition"),
    )


def _denied(name: str) -> DeniedPrincipal:
    return (
        DeniedPrincipal(ALL_PRINCIPALS_ID, "SystemDefined") if name == "everyone" else DeniedPrincipal(name)
    )


def _question(world: World, said: dict[str, Any], scopes: dict[str, str]) -> Question:
    plane = ActionPlane.DATA if "data" in said else ActionPlane.CONTROL
    attributes = {AttributeSource(source): named for source, named in said.get("attributes", {}).items()}
    return Question(
        world,
        Asked(said["who"], plane, said[plane.value], scopes[said["at"]], attributes),
        said["by"],
        said.get("denied_by"),
        said.get("conditional", False),
        said.get("below"),
    )
