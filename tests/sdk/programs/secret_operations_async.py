"""The same as secret_operations.py, with the asynchronous client."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.core.rest import HttpRequest
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.secrets import ApiVersion
from azure.keyvault.secrets.aio import SecretClient
from errors import shown_error
from held import HeldToDocuments
from secret_operations import ENDS, OPENS, shown

HELD = HeldToDocuments()


async def error_of(call: Awaitable[Any]) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        await call
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


async def versions(client: SecretClient) -> dict[str, Any]:
    """Set, read, list, change and disable versions of one secret."""
    first = await client.set_secret("colour", "blue", content_type="text/plain", tags={"of": "sky"})
    second = await client.set_secret("colour", "green", not_before=OPENS, expires_on=ENDS, enabled=True)
    latest = await client.get_secret("colour")
    older = await client.get_secret("colour", first.properties.version)
    changed = await client.update_secret_properties(
        "colour", first.properties.version, content_type="text/html", tags={"of": "sea"}
    )
    listed = [found.version async for found in client.list_properties_of_secret_versions("colour")]
    await client.update_secret_properties("colour", enabled=False)
    disabled = await error_of(client.get_secret("colour"))
    await client.update_secret_properties("colour", enabled=True)
    return {
        "latest": {"value": latest.value, **shown(latest.properties)},
        "latest is second": latest.properties.version == second.properties.version,
        "id": latest.id == f"{client.vault_url}/secrets/colour/{second.properties.version}",
        "older": {"value": older.value, **shown(older.properties)},
        "changed": shown(changed),
        "created before updated": changed.created_on <= changed.updated_on,
        "listed": sorted(listed) == sorted([first.properties.version, second.properties.version]),
        "disabled": disabled,
        "enabled again": (await client.get_secret("colour")).value,
    }


async def pages(client: SecretClient) -> dict[str, Any]:
    """List more secrets than a page holds, which were set all at the same time."""
    await asyncio.gather(*(client.set_secret(f"many-{number:02d}", str(number)) for number in range(28)))
    by_page = [
        [one.name async for one in page] async for page in client.list_properties_of_secrets().by_page()
    ]
    small = [
        len([one async for one in page])
        async for page in client.list_properties_of_secrets(max_page_size=10).by_page()
    ]
    names = [name for page in by_page for name in page]
    return {
        "sizes": [len(page) for page in by_page],
        "small": small,
        "many": sorted(name for name in names if name.startswith("many-")),
        "twice": len(names) - len(set(names)),
    }


async def life_and_death(client: SecretClient) -> dict[str, Any]:
    """Delete, recover, purge, back up and restore."""
    await client.set_secret("mortal", "alive")
    deleted = await client.delete_secret("mortal")
    gone = await error_of(client.get_secret("mortal"))
    reused = await error_of(client.set_secret("mortal", "again"))
    read = await client.get_deleted_secret("mortal")
    listed = [one.name async for one in client.list_deleted_secrets()]
    await client.recover_deleted_secret("mortal")
    recovered = (await client.get_secret("mortal")).value
    backup = await client.backup_secret("mortal")
    over_live = await error_of(client.restore_secret_backup(backup))
    await client.delete_secret("mortal")
    await client.purge_deleted_secret("mortal")
    purged = await error_of(client.get_deleted_secret("mortal"))
    restored = await client.restore_secret_backup(backup)
    return {
        "recovery_id": deleted.recovery_id,
        "purge_after_days": (deleted.scheduled_purge_date - deleted.deleted_date).days,
        "gone": gone,
        "reused": reused,
        "read": read.name,
        "listed": listed,
        "recovered": recovered,
        "over live": over_live,
        "purged": purged,
        "restored": {**shown(restored), "value": (await client.get_secret("mortal")).value},
        "backup hides the value": b"alive" not in backup,
    }


async def mistakes(client: SecretClient) -> dict[str, Any]:
    """What cannot be done."""
    return {
        "missing": await error_of(client.get_secret("nobody")),
        "missing version": await error_of(client.get_secret("colour", "0" * 32)),
        "missing to delete": await error_of(client.delete_secret("nobody")),
        "missing to recover": await error_of(client.recover_deleted_secret("nobody")),
        "missing to purge": await error_of(client.purge_deleted_secret("nobody")),
        "missing to update": await error_of(client.update_secret_properties("nobody", enabled=True)),
        "missing to back up": await error_of(client.backup_secret("nobody")),
        "bad name": await error_of(client.set_secret("no_underscores", "x")),
        "too large": await error_of(client.set_secret("large", "x" * 25_601)),
        "bad backup": await error_of(client.restore_secret_backup(b"no backup")),
    }


async def own_request(client: SecretClient) -> dict[str, Any]:
    """A request that the app writes itself."""
    answer = await client.send_request(HttpRequest("GET", "secrets/colour"))
    return {"status": answer.status_code, "value": answer.json()["value"]}


async def api_versions(url: str, credential: DefaultAzureCredential) -> dict[str, Any]:
    """The same round in each version of the service's interface that the client knows."""
    seen = {}
    for version in ApiVersion:
        async with SecretClient(url, credential, api_version=version, per_retry_policies=[HELD]) as client:
            name = f"version-{version.value.replace('.', '-')}"
            await client.set_secret(name, version.value)
            value = (await client.get_secret(name)).value
            listed = client.list_properties_of_secret_versions(name)
            levels = {one.recovery_level async for one in listed}
            await client.delete_secret(name)
            await client.purge_deleted_secret(name)
            seen[version.value] = {"value": value, "levels": sorted(levels)}
    return seen


async def main() -> None:
    """Print what was seen as a line of JSON."""
    url = os.environ["VAULT_URL"]
    async with DefaultAzureCredential() as credential:
        async with SecretClient(url, credential, per_retry_policies=[HELD]) as client:
            seen = {
                "versions": await versions(client),
                "life and death": await life_and_death(client),
                "pages": await pages(client),
                "mistakes": await mistakes(client),
                "own request": await own_request(client),
            }
        seen["api versions"] = await api_versions(url, credential)
    seen["answers held"] = HELD.seen
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main())
