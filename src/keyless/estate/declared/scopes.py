"""Scopes, by what they are called."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.texts import REFERENCE
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.record import Alternatives, Record, optional, required
from keyless.estate.shapes.scalars import Text, YesOrNo


class ScopeEntry(Record, title="a scope"):
    """Where a role holds."""


class ResourceIdScope(ScopeEntry, told_by="id", short="id"):
    """Any scope, by its full resource id; or text alone."""

    id = required(Where(Text(naming.RESOURCE_ID)), "The resource id.")


class SubscriptionScope(ScopeEntry, told_by="subscription"):
    """The whole subscription."""

    subscription = required(YesOrNo(only=True), "All of it.")


class GroupScope(ScopeEntry, told_by="resourceGroup"):
    """A resource group, with everything in it."""

    resource_group = required(REFERENCE, "The resource group's name.")


class VaultScope(ScopeEntry, told_by="vault"):
    """A vault, or one secret, key or certificate of it."""

    vault = required(REFERENCE, "The vault's name.")
    secret = optional(Text(naming.SECRET), "One secret's name. Left out, with the next two: the whole vault.")
    key = optional(Text(naming.VAULT_KEY), "One key's name.")
    certificate = optional(Text(naming.CERTIFICATE), "One certificate's name.")


class StoreScope(ScopeEntry, told_by="store"):
    """A configuration store, or one key-value or snapshot of it."""

    store = required(REFERENCE, "The configuration store's name.")
    key = optional(Text(naming.KEY), "One key. Left out: the whole store.")
    label = optional(Where(Text(naming.LABEL)), "The key's label. Left out: the key-value without a label.")
    snapshot = optional(Where(Text(naming.SNAPSHOT)), "One snapshot's name, in place of a key.")


class ComputeScope(ScopeEntry, told_by="compute"):
    """A compute resource."""

    compute = required(REFERENCE, "The compute resource's name, or `group/name`.")


class IdentityScope(ScopeEntry, told_by="identity"):
    """A user-assigned identity."""

    identity = required(REFERENCE, "The identity's name, or `group/name`.")


class ManagementGroupScope(ScopeEntry, told_by="managementGroup"):
    """A management group, with every subscription and management group in it."""

    management_group = required(REFERENCE, "The management group's name.")


SCOPE = Alternatives(
    "a scope",
    VaultScope,
    StoreScope,
    GroupScope,
    SubscriptionScope,
    ManagementGroupScope,
    ComputeScope,
    IdentityScope,
    ResourceIdScope,
)
