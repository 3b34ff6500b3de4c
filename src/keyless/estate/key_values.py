"""The key-values with a meaning of their own: Key Vault references and feature flags.

Source: https://learn.microsoft.com/azure/azure-app-configuration/concept-key-value
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from keyless.model.vault_references import REFERENCE_MEDIA_TYPE

REFERENCE_TYPE = f"{REFERENCE_MEDIA_TYPE};charset=utf-8"
FLAG_TYPE = "application/vnd.microsoft.appconfig.ff+json;charset=utf-8"
FLAG_PREFIX = ".appconfig.featureflag/"
VAULT_DOMAIN = "vault.azure.net"
STORE_DOMAIN = "azconfig.io"


def vault_host(vault: str) -> str:
    """The host name of a vault."""
    return f"{vault}.{VAULT_DOMAIN}"


def secret_uri(vault: str, secret: str, version: str | None = None) -> str:
    """The address of a secret, or of one of its versions."""
    return f"https://{vault_host(vault)}/secrets/{secret}{f'/{version}' if version else ''}"


def reference_value(uri: str) -> str:
    """The value of a Key Vault reference."""
    return json.dumps({"uri": uri}, ensure_ascii=False, separators=(",", ":"))


def flag_value(flag: Mapping[str, Any]) -> str:
    """The value of a feature flag."""
    return json.dumps(flag, ensure_ascii=False, separators=(",", ":"))


def plain_flag(feature: str, description: str, *, enabled: bool) -> dict[str, Any]:
    """A feature flag that has no more than its state: what others add to."""
    return {
        "id": feature,
        "description": description,
        "enabled": enabled,
        "conditions": {"client_filters": []},
    }
