"""Does with configuration settings all that the client can, and prints what came back.

The store holds 200 settings `many:000` to `many:199` when the program begins.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from azure.appconfiguration import (
    AzureAppConfigurationClient,
    ConfigurationSetting,
    FeatureFlagConfigurationSetting,
    SecretReferenceConfigurationSetting,
)
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.core.rest import HttpRequest
from azure.identity import DefaultAzureCredential
from errors import shown_error
from held import ConfigurationHeldToDocuments

HELD = ConfigurationHeldToDocuments()
VERSION = "api-version=2026-04-01"
STRANGE = "app/ünï code?x=1&y#z:é/"
Client = AzureAppConfigurationClient


def error_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        call(*args, **kwargs)
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


def shown(setting: ConfigurationSetting) -> dict[str, Any]:
    """A setting, without what differs from run to run."""
    return {
        "key": setting.key,
        "label": setting.label,
        "value": setting.value,
        "content_type": setting.content_type,
        "tags": setting.tags,
        "read_only": setting.read_only,
    }


def names(settings: Iterable[ConfigurationSetting]) -> list[list[str | None]]:
    """Keys and labels, in the order given."""
    return [[setting.key, setting.label] for setting in settings]


def colour(value: str, label: str | None = "prod", **others: Any) -> ConfigurationSetting:
    """A setting that the parts below share."""
    return ConfigurationSetting(key="colour", label=label, value=value, **others)


def round_trip(client: Client) -> dict[str, Any]:
    """Add, read, change and delete."""
    added = client.add_configuration_setting(colour("blue", content_type="text/plain", tags={"of": "sky"}))
    read = client.get_configuration_setting("colour", "prod")
    read.value, read.tags = "green", {"of": "sea"}
    changed = client.set_configuration_setting(read)
    strange = client.set_configuration_setting(ConfigurationSetting(key=STRANGE, value="yes"))
    return {
        "added": shown(added),
        "changed": shown(changed),
        "changed etag": added.etag != changed.etag,
        "modified": abs((dt.datetime.now(dt.UTC) - changed.last_modified).total_seconds()) < 60,
        "added again": error_of(client.add_configuration_setting, colour("red")),
        "other label": error_of(client.get_configuration_setting, "colour", "dev"),
        "no label": error_of(client.get_configuration_setting, "colour"),
        "strange": shown(client.get_configuration_setting(strange.key)),
        "without its slash": error_of(client.get_configuration_setting, STRANGE.rstrip("/")),
        "deleted": shown(client.delete_configuration_setting("colour", "prod")),
        "deleted again": client.delete_configuration_setting("colour", "prod"),
    }


def conditions(client: Client) -> dict[str, Any]:
    """Reads and writes that depend on etags."""
    first = client.set_configuration_setting(colour("blue"))
    second = client.set_configuration_setting(colour("green"))
    stale = colour("red", etag=first.etag)
    missing = ConfigurationSetting(key="nobody", value="x")
    not_modified, present = MatchConditions.IfNotModified, MatchConditions.IfPresent
    return {
        "unchanged": client.get_configuration_setting(
            "colour", "prod", etag=second.etag, match_condition=MatchConditions.IfModified
        ),
        "changed": client.get_configuration_setting(
            "colour", "prod", etag=first.etag, match_condition=MatchConditions.IfModified
        ).value,
        "read stale": error_of(client.get_configuration_setting, "colour", "prod", first.etag, not_modified),
        "set stale": error_of(client.set_configuration_setting, stale, not_modified),
        "set current": client.set_configuration_setting(colour("red", etag=second.etag), not_modified).value,
        "set missing": error_of(client.set_configuration_setting, missing, present),
        "delete stale": error_of(
            client.delete_configuration_setting,
            "colour",
            "prod",
            etag=first.etag,
            match_condition=not_modified,
        ),
        "delete missing": error_of(client.delete_configuration_setting, "nobody", match_condition=present),
        "lock stale": error_of(client.set_read_only, stale, match_condition=not_modified),
        "left": client.get_configuration_setting("colour", "prod").value,
    }


def read_only(client: Client) -> dict[str, Any]:
    """Lock and unlock."""
    setting = client.set_configuration_setting(colour("blue", label=None))
    locked = client.set_read_only(setting)
    seen = {
        "locked": shown(locked),
        "set": error_of(client.set_configuration_setting, colour("red", label=None)),
        "delete": error_of(client.delete_configuration_setting, "colour"),
        "unlocked": shown(client.set_read_only(locked, False)),
        "missing": error_of(client.set_read_only, ConfigurationSetting(key="nobody")),
    }
    client.set_configuration_setting(colour("red", label=None))
    client.delete_configuration_setting("colour")
    return seen


def filters(client: Client) -> dict[str, Any]:
    """Lists by key, label and tag."""
    for key, label, tags in (
        ("f:a", None, {}),
        ("f:a", "prod", {"env": "p", "tier": "1"}),
        ("f:b", "dev", {"env": "d"}),
        ("f:c*", "prod", {"env": "p", "tier": "2"}),
    ):
        client.set_configuration_setting(ConfigurationSetting(key=key, label=label, value="1", tags=tags))
    listed = client.list_configuration_settings
    fields = next(iter(listed(key_filter="f:a", label_filter="prod", fields=["key", "value", "read_only"])))
    return {
        "prefix": names(listed(key_filter="f:*")),
        "several": names(listed(key_filter="f:a,f:b")),
        "escaped": names(listed(key_filter="f:c\\*")),
        "label": names(listed(key_filter="f:*", label_filter="prod")),
        "no label": names(listed(key_filter="f:*", label_filter="\0")),
        "label or none": names(listed(key_filter="f:*", label_filter="\0,dev")),
        "tag": names(listed(key_filter="f:*", tags_filter=["env=p"])),
        "tags": names(listed(key_filter="f:*", tags_filter=["env=p", "tier=2"])),
        "nothing": names(listed(key_filter="g:*")),
        "fields": [fields.key, fields.value, fields.read_only, fields.label, fields.etag],
        "bad filter": error_of(list, listed(key_filter="f:*a")),
        "labels": [found.name for found in client.list_labels()],
        "labels by prefix": [found.name for found in client.list_labels(name="p*")],
    }


def pages(client: Client) -> dict[str, Any]:
    """Pages, their etags, and which of them changed."""

    def listed() -> Any:
        return client.list_configuration_settings(key_filter="many:*")

    def checked() -> Any:
        return client.check_configuration_settings(key_filter="many:*")

    keys, sizes, etags = [], [], []
    iterator = listed().by_page()
    for page in iterator:
        found = [setting.key for setting in page]
        keys += found
        sizes.append(len(found))
        etags.append(iterator.etag)
    seen = {
        "sizes": sizes,
        "in order": keys == [f"many:{number:03d}" for number in range(200)],
        "etags": len(set(etags)),
        "unchanged": [names(page) for page in listed().by_page(match_conditions=etags)],
        "unchanged by head": len(list(checked().by_page(match_conditions=etags))),
    }
    client.set_configuration_setting(ConfigurationSetting(key="many:150", value="changed"))
    changed = [names(page) for page in listed().by_page(match_conditions=etags)]
    seen["changed"] = [[len(page), page[0], page[-1]] for page in changed]
    by_head = checked().by_page()
    heads = [by_head.etag for _ in by_head]
    seen["etags by head"] = [one == other for one, other in zip(heads, etags, strict=True)]
    return seen


def history(client: Client) -> dict[str, Any]:
    """Revisions, and what was at a time gone by."""
    client.set_configuration_setting(ConfigurationSetting(key="past", value="one", tags={"n": "1"}))
    between = dt.datetime.now(dt.UTC)
    time.sleep(1.1)  # times are whole seconds there
    client.set_configuration_setting(ConfigurationSetting(key="past", value="two", tags={"n": "2"}))
    client.delete_configuration_setting("past")
    then = client.list_configuration_settings(key_filter="past", accept_datetime=between)
    long_ago = between - dt.timedelta(days=1)
    return {
        "revisions": [found.value for found in client.list_revisions("past")],
        "tagged": [found.value for found in client.list_revisions("past", tags_filter=["n=1"])],
        "then": client.get_configuration_setting("past", accept_datetime=between).value,
        "listed then": [found.value for found in then],
        "revisions then": [found.value for found in client.list_revisions("past", accept_datetime=between)],
        "long ago": error_of(client.get_configuration_setting, "past", accept_datetime=long_ago),
        "now": error_of(client.get_configuration_setting, "past"),
    }


def special(client: Client) -> dict[str, Any]:
    """Feature flags and references to secrets, which the client knows by their content types."""
    flag = FeatureFlagConfigurationSetting("beta", enabled=True, filters=[{"name": "Half", "parameters": {}}])
    client.set_configuration_setting(flag)
    client.set_configuration_setting(
        SecretReferenceConfigurationSetting(key="password", secret_id=f"{os.environ['VAULT_URL']}/secrets/p")
    )
    read = client.get_configuration_setting(flag.key)
    reference = client.get_configuration_setting("password")
    return {
        "flag": [type(read).__name__, read.feature_id, read.enabled, read.filters],
        "reference": [type(reference).__name__, reference.secret_id],
    }


def mistakes(client: Client) -> dict[str, Any]:
    """What cannot be done."""
    return {
        "too large": error_of(
            client.set_configuration_setting, ConfigurationSetting(key="large", value="x" * 10_241)
        ),
        "bad key": error_of(client.set_configuration_setting, ConfigurationSetting(key="a%b", value="x")),
        "sync token": client.update_sync_token("kv=MTow;sn=1"),
        "own request": client.send_request(
            HttpRequest("GET", "/keys?name=many:00*&api-version=2023-11-01")
        ).json()["items"],
        "unknown version": client.send_request(HttpRequest("GET", "/kv?api-version=1999-01-01")).status_code,
    }


def besides(client: Client) -> dict[str, Any]:
    """What else there is: descriptions, tags with reserved characters, fields of all lists, own requests."""
    setting = ConfigurationSetting(
        key="described", label="b", value="1", tags={"a=b": "c,d*"}, description="what it is for"
    )
    kept = client.set_configuration_setting(setting)
    tags = ["a\\=b=c\\,d\\*"]
    head = client.send_request(HttpRequest("HEAD", f"/kv/described?label=b&{VERSION}"))
    revisions = client.send_request(HttpRequest("GET", f"/revisions?key=described&{VERSION}"))
    known = {"If-None-Match": revisions.headers["ETag"]}
    again = client.send_request(HttpRequest("GET", f"/revisions?key=described&{VERSION}", headers=known))
    text = HttpRequest("PUT", f"/kv/described?{VERSION}", content="1", headers={"Content-Type": "text/plain"})
    pages = client.list_configuration_settings(tags_filter=tags).by_page()
    listed = [(names(page), pages.etag) for page in pages]
    heads = client.check_configuration_settings(tags_filter=tags).by_page()
    moment = dt.datetime.now(dt.UTC)
    long_ago = moment - dt.timedelta(days=1)
    then = client.check_configuration_settings(accept_datetime=long_ago).by_page()
    fields = next(iter(client.list_revisions("described", fields=["key", "value", "description"])))
    return {
        "described": client.get_configuration_setting("described", "b").description,
        "tagged": [found for found, _ in listed],
        "checked": [heads.etag for _ in heads] == [etag for _, etag in listed],
        "checked long ago": len(list(then)),
        "added again": error_of(client.set_configuration_setting, setting, MatchConditions.IfMissing),
        "lock current": client.set_read_only(kept, match_condition=MatchConditions.IfNotModified).read_only,
        "labels": [found.name for found in client.list_labels(name="b", fields=["name"])],
        "labels then": [found.name for found in client.list_labels(name="b*", accept_datetime=moment)],
        "labels long ago": [found.name for found in client.list_labels(accept_datetime=long_ago)],
        "fields": [fields.key, fields.value, fields.description, fields.etag],
        "head": [head.status_code, head.headers["ETag"] == f'"{kept.etag}"', head.content.decode()],
        "revisions again": again.status_code,
        "text": client.send_request(text).status_code,
    }


def configured() -> AzureAppConfigurationClient:
    """A client with a connection string where there is one, as apps had it before; else with an identity."""
    connection_string = os.environ.get("APPCONFIG_CONNECTION_STRING")
    if connection_string:
        return AzureAppConfigurationClient.from_connection_string(
            connection_string, per_retry_policies=[HELD]
        )
    return AzureAppConfigurationClient(
        os.environ["APPCONFIG_ENDPOINT"], DefaultAzureCredential(), per_retry_policies=[HELD]
    )


def main() -> None:
    """Print what was seen as a line of JSON."""
    with configured() as client:
        seen = {
            "round trip": round_trip(client),
            "conditions": conditions(client),
            "read only": read_only(client),
            "filters": filters(client),
            "pages": pages(client),
            "history": history(client),
            "special": special(client),
            "mistakes": mistakes(client),
            "besides": besides(client),
        }
    seen["answers held"] = HELD.seen
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
