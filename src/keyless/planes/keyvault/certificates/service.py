"""Certificates of vaults: what makes, finds, keeps and renews them.

Source: https://learn.microsoft.com/azure/key-vault/certificates/about-certificates
"""

from __future__ import annotations

import os

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.contacts import CertificateContacts
from keyless.planes.keyvault.certificates.importing import Imports
from keyless.planes.keyvault.certificates.issuers import Issuers
from keyless.planes.keyvault.certificates.objects import CertificateObjects
from keyless.planes.keyvault.certificates.pending import PendingOperations
from keyless.planes.keyvault.certificates.policies import Policies
from keyless.planes.keyvault.certificates.records import CERTIFICATE
from keyless.planes.keyvault.certificates.settling import Operation, Wanted
from keyless.planes.keyvault.keys.records import KEY
from keyless.planes.keyvault.objects.objects import Entropy
from keyless.planes.keyvault.secrets.records import SECRET
from keyless.store.ports import Store


class Certificates(CertificateObjects):
    """The certificates of all vaults in a store. Times (``now``) are epoch seconds.

    ``operations`` make new versions, ``imports`` take them, ``policies`` say how, ``issuers`` sign, and
    ``contacts`` are told.
    """

    def __init__(self, store: Store, entropy: Entropy = os.urandom) -> None:
        super().__init__(store, CERTIFICATE, entropy, behind=(KEY, SECRET))
        self.operations = PendingOperations(store, entropy)
        self.imports = Imports(store, entropy)
        self.policies = Policies(store)
        self.issuers = Issuers(store)
        self.contacts = CertificateContacts(store)

    async def renew(self, vault: Vault, name: str, *, now: int) -> Operation:
        """Make a new version by a certificate's policy, with the tags of the newest; without waiting.

        Raises:
            CertificateNotFound: there is no live certificate of that name.
            CertificateInProgress: a version is being made.
            IssuerNotFound, IssuerDisabled: the policy's issuer is not there, or does not work.
        """
        live = await self.find(vault, name, now=now)
        wanted = Wanted(live.version.enabled, live.version.tags, live.version.preserve_order)
        begun = await self.operations.begin(vault, live.name, None, wanted, now=now)
        settles_at = begun.pending.settles_at
        if settles_at is None:
            return begun
        return await self.operations.settle(vault, live.name, now=settles_at) or begun
