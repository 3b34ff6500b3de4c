"""Secrets on the wire: the JSON of requests and answers.

What is unknown in a request is ignored, and what is read-only (`created`, `recoveryLevel`, …) is too, as the
service does; what has no value is left out of answers. `kid`, `managed` and `previousVersion` are of secrets
behind certificates.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Secrets
"""

from __future__ import annotations

import msgspec

from keyless.planes.keyvault.objects.schemas import ObjectAttributes, SettableAttributes, Unshown


class SetSecretRequest(Unshown, rename="camel"):
    """`SecretSetParameters`."""

    value: str
    content_type: str | None = None
    tags: dict[str, str] | None = None
    attributes: SettableAttributes | None = None


class UpdateSecretRequest(msgspec.Struct, rename="camel"):
    """`SecretUpdateParameters`."""

    content_type: str | None = None
    tags: dict[str, str] | None = None
    attributes: SettableAttributes | None = None


class SecretItem(msgspec.Struct, omit_defaults=True, rename="camel"):
    """`SecretItem`: a secret in a list, or a version in a list of versions."""

    id: str
    attributes: ObjectAttributes
    content_type: str | None = None
    tags: dict[str, str] | None = None
    managed: bool | None = None


class SecretBundle(Unshown, omit_defaults=True, rename="camel"):
    """`SecretBundle`: one version; updates, recoveries and restores are answered without its value."""

    id: str
    attributes: ObjectAttributes
    value: str | None = None
    content_type: str | None = None
    tags: dict[str, str] | None = None
    managed: bool | None = None
    kid: str | None = None
    previous_version: str | None = None


class DeletedSecretItem(msgspec.Struct, omit_defaults=True, rename="camel"):
    """`DeletedSecretItem`, and `DeletedSecretBundle` without its value; times in epoch seconds."""

    recovery_id: str
    deleted_date: int
    scheduled_purge_date: int
    id: str
    attributes: ObjectAttributes
    content_type: str | None = None
    tags: dict[str, str] | None = None
    managed: bool | None = None
    kid: str | None = None
    previous_version: str | None = None


class SecretListResult(msgspec.Struct, rename="camel"):
    """A page of secrets or versions."""

    value: list[SecretItem]
    next_link: str | None


class DeletedSecretListResult(msgspec.Struct, rename="camel"):
    """A page of deleted secrets."""

    value: list[DeletedSecretItem]
    next_link: str | None
