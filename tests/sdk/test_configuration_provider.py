"""azure-appconfiguration-provider, sync and async: what an app is given, and how it hears of change."""

from __future__ import annotations

import pytest
from sdk_estates import DATA_OWNER, DATA_READER, ON_STORE, ON_VAULT, PLACES, SECRETS_USER, one_web_app
from sdk_site import Site

SETTINGS = """
- {key: "orders:pageSize", value: "20"}
- {key: "orders:pageSize", value: "100", label: prod}
- {key: "orders:limits", value: '{"max": 5}', contentType: application/json}
- {key: "orders:db", keyVaultReference: {vault: contoso-orders, secret: db-password}}
- {key: team, value: blue, tags: {team: blue}}
- {key: sentinel, value: "1"}
- {featureFlag: beta, enabled: false}
"""
PROGRAMS = ["provided_settings.py", "provided_settings_async.py"]


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_reader_of_store_and_vault_is_given_settings_references_and_flags(site: Site, program: str) -> None:
    roles = (SECRETS_USER, ON_VAULT), (DATA_READER, ON_STORE)
    site.declare(one_web_app(*roles, secrets="db-password: s3cret", settings=SETTINGS))
    seen = site.python(program, "load", env=PLACES).seen
    [flag] = seen.pop("flags")["feature_flags"]
    assert (flag["id"], flag["enabled"]) == ("beta", False)
    assert seen == {
        "plain": {
            "orders:pageSize": "20",
            "orders:limits": {"max": 5},
            "orders:db": "s3cret",
            "team": "blue",
            "sentinel": "1",
        },
        "labelled": {"pageSize": "100", "limits": {"max": 5}, "db": "s3cret"},
        "tagged": {"team": "blue"},
    }


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_change_is_seen_by_page_etags_at_once_and_by_a_watched_key_when_that_changes(
    site: Site, program: str
) -> None:
    roles = (SECRETS_USER, ON_VAULT), (DATA_OWNER, ON_STORE)
    site.declare(one_web_app(*roles, secrets="db-password: s3cret", settings=SETTINGS))
    assert site.python(program, "refresh", env=PLACES).seen == {
        "followed": True,
        "flagged": True,
        "before the sentinel": "20",
        "watched": True,
        "after the sentinel": "50",
    }
