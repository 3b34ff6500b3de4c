"""Who gets a role: an identity, be it a compute resource's, an application, a group, a user, or a bare id."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from keyless.estate import naming
from keyless.estate.declared.principals import (
    PrincipalByApplication,
    PrincipalByCompute,
    PrincipalByGroup,
    PrincipalByIdentity,
    PrincipalByName,
    PrincipalByUser,
    PrincipalEntry,
)
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.directory import Directory
from keyless.estate.resolve.people import People
from keyless.estate.resolve.resources import Resources
from keyless.model.directory import Group, User
from keyless.model.estate import DeclaredApplication
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.nearest import quoted_list

_PLACES = "`compute`, `identities`, `applications`, `groups` or `users`, or write a principal id"

Holder = ComputeResource | ManagedIdentity | DeclaredApplication | User | Group


def principal_id_of(holder: Holder) -> str | None:
    """The principal id of a holder; none for compute without an identity of its own."""
    if not isinstance(holder, ComputeResource):
        return holder.principal_id
    return holder.system_assigned.principal_id if holder.system_assigned is not None else None


class Principals(msgspec.Struct, frozen=True):
    """Everything that can get a role, under all its names."""

    resources: Resources
    applications: Directory[DeclaredApplication]
    people: People
    everybody: Directory[Holder]

    def find(self, entry: PrincipalEntry, reading: Reading) -> str:
        """The principal id of whoever the file names.

        Raises:
            Rejected: there is no such principal, or it has no identity of its own; reported.
        """
        if isinstance(entry, PrincipalByName):
            return self._by_name(entry.name, reading)
        if isinstance(entry, PrincipalByCompute):
            return self._of(self.resources.compute.find(entry.compute, reading), entry.compute, reading)
        if isinstance(entry, PrincipalByIdentity):
            return self._of(self.resources.identities.find(entry.identity, reading), entry.identity, reading)
        if isinstance(entry, PrincipalByApplication):
            found = self.applications.find(entry.application, reading)
            return self._of(found, entry.application, reading)
        if isinstance(entry, PrincipalByGroup):
            return self._of(self.people.groups.find(entry.group, reading), entry.group, reading)
        if isinstance(entry, PrincipalByUser):
            return self._of(self.people.users.find(entry.user, reading), entry.user, reading)
        raise TypeError(f"nothing is known of a {type(entry).__name__}")

    def type_of(self, principal_id: str) -> str:
        """What type of principal it is; what is not known is taken for a service principal."""
        if any(one.principal_id == principal_id for one in self.people.users.things):
            return "User"
        is_group = any(one.principal_id == principal_id for one in self.people.groups.things)
        return "Group" if is_group else "ServicePrincipal"

    def _by_name(self, name: Located[str], reading: Reading) -> str:
        if re.fullmatch(naming.GUID.pattern, name.value) and not self.everybody.has(name.value):
            return self._by_guid(name, reading)
        return self._of(self.everybody.find(name, reading), name, reading)

    def _by_guid(self, guid: Located[str], reading: Reading) -> str:
        for holder in self.everybody.things:
            identity = holder.system_assigned if isinstance(holder, ComputeResource) else holder
            if isinstance(identity, User | Group):
                continue
            if identity is not None and identity.client_id == guid.value.lower():
                raise reading.reject(
                    guid.at,
                    f"`{guid.value}` is the client id of `{identity.name}`, and roles go to principal ids",
                    f"write `{self.everybody.clear_name(holder)}`",
                )
        return guid.value.lower()

    def _of(self, holder: Holder | None, name: Located[str], reading: Reading) -> str:
        if holder is None:
            raise Rejected
        principal_id = principal_id_of(holder)
        if principal_id is not None:
            return principal_id
        raise reading.reject(
            name.at,
            f"`{name.value}` has no system-assigned identity that could get a role",
            self._instead(holder),
        )

    def _instead(self, holder: Holder) -> str:
        own = "give it one: `identity: {systemAssigned: true}`"
        given = holder.user_assigned if isinstance(holder, ComputeResource) else ()
        identities = (self.resources.identities.get(one) for one in given)
        shared = quoted_list(self.resources.identities.clear_name(found) for found in identities if found)
        return f"{own}; or write its user-assigned identity: {shared}" if shared else own


def all_principals(
    resources: Resources, applications: Directory[DeclaredApplication], people: People
) -> Principals:
    """Everything that can get a role."""
    everybody: Directory[Holder] = Directory("principal", _PLACES)
    _include(everybody, "compute", resources.compute.entries())
    _include(everybody, "identity", resources.identities.entries())
    _include(everybody, "application", applications.entries())
    _include(everybody, "group", people.groups.entries())
    _include(everybody, "user", people.users.entries())
    for directory in (resources.compute, resources.identities, applications, people.groups, people.users):
        everybody.miss(directory.missed)
        everybody.incomplete |= directory.incomplete
    return Principals(resources, applications, people, everybody)


def _include(
    everybody: Directory[Holder], kind: str, entries: Iterable[tuple[Holder, tuple[str, ...]]]
) -> None:
    for holder, names in entries:
        short = [name for name in names if not name.startswith("/")] or list(names)
        everybody.add(holder, *short, otherwise=f"{{{kind}: {short[-1]}}}")
