"""What objects of every kind have on the wire: attributes, backups.

What is unknown in a request is ignored, and what is read-only (`created`, `recoveryLevel`, …) is too, as the
service does; what has no value is left out of answers.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane
"""

from __future__ import annotations

import msgspec


class Unshown(msgspec.Struct):
    """Something that holds a value that must not be shown."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class SettableAttributes(msgspec.Struct):
    """The attributes that a request may set; times in epoch seconds."""

    enabled: bool | None = None
    not_before: int | None = msgspec.field(default=None, name="nbf")
    expires: int | None = msgspec.field(default=None, name="exp")


class ObjectAttributes(msgspec.Struct, omit_defaults=True, rename="camel"):
    """`SecretAttributes` and its like; times in epoch seconds."""

    enabled: bool
    created: int
    updated: int
    recovery_level: str
    recoverable_days: int | None = None
    not_before: int | None = msgspec.field(default=None, name="nbf")
    expires: int | None = msgspec.field(default=None, name="exp")


class RestoreRequest(Unshown):
    """`SecretRestoreParameters` and its like: a backup in base64url."""

    value: str


class BackupResult(Unshown):
    """`BackupSecretResult` and its like: a backup in base64url, without padding."""

    value: str
