"""Reads, lists and writes settings and secrets, some of which a condition keeps from the caller."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from typing import Any

from azure.appconfiguration import (
    AzureAppConfigurationClient,
    ConfigurationSetting,
    ConfigurationSettingsFilter,
)
from azure.appconfiguration.provider import SettingSelector, load
from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient

URL, ENDPOINT = os.environ["VAULT_URL"], os.environ["APPCONFIG_ENDPOINT"]


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or the status of its refusal."""
    try:
        return call()
    except HttpResponseError as error:
        return error.status_code


def keys(found: Iterable[Any]) -> list[str]:
    """The keys of a list of settings."""
    return [one.key for one in found]


def of_settings(credential: DefaultAzureCredential) -> dict[str, Any]:
    """Every kind of call on settings."""
    client = AzureAppConfigurationClient(ENDPOINT, credential)

    def value(key: str, label: str | None = None) -> Any:
        return outcome(lambda: client.get_configuration_setting(key, label).value)

    def listed(**filters: str) -> Any:
        return outcome(lambda: keys(client.list_configuration_settings(**filters)))

    def written(key: str) -> Any:
        setting = ConfigurationSetting(key=key, value="new")
        return outcome(lambda: client.set_configuration_setting(setting).value)

    def provided(selected: str) -> Any:
        selects = [SettingSelector(key_filter=selected)]
        try:
            return dict(load(endpoint=ENDPOINT, credential=credential, selects=selects, startup_timeout=1))
        except TimeoutError as gave_up:
            return [getattr(error, "status_code", repr(error)) for error in gave_up.args[1]]

    def snapshot(name: str, *key_filters: str) -> Any:
        filters = [ConfigurationSettingsFilter(key=key_filter) for key_filter in key_filters]
        making = outcome(lambda: client.begin_create_snapshot(name, filters, polling=False))
        return making if isinstance(making, int) else making.result().status

    return {
        "snapshot ours": snapshot("ours", "web:*"),
        "snapshot other": snapshot("other", "api:*"),
        "snapshot wider": snapshot("wider", "w*"),
        "snapshot several": snapshot("several", "web:*", "api:*"),
        "snapshot read": outcome(lambda: keys(client.list_configuration_settings(snapshot_name="ours"))),
        "snapshot shown": outcome(lambda: client.get_snapshot("ours").name),
        "snapshot archived": outcome(lambda: client.archive_snapshot("ours").status),
        "get ours": value("web:colour"),
        "get labelled": value("web:size", "prod"),
        "get other": value("api:colour"),
        "get in another case": value("WEB:colour"),
        "list ours": listed(key_filter="web:*"),
        "list one": listed(key_filter="web:colour"),
        "list narrower": listed(key_filter="web:s*", label_filter="prod"),
        "list wider": listed(key_filter="we*"),
        "list several": listed(key_filter="web:colour,api:colour"),
        "list all": listed(),
        "revisions of ours": outcome(lambda: keys(client.list_revisions(key_filter="web:colour"))),
        "revisions of all": outcome(lambda: keys(client.list_revisions())),
        "labels": outcome(lambda: [one.name for one in client.list_labels()]),
        "set ours": written("web:new"),
        "set other": written("api:new"),
        "delete ours": outcome(lambda: client.delete_configuration_setting("web:new").value),
        "delete other": outcome(lambda: client.delete_configuration_setting("api:colour")),
        "lock other": outcome(lambda: client.set_read_only(ConfigurationSetting(key="api:colour", value=""))),
        "provider of ours": provided("web:*"),
        "provider of all": provided("*"),
    }


def of_secrets(credential: DefaultAzureCredential) -> dict[str, Any]:
    """Every kind of call on secrets."""
    client = SecretClient(URL, credential)

    def value(name: str) -> Any:
        return outcome(lambda: client.get_secret(name).value)

    def written(name: str) -> Any:
        return outcome(lambda: client.set_secret(name, "new").value)

    def restored(backup: bytes) -> Any:
        return outcome(lambda: client.restore_secret_backup(backup).name)

    backup = client.backup_secret("web-db")
    return {
        "get ours": value("web-db"),
        "get other": value("api-db"),
        "get other in another case": value("API-DB"),
        "list": outcome(lambda: [one.name for one in client.list_properties_of_secrets()]),
        "versions of ours": outcome(lambda: len(list(client.list_properties_of_secret_versions("web-db")))),
        "versions of other": outcome(lambda: len(list(client.list_properties_of_secret_versions("api-db")))),
        "set ours": written("web-new"),
        "set other": written("api-new"),
        "delete other": outcome(lambda: client.begin_delete_secret("api-db")),
        "restore ours": restored(backup),
    }


if __name__ == "__main__":
    caller = DefaultAzureCredential()
    print(json.dumps({"settings": of_settings(caller), "secrets": of_secrets(caller)}))
