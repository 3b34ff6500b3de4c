"""Who is in which group, and who has which role of the directory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from msgspec import structs

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.principals import DirectoryRoleEntry, SecurityGroupEntry
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.principals import Principals
from keyless.model.derived_ids import directory_assignment_id
from keyless.model.directory import DirectoryRoleAssignment, Group
from keyless.model.nearest import quoted_list


def read_groups(entry: EstateEntry, principals: Principals, reading: Reading) -> tuple[Group, ...]:
    """The groups with their members; a member that is not there is reported and left out."""
    found = []
    for name, declared in entry.groups.items:
        group = principals.people.groups.get(name.value)
        if group is not None:
            members = tuple(dict.fromkeys(_members(group, declared, principals, reading)))
            found.append(structs.replace(group, members=members))
    return tuple(found)


def _members(
    group: Group, declared: SecurityGroupEntry, principals: Principals, reading: Reading
) -> Iterator[str]:
    for member in declared.members:
        with suppress(Rejected):
            principal_id = principals.find(member, reading)
            if principal_id == group.principal_id:
                reading.report(member.at, "a group cannot be in itself", "take it out")
                continue
            yield principal_id


def read_directory_roles(
    entries: tuple[DirectoryRoleEntry, ...], principals: Principals, reading: Reading
) -> tuple[DirectoryRoleAssignment, ...]:
    """Who has which role; one that is not known is reported and left out."""
    found: dict[str, DirectoryRoleAssignment] = {}
    for entry in entries:
        with suppress(Rejected):
            principal_id = principals.find(entry.principal, reading)
            if principals.type_of(principal_id) == "Group":
                raise reading.reject(
                    entry.at, "a group gets no role of the directory", "name those who are in it"
                )
            role_id = _role_id(entry.role, reading)
            made = directory_assignment_id(principal_id, role_id)
            found[made] = DirectoryRoleAssignment(made, principal_id, role_id)
    return tuple(found.values())


def _role_id(role: Located[str], reading: Reading) -> str:
    from keyless.catalog.directory_roles import UnknownDirectoryRole, find_directory_role

    try:
        return find_directory_role(role.value).id
    except UnknownDirectoryRole as unknown:
        hint = quoted_list(unknown.nearest) or "the name of a role of Entra or a permission of Graph"
        raise reading.reject(
            role.at, f"`{role.value}` is no role of the directory", f"write {hint}"
        ) from None
