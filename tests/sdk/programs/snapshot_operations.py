"""Does with snapshots all that the client can, and prints what came back.

The store holds 200 settings `many:000` to `many:199` when the program begins.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any

from azure.appconfiguration import (
    AzureAppConfigurationClient,
    ConfigurationSetting,
    ConfigurationSettingsFilter,
    ConfigurationSnapshot,
    SnapshotFields,
)
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from errors import shown_error

COLOURS = [("blue", None), ("green", "prod"), ("red", "dev")]
MANY = [ConfigurationSettingsFilter(key="many:*")]
Client = AzureAppConfigurationClient


def error_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        call(*args, **kwargs)
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


def shown(snapshot: ConfigurationSnapshot) -> dict[str, Any]:
    """A snapshot, without what differs from run to run."""
    return {
        "name": snapshot.name,
        "status": snapshot.status,
        "filters": [[one.key, one.label, one.tags] for one in snapshot.filters],
        "composition": snapshot.composition_type,
        "retention": snapshot.retention_period,
        "items": snapshot.items_count,
        "tags": snapshot.tags,
        "description": snapshot.description,
        "expires": snapshot.expires is not None,
        "created": snapshot.created is not None,
    }


def fill(client: Client) -> None:
    """Write the settings that the snapshots are of."""
    for value, label in COLOURS:
        client.set_configuration_setting(ConfigurationSetting(key="colour", label=label, value=value))


def made(client: Client) -> dict[str, Any]:
    """Make snapshots of both kinds, and wait for them."""
    began = time.monotonic()
    by_key = client.begin_create_snapshot(
        "by key",
        [ConfigurationSettingsFilter(key="colour"), ConfigurationSettingsFilter(key="col*", label="prod")],
        retention_period=3600,
        tags={"of": "v1"},
        description="the first",
    ).result()
    labels = [ConfigurationSettingsFilter(key="colour", label="*")]
    both = client.begin_create_snapshot("both", labels, composition_type="key_label").result()
    return {
        "by key": shown(by_key),
        "both": shown(both),
        "at once": time.monotonic() - began < 10,
        "again": error_of(client.begin_create_snapshot, "both", MANY),
        "too many": error_of(client.begin_create_snapshot, "three", MANY * 4),
    }


def contents(client: Client) -> dict[str, Any]:
    """Read what is in them, after the settings have changed."""
    client.begin_create_snapshot("many", MANY).result()
    for _, label in COLOURS:
        client.delete_configuration_setting("colour", label)
    many = list(client.list_configuration_settings(snapshot_name="many"))
    return {
        "by key": [[s.label, s.value] for s in client.list_configuration_settings(snapshot_name="by key")],
        "both": [[s.label, s.value] for s in client.list_configuration_settings(snapshot_name="both")],
        "many": [len(many), many[0].key, many[-1].key],
        "none": list(client.list_configuration_settings(snapshot_name="none")),
    }


def lists(client: Client) -> dict[str, Any]:
    """List them, by name and status."""
    client.archive_snapshot("both")
    fields = [SnapshotFields.NAME]
    return {
        "all": [one.name for one in client.list_snapshots()],
        "named": [one.name for one in client.list_snapshots(name="b*")],
        "archived": [one.name for one in client.list_snapshots(status=["archived", "failed"])],
        "selected": [[one.name, one.status] for one in client.list_snapshots(name="many", fields=fields)],
    }


def archived(client: Client) -> dict[str, Any]:
    """Archive and recover, on conditions too."""
    before = client.get_snapshot("by key")
    unmodified = {"match_condition": MatchConditions.IfNotModified, "etag": before.etag}
    put_away = client.archive_snapshot("by key", **unmodified)
    return {
        "archived": [put_away.status, put_away.expires is not None],
        "stale": error_of(client.recover_snapshot, "by key", **unmodified),
        "still read": len(list(client.list_configuration_settings(snapshot_name="by key"))),
        "recovered": shown(client.recover_snapshot("by key")),
        "missing": error_of(client.get_snapshot, "none"),
    }


def main() -> None:
    """Do all of it, one part after the other."""
    with AzureAppConfigurationClient(os.environ["APPCONFIG_ENDPOINT"], DefaultAzureCredential()) as client:
        fill(client)
        parts = (made, contents, lists, archived)
        print(json.dumps({part.__name__: part(client) for part in parts}))


if __name__ == "__main__":
    main()
