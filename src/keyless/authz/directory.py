"""Who may do what in the directory: a decision apart from Azure RBAC, on actions of its own.

Rules:
- nobody may do anything that nothing below allows; there is no deny;
- a role or an application permission allows its actions on every object, to the principal that it is given
  to: not to the members of a group, which no group here can hand on;
- a member user has the member role beside that;
- what a role allows on owned objects alone, it allows to their owners;
- an application may read itself: its registration and its service principal;
- who may create a thing as its owner may create it.

Pure: no clock, store or log. Whose tokens are refused is decided before.

Source: https://learn.microsoft.com/entra/identity/role-based-access-control/custom-overview
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from keyless.model.actions import any_matches
from keyless.model.directory import DirectoryRole, DirectoryRoleAssignment
from keyless.model.resource_id import ResourceId

APPLICATIONS, SERVICE_PRINCIPALS, GROUPS, USERS = "applications", "servicePrincipals", "groups", "users"
_OF_ONESELF = frozenset(
    f"microsoft.directory/{kind.casefold()}/standard/read" for kind in (APPLICATIONS, SERVICE_PRINCIPALS)
)


class DirectoryAnswer(NamedTuple):
    """Whether it is allowed; ``by`` names the assignment that did, empty where none had to."""

    allowed: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryObject:
    """An object, as far as decisions go: its ``names`` are all that a request can call it by.

    ``oneself`` is the principal that the object is, or is the registration of.
    """

    kind: str
    names: tuple[str, ...]
    owners: tuple[str, ...] = ()
    oneself: str = ""


def object_scope(kind: str, name: str) -> ResourceId:
    """What is decided on for one object, by whichever of its names; they may hold anything."""
    return ResourceId((kind, quote(name, safe="-._~$@:!,;=+ {}")))


class DirectorySnapshot:
    """The directory's assignments, members and owners, ready to decide by. Immutable."""

    def __init__(
        self,
        assignments: Iterable[DirectoryRoleAssignment],
        roles: Mapping[str, DirectoryRole],
        members: Iterable[str],
        objects: Iterable[DirectoryObject],
        member_role: DirectoryRole,
    ) -> None:
        self._given: dict[str, list[tuple[str, DirectoryRole]]] = {}
        for one in assignments:
            role = roles.get(one.role_definition_id.casefold())
            if role is not None:
                self._given.setdefault(one.principal_id.casefold(), []).append((one.id, role))
        self._members = frozenset(member.casefold() for member in members)
        self._objects = {(one.kind.casefold(), name.casefold()): one for one in objects for name in one.names}
        self._member_role = member_role

    def decide(self, principal_id: str, action: str, scope: ResourceId) -> DirectoryAnswer:
        """Whether a principal may do an action on an object, or in the whole directory (the root)."""
        who = principal_id.casefold()
        found = self._objects.get((scope.key[0], scope.key[1])) if len(scope.key) == 2 else None
        owns = found is not None and who in {owner.casefold() for owner in found.owners}
        for by, role in self._roles_of(who):
            if _allows(role.actions, action) or (owns and _allows(role.owned_actions, action)):
                return DirectoryAnswer(True, by)
        is_self = found is not None and bool(who) and found.oneself.casefold() == who
        return DirectoryAnswer(is_self and action.casefold() in _OF_ONESELF)

    def _roles_of(self, who: str) -> Iterator[tuple[str, DirectoryRole]]:
        yield from self._given.get(who, ())
        if who in self._members:
            yield "", self._member_role


def _allows(patterns: tuple[str, ...], action: str) -> bool:
    if any_matches(patterns, action):
        return True
    return action.casefold().endswith("/create") and any_matches(patterns, f"{action}AsOwner")
