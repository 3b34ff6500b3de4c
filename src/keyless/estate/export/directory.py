"""Users, groups and roles of the directory as an exported file writes them."""

from __future__ import annotations

from typing import Any

from keyless.catalog.directory_roles import directory_roles
from keyless.estate.export.references import References
from keyless.model.derived_ids import group_principal_id, user_name_at, user_principal_id
from keyless.model.estate import Estate

Document = dict[str, Any]


def users_document(estate: Estate) -> Document:
    """The users, with the ids and names that would not be derived anyway."""
    found: Document = {}
    for user in estate.users:
        document: Document = {}
        if user.user_principal_name != user_name_at(estate.tenant, user.display_name):
            document["userPrincipalName"] = user.user_principal_name
        if user.principal_id != user_principal_id(estate.tenant, user.display_name):
            document["id"] = user.principal_id
        found[user.display_name] = document
    return found


def groups_document(estate: Estate, references: References) -> Document:
    """The groups, with their members by name."""
    found: Document = {}
    for group in estate.security_groups:
        document: Document = {}
        if group.description:
            document["description"] = group.description
        if group.members:
            document["members"] = [references.principal(member) for member in group.members]
        if group.principal_id != group_principal_id(estate.tenant, group.display_name):
            document["id"] = group.principal_id
        found[group.display_name] = document
    return found


def directory_roles_document(estate: Estate, references: References) -> list[Document]:
    """Who has which role of the directory."""
    known = directory_roles()
    return [
        {"principal": references.principal(one.principal_id), "role": known[one.role_definition_id].name}
        for one in estate.directory_roles
        if one.role_definition_id in known
    ]
