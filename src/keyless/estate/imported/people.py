"""Who the principals are that an estate names: from the directory's lists, else by what the assignment says.

Rules:
- whoever is named and is no managed identity of the estate gets a record: from the lists where it is in one,
  otherwise one that says only its type and id;
- an assignment is orphaned where the list of its type of principal was imported, whole, and has nobody of its
  id. Without such a list nobody is taken for gone;
- `az ad sp list` without `--all` ends after 100: a list of just so many is not taken for whole.

Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from keyless.estate.imported import directory
from keyless.estate.imported.entry import Entry, Rank
from keyless.estate.imported.existing import Known
from keyless.model.denies import DenyAssignment
from keyless.model.directory import Group, User
from keyless.model.estate import derived_guid
from keyless.model.identities import Application, ComputeResource, ManagedIdentity
from keyless.model.resources import ConfigurationStore, Vault
from keyless.model.roles import RoleAssignment

_CUT_AT = 100
_KINDS = (directory.SERVICE_PRINCIPAL, directory.USER, directory.GROUP)
_ANYBODY = ""
"""The type of whom an access policy names: it does not say."""


class Directory:
    """The entries of the directory's lists, by kind and object id."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, Entry]] = {}
        self._per_file: Counter[tuple[str, str]] = Counter()

    def add(self, entry: Entry, kind: str) -> None:
        """Add an entry of a list."""
        self._entries.setdefault(kind, {})[entry.guid("id")] = entry
        if entry.rank is Rank.LISTED:  # whoever manages some principals does not list all
            self._per_file[kind, entry.file] += 1

    def of_kind(self, kind: str) -> list[Entry]:
        """Every entry of a kind."""
        return list(self._entries.get(kind, {}).values())

    def find(self, principal_id: str) -> tuple[Entry, str] | None:
        """An entry by its object id, and its kind."""
        for kind, entries in self._entries.items():
            if principal_id in entries:
                return entries[principal_id], kind
        return None

    def is_whole(self, kind: str) -> bool:
        """Whether everybody of a kind is in the lists, as far as can be told."""
        if kind not in _KINDS:  # it may be anybody
            return all(map(self.is_whole, _KINDS))
        return any(of == kind for of, _ in self._per_file) and not self.may_be_cut(kind)

    def may_be_cut(self, kind: str) -> bool:
        """Whether a list looks as if it had been cut off."""
        if kind != directory.SERVICE_PRINCIPAL:
            return False
        return any(count == _CUT_AT for (of, _), count in self._per_file.items() if of == kind)

    def identities(self) -> Iterator[Known]:
        """The managed identities among the service principals."""
        for entry in self.of_kind(directory.SERVICE_PRINCIPAL):
            identity = directory.managed_identity_of(entry)
            if identity is not None:
                yield directory.identity_record(identity, entry)


@dataclass(slots=True)
class Given:
    """The records with all principals that they name; see ``Existing`` for the rest."""

    records: tuple[Known, ...]
    orphaned: frozenset[str] = frozenset()
    placeholders: frozenset[str] = frozenset()
    passed: Counter[str] = field(default_factory=Counter)
    remarks: tuple[str, ...] = ()


def with_principals(found: Iterable[Known], people: Directory) -> Given:
    """The records, with one for every principal that they name."""
    records = list(found)
    managed = {identity.principal_id for identity in _identities(records)}
    waiting = {one: kind for one, kind in _named(records).items() if one not in managed}
    given, met = Given(()), set(managed)
    while waiting:
        principal_id, kind = waiting.popitem()
        met.add(principal_id)
        entry = people.find(principal_id)
        if entry is None:
            records += _unlisted(given, people, principal_id, kind)
            continue
        known = directory.principal_record(*entry)
        records.append(known)
        if isinstance(known.record, Group):
            waiting |= {one: _ANYBODY for one in known.record.members if one not in met}
    given.records = tuple(records)
    given.passed = _nobody_named(people, met)
    given.remarks = tuple(_remarks(people, records))
    return given


def _unlisted(given: Given, people: Directory, principal_id: str, kind: str) -> list[Known]:
    """The record of somebody who is in no list: none where he would be in it."""
    if people.is_whole(kind):
        given.orphaned |= {principal_id}
        return []
    given.placeholders |= {principal_id}
    return [placeholder(principal_id, kind)]


def placeholder(principal_id: str, kind: str) -> Known:
    """A principal of which only id and type are known."""
    if kind == directory.USER:
        return Known(User(principal_id, f"user {principal_id}", f"user {principal_id}"), ())
    if kind == directory.GROUP:
        return Known(Group(principal_id, f"group {principal_id}"), ())
    name = f"service principal {principal_id}"
    return Known(Application(name, placeholder_client_id(principal_id), principal_id), ())


def placeholder_client_id(principal_id: str) -> str:
    """The client id that a service principal has here while nobody has told its own."""
    return derived_guid("imported service principal", principal_id)


def _identities(records: Iterable[Known]) -> Iterator[ManagedIdentity]:
    for one in records:
        record = one.record
        if isinstance(record, ManagedIdentity):
            yield record
        elif isinstance(record, ComputeResource | ConfigurationStore) and record.system_assigned:
            yield record.system_assigned


def _named(records: Iterable[Known]) -> dict[str, str]:
    """Every principal that is named, and of which type it is said to be."""
    named: dict[str, str] = {}
    for one in records:
        record = one.record
        if isinstance(record, RoleAssignment):
            named[record.principal_id] = record.principal_type
        elif isinstance(record, Vault):
            for policy in record.access_policies:
                named.setdefault(policy.object_id, _ANYBODY)
        elif isinstance(record, DenyAssignment):
            for denied in (*record.principals, *record.exclude_principals):
                if denied.type != "SystemDefined":
                    named.setdefault(denied.id, denied.type)
    return named


def _nobody_named(people: Directory, named: Iterable[str]) -> Counter[str]:
    passed: Counter[str] = Counter()
    known = set(named)
    for kind in _KINDS:
        unnamed = [one for one in people.of_kind(kind) if one.guid("id") not in known]
        if unnamed:
            passed[f"{_WORDS[kind]} that nothing names"] += len(unnamed)
    return passed


def _groups(number: int) -> str:
    """A number of groups in words."""
    return "group" if number == 1 else f"{number} groups"


def _remarks(people: Directory, records: Iterable[Known]) -> Iterator[str]:
    untold = [one for one in records if isinstance(one.record, Group) and "members" not in one.said]
    if untold:
        yield (
            f"`az ad group list` does not tell who is in the {_groups(len(untold))} that something names: "
            "import what `az rest --url 'https://graph.microsoft.com/v1.0/groups?$expand=members'` prints"
        )
    if people.may_be_cut(directory.SERVICE_PRINCIPAL):
        yield (
            f"a list of service principals has just {_CUT_AT} entries, after which `az ad sp list` ends "
            "without `--all`: nobody is taken for orphaned because of it"
        )


_WORDS = {
    directory.SERVICE_PRINCIPAL: "service principal",
    directory.USER: "user",
    directory.GROUP: "group",
}
