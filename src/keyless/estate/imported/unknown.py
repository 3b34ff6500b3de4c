"""What the sources leave open: said, so that nobody takes half of an estate for the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from keyless.catalog.roles import role_by_id
from keyless.estate.imported.entry import Entry, Unread
from keyless.estate.imported.existing import Known
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.resources import ConfigurationStore, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition


def what_is_missing(
    records: Iterable[Known], entries: Mapping[str, Entry], known: Iterable[str], roles: Iterable[str]
) -> Iterator[Unread]:
    """What is referred to and told by no source.

    ``known`` are case-folded ids of identities that are there already, ``roles`` the GUIDs of custom roles.
    """
    found = list(records)
    things = [one.record for one in found]
    identities = {one.resource_id.casefold() for one in things if isinstance(one, ManagedIdentity)}
    custom = {one.id for one in things if isinstance(one, RoleDefinition)} | set(roles)
    for known_one in found:
        for resource_id, why in (
            *_of_vault(known_one),
            *_of_host(known_one.record, identities | set(known)),
            *_of_assignment(known_one.record, custom),
        ):
            entry = entries.get(resource_id.casefold())
            yield Unread(entry.file if entry else "", entry.at if entry else resource_id, why)


def _of_vault(known: Known) -> Iterator[tuple[str, str]]:
    if isinstance(known.record, Vault) and "enable_rbac_authorization" not in known.said:
        why = "whether roles or access policies decide in the vault is not told, and roles are taken to"
        yield known.record.resource_id, f"{why}: import `az keyvault show --name {known.record.name}` too"


def _of_host(record: object, identities: set[str]) -> Iterator[tuple[str, str]]:
    if isinstance(record, ComputeResource | ConfigurationStore):
        for given in record.user_assigned:
            if given.casefold() not in identities:
                why = f"its user-assigned identity `{given.rpartition('/')[2]}` is in no source"
                yield record.resource_id, f"{why}: import `az identity list` too"


def _of_assignment(record: object, custom: set[str]) -> Iterator[tuple[str, str]]:
    if isinstance(record, RoleAssignment):
        role_id = record.role_definition_id
        if role_id not in custom and role_by_id(role_id) is None:
            why = f"its role `{role_id}` is in no source and not a built-in one"
            how = f"import `az role definition list --custom-role-only true --scope {record.scope}` too"
            yield f"role assignment {record.id}", f"{why}: {how}"
