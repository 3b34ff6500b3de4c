"""The upkeep of every kind of object that vaults hold."""

from __future__ import annotations

from keyless.planes.keyvault.certificates.upkeep import CertificateUpkeep
from keyless.planes.keyvault.keys.upkeep import KeyUpkeep
from keyless.planes.keyvault.secrets.records import SECRET
from keyless.planes.keyvault.upkeep import ObjectUpkeep, Upkeep
from keyless.store.ports import Store


def upkeeps_of(store: Store) -> tuple[Upkeep, ...]:
    """What has to be done for the objects of the vaults in a store."""
    return (ObjectUpkeep(store, SECRET), KeyUpkeep(store), CertificateUpkeep(store))
