"""Roles of the directory, and permissions of Microsoft Graph, that lead to administering all of it.

Rules:
- each is known by its name and by the id that every directory has for it;
- they are those with which one can give roles, consent to permissions, or put credentials on any application
  and so be any of them.

Sources: https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference,
https://learn.microsoft.com/graph/permissions-reference
"""

from __future__ import annotations

_ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
    "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2": "Hybrid Identity Administrator",
}
_PERMISSIONS = {
    "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8": "RoleManagement.ReadWrite.Directory",
    "06b708a9-e830-4db3-a914-8e69da51d44f": "AppRoleAssignment.ReadWrite.All",
    "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9": "Application.ReadWrite.All",
}
_KNOWN = _ROLES | _PERMISSIONS
_BY_TEXT = _KNOWN | {name.casefold(): name for name in _KNOWN.values()}


def privileged_directory_role(name_or_id: str) -> str | None:
    """The name of the role or permission, if it is one of these; none where it is not."""
    return _BY_TEXT.get(" ".join(name_or_id.split()).casefold())
