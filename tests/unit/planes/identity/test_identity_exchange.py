"""Tokens of the site's own issuer, from the endpoints that workloads ask anyway."""

from __future__ import annotations

import base64

import msgspec
import pytest
from identity_site import ORDERS, READER, SYSTEM, Answer, Site

from keyless.lifecycle.revoke import revoke
from keyless.model.federated_credentials import EXCHANGE_CLIENT_ID
from keyless.model.identities import Federation
from keyless.store.collections import FEDERATION
from keyless.tokens.claims import v2_issuer

ISSUER = "https://id.example.org"
EXCHANGE = "api://AzureADTokenExchange"


async def ask(site: Site, resource: str = EXCHANGE, **more: str) -> Answer:
    return await site.get(
        "169.254.169.254",
        "/metadata/identity/oauth2/token",
        {"api-version": "2018-02-01", "resource": resource, **more},
        {"Metadata": "true", "x-keyless-workload": ORDERS.secret},
    )


def claims(answer: Answer) -> dict[str, object]:
    assert answer.status == 200, answer.body
    part = answer.body["access_token"].split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=dict)


@pytest.fixture
async def trusted(metadata: Site) -> Site:
    """A machine of a site that is an issuer."""
    await metadata.host(system=True, given=(READER,))
    async with metadata.store.transaction() as transaction:
        await transaction.put(FEDERATION, ("federation",), Federation(ISSUER))
    return metadata


@pytest.mark.parametrize("resource", [EXCHANGE, "api://azureadtokenexchange"])
async def test_a_workload_gets_a_token_of_the_sites_issuer_for_each_of_its_identities(
    trusted: Site, resource: str, now: int
) -> None:
    for more, identity in (({}, SYSTEM), ({"client_id": READER.client_id}, READER)):
        answer = await ask(trusted, resource, **more)
        found = claims(answer)
        assert (found["iss"], found["sub"], found["aud"]) == (ISSUER, identity.principal_id, EXCHANGE)
        assert found["exp"] == now + 3600
        assert (answer.body["expires_in"], answer.body["resource"]) == ("3600", resource)


async def test_each_request_gets_a_token_of_its_own(trusted: Site) -> None:
    assert claims(await ask(trusted))["jti"] != claims(await ask(trusted))["jti"]


async def test_where_the_site_is_no_issuer_the_token_is_entras_own_of_version_2(metadata: Site) -> None:
    await metadata.host(system=True)
    found = claims(await ask(metadata))
    assert (found["aud"], found["ver"]) == (EXCHANGE_CLIENT_ID, "2.0")
    assert (found["iss"], found["sub"]) == (v2_issuer(str(found["tid"])), SYSTEM.principal_id)


async def test_a_disabled_identity_is_not_trusted_elsewhere_either(trusted: Site) -> None:
    await revoke(trusted.store, SYSTEM.principal_id, trusted.now, disable=True)
    assert (await ask(trusted)).status == 400


async def test_anothers_identity_is_as_unknown_as_for_any_other_token(trusted: Site) -> None:
    assert (await ask(trusted, client_id="id-foreign-client-ID")).status == 400


async def test_other_resources_get_what_they_always_got(trusted: Site) -> None:
    assert claims(await ask(trusted, "https://vault.azure.net"))["aud"] == "https://vault.azure.net"
    assert (await ask(trusted, EXCHANGE + "/")).status == 400
