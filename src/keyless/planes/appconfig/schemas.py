"""The bodies of App Configuration's data plane, and records in their form.

Rules:
- a field that was not selected, or that the api-version does not know, is left out; one without a value is
  null;
- times are ISO 8601 in UTC; etags are plain.

Source: Azure/azure-rest-api-specs, specification/appconfiguration/data-plane, 2026-04-01
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType, field, structs

from keyless.planes.appconfig.api_versions import has
from keyless.planes.appconfig.key_values.records import KeyValue
from keyless.planes.appconfig.moments import iso_time


def media_type(of: str) -> str:
    """The media type of one kind of body."""
    return f"application/vnd.microsoft.appconfig.{of}+json; charset=utf-8"


KEY_VALUE_TYPE = media_type("kv")
KEY_VALUE_SET_TYPE = media_type("kvset")
KEY_SET_TYPE = media_type("keyset")
LABEL_SET_TYPE = media_type("labelset")

Fields = frozenset[str]
"""The names of the fields that were asked for."""


class KeyValueBody(Struct, frozen=True):
    """A key-value."""

    etag: str | UnsetType = UNSET
    key: str | UnsetType = UNSET
    label: str | UnsetType | None = UNSET
    content_type: str | UnsetType | None = UNSET
    value: str | UnsetType | None = UNSET
    tags: dict[str, str | None] | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    locked: bool | UnsetType = UNSET
    last_modified: str | UnsetType = UNSET


class NameBody(Struct, frozen=True):
    """A key or a label; the name of no label is null."""

    name: str | UnsetType | None = UNSET


class KeyValueSet(Struct, frozen=True):
    """A page of key-values, or of their revisions."""

    etag: str | UnsetType
    items: list[KeyValueBody]
    next_link: str | UnsetType = field(default=UNSET, name="@nextLink")


class NameSet(Struct, frozen=True):
    """A page of keys or labels."""

    items: list[NameBody]
    next_link: str | UnsetType = field(default=UNSET, name="@nextLink")


class KeyValueInput(Struct, frozen=True):
    """What may be written; what the service itself decides (etag, key, label, …) is not looked at."""

    value: str | None = None
    content_type: str | None = None
    tags: dict[str, str | None] | None = None
    description: str | None = None


def key_value_body(record: KeyValue, api_version: str, fields: Fields | None = None) -> KeyValueBody:
    """A key-value as an api-version shows it; ``fields`` are the selected ones, none where all are."""
    body = KeyValueBody(
        etag=record.etag,
        key=record.key,
        label=record.label,
        content_type=record.content_type,
        value=record.value,
        tags=record.tags,
        description=record.description if has("key_value.description", api_version) else UNSET,
        locked=record.locked,
        last_modified=iso_time(record.modified_at),
    )
    if fields is None:
        return body
    return structs.replace(body, **dict.fromkeys(_FIELDS - fields, UNSET))


def name_body(name: str | None, fields: Fields | None = None) -> NameBody:
    """A key or label as it is listed."""
    return NameBody(name) if fields is None or "name" in fields else NameBody()


_FIELDS = frozenset(KeyValueBody.__struct_fields__)
