"""What evidence keeps of tokens given to workloads: so that it shows who is on a managed identity already."""

from __future__ import annotations

from identity_site import ORDERS, READER, SITE, SYSTEM, VAULT_AUDIENCE, Site

from keyless.evidence.recorder import SignInKey
from keyless.model.evidence import SignInMethod
from keyless.model.identities import ManagedIdentity


def through(kind: str, identity: ManagedIdentity) -> SignInKey:
    method = SignInMethod.MANAGED_IDENTITY
    who = identity.principal_id, identity.client_id
    return SignInKey(*who, method, kind, VAULT_AUDIENCE, host=SITE)


async def test_a_token_of_app_service_is_counted(app_service: Site) -> None:
    await app_service.host(system=True)
    query = {"api-version": "2019-08-01", "resource": f"{VAULT_AUDIENCE}/"}
    headers = {"X-IDENTITY-HEADER": ORDERS.secret}
    for _ in range(2):
        assert (await app_service.get("127.0.0.1:1", "/msi/token", query, headers)).status == 200
    assert app_service.sign_ins() == [(through("app-service", SYSTEM), 2)]


async def test_a_token_of_the_metadata_service_is_counted_and_no_refusal(metadata: Site) -> None:
    await metadata.host(given=(READER,))
    path = "/metadata/identity/oauth2/token"
    headers = {"Metadata": "true", "x-keyless-workload": ORDERS.secret}
    for resource in (VAULT_AUDIENCE, "https://nothing.example"):
        await metadata.get(
            "169.254.169.254", path, {"api-version": "2018-02-01", "resource": resource}, headers
        )
    assert metadata.sign_ins() == [(through("vm", READER), 1)]
