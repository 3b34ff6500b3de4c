"""People, groups and directory roles: what the directory holds beside applications and managed identities.

Source: https://learn.microsoft.com/graph/api/resources/users
"""

from __future__ import annotations

import msgspec

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
"""The template id of the Entra role that may do everything in the directory."""


class User(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A person. ``local`` marks the one at this machine's keyboard, who is nobody of the estate file's."""

    principal_id: str
    user_principal_name: str
    display_name: str
    local: bool = False


class Group(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A security group; ``members`` are the object ids of users, service principals and other groups."""

    principal_id: str
    display_name: str
    description: str = ""
    mail_nickname: str = ""
    members: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


class MissingPrincipal(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Whom role assignments name and no list of the directory has; ``since`` is in epoch seconds."""

    principal_id: str
    since: int


class DirectoryRoleAssignment(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An Entra role (by its template id) given to a principal over the whole directory."""

    id: str
    principal_id: str
    role_definition_id: str


class DirectoryRole(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An Entra role, or an application permission of Microsoft Graph, with the actions that it allows.

    ``owned_actions`` it allows on objects that its holder owns alone.
    """

    id: str
    name: str
    actions: tuple[str, ...] = ()
    owned_actions: tuple[str, ...] = ()
