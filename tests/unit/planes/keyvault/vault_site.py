"""A vault's data plane behind its dispatcher (see `plane_site`)."""

from __future__ import annotations

from key_vault_caller import make_vault

from keyless.model.resources import Vault
from keyless.planes.keyvault.plane import key_vault_plane
from keyless.store.collections import VAULTS
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from plane_site import PlaneSite, SiteOf
from vault_schemas import DOCUMENTS

NEWEST = "2026-04-01"


class VaultSite(PlaneSite):
    """The plane, with one vault and one officer."""

    def __init__(
        self,
        store: SqliteStore,
        key: SigningKey,
        now: int,
        vault: Vault | None = None,
        limits: float | None = None,
    ) -> None:
        self.vault = vault or make_vault()
        of = SiteOf(
            plane=key_vault_plane(store),
            resource=self.vault,
            collection=VAULTS,
            host=f"{self.vault.name}.vault.azure.net",
            audience="https://vault.azure.net",
            data_actions="Microsoft.KeyVault/vaults/*",
            documents=DOCUMENTS,
            newest=NEWEST,
        )
        super().__init__(store, key, now, of, limits)
