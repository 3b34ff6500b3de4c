"""Roles of the directory: those of Entra that bear on what is hosted, and permissions of Microsoft Graph.

Rules:
- every built-in role has the permissions of Directory Readers besides its own, as Entra has it;
- an application permission (`Application.Read.All`) allows just what it says;
- a member user has what the role `User` allows, without being given it: reading, registering applications
  and making groups, and changing what he owns.

Sources: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference,
https://learn.microsoft.com/graph/permissions-reference,
https://learn.microsoft.com/entra/fundamentals/users-default-permissions
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from functools import lru_cache

import msgspec
from msgspec import structs

from keyless.catalog.files import read_data
from keyless.model.actions import any_matches
from keyless.model.directory import DirectoryRole

DIRECTORY_READERS = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
"""The template id of the role that every other has the permissions of."""


class UnknownDirectoryRole(LookupError):
    """No role or permission is called that. ``nearest`` are the names that come closest."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        self.nearest = nearest
        super().__init__(f"`{name}` is no role of the directory that is known here")


class _File(msgspec.Struct, frozen=True):
    roles: tuple[DirectoryRole, ...]
    permissions: tuple[DirectoryRole, ...]
    member: DirectoryRole


def entra_roles() -> tuple[DirectoryRole, ...]:
    """The roles of Entra, each with all that it allows."""
    return tuple(_with_readers(role) for role in _file().roles)


def graph_permissions() -> tuple[DirectoryRole, ...]:
    """The application permissions of Microsoft Graph."""
    return _file().permissions


def directory_roles() -> dict[str, DirectoryRole]:
    """Everything that can be given, by its id."""
    return {role.id: role for role in (*entra_roles(), *graph_permissions())}


def member_role() -> DirectoryRole:
    """What every member user may do without being given a role."""
    return _with_readers(_file().member)


def is_permission(role_id: str) -> bool:
    """Whether an id is that of a permission of Microsoft Graph, and not of a role."""
    return any(one.id == role_id.casefold() for one in graph_permissions())


def find_directory_role(name_or_id: str) -> DirectoryRole:
    """The role or permission of a name or id, in any casing.

    Raises:
        UnknownDirectoryRole: there is none.
    """
    wanted = " ".join(name_or_id.split()).casefold()
    known = directory_roles().values()
    found = next((one for one in known if wanted in {one.id, one.name.casefold()}), None)
    if found is None:
        by_name = {one.name.casefold(): one.name for one in known}
        near = difflib.get_close_matches(wanted, by_name, n=3, cutoff=0.5)
        raise UnknownDirectoryRole(name_or_id, tuple(by_name[one] for one in near))
    return found


def least_directory_role(actions: Iterable[str]) -> DirectoryRole | None:
    """The role or permission that allows all of these actions and the fewest others; none where none does."""
    wanted = tuple(actions)
    fitting = [one for one in directory_roles().values() if all(_allows(one, action) for action in wanted)]
    return min(fitting, key=lambda one: (_size(one), one.name), default=None)


def _allows(role: DirectoryRole, action: str) -> bool:
    return any_matches(role.actions, action) or (
        action.endswith("/create") and any_matches(role.actions, f"{action}AsOwner")
    )


def _size(role: DirectoryRole) -> tuple[int, int]:
    """How much a role allows: what changes something, then all; half where the thing must be owned."""
    known = {action for one in _file().roles for action in one.actions if "*" not in action}
    everywhere = {action for action in known if any_matches(role.actions, action)}
    owned = {action for action in known - everywhere if any_matches(role.owned_actions, action)}
    changing = 2 * sum(map(_changes, everywhere)) + sum(map(_changes, owned))
    return changing, 2 * len(everywhere) + len(owned)


def _changes(action: str) -> bool:
    return not action.endswith("/read")


@lru_cache(maxsize=1)
def _file() -> _File:
    return msgspec.json.decode(read_data("directory_roles.json"), type=_File)


def _with_readers(role: DirectoryRole) -> DirectoryRole:
    readers = next(one for one in _file().roles if one.id == DIRECTORY_READERS)
    return structs.replace(role, actions=tuple(dict.fromkeys((*role.actions, *readers.actions))))
