"""The same as setting_operations.py, with the asynchronous client."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import os
from collections.abc import AsyncIterable, Awaitable
from typing import Any

from azure.appconfiguration import (
    ConfigurationSetting,
    FeatureFlagConfigurationSetting,
    SecretReferenceConfigurationSetting,
)
from azure.appconfiguration.aio import AzureAppConfigurationClient
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError
from azure.core.rest import HttpRequest
from azure.identity.aio import DefaultAzureCredential
from errors import shown_error
from held import ConfigurationHeldToDocuments
from setting_operations import STRANGE, VERSION, colour, shown

Client = AzureAppConfigurationClient
HELD = ConfigurationHeldToDocuments()


async def error_of(call: Awaitable[Any]) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        await call
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


async def names(settings: AsyncIterable[ConfigurationSetting]) -> list[list[str | None]]:
    """Keys and labels, in the order given."""
    return [[setting.key, setting.label] async for setting in settings]


async def round_trip(client: Client) -> dict[str, Any]:
    """Add, read, change and delete."""
    added = await client.add_configuration_setting(
        colour("blue", content_type="text/plain", tags={"of": "sky"})
    )
    read = await client.get_configuration_setting("colour", "prod")
    read.value, read.tags = "green", {"of": "sea"}
    changed = await client.set_configuration_setting(read)
    await client.set_configuration_setting(ConfigurationSetting(key=STRANGE, value="yes"))
    return {
        "added": shown(added),
        "changed": shown(changed),
        "changed etag": added.etag != changed.etag,
        "modified": abs((dt.datetime.now(dt.UTC) - changed.last_modified).total_seconds()) < 60,
        "added again": await error_of(client.add_configuration_setting(colour("red"))),
        "other label": await error_of(client.get_configuration_setting("colour", "dev")),
        "no label": await error_of(client.get_configuration_setting("colour")),
        "strange": shown(await client.get_configuration_setting(STRANGE)),
        "without its slash": await error_of(client.get_configuration_setting(STRANGE.rstrip("/"))),
        "deleted": shown(await client.delete_configuration_setting("colour", "prod")),
        "deleted again": await client.delete_configuration_setting("colour", "prod"),
    }


async def conditions(client: Client) -> dict[str, Any]:
    """Reads and writes that depend on etags."""
    first = await client.set_configuration_setting(colour("blue"))
    second = await client.set_configuration_setting(colour("green"))
    stale = colour("red", etag=first.etag)
    missing = ConfigurationSetting(key="nobody", value="x")
    modified, not_modified = MatchConditions.IfModified, MatchConditions.IfNotModified
    get, put, delete = (
        client.get_configuration_setting,
        client.set_configuration_setting,
        client.delete_configuration_setting,
    )
    return {
        "unchanged": await get("colour", "prod", etag=second.etag, match_condition=modified),
        "changed": (await get("colour", "prod", etag=first.etag, match_condition=modified)).value,
        "read stale": await error_of(get("colour", "prod", first.etag, not_modified)),
        "set stale": await error_of(put(stale, not_modified)),
        "set current": (await put(colour("red", etag=second.etag), not_modified)).value,
        "set missing": await error_of(put(missing, MatchConditions.IfPresent)),
        "delete stale": await error_of(
            delete("colour", "prod", etag=first.etag, match_condition=not_modified)
        ),
        "delete missing": await error_of(delete("nobody", match_condition=MatchConditions.IfPresent)),
        "lock stale": await error_of(client.set_read_only(stale, match_condition=not_modified)),
        "left": (await get("colour", "prod")).value,
    }


async def read_only(client: Client) -> dict[str, Any]:
    """Lock and unlock."""
    setting = await client.set_configuration_setting(colour("blue", label=None))
    locked = await client.set_read_only(setting)
    seen = {
        "locked": shown(locked),
        "set": await error_of(client.set_configuration_setting(colour("red", label=None))),
        "delete": await error_of(client.delete_configuration_setting("colour")),
        "unlocked": shown(await client.set_read_only(locked, False)),
        "missing": await error_of(client.set_read_only(ConfigurationSetting(key="nobody"))),
    }
    await client.set_configuration_setting(colour("red", label=None))
    await client.delete_configuration_setting("colour")
    return seen


async def all_names(client: Client, **filters: Any) -> list[list[str | None]]:
    """The keys and labels that filters let through."""
    return await names(client.list_configuration_settings(**filters))


async def filters(client: Client) -> dict[str, Any]:
    """Lists by key, label and tag."""
    for key, label, tags in (
        ("f:a", None, {}),
        ("f:a", "prod", {"env": "p", "tier": "1"}),
        ("f:b", "dev", {"env": "d"}),
        ("f:c*", "prod", {"env": "p", "tier": "2"}),
    ):
        await client.set_configuration_setting(
            ConfigurationSetting(key=key, label=label, value="1", tags=tags)
        )
    selected = client.list_configuration_settings(
        key_filter="f:a", label_filter="prod", fields=["key", "value", "read_only"]
    )
    [fields] = [setting async for setting in selected]
    return {
        "prefix": await all_names(client, key_filter="f:*"),
        "several": await all_names(client, key_filter="f:a,f:b"),
        "escaped": await all_names(client, key_filter="f:c\\*"),
        "label": await all_names(client, key_filter="f:*", label_filter="prod"),
        "no label": await all_names(client, key_filter="f:*", label_filter="\0"),
        "label or none": await all_names(client, key_filter="f:*", label_filter="\0,dev"),
        "tag": await all_names(client, key_filter="f:*", tags_filter=["env=p"]),
        "tags": await all_names(client, key_filter="f:*", tags_filter=["env=p", "tier=2"]),
        "nothing": await all_names(client, key_filter="g:*"),
        "fields": [fields.key, fields.value, fields.read_only, fields.label, fields.etag],
        "bad filter": await error_of(all_names(client, key_filter="f:*a")),
        "labels": [found.name async for found in client.list_labels()],
        "labels by prefix": [found.name async for found in client.list_labels(name="p*")],
    }


async def pages(client: Client) -> dict[str, Any]:
    """Pages, their etags, and which of them changed."""

    def listed() -> Any:
        return client.list_configuration_settings(key_filter="many:*")

    def checked() -> Any:
        return client.check_configuration_settings(key_filter="many:*")

    keys, sizes, etags = [], [], []
    iterator = listed().by_page()
    async for page in iterator:
        found = [setting.key async for setting in page]
        keys += found
        sizes.append(len(found))
        etags.append(iterator.etag)
    seen = {
        "sizes": sizes,
        "in order": keys == [f"many:{number:03d}" for number in range(200)],
        "etags": len(set(etags)),
        "unchanged": [await names(page) async for page in listed().by_page(match_conditions=etags)],
        "unchanged by head": len([page async for page in checked().by_page(match_conditions=etags)]),
    }
    await client.set_configuration_setting(ConfigurationSetting(key="many:150", value="changed"))
    changed = [await names(page) async for page in listed().by_page(match_conditions=etags)]
    seen["changed"] = [[len(page), page[0], page[-1]] for page in changed]
    by_head = checked().by_page()
    heads = [by_head.etag async for _ in by_head]
    seen["etags by head"] = [one == other for one, other in zip(heads, etags, strict=True)]
    return seen


async def history(client: Client) -> dict[str, Any]:
    """Revisions, and what was at a time gone by."""
    await client.set_configuration_setting(ConfigurationSetting(key="past", value="one", tags={"n": "1"}))
    between = dt.datetime.now(dt.UTC)
    await asyncio.sleep(1.1)  # times are whole seconds there
    await client.set_configuration_setting(ConfigurationSetting(key="past", value="two", tags={"n": "2"}))
    await client.delete_configuration_setting("past")
    then = client.list_configuration_settings(key_filter="past", accept_datetime=between)
    revisions = client.list_revisions
    get = client.get_configuration_setting
    return {
        "revisions": [found.value async for found in revisions("past")],
        "tagged": [found.value async for found in revisions("past", tags_filter=["n=1"])],
        "then": (await get("past", accept_datetime=between)).value,
        "listed then": [found.value async for found in then],
        "revisions then": [found.value async for found in revisions("past", accept_datetime=between)],
        "long ago": await error_of(get("past", accept_datetime=between - dt.timedelta(days=1))),
        "now": await error_of(get("past")),
    }


async def special(client: Client) -> dict[str, Any]:
    """Feature flags and references to secrets, which the client knows by their content types."""
    flag = FeatureFlagConfigurationSetting("beta", enabled=True, filters=[{"name": "Half", "parameters": {}}])
    await client.set_configuration_setting(flag)
    await client.set_configuration_setting(
        SecretReferenceConfigurationSetting(key="password", secret_id=f"{os.environ['VAULT_URL']}/secrets/p")
    )
    read = await client.get_configuration_setting(flag.key)
    reference = await client.get_configuration_setting("password")
    return {
        "flag": [type(read).__name__, read.feature_id, read.enabled, read.filters],
        "reference": [type(reference).__name__, reference.secret_id],
    }


async def mistakes(client: Client) -> dict[str, Any]:
    """What cannot be done."""
    put = client.set_configuration_setting
    keys = await client.send_request(HttpRequest("GET", "/keys?name=many:00*&api-version=2023-11-01"))
    unknown = await client.send_request(HttpRequest("GET", "/kv?api-version=1999-01-01"))
    return {
        "too large": await error_of(put(ConfigurationSetting(key="large", value="x" * 10_241))),
        "bad key": await error_of(put(ConfigurationSetting(key="a%b", value="x"))),
        "sync token": await client.update_sync_token("kv=MTow;sn=1"),
        "own request": keys.json()["items"],
        "unknown version": unknown.status_code,
    }


async def besides(client: Client) -> dict[str, Any]:
    """What else there is: descriptions, tags with reserved characters, fields of all lists, own requests."""
    setting = ConfigurationSetting(
        key="described", label="b", value="1", tags={"a=b": "c,d*"}, description="what it is for"
    )
    kept = await client.set_configuration_setting(setting)
    tags = ["a\\=b=c\\,d\\*"]
    head = await client.send_request(HttpRequest("HEAD", f"/kv/described?label=b&{VERSION}"))
    revisions = await client.send_request(HttpRequest("GET", f"/revisions?key=described&{VERSION}"))
    known = {"If-None-Match": revisions.headers["ETag"]}
    unchanged = HttpRequest("GET", f"/revisions?key=described&{VERSION}", headers=known)
    again = await client.send_request(unchanged)
    text = HttpRequest("PUT", f"/kv/described?{VERSION}", content="1", headers={"Content-Type": "text/plain"})
    pages = client.list_configuration_settings(tags_filter=tags).by_page()
    listed = [(await names(page), pages.etag) async for page in pages]
    heads = client.check_configuration_settings(tags_filter=tags).by_page()
    moment = dt.datetime.now(dt.UTC)
    long_ago = moment - dt.timedelta(days=1)
    then = client.check_configuration_settings(accept_datetime=long_ago).by_page()
    fields = await anext(aiter(client.list_revisions("described", fields=["key", "value", "description"])))
    missing = client.set_configuration_setting(setting, MatchConditions.IfMissing)
    locked = client.set_read_only(kept, match_condition=MatchConditions.IfNotModified)
    return {
        "described": (await client.get_configuration_setting("described", "b")).description,
        "tagged": [found for found, _ in listed],
        "checked": [heads.etag async for _ in heads] == [etag for _, etag in listed],
        "checked long ago": len([page async for page in then]),
        "added again": await error_of(missing),
        "lock current": (await locked).read_only,
        "labels": [found.name async for found in client.list_labels(name="b", fields=["name"])],
        "labels then": [found.name async for found in client.list_labels(name="b*", accept_datetime=moment)],
        "labels long ago": [found.name async for found in client.list_labels(accept_datetime=long_ago)],
        "fields": [fields.key, fields.value, fields.description, fields.etag],
        "head": [head.status_code, head.headers["ETag"] == f'"{kept.etag}"', head.content.decode()],
        "revisions again": again.status_code,
        "text": (await client.send_request(text)).status_code,
    }


def configured(credential: DefaultAzureCredential) -> AzureAppConfigurationClient:
    """A client with a connection string where there is one, as apps had it before; else with an identity."""
    connection_string = os.environ.get("APPCONFIG_CONNECTION_STRING")
    if connection_string:
        return AzureAppConfigurationClient.from_connection_string(
            connection_string, per_retry_policies=[HELD]
        )
    return AzureAppConfigurationClient(
        os.environ["APPCONFIG_ENDPOINT"], credential, per_retry_policies=[HELD]
    )


async def main() -> None:
    """Print what was seen as a line of JSON."""
    async with (
        DefaultAzureCredential() as credential,
        configured(credential) as client,
    ):
        seen = {
            "round trip": await round_trip(client),
            "conditions": await conditions(client),
            "read only": await read_only(client),
            "filters": await filters(client),
            "pages": await pages(client),
            "history": await history(client),
            "special": await special(client),
            "mistakes": await mistakes(client),
            "besides": await besides(client),
        }
    seen["answers held"] = HELD.seen
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main())
