"""What vaults tell to others: events about their objects, who is told, and what waits to be told.

Source: https://learn.microsoft.com/azure/event-grid/event-schema-key-vault
"""

from __future__ import annotations

import enum
import uuid

import msgspec

PREFIX = "Microsoft.KeyVault."


class EventType(enum.StrEnum):
    """What can happen, in Event Grid's own names."""

    SECRET_NEW_VERSION = f"{PREFIX}SecretNewVersionCreated"
    SECRET_NEAR_EXPIRY = f"{PREFIX}SecretNearExpiry"
    SECRET_EXPIRED = f"{PREFIX}SecretExpired"
    KEY_NEW_VERSION = f"{PREFIX}KeyNewVersionCreated"
    KEY_NEAR_EXPIRY = f"{PREFIX}KeyNearExpiry"
    KEY_EXPIRED = f"{PREFIX}KeyExpired"
    CERTIFICATE_NEW_VERSION = f"{PREFIX}CertificateNewVersionCreated"
    CERTIFICATE_NEAR_EXPIRY = f"{PREFIX}CertificateNearExpiry"
    CERTIFICATE_EXPIRED = f"{PREFIX}CertificateExpired"
    ACCESS_POLICY_CHANGED = f"{PREFIX}VaultAccessPolicyChanged"


class Happening(enum.StrEnum):
    """What can happen to an object of any kind."""

    NEW_VERSION = "NewVersionCreated"
    NEAR_EXPIRY = "NearExpiry"
    EXPIRED = "Expired"

    def of(self, noun: str) -> EventType:
        """It as an event of a kind of object, which is called so: `secret`, `key` or `certificate`."""
        return EventType(f"{PREFIX}{noun.capitalize()}{self.value}")


class Destination(enum.StrEnum):
    """How a subscriber is told."""

    FILE = "file"
    WEBHOOK = "webhook"


class EventSubscription(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Who is told what happens in a vault: a file, a webhook or both. Without ``types``, of everything.

    ``file`` is a path relative to the estate file's directory.
    """

    vault: str
    file: str | None = None
    webhook: str | None = None
    types: tuple[str, ...] = ()

    def wants(self, event_type: EventType) -> bool:
        """Whether an event of this type is told."""
        return not self.types or event_type.value in self.types

    @property
    def destinations(self) -> tuple[Destination, ...]:
        """Where to."""
        given = ((Destination.FILE, self.file), (Destination.WEBHOOK, self.webhook))
        return tuple(destination for destination, place in given if place)


class Subject(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The version of an object that an event is about; times are epoch seconds. It holds no value of any.

    ``url`` is its id, ``object_type`` is `Secret`, `Key`, `Certificate` or `Vault`.
    """

    url: str
    object_type: str
    name: str
    version: str | None = None
    not_before: int | None = None
    expires: int | None = None


class VaultEvent(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Something that happened in a vault at a time (epoch seconds). ``source`` is the vault's ARM id."""

    id: str
    type: EventType
    source: str
    vault: str
    time: int
    subject: Subject


class Waiting(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An event on its way to one destination. All times are the estate's, in epoch seconds.

    ``next_at`` is when it is tried again, ``problem`` why it was not taken the last time.
    """

    event: VaultEvent
    destination: Destination
    published_at: int
    next_at: int
    attempts: int = 0
    problem: str = ""


class Told(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """How an event ended: told to its destination, or given up because of the ``problem``."""

    event: VaultEvent
    destination: Destination
    at: int
    attempts: int
    problem: str = ""


class ExpiryTold(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What was told already of the end of an object's newest ``version``."""

    version: str
    near: bool = False
    expired: bool = False


def event_id(*parts: object) -> str:
    """The id of an event: the same event has the same, however often it is told."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\x1f".join(map(str, parts))))
