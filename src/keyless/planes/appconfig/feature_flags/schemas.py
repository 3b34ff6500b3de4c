"""The bodies of feature flags on the wire, and records in their form.

Rules:
- what the document requires has to be there, in the types that it gives; its enumerations are open ones;
- parameters of filters lie 64 deep in each other at most: whoever lists flags has to read all of them;
- what a flag has none of is left out, as is what was not selected; no label is null.

Source: Azure/azure-rest-api-specs, specification/appconfiguration/data-plane, 2026-05-01-preview
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType, field, structs

from keyless.planes.appconfig.key_values.records import KeyValue
from keyless.planes.appconfig.moments import iso_time
from keyless.planes.appconfig.schemas import Fields
from keyless.wire.errors import InvalidRequest

_PROFILE = 'application/json; profile="https://azconfig.io/mime-profiles/{}"; charset=utf-8'
FLAG_TYPE, FLAG_SET_TYPE = _PROFILE.format("ff"), _PROFILE.format("ffset")
_DEEPEST = 64


class Filter(Struct, frozen=True, omit_defaults=True):
    """A filter that decides whether a flag is on, by its name."""

    name: str
    parameters: dict[str, Any] | None = None


class FlagConditions(Struct, frozen=True, omit_defaults=True):
    """The filters of a flag, and whether any or all of them have to hold."""

    requirement_type: str | None = None
    filters: list[Filter] | None = None


class Variant(Struct, frozen=True, omit_defaults=True):
    """One of the values that a flag can have."""

    name: str
    value: str | None = None
    content_type: str | None = None
    status_override: str | None = None


class UserAllocation(Struct, frozen=True):
    """The users who get a variant."""

    variant: str
    users: list[str]


class GroupAllocation(Struct, frozen=True):
    """The groups that get a variant."""

    variant: str
    groups: list[str]


class PercentileAllocation(Struct, frozen=True):
    """The part of all users that gets a variant."""

    variant: str
    from_: float = field(name="from")
    to: float


class Allocation(Struct, frozen=True, omit_defaults=True):
    """Who gets which variant."""

    default_when_enabled: str | None = None
    default_when_disabled: str | None = None
    percentile: list[PercentileAllocation] | None = None
    user: list[UserAllocation] | None = None
    group: list[GroupAllocation] | None = None
    seed: str | None = None


class Telemetry(Struct, frozen=True, omit_defaults=True):
    """Whether the flag's use is told, and with what."""

    enabled: bool
    metadata: dict[str, str | None] | None = None


class Definition(Struct, frozen=True, omit_defaults=True):
    """What a flag is, besides what a key-value is as well."""

    enabled: bool = False
    conditions: FlagConditions | None = None
    variants: list[Variant] | None = None
    allocation: Allocation | None = None
    telemetry: Telemetry | None = None


class FlagInput(Definition, frozen=True):
    """What may be written; what the service itself decides (etag, name, label, …) is not looked at."""

    description: str | None = None
    tags: dict[str, str | None] | None = None


class FlagBody(Struct, frozen=True):
    """A feature flag."""

    etag: str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    label: str | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    conditions: FlagConditions | UnsetType = UNSET
    variants: list[Variant] | UnsetType = UNSET
    allocation: Allocation | UnsetType = UNSET
    telemetry: Telemetry | UnsetType = UNSET
    tags: dict[str, str | None] | UnsetType = UNSET
    last_modified: str | UnsetType = UNSET


class FlagSet(Struct, frozen=True):
    """A page of feature flags, or of their revisions."""

    items: list[FlagBody]
    etag: str
    next_link: str | UnsetType = field(default=UNSET, name="@nextLink")


def definition_text(given: Definition) -> str:
    """A definition as a record keeps it; the same one always gives the same text.

    Raises:
        InvalidRequest: the parameters of a filter lie too deep in each other.
    """
    _check_depth(given)
    kept = Definition(given.enabled, given.conditions, given.variants, given.allocation, given.telemetry)
    return msgspec.json.encode(kept, order="deterministic").decode()


def _check_depth(given: Definition) -> None:
    filters = given.conditions.filters if given.conditions is not None else None
    level: list[Any] = [one.parameters for one in filters or ()]
    for _ in range(_DEEPEST):
        level = [inner for one in level for inner in _within(one)]
    if level:
        raise InvalidRequest(
            f"the parameters of a filter lie at most {_DEEPEST} deep in each other", field="conditions"
        )


def _within(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def flag_body(record: KeyValue, fields: Fields | None = None) -> FlagBody:
    """A feature flag as it is shown; ``fields`` are the selected ones, none where all are."""
    definition = msgspec.json.decode(record.value or "{}", type=Definition)
    body = FlagBody(
        etag=record.etag,
        name=record.key,
        label=record.label,
        enabled=definition.enabled,
        description=record.description,
        conditions=definition.conditions or UNSET,
        variants=UNSET if definition.variants is None else definition.variants,
        allocation=definition.allocation or UNSET,
        telemetry=definition.telemetry or UNSET,
        tags=record.tags,
        last_modified=iso_time(record.modified_at),
    )
    if fields is None:
        return body
    left_out: dict[str, Any] = dict.fromkeys(_FIELDS - fields, UNSET)
    return structs.replace(body, **left_out)


_FIELDS = frozenset(FlagBody.__struct_fields__)
