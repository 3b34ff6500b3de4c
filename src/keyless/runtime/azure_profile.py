"""Whom the Azure CLI takes to be signed in: its own `azureProfile.json`, with the owner of an estate in it.

Rules:
- the entry is the one that `az login --identity` writes in Cloud Shell, so that no `az login` is needed: `az`
  asks the shell's endpoint for a token whenever it needs one, and none is kept in a file;
- the owner is who is signed in, in the estate's subscription, whenever a shell opens; other sign-ins made in
  an earlier one stay beside it (`az account set` goes back to them);
- a file that cannot be read is written anew.

Source: the Azure CLI, azure.cli.core._profile (`login_in_cloud_shell`)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from keyless.gateway.owner_files import write_owner_only
from keyless.runtime.messages import Account

PROFILE = "azureProfile.json"


def sign_in(directory: Path, account: Account) -> None:
    """Have the Azure CLI that keeps to a directory be signed in as an account; raises OSError."""
    file = directory / PROFILE
    found = _read(file)
    kept = [{**one, "isDefault": False} for one in _subscriptions(found) if not _is_own(one, account)]
    profile = {**found, "subscriptions": [_entry(account), *kept]}
    write_owner_only(file, msgspec.json.encode(profile))


def _entry(account: Account) -> dict[str, Any]:
    return {
        "id": account.subscription_id,
        "name": account.subscription_name,
        "state": "Enabled",
        "user": {"name": account.user_principal_name, "type": "user", "cloudShellID": True},
        "isDefault": True,
        "tenantId": account.tenant_id,
        "environmentName": "AzureCloud",
        "homeTenantId": account.tenant_id,
        "managedByTenants": [],
    }


def _is_own(entry: dict[str, Any], account: Account) -> bool:
    """Whether an entry gives way: of the same subscription, or of the owner under another name or tenant."""
    user = entry.get("user")
    signed_in_here = isinstance(user, dict) and bool(user.get("cloudShellID"))
    return signed_in_here or str(entry.get("id", "")).casefold() == account.subscription_id.casefold()


def _read(file: Path) -> dict[str, Any]:
    try:
        return msgspec.json.decode(file.read_bytes().removeprefix(b"\xef\xbb\xbf"), type=dict[str, Any])
    except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def _subscriptions(profile: dict[str, Any]) -> list[dict[str, Any]]:
    found = profile.get("subscriptions")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
