"""For what the identity endpoints give tokens: the catalog's audiences, and the estate's applications."""

from __future__ import annotations

import base64

import msgspec
import pytest
from identity_site import ORDERS, SYSTEM, TENANT, Answer, Site

from keyless.catalog.services import services
from keyless.model.identities import Application
from keyless.store.collections import APPLICATIONS

EVERY_AUDIENCE = sorted({audience for service in services() for audience in service.audiences})
PARTNERS = Application(
    "partners-api",
    "b0000000-0000-4000-8000-00000000000b",
    "o",
    identifier_uris=("api://partners",),
    token_version=2,
)


async def from_machine(site: Site, resource: str) -> Answer:
    return await site.get(
        "169.254.169.254",
        "/metadata/identity/oauth2/token",
        {"api-version": "2018-02-01", "resource": resource},
        {"Metadata": "true", "x-keyless-workload": ORDERS.secret},
    )


async def from_app_service(site: Site, resource: str) -> Answer:
    return await site.get(
        "127.0.0.1",
        "/msi/token",
        {"api-version": "2019-08-01", "resource": resource},
        {"X-IDENTITY-HEADER": ORDERS.secret},
    )


def claims(answer: Answer) -> dict[str, object]:
    assert answer.status == 200, answer.body
    part = answer.body["access_token"].split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=dict)


async def test_every_audience_of_the_catalog_is_had_with_and_without_a_slash(
    metadata: Site, app_service: Site
) -> None:
    for site, ask in ((metadata, from_machine), (app_service, from_app_service)):
        await site.host(system=True)
        for audience in EVERY_AUDIENCE:
            for wanted in (audience, audience + "/"):
                answer = await ask(site, wanted)
                assert site.verified(answer, wanted).audience == wanted
                assert answer.body["resource"] == wanted


@pytest.mark.parametrize("resource", ["api://partners", "api://partners/", PARTNERS.client_id])
async def test_a_managed_identity_gets_a_version_2_token_for_an_application(
    metadata: Site, app_service: Site, resource: str
) -> None:
    for site, ask in ((metadata, from_machine), (app_service, from_app_service)):
        await site.host(system=True)
        async with site.store.transaction() as transaction:
            await transaction.put(APPLICATIONS, (PARTNERS.client_id,), PARTNERS)
        answer = await ask(site, resource)
        found = claims(answer)
        assert answer.body["resource"] == resource
        assert (found["aud"], found["ver"], found["azp"]) == (PARTNERS.client_id, "2.0", SYSTEM.client_id)
        assert found["iss"] == f"https://login.microsoftonline.com/{TENANT.tenant_id}/v2.0"
        assert "xms_mirid" not in found
