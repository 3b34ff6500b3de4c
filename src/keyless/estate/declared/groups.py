"""Resource groups, with what is in them."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.identities import ComputeEntry, IdentityEntry
from keyless.estate.declared.stores import StoreEntry
from keyless.estate.declared.vaults import VaultEntry
from keyless.estate.shapes.containers import Entries, MapOf
from keyless.estate.shapes.record import Record, RecordOf, defaulted, optional
from keyless.estate.shapes.scalars import Text


class GroupEntry(Record, title="a resource group"):
    """A resource group and the resources in it."""

    location = optional(Text(naming.LOCATION), "Where it is. Left out: the estate's location.")
    identities = defaulted(
        MapOf(Text(naming.USER_ASSIGNED_IDENTITY), RecordOf(IdentityEntry), "user-assigned identities"),
        "User-assigned identities.",
        default=Entries(),
    )
    compute = defaulted(
        MapOf(Text(naming.COMPUTE), RecordOf(ComputeEntry), "compute resources"),
        "Compute resources that host identities.",
        default=Entries(),
    )
    vaults = defaulted(
        MapOf(Text(naming.VAULT), RecordOf(VaultEntry), "vaults"), "Key vaults.", default=Entries()
    )
    configuration_stores = defaulted(
        MapOf(Text(naming.STORE), RecordOf(StoreEntry), "configuration stores"),
        "App Configuration stores.",
        default=Entries(),
    )
