"""A vault and a store taken down under clients whose connections are open."""

from __future__ import annotations

from sdk_estates import DATA_READER, ON_STORE, ON_VAULT, PLACES, SECRETS_USER, one_web_app
from sdk_site import Site


def test_clients_see_a_vault_and_a_store_go_down_at_once_and_come_back(site: Site) -> None:
    roles = ((SECRETS_USER, ON_VAULT), (DATA_READER, ON_STORE))
    site.declare(one_web_app(*roles, secrets="{db-password: horse}", settings='{"orders:size": "10"}'))
    seen = site.python("outages_seen.py", str(site.root), env=PLACES).seen
    assert seen == {
        "before": ["horse", "10"],
        "unavailable": [["HttpResponseError", 503]] * 2,
        "unreachable": [["ServiceRequestError", None]] * 2,
        "after": ["horse", "10"],
    }
