"""Applications, their service principals and credentials, by the requests that the Azure CLI sends."""

from __future__ import annotations

import base64
import datetime as dt
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from graph_site import ADA, BILLING, SHARED, WEB, GraphSite

V1 = "https://graph.microsoft.com/v1.0"


def filtered(kind: str, text: str) -> str:
    """The address of a filtered list, as the Azure CLI writes it."""
    return f"{V1}/{kind}?$filter={quote(text, safe='')}"


def certificate(days: int = 365) -> str:
    """A self-signed certificate, as the text between the lines of its PEM form."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "CLI-Login")])
    begin = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1000, begin, begin + dt.timedelta(days))
    return base64.encodebytes(builder.sign(key, SHA256()).public_bytes(Encoding.DER)).decode()


async def created(graph: GraphSite, name: str = "job", who: str | None = None) -> dict[str, str]:
    """An application with its service principal and a secret, as `az ad sp create-for-rbac` makes them."""
    by = {"who": who} if who else {}
    made = await graph.ask("POST", f"{V1}/applications", {"displayName": name, "keyCredentials": []}, **by)
    assert made.status == 201, made.body
    assert made.body["passwordCredentials"] == []
    body = {
        "passwordCredential": {
            "displayName": "rbac",
            "endDateTime": "2029-01-01T00:00:00Z",
            "startDateTime": "2027-01-01T00:00:00Z",
        }
    }
    secret = await graph.ask("POST", f"{V1}/applications/{made.body['id']}/addPassword", body, **by)
    assert secret.status == 200
    app_id = made.body["appId"]
    principal = await graph.ask("POST", f"{V1}/servicePrincipals", {"appId": app_id}, **by)
    assert (principal.status, principal.body["appId"]) == (201, app_id)
    return {
        "id": made.body["id"],
        "appId": app_id,
        "password": secret.body["secretText"],
        "keyId": secret.body["keyId"],
        "sp": principal.body["id"],
    }


async def test_what_create_for_rbac_makes_signs_in_at_once_and_its_secret_is_shown_once(
    graph: GraphSite,
) -> None:
    assert (await graph.ask("GET", filtered("servicePrincipals", "displayName eq 'job'"))).value == []
    made = await created(graph)
    assert (await graph.sign_in(made["appId"], made["password"])).status == 200
    assert (await graph.sign_in(made["appId"], made["password"][:-1])).status == 401
    shown = (await graph.ask("GET", f"{V1}/applications/{made['id']}")).body["passwordCredentials"]
    assert [(one["secretText"], one["hint"], one["displayName"]) for one in shown] == [
        (None, made["password"][:3], "rbac")
    ]


async def test_an_application_without_a_service_principal_gets_no_token(graph: GraphSite) -> None:
    made = await created(graph)
    assert (await graph.ask("DELETE", f"{V1}/servicePrincipals/{made['sp']}")).status == 204
    refused = await graph.sign_in(made["appId"], made["password"])
    assert (refused.status, refused.body["error_codes"]) == (401, [7000229])
    again = await graph.ask("POST", f"{V1}/servicePrincipals", {"appId": made["appId"]})
    assert again.body["id"] != made["sp"]
    assert (await graph.sign_in(made["appId"], made["password"])).status == 200


async def test_a_secret_that_is_removed_is_refused_at_once(graph: GraphSite) -> None:
    made = await created(graph)
    at = f"{V1}/applications/{made['id']}/removePassword"
    assert (await graph.ask("POST", at, {"keyId": made["keyId"]})).status == 204
    assert (await graph.sign_in(made["appId"], made["password"])).body["error_codes"] == [7000215]
    assert (await graph.ask("POST", at, {"keyId": made["keyId"]})).refusal == (400, "Request_BadRequest")


async def test_a_secret_holds_within_its_time_alone(graph: GraphSite) -> None:
    made = await created(graph)
    graph.now += 3 * 365 * 86_400
    assert (await graph.sign_in(made["appId"], made["password"])).body["error_codes"] == [7000222]
    graph.now -= 6 * 365 * 86_400
    assert (await graph.sign_in(made["appId"], made["password"])).body["error_codes"] == [7000215]


async def test_a_deleted_application_is_gone_with_all_that_it_had(graph: GraphSite) -> None:
    made = await created(graph)
    token = (await graph.sign_in(made["appId"], made["password"])).body["access_token"]
    me = f"{V1}/servicePrincipals/{made['sp']}"
    assert (await graph.ask("GET", me, token=token)).status == 200
    assert (await graph.ask("DELETE", f"{V1}/applications/{made['id']}")).status == 204
    assert (await graph.ask("GET", me, token=token)).refusal == (401, "InvalidAuthenticationToken")
    assert (await graph.sign_in(made["appId"], made["password"])).body["error_codes"] == [700016]
    assert (await graph.ask("GET", me)).refusal == (404, "Request_ResourceNotFound")


async def test_a_service_principal_that_is_disabled_gets_no_token_until_it_is_enabled(
    graph: GraphSite,
) -> None:
    made = await created(graph)
    at = f"{V1}/servicePrincipals/{made['sp']}"
    assert (await graph.ask("PATCH", at, {"accountEnabled": False})).status == 204
    assert (await graph.ask("GET", at)).body["accountEnabled"] is False
    assert (await graph.sign_in(made["appId"], made["password"])).body["error_codes"] == [7000112]
    assert (await graph.ask("PATCH", at, {"accountEnabled": True})).status == 204
    assert (await graph.sign_in(made["appId"], made["password"])).status == 200


@pytest.mark.parametrize("name", ["appId", "uri", "identity", "object"])
async def test_a_principal_is_found_by_any_of_its_service_principal_names(
    graph: GraphSite, name: str
) -> None:
    wanted, found = {
        "appId": (BILLING.client_id.upper(), BILLING.principal_id),
        "uri": ("api://billing", BILLING.principal_id),
        "identity": (SHARED.client_id, SHARED.principal_id),
        "object": (SHARED.principal_id, None),
    }[name]
    text = f"servicePrincipalNames/any(c:c eq '{wanted}')"
    value = (await graph.ask("GET", filtered("servicePrincipals", text))).value
    assert [one["id"] for one in value] == ([found] if found else [])


async def test_a_managed_identity_is_read_as_one_and_not_changed(graph: GraphSite) -> None:
    at = f"{V1}/servicePrincipals/{WEB.principal_id}"
    shown = (await graph.ask("GET", at)).body
    assert shown["servicePrincipalType"] == "ManagedIdentity"
    assert shown["alternativeNames"] == ["isExplicit=False", WEB.resource_id]
    by_client = await graph.ask("GET", f"{V1}/servicePrincipals(appId='{SHARED.client_id}')")
    assert by_client.body["alternativeNames"][0] == "isExplicit=True"
    assert (await graph.ask("DELETE", at)).refusal == (400, "Request_BadRequest")
    assert (await graph.ask("POST", f"{at}/addPassword", {})).refusal == (400, "Request_BadRequest")


async def test_certificates_are_replaced_as_a_list_and_kept_by_their_key_ids(graph: GraphSite) -> None:
    made = await created(graph)
    at = f"{V1}/applications/{made['id']}"
    entry = {
        "@odata.type": "#microsoft.graph.keyCredential",
        "displayName": None,
        "endDateTime": "2027-12-31T00:00:00Z",
        "key": certificate(),
        "keyId": "0c0c0000-0000-4000-8000-000000000001",
        "startDateTime": "2027-01-01T00:00:00Z",
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }
    assert (await graph.ask("PATCH", at, {"keyCredentials": [entry]})).status == 204
    kept = (await graph.ask("GET", at)).body["keyCredentials"]
    assert [(one["keyId"], one["key"]) for one in kept] == [(entry["keyId"], None)]
    more = {**entry, "key": certificate(), "keyId": "0c0c0000-0000-4000-8000-000000000002"}
    assert (await graph.ask("PATCH", at, {"keyCredentials": [*kept, more]})).status == 204
    assert len((await graph.ask("GET", at)).body["keyCredentials"]) == 2
    late = {**more, "endDateTime": "2030-01-01T00:00:00Z"}
    refused = await graph.ask("PATCH", at, {"keyCredentials": [late]})
    assert refused.refusal == (400, "KeyCredentialsInvalidEndDate")
    nonsense = {**more, "key": "bm90IGEgY2VydGlmaWNhdGU="}
    refused = await graph.ask("PATCH", at, {"keyCredentials": [nonsense]})
    assert refused.refusal == (400, "KeyCredentialsInvalidKey")
    assert (await graph.ask("PATCH", at, {"keyCredentials": []})).status == 204
    assert (await graph.ask("GET", at)).body["keyCredentials"] == []


async def test_federated_credentials_keep_the_rules_of_all_others(graph: GraphSite) -> None:
    at = f"{V1}/applications/{BILLING.object_id}/federatedIdentityCredentials"
    body = {
        "name": "github",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:octo/orders:ref:refs/heads/main",
        "description": "CI",
        "audiences": ["api://AzureADTokenExchange"],
    }
    made = await graph.ask("POST", at, body)
    assert (made.status, made.body["description"]) == (201, "CI")
    assert (await graph.ask("POST", at, body)).refusal == (409, "Request_MultipleObjectsWithSameKeyValue")
    same = {**body, "name": "other"}
    assert (await graph.ask("POST", at, same)).refusal == (400, "Request_BadRequest")
    assert (await graph.ask("PATCH", f"{at}/github", {"subject": "repo:octo/orders:*"})).status == 400
    assert (await graph.ask("PATCH", f"{at}/{made.body['id']}", {"subject": "repo:octo/x"})).status == 204
    assert (await graph.ask("GET", f"{at}/github")).body["subject"] == "repo:octo/x"
    assert [one["name"] for one in (await graph.ask("GET", at)).value] == ["github"]
    assert (await graph.ask("DELETE", f"{at}/github")).status == 204
    assert (await graph.ask("GET", f"{at}/github")).refusal == (404, "Request_ResourceNotFound")


async def test_what_nothing_acts_on_is_kept_as_it_was_written(graph: GraphSite) -> None:
    web = {"homePageUrl": "https://x", "redirectUris": ["https://x/cb"]}
    body = {"displayName": "site", "web": web, "tags": ["a"], "api": {"requestedAccessTokenVersion": 2}}
    made = (await graph.ask("POST", f"{V1}/applications", body)).body
    shown = (await graph.ask("GET", f"{V1}/applications(appId='{made['appId']}')")).body
    assert (shown["web"], shown["tags"]) == (web, ["a"])
    assert shown["api"]["requestedAccessTokenVersion"] == 2
    assert shown["signInAudience"] == "AzureADMyOrg"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"displayName": 1},
        {"displayName": "x", "colour": "red"},
        {"displayName": "x", "signInAudience": "AzureADMultipleOrgs"},
        {"displayName": "x", "identifierUris": ["https://vault.azure.net"]},
        {"displayName": "x", "identifierUris": ["API://Billing"]},
        {"displayName": "x", "identifierUris": "api://x"},
        {"displayName": "x", "passwordCredentials": [{"secretText": "given"}]},
    ],
)
async def test_an_application_that_cannot_be_is_refused(graph: GraphSite, body: dict[str, object]) -> None:
    assert (await graph.ask("POST", f"{V1}/applications", body)).refusal == (400, "Request_BadRequest")


async def test_a_service_principal_is_made_once_and_of_an_application_that_there_is(graph: GraphSite) -> None:
    twice = await graph.ask("POST", f"{V1}/servicePrincipals", {"appId": BILLING.client_id})
    assert twice.refusal == (409, "Request_MultipleObjectsWithSameKeyValue")
    unknown = await graph.ask("POST", f"{V1}/servicePrincipals", {"appId": SHARED.client_id})
    assert unknown.refusal == (400, "NoBackingApplicationObject")
    assert " does not reference " in unknown.body["error"]["message"]


async def test_whoever_registers_an_application_owns_it_and_a_stranger_does_not_touch_it(
    graph: GraphSite,
) -> None:
    made = await created(graph, who=ADA)
    at = f"{V1}/applications/{made['id']}"
    assert [one["id"] for one in (await graph.ask("GET", f"{at}/owners", who=ADA)).value] == [ADA]
    assert (await graph.ask("POST", f"{at}/addPassword", {}, who=ADA)).status == 200
    body = {"displayName": "mine now"}
    billing = f"{V1}/applications/{BILLING.object_id}"
    for address in (billing, f"{V1}/applications(appId='{BILLING.client_id}')"):
        refused = await graph.ask("PATCH", address, body, who=ADA)
        assert refused.refusal == (403, "Authorization_RequestDenied")
        assert refused.body["error"]["message"] == "Insufficient privileges to complete the operation."
    assert (await graph.ask("POST", f"{billing}/addPassword", {}, who=ADA)).status == 403
    owner = {"@odata.id": f"{V1}/directoryObjects/{ADA}"}
    assert (await graph.ask("POST", f"{billing}/owners/$ref", owner, who=ADA)).status == 403
    assert (await graph.ask("POST", f"{billing}/owners/$ref", owner)).status == 204
    assert (await graph.ask("PATCH", billing, body, who=ADA)).status == 204
    assert (await graph.ask("DELETE", f"{billing}/owners/{ADA}/$ref")).status == 204
    assert (await graph.ask("PATCH", billing, body, who=ADA)).status == 403


async def test_an_application_and_an_identity_read_nothing_but_themselves(graph: GraphSite) -> None:
    for who in (BILLING.principal_id, SHARED.principal_id):
        for kind in ("applications", "servicePrincipals", "users", "groups"):
            refused = await graph.ask("GET", f"{V1}/{kind}", who=who)
            assert refused.refusal == (403, "Authorization_RequestDenied")
    own = f"{V1}/servicePrincipals/{BILLING.principal_id}"
    assert (await graph.ask("GET", own, who=BILLING.principal_id)).status == 200
    assert (await graph.ask("GET", own, who=SHARED.principal_id)).status == 403
    mine = f"{V1}/servicePrincipals(appId='{SHARED.client_id}')"
    assert (await graph.ask("GET", mine, who=SHARED.principal_id)).status == 200
    assert (await graph.ask("GET", mine, who=WEB.principal_id)).status == 403
    await graph.give(SHARED.principal_id, "Directory Readers")
    assert (await graph.ask("GET", own, who=SHARED.principal_id)).status == 200


async def test_a_permission_of_graph_is_given_and_taken_by_the_global_administrator(graph: GraphSite) -> None:
    itself = (
        await graph.ask("GET", filtered("servicePrincipals", "displayName eq 'Microsoft Graph'"))
    ).value[0]
    (role,) = [one for one in itself["appRoles"] if one["value"] == "User.Read.All"]
    at = f"{V1}/servicePrincipals/{SHARED.principal_id}/appRoleAssignments"
    body = {"principalId": SHARED.principal_id, "resourceId": itself["id"], "appRoleId": role["id"]}
    await graph.give(ADA, "Application Administrator")
    assert (await graph.ask("POST", at, body, who=ADA)).status == 403
    made = await graph.ask("POST", at, body)
    assert made.status == 201
    assert (await graph.ask("POST", at, body)).status == 400
    assert (await graph.ask("GET", f"{V1}/users", who=SHARED.principal_id)).status == 200
    given = f"{V1}/servicePrincipals/{itself['id']}/appRoleAssignedTo"
    assert [one["principalDisplayName"] for one in (await graph.ask("GET", given)).value] == ["shared"]
    assert (await graph.ask("DELETE", f"{at}/{made.body['id']}")).status == 204
    assert (await graph.ask("GET", at)).value == []
    assert (await graph.ask("GET", f"{V1}/users", who=SHARED.principal_id)).status == 403
