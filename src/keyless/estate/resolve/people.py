"""Users and groups of the directory, by their names.

Who is in a group is read once everything that can be in one is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.reading import Located, Reading
from keyless.estate.resolve.directory import Directory
from keyless.estate.resolve.guids import GuidRegister
from keyless.model.derived_ids import group_principal_id, user_name_at, user_principal_id
from keyless.model.directory import Group, User
from keyless.model.resources import Tenant


def _users() -> Directory[User]:
    return Directory("user", "`users`")


def _groups() -> Directory[Group]:
    return Directory("group", "`groups`")


@dataclass(frozen=True, slots=True)
class People:
    """The users, each under his name and his user principal name, and the groups."""

    users: Directory[User] = field(default_factory=_users)
    groups: Directory[Group] = field(default_factory=_groups)

    def add_user(self, user: User) -> None:
        """Put a user in."""
        names = dict.fromkeys((user.display_name, user.user_principal_name))
        self.users.add(user, *names, otherwise=user.user_principal_name)

    def add_group(self, group: Group) -> None:
        """Put a group in."""
        self.groups.add(group, group.display_name)


def read_people(entry: EstateEntry, tenant: Tenant, guids: GuidRegister, reading: Reading) -> People:
    """The users and groups, these without their members yet."""
    people = People()
    people.users.incomplete = entry.lost(EstateEntry.users)
    people.groups.incomplete = entry.lost(EstateEntry.groups)
    people.users.miss(entry.users.broken)
    people.groups.miss(entry.groups.broken)
    first: dict[str, Located[str]] = {}
    for name, user in entry.users.items:
        _, object_id = guids.take(None, user.id, name.value, reading)
        given = user.user_principal_name
        if given is not None and first.setdefault(given.value.casefold(), given) is not given:
            reading.report(given.at, f"`{given.value}` is another user's name", "give each his own")
        upn = given.value if given is not None else user_name_at(tenant, name.value)
        people.add_user(User(object_id or user_principal_id(tenant, name.value), upn, name.value))
    for name, group in entry.groups.items:
        _, object_id = guids.take(None, group.id, name.value, reading)
        made = object_id or group_principal_id(tenant, name.value)
        people.add_group(Group(made, name.value, group.description))
    return people
