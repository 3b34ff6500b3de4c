"""azure-identity's credentials, synchronous and asynchronous, where the table of clients shows nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sdk_estates import (
    ALL_IDS,
    APPLICATION,
    APPLICATION_SECRET,
    MACHINE,
    SECOND,
    SHARED,
    TENANT_ID,
    WEB,
    Identity,
    many_hosts,
)
from sdk_site import Site

LEGACY = {
    "TENANT_ID": TENANT_ID,
    "APP_ID": APPLICATION.client_id,
    "APP_SECRET": APPLICATION_SECRET,
    "AZURE_TENANT_ID": TENANT_ID,
    "AZURE_CLIENT_ID": APPLICATION.client_id,
    "AZURE_CLIENT_SECRET": APPLICATION_SECRET,
}


def claims_of(identity: Identity, host: Identity) -> dict[str, Any]:
    """What a token of an identity says on a host."""
    return {
        "aud": "https://vault.azure.net",
        "appid": identity.client_id,
        "oid": identity.principal_id,
        "sub": identity.principal_id,
        "tid": TENANT_ID,
        "iss": f"https://sts.windows.net/{TENANT_ID}/",
        "idtyp": "app",
        "ver": "1.0",
        "xms_mirid": identity.resource_id,
        "xms_az_rid": host.resource_id,
    }


@pytest.fixture
def hosts(site: Site) -> Site:
    """A project with hosts of every kind."""
    site.declare(many_hosts())
    return site


@pytest.mark.parametrize("program", ["managed_identities.py", "managed_identities_async.py"])
@pytest.mark.parametrize(("name", "host"), [("orders-web", WEB), ("orders-vm", MACHINE)])
def test_a_managed_identitys_token_says_whose_it_is_and_lives_for_a_day(
    hosts: Site, program: str, name: str, host: Identity
) -> None:
    seen = hosts.python(program, ALL_IDS, options=("--as", name)).seen
    lives = [outcome.pop("lives_s") for outcome in seen.values() if "lives_s" in outcome]
    assert {lives_s for lives_s in lives if not 86_300 < lives_s <= 86_400} == set()
    assert "AADSTS500011" in seen.pop("unknown resource")["message"]
    assert seen == {
        "unnamed": claims_of(host, host),
        "trailing slash": {**claims_of(host, host), "aud": "https://vault.azure.net/"},
        "shared, token info": {**claims_of(SHARED, host), "type": "Bearer"},
        "default by the environment's client id": claims_of(SECOND, host),
    }


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("orders-lone", "No Managed Identity found"),
        ("orders-none", "`orders-none` has no identity"),
        ("orders-crowded-vm", "Multiple user assigned identities exist"),
        ("orders-none-vm", "Identity not found"),
    ],
)
def test_a_host_without_an_identity_that_is_meant_says_so(hosts: Site, host: str, said: str) -> None:
    seen = hosts.python("whoami.py", options=("--as", host)).seen
    for client in ("sync", "async"):
        assert seen[client]["error"] in {"CredentialUnavailableError", "ClientAuthenticationError"}
        assert said in seen[client]["message"]


def test_a_machine_with_one_user_assigned_identity_alone_gives_its_token(hosts: Site) -> None:
    seen = hosts.python("whoami.py", options=("--as", "orders-lone-vm")).seen
    assert [seen[client]["oid"] for client in ("sync", "async")] == [SHARED.principal_id] * 2


def test_a_kept_client_secret_signs_in_as_before_and_fails_as_entra_does(hosts: Site) -> None:
    options = ("--as", "orders-web", "--keep-credentials")
    seen = hosts.python("client_secrets.py", options=options, env=LEGACY).seen
    claims = {
        name: value for name, value in claims_of(APPLICATION, WEB).items() if not name.startswith("xms")
    }
    for client in ("sync", "async"):
        outcomes = seen[client]
        assert outcomes.pop("right") == claims
        assert outcomes.pop("default") == claims
        assert outcomes.pop("with continuous access") == {**claims, "xms_cc": ["CP1"]}
        assert {outcome["error"] for outcome in outcomes.values()} == {"ClientAuthenticationError"}
        assert "AADSTS7000215" in outcomes["wrong secret"]["message"]
        assert "AADSTS700016" in outcomes["unknown application"]["message"]
        assert "AADSTS500011" in outcomes["unknown resource"]["message"]
        assert "AADSTS1002012" in outcomes["no default scope"]["message"]
        assert APPLICATION_SECRET not in json.dumps(outcomes)
    assert "check your tenant name or GUID" in seen["sync"]["unknown tenant"]["message"]
    assert "AADSTS90002" in seen["async"]["unknown tenant"]["message"]


def test_a_client_secret_that_was_taken_away_gives_way_to_the_managed_identity(hosts: Site) -> None:
    ran = hosts.python("client_secrets.py", options=("--as", "orders-web"), env=LEGACY)
    assert "AZURE_CLIENT_SECRET" in ran.stderr
    assert APPLICATION_SECRET not in ran.stderr
    for client in ("sync", "async"):
        assert ran.seen[client]["default"] == claims_of(WEB, WEB)


def test_a_token_verifies_by_what_its_issuer_publishes(hosts: Site) -> None:
    seen = hosts.python("verified_token.py", TENANT_ID, options=("--as", "orders-web")).seen
    assert {name: seen["claims"][name] for name in ("oid", "tid")} == {
        "oid": WEB.principal_id,
        "tid": TENANT_ID,
    }
    assert seen["published"]["issuer"] == seen["claims"]["iss"]
