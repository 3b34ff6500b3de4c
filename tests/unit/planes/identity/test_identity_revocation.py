"""What the identity endpoints give to a revoked identity, and to one that is disabled."""

from __future__ import annotations

from identity_site import ORDERS, SYSTEM, VAULT_AUDIENCE, Site

from keyless.lifecycle.revoke import restore, revoke

HOST = "169.254.169.254"
PATH = "/metadata/identity/oauth2/token"
QUERY = {"api-version": "2018-02-01", "resource": VAULT_AUDIENCE}
HEADERS = {"Metadata": "true", "x-keyless-workload": ORDERS.secret}


async def test_a_revoked_identity_gets_a_new_token_in_the_same_second(metadata: Site) -> None:
    await metadata.host(system=True)
    first = await metadata.get(HOST, PATH, QUERY, HEADERS)
    again = await metadata.get(HOST, PATH, QUERY, HEADERS)
    assert again.body["access_token"] == first.body["access_token"]
    await revoke(metadata.store, SYSTEM.principal_id, metadata.now)
    renewed = await metadata.get(HOST, PATH, QUERY, HEADERS)
    assert renewed.body["access_token"] != first.body["access_token"]
    assert metadata.verified(renewed).principal.principal_id == SYSTEM.principal_id


async def test_a_disabled_identity_gets_none_until_it_is_restored(metadata: Site) -> None:
    await metadata.host(system=True)
    await metadata.get(HOST, PATH, QUERY, HEADERS)
    await revoke(metadata.store, SYSTEM.principal_id, metadata.now, disable=True)
    refused = await metadata.get(HOST, PATH, QUERY, HEADERS)
    assert (refused.status, refused.body["error"]) == (400, "unauthorized_client")
    assert "AADSTS7000112" in refused.body["error_description"]
    await restore(metadata.store, SYSTEM.principal_id)
    assert (await metadata.get(HOST, PATH, QUERY, HEADERS)).status == 200


async def test_app_service_says_so_in_its_own_form(app_service: Site) -> None:
    await app_service.host(system=True)
    await revoke(app_service.store, SYSTEM.principal_id, app_service.now, disable=True)
    query = {"api-version": "2019-08-01", "resource": VAULT_AUDIENCE}
    refused = await app_service.get("127.0.0.1", "/msi/token", query, {"X-IDENTITY-HEADER": ORDERS.secret})
    assert (refused.status, refused.body["statusCode"]) == (400, 400)
    assert "AADSTS7000112" in refused.body["message"]
