"""The bodies of snapshots on the wire, and records in their form.

Rules:
- a field that was not selected, or that the api-version does not know, is left out; `expires` is there only
  where a snapshot will;
- times are ISO 8601 in UTC.

Source: Azure/azure-rest-api-specs, specification/appconfiguration/data-plane, 2026-04-01
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType, field, structs

from keyless.planes.appconfig.api_versions import has
from keyless.planes.appconfig.moments import iso_time
from keyless.planes.appconfig.schemas import Fields, media_type
from keyless.planes.appconfig.snapshots.records import FAILED, PROVISIONING, Filter, Snapshot

SNAPSHOT_TYPE = media_type("snapshot")
SNAPSHOT_SET_TYPE = media_type("snapshotset")
OPERATION_TYPE = "application/json; charset=utf-8"
_MESSAGE = (
    "the key-values that the filters choose are more than a snapshot may hold, or than there is room for in "
    "the store: choose fewer"
)


class FilterBody(Struct, frozen=True):
    """A filter, as it was asked for."""

    key: str | None = None
    label: str | None = None
    tags: list[str | None] | UnsetType | None = UNSET


class SnapshotInput(Struct, frozen=True):
    """What a snapshot is asked for with; what the service decides (status, size, …) is not looked at."""

    filters: list[FilterBody] | None = None
    composition_type: str | None = None
    retention_period: int | None = None
    tags: dict[str, str | None] | None = None
    description: str | None = None


class SnapshotUpdate(Struct, frozen=True):
    """What a snapshot is to become."""

    status: str | None = None


class SnapshotBody(Struct, frozen=True):
    """A snapshot."""

    etag: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    filters: list[FilterBody] | UnsetType = UNSET
    composition_type: str | UnsetType = UNSET
    created: str | UnsetType = UNSET
    expires: str | UnsetType = UNSET
    size: int | UnsetType = UNSET
    items_count: int | UnsetType = UNSET
    tags: dict[str, str | None] | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    retention_period: int | UnsetType = UNSET


class SnapshotSet(Struct, frozen=True):
    """A page of snapshots."""

    items: list[SnapshotBody]
    next_link: str | UnsetType = field(default=UNSET, name="@nextLink")


class OperationError(Struct, frozen=True):
    """Why a snapshot could not be made."""

    code: str
    message: str


class OperationBody(Struct, frozen=True):
    """How far the making of a snapshot has come."""

    id: str
    status: str
    error: OperationError | None = None


def snapshot_body(record: Snapshot, api_version: str, fields: Fields | None = None) -> SnapshotBody:
    """A snapshot as an api-version shows it; ``fields`` are the selected ones, none where all are."""
    body = SnapshotBody(
        etag=record.etag,
        name=record.name,
        status=record.status,
        filters=[_filter_body(one, api_version) for one in record.filters],
        composition_type=record.composition,
        created=iso_time(record.created_at),
        expires=UNSET if record.expires_at is None else iso_time(record.expires_at),
        size=record.size_bytes,
        items_count=record.items_count,
        tags=record.tags,
        description=record.description if has("snapshot.description", api_version) else UNSET,
        retention_period=record.retention_s,
    )
    if fields is None:
        return body
    left_out: dict[str, Any] = dict.fromkeys(_FIELDS - fields, UNSET)
    return structs.replace(body, **left_out)


def operation_body(record: Snapshot) -> OperationBody:
    """How far the making of a snapshot has come: it is over, one way or the other."""
    if record.status == FAILED:
        return OperationBody(record.name, "Failed", OperationError(record.failure, _MESSAGE))
    return OperationBody(record.name, "Running" if record.status == PROVISIONING else "Succeeded")


def _filter_body(one: Filter, api_version: str) -> FilterBody:
    return FilterBody(
        one.key, one.label, list(one.tags) if has("snapshot_filter.tags", api_version) else UNSET
    )


_FIELDS = frozenset(SnapshotBody.__struct_fields__)
