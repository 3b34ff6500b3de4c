"""What the Key Vault plane serves: the objects of every kind of all vaults in a store."""

from __future__ import annotations

import os

from keyless.planes.keyvault.certificates.service import Certificates
from keyless.planes.keyvault.keys.crypto.use import KeysInUse
from keyless.planes.keyvault.keys.service import Keys
from keyless.planes.keyvault.objects.objects import Entropy
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.ports import Store


class KeyVault:
    """``entropy`` gives version ids, and the keys and nonces of backups."""

    def __init__(self, store: Store, entropy: Entropy = os.urandom) -> None:
        self.secrets = Secrets(store, entropy)
        self.keys = Keys(store, entropy)
        self.keys_in_use = KeysInUse(store, self.keys, entropy)
        self.certificates = Certificates(store, entropy)
