"""The key-values of configuration stores, Key Vault references and feature flags included.

A key-value with all that it has takes at most 10 KB.

Source: https://learn.microsoft.com/azure/azure-app-configuration/faq
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.stores import (
    FeatureFlagSetting,
    ListedPlainSetting,
    ListedReferenceSetting,
    PlainSetting,
    ReferenceByAddress,
    ReferenceByName,
    ReferenceEntry,
    ReferenceSetting,
    SettingEntry,
    StoreEntry,
)
from keyless.estate.key_values import (
    FLAG_PREFIX,
    FLAG_TYPE,
    REFERENCE_TYPE,
    flag_value,
    reference_value,
    secret_uri,
)
from keyless.estate.problems import At
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.feature_flags import flag_document
from keyless.estate.resolve.resources import Resources
from keyless.model.estate import DeclaredSetting

MAX_KEY_VALUE_BYTES = 10_240


def read_settings(estate: EstateEntry, resources: Resources, reading: Reading) -> tuple[DeclaredSetting, ...]:
    """The settings of all stores; those that are refused are reported and left out."""
    found: list[DeclaredSetting] = []
    for _, group in estate.resource_groups.items:
        for store, entry in group.configuration_stores.items:
            found += _store_settings(store.value, entry, resources, reading)
    return tuple(found)


def _store_settings(
    store: str, entry: StoreEntry, resources: Resources, reading: Reading
) -> Iterator[DeclaredSetting]:
    first: dict[tuple[str, str | None], At] = {}
    for key, setting in _keyed(entry):
        identity = key.value, setting.label
        if identity in first:
            reading.report(
                key.at,
                f"`{key.value}` stands here a second time with the same label",
                f"the first is on line {first[identity].line}: keep one, or give them different labels",
            )
            continue
        first[identity] = key.at
        try:
            yield _setting(store, key, setting, resources, reading)
        except Rejected:  # reported: the others are still worth a look
            continue


def _keyed(entry: StoreEntry) -> Iterator[tuple[Located[str], SettingEntry]]:
    """Every setting with its key, whether the user wrote a list or a mapping."""
    if entry.settings is None:
        return
    listed, mapped = entry.settings
    yield from mapped.items
    for setting in listed:
        if isinstance(setting, FeatureFlagSetting):
            yield Located(FLAG_PREFIX + setting.feature_flag.value, setting.feature_flag.at), setting
        elif isinstance(setting, ListedPlainSetting | ListedReferenceSetting):
            yield setting.key, setting


def _setting(
    store: str, key: Located[str], entry: SettingEntry, resources: Resources, reading: Reading
) -> DeclaredSetting:
    value, content_type = _value(key, entry, resources, reading)
    setting = DeclaredSetting(
        store=store,
        key=key.value,
        value=value,
        label=entry.label,
        content_type=content_type,
        tags={tag.value: text for tag, text in entry.tags.items},
        line=key.at.line,
    )
    if _size_bytes(setting) > MAX_KEY_VALUE_BYTES:
        raise reading.reject(
            key.at,
            f"`{key.value}` is longer than 10 KB with its value, label, content type and tags",
            "App Configuration keeps no more: store it elsewhere, and its address here",
        )
    return setting


def _value(
    key: Located[str], entry: SettingEntry, resources: Resources, reading: Reading
) -> tuple[str, str | None]:
    """A setting's value and content type."""
    if isinstance(entry, PlainSetting):
        return entry.value, entry.content_type
    if isinstance(entry, ReferenceSetting):
        return reference_value(_address(entry.key_vault_reference, resources, reading)), REFERENCE_TYPE
    if isinstance(entry, FeatureFlagSetting):
        return flag_value(flag_document(entry, reading)), FLAG_TYPE
    raise TypeError(f"nothing is known of the value of a {type(entry).__name__}, `{key.value}`")


def _address(reference: ReferenceEntry, resources: Resources, reading: Reading) -> str:
    """The address of the secret that a reference names."""
    if isinstance(reference, ReferenceByName):
        vault = resources.vaults.find(reference.vault, reading)
        if vault is None:
            raise Rejected
        return secret_uri(vault.name, reference.secret, reference.version)
    if isinstance(reference, ReferenceByAddress):
        return reference.uri
    raise TypeError(f"nothing is known of the address of a {type(reference).__name__}")


def _size_bytes(setting: DeclaredSetting) -> int:
    texts = (setting.key, setting.label or "", setting.value, setting.content_type or "")
    tags = (text for pair in setting.tags.items() for text in pair)
    return sum(len(text.encode("utf-8")) for text in (*texts, *tags))
