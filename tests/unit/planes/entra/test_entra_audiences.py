"""For what tokens are: every audience of the catalog, and the estate's applications, at both endpoints."""

from __future__ import annotations

import base64

import msgspec
import pytest
from login_site import CLIENT_ID, CREDENTIALS, TENANT, Answer, Login

from keyless.catalog.services import services
from keyless.lifecycle.applications import application_key
from keyless.model.identities import Application
from keyless.store.collections import APPLICATIONS

EVERY_AUDIENCE = sorted({audience for service in services() for audience in service.audiences})
AT_ENDPOINTS = [
    "https://contoso.azconfig.io",
    "https://help.westeurope.kusto.windows.net",
    "https://orders-fhir.fhir.azurehealthcareapis.com",
]
ORDERS = Application(
    "orders-api",
    "a0000000-0000-4000-8000-00000000000a",
    "o",
    identifier_uris=("api://orders", "https://contoso.onmicrosoft.com/orders"),
)
PARTNERS = msgspec.structs.replace(
    ORDERS,
    name="partners-api",
    client_id="b0000000-0000-4000-8000-00000000000b",
    identifier_uris=("api://Partners",),
    token_version=2,
)


def claims(answer: Answer) -> dict[str, object]:
    assert answer.status == 200, answer.body
    part = answer.body["access_token"].split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=dict)


async def v2(login: Login, scope: str) -> Answer:
    return await login.token(CREDENTIALS | {"scope": scope})


async def v1(login: Login, resource: str) -> Answer:
    return await login.post(f"/{TENANT.tenant_id}/oauth2/token", CREDENTIALS | {"resource": resource})


@pytest.fixture
async def apis(legacy: Login) -> Login:
    """The login hosts, with two applications that are resources."""
    async with legacy.store.transaction() as transaction:
        for one in (ORDERS, PARTNERS):
            await transaction.put(APPLICATIONS, application_key(one.client_id), one)
    return legacy


async def test_every_audience_of_the_catalog_is_had_from_both_endpoints_with_and_without_a_slash(
    legacy: Login,
) -> None:
    for audience in (*EVERY_AUDIENCE, *AT_ENDPOINTS):
        for slash in ("", "/"):
            wanted = audience + slash
            for answer in (await v2(legacy, f"{wanted}/.default"), await v1(legacy, wanted)):
                assert legacy.verified(answer, wanted).audience == wanted
                assert claims(answer)["ver"] == "1.0"


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("uri", [*ORDERS.identifier_uris, ORDERS.client_id])
async def test_a_version_1_application_gets_the_audience_that_was_asked_for(
    apis: Login, uri: str, slash: str
) -> None:
    for answer in (await v2(apis, f"{uri}{slash}/.default"), await v1(apis, uri + slash)):
        found = claims(answer)
        assert (found["aud"], found["ver"], found["appid"]) == (uri + slash, "1.0", CLIENT_ID)
        assert "idtyp" not in found


@pytest.mark.parametrize("uri", [*PARTNERS.identifier_uris, PARTNERS.client_id, "API://PARTNERS"])
async def test_a_version_2_application_always_gets_its_client_id(apis: Login, uri: str) -> None:
    for answer in (await v2(apis, f"{uri}/.default"), await v1(apis, uri)):
        found = claims(answer)
        assert (found["aud"], found["ver"], found["azp"]) == (PARTNERS.client_id, "2.0", CLIENT_ID)
        assert found["iss"] == f"https://login.microsoftonline.com/{TENANT.tenant_id}/v2.0"


@pytest.mark.parametrize(
    "resource", ["api://nobody", "api://orders//", "api://order", "a0000000-0000-4000-8000-00000000000c", "/"]
)
async def test_an_application_that_is_not_there_is_no_resource(apis: Login, resource: str) -> None:
    assert (await v1(apis, resource)).refusal == (400, "invalid_resource", [500011])


async def test_an_application_that_took_a_services_audience_gets_none_of_its_tokens(legacy: Login) -> None:
    thief = msgspec.structs.replace(PARTNERS, identifier_uris=("https://vault.azure.net",))
    async with legacy.store.transaction() as transaction:
        await transaction.put(APPLICATIONS, application_key(thief.client_id), thief)
    answer = await v2(legacy, "https://vault.azure.net/.default")
    assert claims(answer)["aud"] == "https://vault.azure.net"
    assert claims(answer)["ver"] == "1.0"
