"""Vaults, their secrets and their access policies."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.keys import KeyEntry
from keyless.estate.declared.principals import PRINCIPAL
from keyless.estate.declared.texts import GUID, NO_TAGS, TAGS
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.containers import Entries, ListOf, MapOf
from keyless.estate.shapes.record import Alternatives, Record, RecordOf, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, WholeNumber, Word, YesOrNo
from keyless.model.access_policies import ALL, PERMISSIONS
from keyless.model.events import PREFIX, EventType

EVENT_TYPES = tuple(one.removeprefix(PREFIX) for one in EventType)
"""The types of events, as a file writes them."""


def _permissions(kind: str) -> ListOf[str]:
    return ListOf(Word("a permission", *PERMISSIONS[kind], ALL), "permissions")


class SecretEntry(Record, title="a secret", shown=False):
    """What every secret has, wherever its value comes from."""

    content_type = optional(Text(naming.CONTENT_TYPE), "What kind of value it is.")
    tags = defaulted(TAGS, "Up to 15 tags.", default=NO_TAGS)


class SecretFromEnvironment(SecretEntry, told_by="env"):
    """A secret whose value an environment variable holds when the estate is read."""

    env = required(Where(Text(naming.VARIABLE)), "The name of the environment variable.")


class SecretFromFile(SecretEntry, told_by="file"):
    """A secret whose value a file holds. One line break at the end of the file is not part of the value."""

    file = required(Where(Text(naming.FILE)), "The file's path, relative to the estate file.")


class SecretAsText(SecretEntry, told_by="value", short="value"):
    """A secret whose value stands in the estate file, for values that need no protection; or text alone."""

    value = required(Where(Text(naming.SECRET_VALUE)), "The value itself.")


SECRET = Alternatives("a secret", SecretFromEnvironment, SecretFromFile, SecretAsText)


class PermissionsEntry(Record, title="the permissions of an access policy"):
    """What an access policy gives, by kind of object. `all` stands for all of a kind but `purge`."""

    secrets = defaulted(_permissions("secrets"), "What may be done with secrets.", default=())
    keys = defaulted(_permissions("keys"), "What may be done with keys.", default=())
    certificates = defaulted(_permissions("certificates"), "What may be done with certificates.", default=())
    storage = defaulted(_permissions("storage"), "What may be done with storage accounts.", default=())


class AccessPolicyEntry(Record, title="an access policy"):
    """Who may do what in a vault that is not in RBAC mode."""

    principal = required(PRINCIPAL, "Whose policy it is.")
    permissions = required(RecordOf(PermissionsEntry), "What it gives.")
    application_id = optional(
        GUID,
        "The client id of an application: the policy then counts only where a user asks through it.",
    )
    tenant_id = optional(GUID, "The principal's tenant. Left out: that of the estate.")


class EventsEntry(Record, title="an event subscription"):
    """Who is told what happens in a vault, as Event Grid does it, in the form of CloudEvents."""

    file = optional(
        Where(Text(naming.FILE)),
        "A file that gets one line of JSON for each event: its path, relative to the estate file.",
    )
    webhook = optional(
        Where(Text(naming.WEBHOOK)),
        "An address that each event is posted to: `https`, or `http` on this machine.",
    )
    types = defaulted(
        ListOf(Word("a type of event", *EVENT_TYPES), "types of events"),
        "Which events are told. Left out: all.",
        default=(),
    )


class VaultEntry(Record, title="a vault"):
    """A key vault, reached as `https://NAME.vault.azure.net`."""

    location = optional(Text(naming.LOCATION), "Where it is. Left out: where its resource group is.")
    soft_delete_retention_days = defaulted(
        WholeNumber(7, 90, "a number of days"), "How long deleted objects can be recovered.", default=90
    )
    purge_protection = defaulted(
        YesOrNo(), "Whether nothing can be purged before that time is over.", default=False
    )
    enable_rbac_authorization = defaulted(
        YesOrNo(), "Whether roles decide on what it holds, and not its access policies.", default=True
    )
    access_policies = defaulted(
        ListOf(RecordOf(AccessPolicyEntry), "access policies"),
        "Its access policies. They count only with `enableRbacAuthorization: false`.",
        default=(),
    )
    events = optional(RecordOf(EventsEntry), "Who is told what happens in it.")
    sku = optional(
        Word("a tier", "standard", "premium"),
        "Its tier; `premium` has keys of HSM types. Left out: as it is there, else `standard`.",
    )
    keys = defaulted(
        MapOf(Text(naming.VAULT_KEY), RecordOf(KeyEntry), "keys"),
        "The keys that it holds.",
        default=Entries(),
    )
    secrets = defaulted(
        MapOf(Text(naming.SECRET), SECRET, "secrets"), "The secrets that it holds.", default=Entries()
    )
