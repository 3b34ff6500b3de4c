"""The names of roles, for people."""

from __future__ import annotations


def role_name(role_definition_id: str) -> str:
    """The name that leads back to just this role; its GUID where it is not a built-in role."""
    from keyless.catalog.roles import (  # large, and only needed where there are assignments
        UnknownRole,
        find_role,
    )

    try:
        name = find_role(role_definition_id).name
        return name if find_role(name).id == role_definition_id else role_definition_id
    except UnknownRole:
        return role_definition_id
