"""Identities and the compute resources that have them, and whom they trust."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.texts import GUID, REFERENCE
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.containers import Entries, ListOf, MapOf
from keyless.estate.shapes.record import Alternatives, Record, RecordOf, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, Word, YesOrNo
from keyless.model.federated_credentials import DEFAULT_AUDIENCE, MOST
from keyless.model.hosts import HostKind


class FederatedCredentialEntry(Record, title="a federated credential"):
    """Whose token may be exchanged for one of ours."""


class IssuersCredential(FederatedCredentialEntry, told_by="issuer"):
    """A token of an issuer. All three are compared exactly, case included."""

    issuer = required(Where(Text(naming.ISSUER)), "Who issues the token: its `iss`.")
    subject = required(Where(Text(naming.SUBJECT)), "Whom it is about: its `sub`.")
    audience = defaulted(Text(naming.AUDIENCE), "Whom it is for: its only `aud`.", default=DEFAULT_AUDIENCE)


class IdentitysCredential(FederatedCredentialEntry, told_by="identity"):
    """The token of a user-assigned identity of this estate, in place of the application's secret."""

    identity = required(REFERENCE, "The identity's name, or `group/name`.")


_FEDERATED_CREDENTIALS = MapOf(
    Text(naming.FEDERATED_CREDENTIAL), RecordOf(IssuersCredential), "federated credentials", at_most=MOST
)


APPLICATIONS_CREDENTIALS = MapOf(
    Text(naming.FEDERATED_CREDENTIAL),
    Alternatives("a federated credential", IssuersCredential, IdentitysCredential),
    "federated credentials",
    at_most=MOST,
)


_NO_FEDERATED_CREDENTIALS: Entries[IssuersCredential] = Entries()


NO_APPLICATIONS_CREDENTIALS: Entries[FederatedCredentialEntry] = Entries()


class IdentityEntry(Record, title="a user-assigned identity"):
    """A user-assigned managed identity: it lives on its own, and several compute resources can share it."""

    client_id = optional(GUID, "The application id that goes into tokens. Left out: derived.")
    principal_id = optional(GUID, "The object id that role assignments name. Left out: derived.")
    federated_credentials = defaulted(
        _FEDERATED_CREDENTIALS,
        "Tokens of other issuers that stand for it.",
        default=_NO_FEDERATED_CREDENTIALS,
    )


class SystemAssignedEntry(Record, title="a system-assigned identity", short="enabled"):
    """The identity that lives and dies with its resource: `true`, or a mapping that also fixes its ids."""

    enabled = defaulted(YesOrNo(), "Whether the resource has one.", default=True)
    client_id = optional(GUID, "The application id that goes into tokens. Left out: derived.")
    principal_id = optional(GUID, "The object id that role assignments name. Left out: derived.")


class HostedIdentities(Record, title="the identities of a compute resource"):
    """Which identities code there can get tokens for: one of its own, and any number of shared ones."""

    system_assigned = optional(
        RecordOf(SystemAssignedEntry), "Whether it has an identity of its own. Left out: it has none."
    )
    user_assigned = defaulted(
        ListOf(REFERENCE, "identities"),
        "The user-assigned identities given to it: by name, by `group/name`, or by resource id.",
        default=(),
    )


class ComputeEntry(Record, title="a compute resource"):
    """Something that runs code and hosts identities: a web app, a container app, a virtual machine, …"""

    type = required(
        Where(Text(naming.RESOURCE_TYPE)),
        "Its resource type, such as `Microsoft.Web/sites`, `Microsoft.App/containerApps` or "
        "`Microsoft.Compute/virtualMachines`.",
    )
    name = optional(
        Where(Text(naming.COMPUTE)),
        "The resource's name, where it is not the name that it has in this file: for two resources of "
        "different types with one name, say.",
    )
    location = optional(Text(naming.LOCATION), "Where it is. Left out: where its resource group is.")
    host_kind = optional(
        Word("a kind of host", *(kind.value for kind in HostKind)),
        "How code there gets its tokens. Left out: as its type has it, else `app-service`.",
    )
    service_account = optional(
        Text(naming.SERVICE_ACCOUNT),
        "What its code runs as, where the kind of host is `aks`. Left out: `default/NAME`.",
    )
    identity = optional(RecordOf(HostedIdentities), "Which identities it hosts. Left out: none.")
