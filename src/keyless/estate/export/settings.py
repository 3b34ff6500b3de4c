"""Settings as an exported file writes them: references and feature flags in their short forms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from keyless.estate import naming
from keyless.estate.declared.stores import FeatureFlagSetting
from keyless.estate.document import compose
from keyless.estate.export.feature_flags import feature_document
from keyless.estate.key_values import FLAG_TYPE, REFERENCE_TYPE, reference_value
from keyless.estate.problems import InvalidEstate
from keyless.estate.reading import Reading, Rejected
from keyless.estate.resolve.feature_flags import flag_document
from keyless.estate.shapes.record import RecordOf
from keyless.estate.yaml_text import dump
from keyless.model.estate import DeclaredSetting

Document = dict[str, Any]


def settings_document(
    settings: list[DeclaredSetting], vaults_by_host: Mapping[str, str]
) -> Document | list[Document]:
    """The settings of one store: by key, or as a list where a key has several labels or there are flags.

    ``vaults_by_host`` names the estate's own vaults: references to them are written by name.
    """
    written = [(setting, _flag(setting)) for setting in settings]
    keys = {setting.key for setting in settings}
    if len(keys) == len(settings) and not any(flag for _, flag in written):
        return {setting.key: _short(_details(setting, vaults_by_host)) for setting in settings}
    return [flag or {"key": setting.key, **_details(setting, vaults_by_host)} for setting, flag in written]


def _short(details: Document) -> Document | str:
    return str(details["value"]) if set(details) == {"value"} else details


def _details(setting: DeclaredSetting, vaults_by_host: Mapping[str, str]) -> Document:
    """A setting without its key."""
    uri = _referenced_uri(setting)
    if uri is not None:
        details: Document = {"keyVaultReference": _reference(uri, vaults_by_host)}
    else:
        details = {"value": setting.value}
        if setting.content_type is not None:
            details["contentType"] = setting.content_type
    return details | _annotations(setting)


def _annotations(setting: DeclaredSetting) -> Document:
    label: Document = {} if setting.label is None else {"label": setting.label}
    return {**label, "tags": dict(setting.tags)} if setting.tags else label


def _reference(uri: str, vaults_by_host: Mapping[str, str]) -> Document:
    """The secret at an address: by name where its vault is one of the estate's."""
    host, _, secret, *version = uri.removeprefix("https://").split("/")
    vault = vaults_by_host.get(host)
    if vault is None:
        return {"uri": uri}
    return {"vault": vault, "secret": secret, **({"version": version[0]} if version else {})}


def _referenced_uri(setting: DeclaredSetting) -> str | None:
    """The address that a Key Vault reference holds, where its short form says all of it."""
    value = _json_object(setting, REFERENCE_TYPE)
    uri = value.get("uri")
    if not isinstance(uri, str) or setting.value != reference_value(uri) or not naming.URI.allows(uri):
        return None
    return uri


def _flag(setting: DeclaredSetting) -> Document | None:
    """A feature flag in its own form, where that says all of it."""
    value = _json_object(setting, FLAG_TYPE)
    document = feature_document(value, setting.key) if value else None
    if document is None or not _says(document, value):
        return None
    return document | _annotations(setting)


def _says(document: Document, value: Document) -> bool:
    """Whether a flag that is read back is the one that was written."""
    reading = Reading("")
    try:
        entry = RecordOf(FeatureFlagSetting).read(compose(dump(document), ""), reading)
        found = flag_document(entry, reading)
    except (Rejected, InvalidEstate, RecursionError):
        return False
    return not reading.problems and _spelled(found) == _spelled(value)


def _spelled(value: Document) -> str:
    """JSON in one spelling, in which truth values are no numbers."""
    return json.dumps(value, sort_keys=True)


def _json_object(setting: DeclaredSetting, content_type: str) -> Document:
    if setting.content_type != content_type:
        return {}
    try:
        value = json.loads(setting.value)
    except (ValueError, RecursionError):  # then it is written as the text that it is
        return {}
    return value if isinstance(value, dict) else {}
