"""What the public documents say of App Configuration's data plane, by api-version.

The checkout's documents end at 2023-11-01. Later ones are carried from that, and what came since is listed
here, as the documents of 2024-09-01, 2025-07-01-preview, 2026-04-01, 2026-05-01-preview and
2026-08-01-preview have it, and the models of the client that asks for 2026-05-01-preview (it knows
descriptions, which the first document of that version did not have). Feature flags with paths of their own
are only in 2025-07-01-preview and 2026-05-01-preview. Schemas of 2026-08-01-preview are left out: they are
not served.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/appconfiguration/data-plane
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wire_documents.data_planes import Added, DataPlane, PlaneVersion

Json = dict[str, Any]

_FOLDER = "appconfiguration/data-plane/Microsoft.AppConfiguration"
_LAST_DOCUMENTED = "2023-11-01"
_TYPE = "application/vnd.microsoft.appconfig.{}+json"
_PROBLEM = "application/problem+json"

_TEXT: Json = {"type": "string"}
_FLAG: Json = {"type": "boolean"}
_MOMENT: Json = {"format": "date-time", "type": "string"}
_PERCENT: Json = {"type": "number"}
_TEXTS: Json = {"additionalProperties": _TEXT, "type": "object"}


def _list_of(name: str) -> Json:
    return {"items": {"$ref": f"#/definitions/{name}"}, "type": "array"}


def _object(required: tuple[str, ...] = (), /, **properties: Json) -> Json:
    asked = {"required": sorted(required)} if required else {}
    return {"properties": properties, "type": "object", **asked}


def _read_only(schema: Json) -> Json:
    return {**schema, "readOnly": True}


def _header(name: str) -> Json:
    return {"in": "header", "name": name, "type": "string"}


def _query(name: str) -> Json:
    return {"in": "query", "name": name, "type": "string"}


def _fields(*names: str) -> Json:
    items = {"type": "string", "x-open-enum": list(names)}
    return {"collectionFormat": "csv", "in": "query", "items": items, "name": "$Select", "type": "array"}


_TAGS: Json = {
    "collectionFormat": "multi",
    "in": "query",
    "items": _TEXT,
    "name": "tags",
    "type": "array",
}
_KEY_VALUE_FIELDS = ("key", "label", "content_type", "value", "last_modified", "tags")
_SNAPSHOT_FIELDS = ("name", "status", "filters", "composition_type", "created", "expires", "retention_period")

_TAGS_OF_ONE = Added(parameters={"GetKeyValue": (_TAGS,), "CheckKeyValue": (_TAGS,)})
_DESCRIPTIONS = Added(
    members={"KeyValue": {"description": _TEXT}, "Snapshot": {"description": _TEXT}},
    parameters={
        **{
            f"{verb}{things}": (_fields(*_KEY_VALUE_FIELDS, "description", "locked", "etag"),)
            for verb in ("Get", "Check")
            for things in ("KeyValue", "KeyValues", "Revisions")
        },
        **{
            f"Get{things}": (
                _fields(*_SNAPSHOT_FIELDS, "size", "items_count", "tags", "description", "etag"),
            )
            for things in ("Snapshot", "Snapshots")
        },
    },
)


_FLAG_FIELDS = _fields(
    *("name", "enabled", "label", "description", "conditions", "variants", "allocation", "telemetry"),
    *("tags", "last_modified", "etag"),
)
_VERSION = {**_query("api-version"), "required": True}
_LABEL, _SYNC = _query("label"), _header("Sync-Token")
_CONDITIONS = (_header("If-Match"), _header("If-None-Match"))
_THEN = _header("Accept-Datetime")
_PAGED = (_query("After"), _FLAG_FIELDS, _query("name"), _TAGS)
_FLAGS_ASKED: dict[str, tuple[Json, ...]] = {
    "FeatureFlags": (_LABEL, _SYNC, *_CONDITIONS, _THEN, *_PAGED),
    "FeatureFlag": (_LABEL, _SYNC, *_CONDITIONS, _THEN, _FLAG_FIELDS, _TAGS),
    "FeatureFlagRevisions": (_LABEL, _SYNC, *_CONDITIONS, *_PAGED),
}
_FLAGS_AT = {"FeatureFlags": "/ff", "FeatureFlag": "/ff/{name}", "FeatureFlagRevisions": "/ff-revisions"}
_FLAG_TYPES = ("application/json", _PROBLEM)
_TAGGED = {"ETag": "string", "Sync-Token": "string"}


def _flags(verb: str, method: str, things: str, answer: str | None = None, **more: Json) -> Json:
    body = {"schema": {"$ref": f"#/definitions/{answer}"}} if answer else {}
    asked = [_VERSION, *_FLAGS_ASKED[things]]
    return {
        "id": f"{verb}{things}",
        "method": method,
        "parameters": sorted(asked, key=lambda found: str(found["name"])),
        "path": _FLAGS_AT[things],
        "produces": list(_FLAG_TYPES),
        "responses": {"200": {**body, "headers": _TAGGED}, **more.pop("answers", {})},
        **more,
    }


def _flag_operations() -> Iterator[Json]:
    for things, answer in (
        ("FeatureFlags", "FeatureFlagListResult"),
        ("FeatureFlag", "FeatureFlag"),
        ("FeatureFlagRevisions", "FeatureFlagListResult"),
    ):
        yield _flags("Get", "GET", things, answer)
        yield _flags("Check", "HEAD", things)
    yield _flags("Put", "PUT", "FeatureFlag", "FeatureFlag", body={"$ref": "#/definitions/FeatureFlag"})
    nothing = {"204": {"headers": {"Sync-Token": "string"}}}
    yield _flags("Delete", "DELETE", "FeatureFlag", "FeatureFlag", answers=nothing)


_FEATURE_FLAGS = Added(
    definitions={
        "FeatureFlag": _object(
            ("name",),
            name=_read_only(_TEXT),
            enabled=_FLAG,
            label=_TEXT,
            description=_TEXT,
            conditions={"$ref": "#/definitions/FeatureFlagConditions"},
            variants=_list_of("FeatureFlagVariantDefinition"),
            allocation={"$ref": "#/definitions/FeatureFlagAllocation"},
            telemetry={"$ref": "#/definitions/FeatureFlagTelemetryConfiguration"},
            tags=_TEXTS,
            last_modified=_read_only(_MOMENT),
            etag=_read_only(_TEXT),
        ),
        "FeatureFlagAllocation": _object(
            default_when_disabled=_TEXT,
            default_when_enabled=_TEXT,
            percentile=_list_of("PercentileAllocation"),
            user=_list_of("UserAllocation"),
            group=_list_of("GroupAllocation"),
            seed=_TEXT,
        ),
        "FeatureFlagConditions": _object(
            requirement_type={**_TEXT, "x-open-enum": ["Any", "All"]}, filters=_list_of("FeatureFlagFilter")
        ),
        "FeatureFlagFilter": _object(("name",), name=_TEXT, parameters=_TEXTS),
        "FeatureFlagListResult": _object(items=_list_of("FeatureFlag"), etag=_TEXT, **{"@nextLink": _TEXT}),
        "FeatureFlagTelemetryConfiguration": _object(("enabled",), enabled=_FLAG, metadata=_TEXTS),
        "FeatureFlagVariantDefinition": _object(
            ("name",),
            name=_TEXT,
            value=_TEXT,
            content_type=_TEXT,
            status_override={**_TEXT, "x-open-enum": ["None", "Enabled", "Disabled"]},
        ),
        "GroupAllocation": _object(
            ("variant", "groups"), variant=_TEXT, groups={"items": _TEXT, "type": "array"}
        ),
        "PercentileAllocation": _object(
            ("variant", "from", "to"), variant=_TEXT, **{"from": _PERCENT, "to": _PERCENT}
        ),
        "UserAllocation": _object(
            ("variant", "users"), variant=_TEXT, users={"items": _TEXT, "type": "array"}
        ),
    },
    operations=tuple(_flag_operations()),
)


def _versions() -> tuple[PlaneVersion, ...]:
    """Every api-version that clients have sent, oldest first."""
    documented = (
        ("1.0", "stable"),
        ("2022-11-01-preview", "preview"),
        ("2023-05-01-preview", "preview"),
        ("2023-10-01", "stable"),
        (_LAST_DOCUMENTED, "stable"),
    )
    since: tuple[tuple[str, tuple[Added, ...]], ...] = (
        ("2024-09-01", (_TAGS_OF_ONE,)),
        ("2025-07-01-preview", (_TAGS_OF_ONE, _DESCRIPTIONS, _FEATURE_FLAGS)),
        ("2026-04-01", (_TAGS_OF_ONE, _DESCRIPTIONS)),
        ("2026-05-01-preview", (_TAGS_OF_ONE, _DESCRIPTIONS, _FEATURE_FLAGS)),
        ("2026-08-01-preview", (_TAGS_OF_ONE, _DESCRIPTIONS)),
    )
    last = _document(_LAST_DOCUMENTED, "stable")
    return (
        *(PlaneVersion(version, (_document(version, kind),)) for version, kind in documented),
        *(PlaneVersion(version, (last,), added) for version, added in since),
    )


def _document(version: str, kind: str) -> str:
    return f"{_FOLDER}/{kind}/{version}/appconfiguration.json"


PLANE = DataPlane("configuration_schemas", _versions(), parameters=True)
"""Every operation."""
