"""The estate: what ``keyless.yaml`` declares, resolved into ids, as one frozen value.

Ids that the file leaves out are derived from the names (UUID version 5), so that the same file means
the same principals on every machine.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from keyless.model.denies import DenyAssignment
from keyless.model.directory import DirectoryRoleAssignment, Group, User
from keyless.model.events import EventSubscription
from keyless.model.identities import (
    ApplicationCertificate,
    ComputeResource,
    FederatedCredential,
    Federation,
    ManagedIdentity,
    RunsOn,
    TrustedIssuer,
)
from keyless.model.management import ManagementGroup
from keyless.model.resources import ConfigurationStore, ResourceGroup, Tenant, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.model.secret_text import SecretText
from keyless.model.vault_keys import DeclaredKey
from keyless.model.workloads import WorkloadRule

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "keyless.invalid")


def derived_guid(*parts: str) -> str:
    """A stable GUID for a thing that is known by its name; names compare without case."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(part.casefold() for part in parts)))


@dataclass(frozen=True, slots=True)
class DeclaredSecret:
    """A secret that a vault must hold.

    ``source`` says for people where the value came from (``$ORDERS_DB_PASSWORD``, a file's path); two secrets
    are equal without it.
    """

    vault: str
    name: str
    value: SecretText
    content_type: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    source: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class DeclaredSetting:
    """A key-value that a configuration store must hold.

    ``line`` is where the estate file declares it, 0 where that is not known; two are equal without it.
    """

    store: str
    key: str
    value: str
    label: str | None = None
    content_type: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DeclaredAccessKey:
    """An access key of a configuration store; ``secret`` is in base64, as Azure shows it."""

    store: str
    id: str
    secret: SecretText
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class DeclaredApplication:
    """An application registration, with what it proves itself with: a client secret, certificates.

    ``identifier_uris`` and ``token_version`` are those of the resource that it is itself.
    ``secret_expires_at`` is in epoch seconds, none where the secret does not expire. ``compute`` is the ARM
    id of the compute resource that its code runs on, empty where that is not known.
    """

    name: str
    client_id: str
    principal_id: str
    client_secret: SecretText | None = None
    certificates: tuple[ApplicationCertificate, ...] = ()
    identifier_uris: tuple[str, ...] = ()
    token_version: int = 1
    secret_expires_at: int | None = None
    runs_on: RunsOn | None = None
    compute: str = ""


@dataclass(frozen=True, slots=True)
class Estate:
    """Everything that one ``keyless.yaml`` declares."""

    tenant: Tenant
    groups: tuple[ResourceGroup, ...] = ()
    compute: tuple[ComputeResource, ...] = ()
    identities: tuple[ManagedIdentity, ...] = ()
    applications: tuple[DeclaredApplication, ...] = ()
    federated_credentials: tuple[FederatedCredential, ...] = ()
    issuers: tuple[TrustedIssuer, ...] = ()
    vaults: tuple[Vault, ...] = ()
    secrets: tuple[DeclaredSecret, ...] = ()
    keys: tuple[DeclaredKey, ...] = ()
    stores: tuple[ConfigurationStore, ...] = ()
    settings: tuple[DeclaredSetting, ...] = ()
    access_keys: tuple[DeclaredAccessKey, ...] = ()
    event_subscriptions: tuple[EventSubscription, ...] = ()
    assignments: tuple[RoleAssignment, ...] = ()
    custom_roles: tuple[RoleDefinition, ...] = ()
    denies: tuple[DenyAssignment, ...] = ()
    management_groups: tuple[ManagementGroup, ...] = ()
    users: tuple[User, ...] = ()
    security_groups: tuple[Group, ...] = ()
    directory_roles: tuple[DirectoryRoleAssignment, ...] = ()
    workloads: tuple[WorkloadRule, ...] = ()
    federation: Federation | None = None
