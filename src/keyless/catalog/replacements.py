"""What takes a stored credential's place at a service: whether it takes identities, its roles, and the call.

The calls are those of the client libraries in their shortest form: a hint for people, not code to paste.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/services-id-authentication-support
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data


class Replacement(msgspec.Struct, frozen=True, rename="camel"):
    """Of one service: names of roles of Azure RBAC (``roles``) and of its own (``native``) by level
    (`read`, `write`), and the call with an identity by language (`python`, `csharp`, `java`, …)."""

    takes_identity: bool = False
    roles: dict[str, tuple[str, ...]] = {}
    native: dict[str, tuple[str, ...]] = {}
    calls: dict[str, str] = {}


class _File(msgspec.Struct, frozen=True):
    services: dict[str, Replacement]


def replacement_of(service: str) -> Replacement | None:
    """What takes a credential's place at a service, by its key; none where nothing is known of it."""
    return replacements().get(service)


@lru_cache(maxsize=1)
def replacements() -> Mapping[str, Replacement]:
    """All of them, by the service's key."""
    return msgspec.json.decode(read_data("replacements.json"), type=_File).services
