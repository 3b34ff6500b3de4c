"""Does with secrets all that the client can, and prints what came back."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.core.rest import HttpRequest
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import ApiVersion, SecretClient, SecretProperties
from errors import shown_error
from held import HeldToDocuments

OPENS = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ENDS = dt.datetime(2046, 1, 1, tzinfo=dt.UTC)
HELD = HeldToDocuments()


def error_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        call(*args, **kwargs)
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


def shown(properties: SecretProperties) -> dict[str, Any]:
    """Properties, as JSON can hold them."""
    return {
        "name": properties.name,
        "vault": properties.vault_url,
        "enabled": properties.enabled,
        "not_before": properties.not_before and properties.not_before.isoformat(),
        "expires_on": properties.expires_on and properties.expires_on.isoformat(),
        "content_type": properties.content_type,
        "tags": properties.tags,
        "recovery_level": properties.recovery_level,
        "recoverable_days": properties.recoverable_days,
    }


def versions(client: SecretClient) -> dict[str, Any]:
    """Set, read, list, change and disable versions of one secret."""
    first = client.set_secret("colour", "blue", content_type="text/plain", tags={"of": "sky"})
    second = client.set_secret("colour", "green", not_before=OPENS, expires_on=ENDS, enabled=True)
    latest = client.get_secret("colour")
    older = client.get_secret("colour", first.properties.version)
    changed = client.update_secret_properties(
        "colour", first.properties.version, content_type="text/html", tags={"of": "sea"}
    )
    listed = [found.version for found in client.list_properties_of_secret_versions("colour")]
    client.update_secret_properties("colour", enabled=False)
    disabled = error_of(client.get_secret, "colour")
    client.update_secret_properties("colour", enabled=True)
    return {
        "latest": {"value": latest.value, **shown(latest.properties)},
        "latest is second": latest.properties.version == second.properties.version,
        "id": latest.id == f"{client.vault_url}/secrets/colour/{second.properties.version}",
        "older": {"value": older.value, **shown(older.properties)},
        "changed": shown(changed),
        "created before updated": changed.created_on <= changed.updated_on,
        "listed": sorted(listed) == sorted([first.properties.version, second.properties.version]),
        "disabled": disabled,
        "enabled again": client.get_secret("colour").value,
    }


def pages(client: SecretClient) -> dict[str, Any]:
    """List more secrets than a page holds."""
    for number in range(28):
        client.set_secret(f"many-{number:02d}", str(number))
    by_page = [[one.name for one in page] for page in client.list_properties_of_secrets().by_page()]
    small = [len(list(page)) for page in client.list_properties_of_secrets(max_page_size=10).by_page()]
    names = [name for page in by_page for name in page]
    return {
        "sizes": [len(page) for page in by_page],
        "small": small,
        "many": sorted(name for name in names if name.startswith("many-")),
        "twice": len(names) - len(set(names)),
    }


def life_and_death(client: SecretClient) -> dict[str, Any]:
    """Delete, recover, purge, back up and restore."""
    client.set_secret("mortal", "alive")
    deleting = client.begin_delete_secret("mortal")
    deleted = deleting.result()
    deleting.wait()
    gone = error_of(client.get_secret, "mortal")
    reused = error_of(client.set_secret, "mortal", "again")
    read = client.get_deleted_secret("mortal")
    listed = [one.name for one in client.list_deleted_secrets()]
    recovering = client.begin_recover_deleted_secret("mortal")
    recovering.wait()
    recovered = client.get_secret("mortal").value
    backup = client.backup_secret("mortal")
    over_live = error_of(client.restore_secret_backup, backup)
    client.begin_delete_secret("mortal").wait()
    client.purge_deleted_secret("mortal")
    purged = error_of(client.get_deleted_secret, "mortal")
    restored = client.restore_secret_backup(backup)
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
        "restored": {**shown(restored), "value": client.get_secret("mortal").value},
        "backup hides the value": b"alive" not in backup,
    }


def mistakes(client: SecretClient) -> dict[str, Any]:
    """What cannot be done."""
    return {
        "missing": error_of(client.get_secret, "nobody"),
        "missing version": error_of(client.get_secret, "colour", "0" * 32),
        "missing to delete": error_of(client.begin_delete_secret, "nobody"),
        "missing to recover": error_of(client.begin_recover_deleted_secret, "nobody"),
        "missing to purge": error_of(client.purge_deleted_secret, "nobody"),
        "missing to update": error_of(client.update_secret_properties, "nobody", enabled=True),
        "missing to back up": error_of(client.backup_secret, "nobody"),
        "bad name": error_of(client.set_secret, "no_underscores", "x"),
        "too large": error_of(client.set_secret, "large", "x" * 25_601),
        "bad backup": error_of(client.restore_secret_backup, b"no backup"),
    }


def own_request(client: SecretClient) -> dict[str, Any]:
    """A request that the app writes itself."""
    answer = client.send_request(HttpRequest("GET", "secrets/colour"))
    return {"status": answer.status_code, "value": answer.json()["value"]}


def api_versions(url: str, credential: DefaultAzureCredential) -> dict[str, Any]:
    """The same round in each version of the service's interface that the client knows."""
    seen = {}
    for version in ApiVersion:
        client = SecretClient(url, credential, api_version=version, per_retry_policies=[HELD])
        name = f"version-{version.value.replace('.', '-')}"
        client.set_secret(name, version.value)
        value = client.get_secret(name).value
        levels = {one.recovery_level for one in client.list_properties_of_secret_versions(name)}
        client.begin_delete_secret(name).wait()
        client.purge_deleted_secret(name)
        seen[version.value] = {"value": value, "levels": sorted(levels)}
    return seen


def main() -> None:
    """Print what was seen as a line of JSON."""
    url, credential = os.environ["VAULT_URL"], DefaultAzureCredential()
    with SecretClient(url, credential, per_retry_policies=[HELD]) as client:
        seen = {
            "versions": versions(client),
            "life and death": life_and_death(client),
            "pages": pages(client),
            "mistakes": mistakes(client),
            "own request": own_request(client),
        }
    seen["api versions"] = api_versions(url, credential)
    seen["answers held"] = HELD.seen
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
