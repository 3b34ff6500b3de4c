"""From files to everything that they tell together.

Rules:
- what a file is follows from its content alone; several may tell of the same thing: what Azure listed is
  believed before what Terraform remembers, and that before what a template means to deploy;
- one assignment is one principal, role and scope, whatever it is called in each source;
- nothing is dropped: what could not be made out is listed with the reason, what says nothing of access is
  counted by its type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from keyless.estate.imported import directory
from keyless.estate.imported.deployed import Place
from keyless.estate.imported.entry import CannotRead, Entry, File, Unread
from keyless.estate.imported.existing import Existing, Known
from keyless.estate.imported.identities import identity_of
from keyless.estate.imported.kinds import IDENTITY, reader_of, type_of
from keyless.estate.imported.lookup import Lookup
from keyless.estate.imported.people import Directory, with_principals
from keyless.estate.imported.records import merged
from keyless.estate.imported.sources import entries_of
from keyless.estate.imported.tenants import Account, account_of, tenant_of
from keyless.estate.imported.unknown import what_is_missing
from keyless.model.identities import ManagedIdentity

__all__ = ["Place", "read_existing"]


@dataclass(slots=True)
class _Gathered:
    """What has been found so far."""

    resources: dict[str, Entry] = field(default_factory=dict)
    nameless: list[Entry] = field(default_factory=list)
    people: Directory = field(default_factory=Directory)
    accounts: list[Account] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    lookup: Lookup = field(default_factory=Lookup)


def read_existing(
    files: Sequence[File],
    place: Place,
    known: Mapping[str, ManagedIdentity] | None = None,
    roles: Iterable[str] = (),
) -> Existing:
    """Everything that the files tell.

    ``place`` is where templates are deployed to; ``known`` are identities that there are already, by the
    case-folded id of their resource, for what a template does not tell; ``roles`` the GUIDs of custom roles
    that there are.
    """
    gathered = _Gathered(lookup=Lookup(identities=dict(known or {})))
    for entry in _entries(files, place, gathered):
        _sort(entry, gathered)
    _learn_identities(gathered)
    found = merged(_read_all(gathered))
    given = with_principals(found, gathered.people)
    gathered.passed += given.passed
    return Existing(
        records=given.records,
        tenant=tenant_of(gathered.accounts, _bodies(gathered), given.records),
        orphaned=given.orphaned,
        placeholders=given.placeholders,
        unread=(*gathered.unread, *what_is_missing(given.records, gathered.resources, known or {}, roles)),
        passed_over=dict(sorted(gathered.passed.items())),
        remarks=given.remarks,
    )


def _entries(files: Sequence[File], place: Place, gathered: _Gathered) -> list[Entry]:
    """The entries of all files; what was wrong with a file is noted."""
    return list(entries_of(files, place, gathered.unread, gathered.passed))


def _sort(entry: Entry, gathered: _Gathered) -> None:
    """Put an entry where it belongs."""
    try:
        account = account_of(entry)
        if account is not None:
            gathered.accounts.append(account)
        elif (kind := directory.kind_of(entry)) is not None:
            gathered.people.add(entry, kind)
        elif directory.is_registration(entry):
            gathered.passed["application registration"] += 1
        else:
            _keep(entry, gathered)
    except CannotRead as error:
        gathered.unread.append(Unread(entry.file, entry.at, str(error)))


def _keep(entry: Entry, gathered: _Gathered) -> None:
    if reader_of(entry) is None:
        gathered.passed[type_of(entry)] += 1
        return
    told = entry.body.get("id")
    if not isinstance(told, str):
        gathered.nameless.append(entry)
        return
    key = told.partition("|")[0].rstrip("/").casefold()
    there = gathered.resources.get(key)
    gathered.resources[key] = entry if there is None else _together(there, entry)


def _together(one: Entry, other: Entry) -> Entry:
    first, second = sorted((one, other), key=lambda entry: entry.rank)
    return first.below(second)


def _learn_identities(gathered: _Gathered) -> None:
    """What goes with which principal id, before anything that names principals is read."""
    lookup = gathered.lookup
    for entry in gathered.resources.values():
        if type_of(entry) == IDENTITY:
            _note(entry, gathered)
    for entry in gathered.people.of_kind(directory.SERVICE_PRINCIPAL):
        lookup.client_ids[entry.guid("id")] = entry.guid("appId")
        identity = directory.managed_identity_of(entry)
        if identity is not None:
            lookup.identities[identity.resource_id.casefold()] = identity
    for entry in gathered.resources.values():
        _note_host(entry, gathered)


def _note(entry: Entry, gathered: _Gathered) -> None:
    try:
        identity = identity_of(entry)
    except CannotRead:  # it is said when the entry is read
        return
    if identity is not None:
        gathered.lookup.identities[identity.resource_id.casefold()] = identity


def _note_host(entry: Entry, gathered: _Gathered) -> None:
    """The identities that a resource has, for assignments in templates that speak of them by the resource."""
    from keyless.estate.imported.hosted import given_identities, hosted_of

    try:
        if not isinstance(entry.get("identity"), dict):
            return
        own = hosted_of(entry, gathered.lookup).own
        if own is not None:
            gathered.lookup.identities[own.resource_id.casefold()] = own
        for known in given_identities(entry):
            gathered.lookup.identities.setdefault(known.record.resource_id.casefold(), known.record)
    except CannotRead:  # it is said when the entry is read
        return


def _read_all(gathered: _Gathered) -> list[Known]:
    found: list[Known] = []
    for entry in _bodies(gathered):
        try:
            reader = reader_of(entry)
            if reader is not None:
                records = list(reader(entry, gathered.lookup))
                found += records
                if not records:
                    gathered.passed[type_of(entry)] += 1
        except CannotRead as error:
            gathered.unread.append(Unread(entry.file, entry.at, str(error)))
    for one in gathered.people.identities():
        found.append(one)
    return found


def _bodies(gathered: _Gathered) -> Iterable[Entry]:
    return [*gathered.resources.values(), *gathered.nameless]
