"""Manages keys in every way that the client can, and prints what came back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.keyvault.keys import (
    ApiVersion,
    JsonWebKey,
    KeyClient,
    KeyRotationLifetimeAction,
    KeyRotationPolicy,
    KeyRotationPolicyAction,
)
from cryptography.hazmat.primitives.asymmetric import ec
from errors import shown_error
from held import HeldToDocuments

HELD = HeldToDocuments()
ROTATE = KeyRotationLifetimeAction(KeyRotationPolicyAction.rotate, time_after_create="P2M")


def error_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        call(*args, **kwargs)
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


def shown_policy(policy: KeyRotationPolicy) -> dict[str, Any]:
    """A rotation policy, as JSON can hold it."""
    return {
        "expires in": policy.expires_in,
        "actions": [
            [str(one.action.value), one.time_after_create, one.time_before_expiry]
            for one in policy.lifetime_actions
        ],
    }


def imported_jwk() -> JsonWebKey:
    """A key on P-256 that was made here."""
    numbers = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    point = numbers.public_numbers
    x, y, d = (number.to_bytes(32, "big") for number in (point.x, point.y, numbers.private_value))
    return JsonWebKey(kty="EC", crv="P-256", x=x, y=y, d=d, key_ops=["sign", "verify"])


def versions(client: KeyClient) -> dict[str, Any]:
    """Make, import, read, change and list versions of keys."""
    first = client.create_ec_key("colour", curve="P-384", tags={"of": "sky"})
    second = client.create_rsa_key("colour", size=2048)
    changed = client.update_key_properties("colour", first.properties.version, tags={"of": "sea"})
    jwk = imported_jwk()
    imported = client.import_key("imported", jwk)
    disabled = client.update_key_properties("colour", enabled=False)
    listed = [one.version for one in client.list_properties_of_key_versions("colour")]
    return {
        "latest": client.get_key("colour").id == second.id,
        "older": client.get_key("colour", first.properties.version).key.crv,
        "changed": changed.properties.tags,
        "imported": [imported.key.x == jwk.x, imported.key.d is None],
        "disabled and read": [disabled.properties.enabled, client.get_key("colour").properties.enabled],
        "listed": sorted(listed) == sorted([first.properties.version, second.properties.version]),
    }


def rotation(client: KeyClient) -> dict[str, Any]:
    """Give a key a rotation policy, and rotate it."""
    first = client.create_ec_key("rotated")
    usual = shown_policy(client.get_key_rotation_policy("rotated"))
    set_policy = client.update_key_rotation_policy("rotated", KeyRotationPolicy(), lifetime_actions=[ROTATE])
    whole = client.update_key_rotation_policy("rotated", set_policy, expires_in="P90D")
    rotated = client.rotate_key("rotated")
    lived = rotated.properties.expires_on - rotated.properties.created_on
    return {
        "usual": usual,
        "set": shown_policy(set_policy),
        "read": shown_policy(client.get_key_rotation_policy("rotated")) == shown_policy(whole),
        "days": lived.days,
        "new": rotated.key.x != first.key.x,
    }


def life_and_death(client: KeyClient) -> dict[str, Any]:
    """Delete, recover, purge, back up and restore."""
    made = client.create_ec_key("mortal")
    deleted = client.begin_delete_key("mortal").result()
    gone = error_of(client.get_key, "mortal")
    reused = error_of(client.create_ec_key, "mortal")
    listed = [one.name for one in client.list_deleted_keys()]
    client.begin_recover_deleted_key("mortal").wait()
    backup = client.backup_key("mortal")
    over_live = error_of(client.restore_key_backup, backup)
    client.begin_delete_key("mortal").wait()
    client.purge_deleted_key("mortal")
    return {
        "recovery_id": deleted.recovery_id,
        "gone": gone,
        "reused": reused,
        "listed": listed,
        "over live": over_live,
        "purged": error_of(client.get_deleted_key, "mortal"),
        "restored": client.restore_key_backup(backup).id == made.id,
    }


def pages(client: KeyClient) -> dict[str, Any]:
    """List more keys than a page holds."""
    for number in range(26):
        client.create_ec_key(f"many-{number:02d}")
    found = [[one.name for one in page] for page in client.list_properties_of_keys().by_page()]
    names = [name for page in found for name in page]
    return {"first": len(found[0]), "many": len([one for one in set(names) if one.startswith("many-")])}


def mistakes(client: KeyClient) -> dict[str, Any]:
    """What cannot be done."""
    return {
        "missing": error_of(client.get_key, "nobody"),
        "missing version": error_of(client.get_key, "colour", "0" * 32),
        "missing to update": error_of(client.update_key_properties, "nobody", enabled=True),
        "missing to rotate": error_of(client.rotate_key, "nobody"),
        "missing policy": error_of(client.get_key_rotation_policy, "nobody"),
        "missing to back up": error_of(client.backup_key, "nobody"),
        "bad size": error_of(client.create_rsa_key, "bad", size=1024),
        "bad name": error_of(client.create_ec_key, "no_underscores"),
        "bad backup": error_of(client.restore_key_backup, b"no backup"),
        "hsm": error_of(client.create_ec_key, "hard", hardware_protected=True),
        "attested": error_of(client.get_key_attestation, "colour"),
    }


def api_versions(url: str, credential: DefaultAzureCredential) -> dict[str, str | None]:
    """The curve of a key, made and read in each version of the interface that the client knows."""
    seen = {}
    for version in ApiVersion:
        client = KeyClient(url, credential, api_version=version, per_retry_policies=[HELD])
        name = f"version-{version.value.replace('.', '-')}"
        client.create_ec_key(name, curve="P-256")
        seen[version.value] = client.get_key(name).key.crv
    return seen


def main() -> None:
    """Print what was seen as a line of JSON."""
    url, credential = os.environ["VAULT_URL"], DefaultAzureCredential()
    with KeyClient(url, credential, per_retry_policies=[HELD]) as client:
        seen = {
            "versions": versions(client),
            "rotation": rotation(client),
            "life and death": life_and_death(client),
            "pages": pages(client),
            "mistakes": mistakes(client),
        }
    seen["api versions"] = api_versions(url, credential)
    seen["answers held"] = HELD.seen
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
