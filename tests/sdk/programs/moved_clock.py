"""Before and after the estate's time was moved: what the official clients of secrets and keys see."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from azure.core.exceptions import ResourceNotFoundError
from azure.identity import DefaultAzureCredential
from azure.keyvault.keys import (
    KeyClient,
    KeyRotationLifetimeAction,
    KeyRotationPolicy,
    KeyRotationPolicyAction,
)
from azure.keyvault.secrets import SecretClient


def before(secrets: SecretClient, keys: KeyClient) -> dict[str, Any]:
    """A secret that expires, one that is deleted, and a key that rotates each month."""
    expires = datetime.now(UTC) + timedelta(days=45)
    secrets.set_secret("expiring", "still here", expires_on=expires)
    secrets.set_secret("deleted", "gone soon")
    secrets.begin_delete_secret("deleted").wait()
    first = keys.create_ec_key("signing")
    action = KeyRotationLifetimeAction(KeyRotationPolicyAction.rotate, time_after_create="P30D")
    keys.update_key_rotation_policy("signing", KeyRotationPolicy(lifetime_actions=[action]))
    return {"version": first.properties.version}


def after(secrets: SecretClient, keys: KeyClient) -> dict[str, Any]:
    """What there is of them."""
    found = secrets.get_secret("expiring")
    try:
        deleted = secrets.get_deleted_secret("deleted").name
    except ResourceNotFoundError as error:
        deleted = error.error.code if error.error else ""
    again = secrets.set_secret("deleted", "its name is free")
    versions = list(keys.list_properties_of_key_versions("signing"))
    created = [one.created_on for one in versions if one.created_on is not None]
    return {
        "value": found.value,
        "has_expired": bool(found.properties.expires_on and again.properties.created_on)
        and found.properties.expires_on < again.properties.created_on,
        "deleted": deleted,
        "again": again.value,
        "versions": sorted(one.version or "" for one in versions),
        "current": keys.get_key("signing").properties.version,
        "days_between": sorted({(later - sooner).days for sooner, later in pairwise(sorted(created))}),
    }


def main() -> None:
    """Do what the argument says, and print what was seen."""
    credential = DefaultAzureCredential()
    clients = (
        SecretClient(os.environ["VAULT_URL"], credential),
        KeyClient(os.environ["VAULT_URL"], credential),
    )
    print(json.dumps({"before": before, "after": after}[sys.argv[1]](*clients)))


if __name__ == "__main__":
    main()
