"""A vault as its data plane sees it: host name, object names and URLs, recovery level.

Sources: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates (names, URLs),
https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview (recovery)
"""

from __future__ import annotations

import re
from functools import lru_cache

from keyless.model.resources import Vault
from keyless.wire.errors import InvalidRequest

HOST_SUFFIX = ".vault.azure.net"
AUDIENCES = frozenset({"https://vault.azure.net", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"})
"""What a token may be for: the resource, and Key Vault's application id. With a slash at the end the resource
is refused, as Azure does (AKV10022)."""

_DEFAULT_RETENTION_DAYS = 90
_DAY_S = 24 * 60 * 60
_NAME = re.compile(r"[0-9A-Za-z-]{1,127}")


def vault_name(host: str) -> str | None:
    """The vault that a host name speaks of, in lower case; none for other hosts. A port does not matter."""
    name = host.partition(":")[0].lower().rstrip(".")
    label = name.removesuffix(HOST_SUFFIX)
    return label if label and label != name and "." not in label else None


@lru_cache(maxsize=4096)
def vault_url(name: str) -> str:
    """``https://NAME.vault.azure.net``, which the ids of a vault's objects begin with."""
    return f"https://{name.lower()}{HOST_SUFFIX}"


def check_name(name: str) -> str:
    """The name of an object, if it can be one.

    Raises:
        InvalidRequest: it is not 1 to 127 letters, digits and hyphens.
    """
    if _NAME.fullmatch(name) is None:
        raise InvalidRequest(
            f"The request URI contains an invalid name: {name[:127]}. "
            "Use 1 to 127 letters, digits and hyphens.",
            field="name",
        )
    return name


def recovery_level(vault: Vault) -> str:
    """How a deleted object can come back, in the words of `DeletionRecoveryLevel`."""
    return _level(vault.soft_delete_retention_days, vault.purge_protection)


@lru_cache(maxsize=256)
def _level(retention_days: int, purge_protection: bool) -> str:
    recoverable = "Recoverable" if retention_days == _DEFAULT_RETENTION_DAYS else "CustomizedRecoverable"
    return recoverable if purge_protection else recoverable + "+Purgeable"


def purge_time(vault: Vault, deleted_at: int) -> int:
    """When an object that was deleted at a time is gone for good, in epoch seconds."""
    return deleted_at + vault.soft_delete_retention_days * _DAY_S
