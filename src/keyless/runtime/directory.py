"""Every principal of the estate, found by name or by any of its ids; those that were deleted, too.

Who was deleted goes by its name with "(deleted)" behind it, and is found by its ids; by its name only where
nobody else has that now.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from keyless.lifecycle.hosts import identity_hosts
from keyless.lifecycle.identities import deleted_identities
from keyless.model.access_keys import principal_in_words
from keyless.model.directory import Group, User
from keyless.model.identities import Application, ManagedIdentity, RunsOn
from keyless.store.collections import APPLICATIONS, IDENTITIES, SECURITY_GROUPS, USERS
from keyless.store.ports import Store

_DELETED = " (deleted)"


class UnknownPrincipal(Exception):
    """No principal goes by that name; the message names the nearest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A principal. ``kind`` is `SystemAssigned`, `UserAssigned`, `Application`, `User` or `Group`;
    ``resource_id`` is the ARM id of its host or of itself, empty for an application, whose ``runs_on`` may be
    known, as may be the compute resource (its ARM id), for a user and for a group."""

    principal_id: str
    client_id: str
    name: str
    kind: str
    resource_id: str
    runs_on: RunsOn | None = None
    compute: str = ""


class AboutSomebody(Protocol):
    """A record about a principal."""

    @property
    def principal_id(self) -> str:
        """The principal's object id."""
        ...


R = TypeVar("R", bound=AboutSomebody)


class Directory:
    """The principals of one estate: what workloads and applications run as; ``users``, who are people; and
    ``groups``.

    ``deleted`` are those that it had, with the last deleted first.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        deleted: Iterable[Entry] = (),
        users: Iterable[Entry] = (),
        groups: Iterable[Entry] = (),
    ) -> None:
        self.entries = tuple(sorted(entries, key=lambda entry: (entry.name, entry.principal_id)))
        self.deleted = tuple(deleted)
        self.users = tuple(users)
        self.groups = tuple(groups)
        everybody = (*self.deleted, *self.groups, *self.users, *self.entries)
        self._by_principal = {entry.principal_id: entry for entry in everybody}

    def name_of(self, principal_id: str) -> str:
        """A principal's name, what an access key is called, or the id where it is not known (any more)."""
        entry = self._by_principal.get(principal_id)
        return entry.name if entry else principal_in_words(principal_id)

    def get(self, principal_id: str) -> Entry | None:
        """The principal with an object id."""
        return self._by_principal.get(principal_id)

    def is_deleted(self, principal_id: str) -> bool:
        """Whether the principal was deleted."""
        entry = self._by_principal.get(principal_id)
        return entry is not None and entry in self.deleted

    def without_people(self, records: Iterable[R]) -> list[R]:
        """What is not about people: what these need is for them to say, and no plan's affair."""
        people = {user.principal_id.casefold() for user in self.users}
        return [record for record in records if record.principal_id.casefold() not in people]

    def find(self, wanted: str) -> Entry:
        """A principal by name, object id, client id or resource id; a user also without the domain.

        Raises:
            UnknownPrincipal: none is known by that, or several are.
        """
        key = wanted.casefold()
        found = _named(key, (*self.entries, *self.users, *self.groups)) or _named(key, self.deleted)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(f"`{entry.principal_id}` ({entry.kind})" for entry in found)
            raise UnknownPrincipal(
                f"several principals are called `{wanted}`: name one by its object id: {ids}"
            )
        names = [entry.name for entry in (*self.entries, *self.users, *self.groups)]
        near = difflib.get_close_matches(wanted, names, n=3)
        listed = ", ".join(f"`{name}`" for name in (near or names)) or "none yet"
        raise UnknownPrincipal(
            f"no principal is called `{wanted}`: {'the nearest are' if near else 'there are'} {listed}"
        )


def _named(key: str, entries: Iterable[Entry]) -> list[Entry]:
    return [
        entry
        for entry in entries
        if key in {entry.name.casefold(), entry.principal_id, entry.client_id, entry.resource_id.casefold()}
        or key == entry.name.removesuffix(_DELETED).casefold()
        or (entry.kind == "User" and key == entry.name.partition("@")[0].casefold())
    ]


async def read_directory(store: Store) -> Directory:
    """All principals in a store."""
    hosts = await identity_hosts(store)
    identities = [record for _, record in await store.scan(IDENTITIES)]
    applications = [record for _, record in await store.scan(APPLICATIONS)]
    deleted = await deleted_identities(store)
    return Directory(
        [
            *(_managed(host.system_assigned) for host in hosts if host.system_assigned),
            *(_managed(record) for record in identities),
            *(_application(record) for record in applications if record.principal_id),
        ],
        [replace(_managed(one.identity), name=one.identity.name + _DELETED) for one in deleted],
        [_user(record) for _, record in await store.scan(USERS)],
        [_group(record) for _, record in await store.scan(SECURITY_GROUPS)],
    )


def _user(user: User) -> Entry:
    return Entry(user.principal_id, "", user.user_principal_name, "User", "")


def _group(group: Group) -> Entry:
    return Entry(group.principal_id, "", group.display_name, "Group", "")


def _managed(identity: ManagedIdentity) -> Entry:
    return Entry(
        identity.principal_id, identity.client_id, identity.name, identity.kind.value, identity.resource_id
    )


def _application(application: Application) -> Entry:
    return Entry(
        application.principal_id,
        application.client_id,
        application.name,
        "Application",
        "",
        application.runs_on,
        application.compute,
    )
