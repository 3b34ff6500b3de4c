"""A record that is there, brought up to what a source told of it: what nobody told stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import structs

from keyless.model.derived_ids import system_assigned_identity
from keyless.model.guids import guid_key
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.management import GenericResource
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore
from keyless.model.roles import RoleAssignment


def brought_up(there: Any, record: Any, said: Iterable[str]) -> Any:  # noqa: ANN401  # a record of any collection
    """The record that is there, with what was told of it."""
    if there is None:
        return record
    told = {name: getattr(record, name) for name in said}
    if isinstance(there, ComputeResource | ConfigurationStore) and "system_assigned" in told:
        told["system_assigned"] = _same_client(there.system_assigned, told["system_assigned"])
    if isinstance(there, RoleAssignment) and not record.description:
        told.pop("description", None)
    if "tags" in told and isinstance(there, ComputeResource | GenericResource):
        told["body"] = {**there.body, **record.body}
    return structs.replace(
        there, **{name: value for name, value in told.items() if not _is_same(there, name, value)}
    )


def _is_same(there: Any, name: str, value: object) -> bool:  # noqa: ANN401  # a record of any collection
    """Whether a field means the same already, in another spelling or order."""
    before = getattr(there, name)
    if name in {"resource_id", "scope"}:
        return bool(ResourceId.parse(before) == ResourceId.parse(str(value)))
    if name == "user_assigned" and isinstance(value, tuple):
        return sorted(one.casefold() for one in before) == sorted(one.casefold() for one in value)
    if name == "location":
        return not value or str(before).casefold() == str(value).casefold()
    return False


def _same_client(there: ManagedIdentity | None, told: ManagedIdentity | None) -> ManagedIdentity | None:
    """An identity that was told, with the client id that is known where only the other id was told."""
    if there is None or told is None or guid_key(there.principal_id) != guid_key(told.principal_id):
        return told
    derived = system_assigned_identity(ResourceId.parse(told.resource_id), told.name)
    return there if told.client_id in {derived.client_id, there.client_id} else told
