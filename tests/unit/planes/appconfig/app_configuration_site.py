"""A configuration store's data plane behind its dispatcher (see `plane_site`)."""

from __future__ import annotations

from app_configuration_caller import API_VERSION, make_store

from configuration_schemas import DOCUMENTS
from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.plane import app_configuration_plane
from keyless.store.collections import STORES
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from plane_site import PlaneSite, SiteOf


class ConfigurationSite(PlaneSite):
    """The plane, with one configuration store and one owner of its data."""

    def __init__(
        self,
        store: SqliteStore,
        key: SigningKey,
        now: int,
        configuration_store: ConfigurationStore | None = None,
        limits: float | None = None,
    ) -> None:
        self.configuration_store = configuration_store or make_store()
        of = SiteOf(
            plane=app_configuration_plane(store),
            resource=self.configuration_store,
            collection=STORES,
            host=f"{self.configuration_store.name}.azconfig.io",
            audience="https://azconfig.io",
            data_actions="Microsoft.AppConfiguration/configurationStores/*",
            documents=DOCUMENTS,
            newest=API_VERSION,
        )
        super().__init__(store, key, now, of, limits)
