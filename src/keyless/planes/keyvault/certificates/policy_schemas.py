"""The policy of a certificate on the wire, which is also how it is kept: with every member filled in.

In a request whatever is left out has its default, or stays as it is; what is read-only is ignored.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Certificates
"""

from __future__ import annotations

from typing import Any

import msgspec


class KeyProperties(msgspec.Struct, frozen=True, omit_defaults=True):
    """`KeyProperties`: the key that a certificate gets."""

    exportable: bool | None = None
    kty: str | None = None
    key_size: int | None = None
    reuse_key: bool | None = None
    crv: str | None = None


class SecretProperties(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """`SecretProperties`: the form of the secret behind a certificate."""

    content_type: str | None = None


class SubjectAlternativeNames(msgspec.Struct, frozen=True, omit_defaults=True):
    """`SubjectAlternativeNames`."""

    emails: list[str] | None = None
    dns_names: list[str] | None = None
    upns: list[str] | None = None
    uris: list[str] | None = None
    ip_addresses: list[str] | None = msgspec.field(default=None, name="ipAddresses")


class BasicConstraints(msgspec.Struct, frozen=True):
    """What the service says of every certificate: it is no authority."""

    ca: bool = False


class X509Properties(msgspec.Struct, frozen=True, omit_defaults=True):
    """`X509CertificateProperties`."""

    subject: str | None = None
    sans: SubjectAlternativeNames | None = None
    ekus: list[str] | None = None
    key_usage: list[str] | None = None
    validity_months: int | None = None
    basic_constraints: BasicConstraints | None = None


class Trigger(msgspec.Struct, frozen=True, omit_defaults=True):
    """`Trigger`: how much of a certificate's life is over, or how many days are left."""

    lifetime_percentage: int | None = None
    days_before_expiry: int | None = None


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """`Action`: `EmailContacts` or `AutoRenew`."""

    action_type: str | None = None


class LifetimeAction(msgspec.Struct, frozen=True, omit_defaults=True):
    """`LifetimeAction`."""

    trigger: Trigger | None = None
    action: Action | None = None


class IssuerParameters(msgspec.Struct, frozen=True, omit_defaults=True):
    """`IssuerParameters`: who signs; `Self`, `Unknown`, or an issuer of the vault."""

    name: str | None = None
    cty: str | None = None
    cert_transparency: bool | None = None


class PolicyAttributes(msgspec.Struct, frozen=True, omit_defaults=True):
    """A policy's attributes; times in epoch seconds."""

    enabled: bool | None = None
    created: int | None = None
    updated: int | None = None


class CertificatePolicy(msgspec.Struct, frozen=True, omit_defaults=True):
    """`CertificatePolicy`."""

    id: str | None = None
    key_props: KeyProperties | None = None
    secret_props: SecretProperties | None = None
    x509_props: X509Properties | None = None
    lifetime_actions: list[LifetimeAction] | None = None
    issuer: IssuerParameters | None = None
    attributes: PolicyAttributes | None = None
    platform_managed: dict[str, Any] | None = msgspec.field(default=None, name="platformManaged")
