"""Feature flags: what a store keeps of them, and whether their parts fit each other.

Rules:
- no two variants have one name, and each that is allocated is one of the flag's;
- parts of all users do not overlap, and no user or group gets two variants: the libraries would take the
  first, and whoever wrote the second would wonder;
- what says no more than the default is left out, but for what every flag has (id, description, state,
  filters).

Source: https://github.com/microsoft/FeatureManagement/blob/main/Schema/FeatureFlag.v2.0.0.schema.json,
https://learn.microsoft.com/azure/azure-app-configuration/concept-feature-flags
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from keyless.estate.declared.feature_flags import (
    AllocationEntry,
    ConditionsEntry,
    PercentileEntry,
    TelemetryEntry,
    VariantEntry,
)
from keyless.estate.declared.stores import FeatureFlagSetting
from keyless.estate.key_values import plain_flag
from keyless.estate.reading import Located, Reading
from keyless.estate.resolve.feature_filters import filter_parameters
from keyless.model.nearest import nearest, quoted_list

Document = dict[str, Any]


def flag_document(entry: FeatureFlagSetting, reading: Reading) -> Document:
    """A flag as its value says it; what does not fit is reported."""
    flag = plain_flag(entry.feature_flag.value, entry.description, enabled=entry.enabled)
    if entry.display_name is not None:
        flag["display_name"] = entry.display_name
    if entry.conditions is not None:
        flag["conditions"] = _conditions(entry.conditions, reading)
    if entry.variants:
        flag["variants"] = [_variant(one) for one in entry.variants]
    if entry.allocation is not None:
        flag["allocation"] = _allocation(entry.allocation)
    if entry.telemetry is not None:
        flag["telemetry"] = _telemetry(entry.telemetry)
    _check_variants(entry, reading)
    return flag


def _conditions(entry: ConditionsEntry, reading: Reading) -> Document:
    filters = []
    for one in entry.client_filters:
        parameters = filter_parameters(one, reading)
        filters.append(
            {"name": one.name.value} | ({"parameters": parameters} if parameters is not None else {})
        )
    conditions: Document = {"client_filters": filters}
    if entry.requirement_type != "Any":
        conditions["requirement_type"] = entry.requirement_type
    return conditions


def _variant(entry: VariantEntry) -> Document:
    variant: Document = {"name": entry.name.value}
    if entry.configuration_value is not None:
        variant["configuration_value"] = entry.configuration_value.value
    if entry.status_override != "None":
        variant["status_override"] = entry.status_override
    return variant


def _allocation(entry: AllocationEntry) -> Document:
    said: Document = {
        "percentile": [
            {"variant": one.variant.value, "from": one.from_.value, "to": one.to.value}
            for one in entry.percentile
        ],
        "group": [
            {"variant": one.variant.value, "groups": [each.value for each in one.groups]}
            for one in entry.group
        ],
        "user": [
            {"variant": one.variant.value, "users": [each.value for each in one.users]} for one in entry.user
        ],
        "seed": entry.seed,
        "default_when_enabled": entry.default_when_enabled and entry.default_when_enabled.value,
        "default_when_disabled": entry.default_when_disabled and entry.default_when_disabled.value,
    }
    return {name: one for name, one in said.items() if one}


def _telemetry(entry: TelemetryEntry) -> Document:
    metadata = {name.value: text for name, text in entry.metadata.items}
    return {"enabled": entry.enabled} | ({"metadata": metadata} if metadata else {})


def _check_variants(entry: FeatureFlagSetting, reading: Reading) -> None:
    _check_once(
        [one.name for one in entry.variants], "the variant", "give each variant a name of its own", reading
    )
    allocation = entry.allocation
    if allocation is None:
        return
    known = [one.name.value for one in entry.variants]
    for variant in () if entry.lost(FeatureFlagSetting.variants) else _allocated(allocation):
        if variant.value not in known:
            near = nearest(variant.value, known, 1) or known
            hint = f"write {quoted_list(near)}" if near else "declare it in `variants`"
            reading.report(variant.at, f"the feature has no variant `{variant.value}`", hint)
    users = [user for one in allocation.user for user in one.users]
    groups = [group for one in allocation.group for group in one.groups]
    _check_once(users, "the user", "name each user once: the first variant would count", reading)
    _check_once(groups, "the group", "name each group once: the first variant would count", reading)
    _check_percentiles(allocation.percentile, reading)


def _allocated(entry: AllocationEntry) -> Iterator[Located[str]]:
    """Every variant that is allocated, where it stands."""
    for default in (entry.default_when_enabled, entry.default_when_disabled):
        if default is not None:
            yield default
    yield from (one.variant for one in entry.user)
    yield from (one.variant for one in entry.group)
    yield from (one.variant for one in entry.percentile)


def _check_once(names: Iterable[Located[str]], noun: str, hint: str, reading: Reading) -> None:
    seen: set[str] = set()
    for name in names:
        if name.value in seen:
            reading.report(name.at, f"{noun} `{name.value}` stands here a second time", hint)
        seen.add(name.value)


def _check_percentiles(parts: Iterable[PercentileEntry], reading: Reading) -> None:
    taken: list[PercentileEntry] = []
    for part in parts:
        begin, end = part.from_.value, part.to.value
        if begin >= end:
            reading.report(
                part.from_.at, f"a part from {begin} to {end} holds nobody", "let it end after it begins"
            )
            continue
        for other in taken:
            if begin < other.to.value and other.from_.value < end:
                reading.report(
                    part.from_.at,
                    f"the part from {begin} to {end} overlaps "
                    f"that from {other.from_.value} to {other.to.value}",
                    "let each part begin where the one before ends",
                )
        taken.append(part)
