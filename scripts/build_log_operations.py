"""Writes Key Vault's part of the catalog's table of log operations from a directory of collected facts.

    python scripts/build_log_operations.py FACTS_DIR

The other categories in ``src/keyless/catalog/data/log_operations.json`` are kept as they are: they are
written by hand from the pages that they name.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]

DATA_FILE = Path(__file__).resolve().parent.parent / "src/keyless/catalog/data/log_operations.json"
CATEGORY = "AuditEvent"
SOURCES = [
    "https://learn.microsoft.com/azure/key-vault/general/logging",
    "https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
]
# What is logged beside the data plane's operations. The vault's own (VaultPut and its kin) are requests to
# Resource Manager that the vault is told of.
VAULT: dict[str, Json] = {
    "VaultGet": {"actions": ["Microsoft.KeyVault/vaults/read"]},
    "VaultPut": {"actions": ["Microsoft.KeyVault/vaults/write"]},
    "VaultPatch": {"actions": ["Microsoft.KeyVault/vaults/write"]},
    "VaultDelete": {"actions": ["Microsoft.KeyVault/vaults/delete"]},
    "VaultList": {"actions": ["Microsoft.KeyVault/vaults/read"]},
    "VaultPurge": {"actions": ["Microsoft.KeyVault/locations/deletedVaults/purge/action"]},
    "VaultRecover": {"actions": ["Microsoft.KeyVault/vaults/write"]},
    "VaultGetDeleted": {"actions": ["Microsoft.KeyVault/deletedVaults/read"]},
    "VaultListDeleted": {"actions": ["Microsoft.KeyVault/deletedVaults/read"]},
}
WITHOUT: dict[str, Json] = {
    "Authentication": {"why": "a step of signing in, not an access"},
    "VaultAccessPolicyChangedEventGridNotification": {"why": "the vault's own notification"},
    "SecretNearExpiryEventGridNotification": {"why": "the vault's own notification"},
    "SecretExpiredEventGridNotification": {"why": "the vault's own notification"},
    "KeyNearExpiryEventGridNotification": {"why": "the vault's own notification"},
    "KeyExpiredEventGridNotification": {"why": "the vault's own notification"},
    "CertificateNearExpiryEventGridNotification": {"why": "the vault's own notification"},
    "CertificateExpiredEventGridNotification": {"why": "the vault's own notification"},
    "KeyRotateIfDue": {"why": "the vault's own rotation, not an access"},
    "CertificateEnroll": {"why": "the vault's own work, not an access"},
    "CertificateRenew": {"why": "the vault's own work, not an access"},
}
# Operations that the facts have under another spelling or not at all.
ALSO: dict[str, Json] = {
    "KeyRelease": {"dataActions": ["Microsoft.KeyVault/vaults/keys/release/action"]},
    "CertificatePolicySet": {"dataActions": ["Microsoft.KeyVault/vaults/certificates/update/action"]},
}


def main(facts_dir: Path) -> None:
    """Write the file anew."""
    document: Json = json.loads(DATA_FILE.read_text(encoding="utf-8")) if DATA_FILE.exists() else {}
    facts = json.loads((facts_dir / "kv_actions.json").read_text(encoding="utf-8"))
    document[CATEGORY] = {"source": SOURCES, "operations": dict(sorted(operations(facts).items()))}
    DATA_FILE.write_text(text_of(document), encoding="utf-8")


def operations(facts: Json) -> dict[str, Json]:
    """Key Vault's operations as the log names them."""
    named = {
        entry["logOperation"]: {"dataActions": [entry["dataAction"]]}
        for entry in facts["keyVault"]["operations"]
        if entry.get("logOperation")
    }
    return named | ALSO | VAULT | WITHOUT


def text_of(document: Json) -> str:
    """One operation a line, so that a later run shows in a diff what changed."""
    return "{\n" + ",\n".join(_category(name, document[name]) for name in sorted(document)) + "\n}\n"


def _category(name: str, category: Json) -> str:
    lines = (f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in category["operations"].items())
    return (
        f' {json.dumps(name)}: {{\n  "source": {json.dumps(category["source"])},\n  "operations": {{\n'
        + ",\n".join(lines)
        + "\n  }\n }"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
