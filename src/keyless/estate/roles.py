"""The names of roles, for people."""

from __future__ import annotations

from keyless.estate.resolve.directory import Directory
from keyless.model.roles import RoleDefinition

CustomRoles = Directory[RoleDefinition]

NO_CUSTOM_ROLES: CustomRoles = Directory("custom role", "`customRoles`")


def role_name(role_definition_id: str, custom: CustomRoles = NO_CUSTOM_ROLES) -> str:
    """The name that leads back to just this role; its GUID where it is neither custom nor built in."""
    from keyless.catalog.roles import (  # large, and only needed where there are assignments
        UnknownRole,
        find_role,
    )

    own = custom.get(role_definition_id)
    if own is not None:
        return custom.clear_name(own)
    try:
        name = find_role(role_definition_id).name
        return name if find_role(name).id == role_definition_id else role_definition_id
    except UnknownRole:
        return role_definition_id
