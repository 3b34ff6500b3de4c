"""The same as key_management.py, with the asynchronous client."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.keys import ApiVersion, KeyRotationPolicy
from azure.keyvault.keys.aio import KeyClient
from errors import shown_error
from held import HeldToDocuments
from key_management import ROTATE, imported_jwk, shown_policy

HELD = HeldToDocuments()


async def error_of(call: Awaitable[Any]) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        await call
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


async def versions(client: KeyClient) -> dict[str, Any]:
    """Make, import, read, change and list versions of keys."""
    first = await client.create_ec_key("colour", curve="P-384", tags={"of": "sky"})
    second = await client.create_rsa_key("colour", size=2048)
    changed = await client.update_key_properties("colour", first.properties.version, tags={"of": "sea"})
    jwk = imported_jwk()
    imported = await client.import_key("imported", jwk)
    disabled = await client.update_key_properties("colour", enabled=False)
    read = await client.get_key("colour")
    listed = [one.version async for one in client.list_properties_of_key_versions("colour")]
    return {
        "latest": (await client.get_key("colour")).id == second.id,
        "older": (await client.get_key("colour", first.properties.version)).key.crv,
        "changed": changed.properties.tags,
        "imported": [imported.key.x == jwk.x, imported.key.d is None],
        "disabled and read": [disabled.properties.enabled, read.properties.enabled],
        "listed": sorted(listed) == sorted([first.properties.version, second.properties.version]),
    }


async def rotation(client: KeyClient) -> dict[str, Any]:
    """Give a key a rotation policy, and rotate it."""
    first = await client.create_ec_key("rotated")
    usual = shown_policy(await client.get_key_rotation_policy("rotated"))
    set_policy = await client.update_key_rotation_policy(
        "rotated", KeyRotationPolicy(), lifetime_actions=[ROTATE]
    )
    whole = await client.update_key_rotation_policy("rotated", set_policy, expires_in="P90D")
    rotated = await client.rotate_key("rotated")
    lived = rotated.properties.expires_on - rotated.properties.created_on
    return {
        "usual": usual,
        "set": shown_policy(set_policy),
        "read": shown_policy(await client.get_key_rotation_policy("rotated")) == shown_policy(whole),
        "days": lived.days,
        "new": rotated.key.x != first.key.x,
    }


async def life_and_death(client: KeyClient) -> dict[str, Any]:
    """Delete, recover, purge, back up and restore."""
    made = await client.create_ec_key("mortal")
    deleted = await client.delete_key("mortal")
    gone = await error_of(client.get_key("mortal"))
    reused = await error_of(client.create_ec_key("mortal"))
    listed = [one.name async for one in client.list_deleted_keys()]
    await client.recover_deleted_key("mortal")
    backup = await client.backup_key("mortal")
    over_live = await error_of(client.restore_key_backup(backup))
    await client.delete_key("mortal")
    await client.purge_deleted_key("mortal")
    return {
        "recovery_id": deleted.recovery_id,
        "gone": gone,
        "reused": reused,
        "listed": listed,
        "over live": over_live,
        "purged": await error_of(client.get_deleted_key("mortal")),
        "restored": (await client.restore_key_backup(backup)).id == made.id,
    }


async def pages(client: KeyClient) -> dict[str, Any]:
    """List more keys than a page holds."""
    for number in range(26):
        await client.create_ec_key(f"many-{number:02d}")
    found = [[one.name async for one in page] async for page in client.list_properties_of_keys().by_page()]
    names = [name for page in found for name in page]
    return {"first": len(found[0]), "many": len([one for one in set(names) if one.startswith("many-")])}


async def mistakes(client: KeyClient) -> dict[str, Any]:
    """What cannot be done."""
    return {
        "missing": await error_of(client.get_key("nobody")),
        "missing version": await error_of(client.get_key("colour", "0" * 32)),
        "missing to update": await error_of(client.update_key_properties("nobody", enabled=True)),
        "missing to rotate": await error_of(client.rotate_key("nobody")),
        "missing policy": await error_of(client.get_key_rotation_policy("nobody")),
        "missing to back up": await error_of(client.backup_key("nobody")),
        "bad size": await error_of(client.create_rsa_key("bad", size=1024)),
        "bad name": await error_of(client.create_ec_key("no_underscores")),
        "bad backup": await error_of(client.restore_key_backup(b"no backup")),
        "hsm": await error_of(client.create_ec_key("hard", hardware_protected=True)),
        "attested": await error_of(client.get_key_attestation("colour")),
    }


async def api_versions(url: str, credential: DefaultAzureCredential) -> dict[str, str | None]:
    """The curve of a key, made and read in each version of the interface that the client knows."""
    seen = {}
    for version in ApiVersion:
        async with KeyClient(url, credential, api_version=version, per_retry_policies=[HELD]) as client:
            name = f"version-{version.value.replace('.', '-')}"
            await client.create_ec_key(name, curve="P-256")
            seen[version.value] = (await client.get_key(name)).key.crv
    return seen


async def main() -> None:
    """Print what was seen as a line of JSON."""
    url, credential = os.environ["VAULT_URL"], DefaultAzureCredential()
    async with credential, KeyClient(url, credential, per_retry_policies=[HELD]) as client:
        seen = {
            "versions": await versions(client),
            "rotation": await rotation(client),
            "life and death": await life_and_death(client),
            "pages": await pages(client),
            "mistakes": await mistakes(client),
        }
        seen["api versions"] = await api_versions(url, credential)
    seen["answers held"] = HELD.seen
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main())
