"""Users, groups and memberships, lists and lookups, by the requests that the Azure CLI sends."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from graph_site import ADA, ADMIN, BILLING, BOB, DEVS, EVERYONE, SHARED, TENANT, WEB, GraphSite

V1 = "https://graph.microsoft.com/v1.0"


def reference(object_id: str) -> dict[str, str]:
    """A reference to an object, as the Azure CLI writes it."""
    return {"@odata.id": f"{V1}/directoryObjects/{object_id}"}


async def filtered(graph: GraphSite, kind: str, text: str) -> list[str]:
    """The names of the objects that a filter lets through."""
    found = await graph.ask("GET", f"{V1}/{kind}?$filter={quote(text, safe='')}")
    return [one["displayName"] for one in found.value]


@pytest.mark.parametrize(
    ("kind", "text", "names"),
    [
        ("users", "userPrincipalName eq 'ADA@contoso'", ["Ada Byron"]),
        ("users", "startswith(displayName,'ada')", ["Ada Byron"]),
        ("users", "startswith(displayName,'a') and not (displayName eq 'Admin')", ["Ada Byron"]),
        ("users", "userType eq 'Member' and accountEnabled eq true and endswith(mail,'x')", []),
        ("users", "id in ('x', '" + ADA + "')", ["Ada Byron"]),
        ("users", "displayName eq 'O''Brien' or displayName ge 'bob'", ["Bob"]),
        ("groups", "displayName eq 'devs' and mailNickname eq '" + DEVS.principal_id[:8] + "'", ["devs"]),
        ("groups", "mailEnabled eq false and securityEnabled ne false", ["devs", "everyone"]),
        ("applications", "identifierUris/any(s:s eq 'api://BILLING')", ["billing"]),
        ("applications", "identifierUris/any(s:startswith(s,'api://x'))", []),
        ("applications", "web/homePageUrl eq null", ["billing"]),
        ("servicePrincipals", "servicePrincipalType eq 'ManagedIdentity'", ["shared", "web"]),
        ("servicePrincipals", f"alternativeNames/any(p:p eq '{WEB.resource_id.lower()}')", ["web"]),
    ],
)
async def test_lists_are_filtered_as_tools_ask_for_it(
    graph: GraphSite, kind: str, text: str, names: list[str]
) -> None:
    assert await filtered(graph, kind, text) == names


@pytest.mark.parametrize(
    "text",
    [
        "colour eq 'red'",
        "displayName like 'x'",
        "displayName eq",
        "displayName eq 'x",
        "displayName eq 'x' displayName",
        "(" * 40 + "displayName eq 'x'" + ")" * 40,
        "x" * 9000,
        "startswith(displayName 'x')",
        "identifierUris/any(s:t eq 'x')",
        "displayName in ()",
    ],
)
async def test_a_filter_that_is_not_understood_is_refused_and_never_passed_over(
    graph: GraphSite, text: str
) -> None:
    answer = await graph.ask("GET", f"{V1}/applications?$filter={quote(text, safe='')}")
    assert answer.refusal == (400, "Request_BadRequest")


async def test_a_list_comes_in_pages_with_a_count_and_only_what_was_selected(graph: GraphSite) -> None:
    page = (await graph.ask("GET", f"{V1}/users?$top=2&$count=true&$select=displayName")).body
    assert page["@odata.count"] == 3
    assert [set(one) for one in page["value"]] == [{"displayName"}] * 2
    rest = (await graph.ask("GET", page["@odata.nextLink"])).body
    assert len(rest["value"]) == 1
    assert "@odata.nextLink" not in rest
    by_name = (await graph.ask("GET", f"{V1}/users?$orderby=displayName%20desc")).value
    assert [one["displayName"] for one in by_name] == ["Bob", "Admin", "Ada Byron"]
    for wrong in ("$top=0", "$top=1000", "$skiptoken=x"):
        assert (await graph.ask("GET", f"{V1}/users?{wrong}")).status == 400


async def test_a_search_finds_words_and_needs_its_header(graph: GraphSite) -> None:
    address = f"{V1}/users?$search={quote(chr(34) + 'displayName:by' + chr(34))}"
    assert (await graph.ask("GET", address)).status == 400
    found = await graph.ask("GET", address, headers={"ConsistencyLevel": "eventual"})
    assert [one["displayName"] for one in found.value] == ["Ada Byron"]
    for wrong in ('"colour:red"', "displayName:by", '"displayName:ada" x'):
        wanted = f"{V1}/users?$search={quote(wrong)}"
        assert (await graph.ask("GET", wanted, headers={"ConsistencyLevel": "eventual"})).status == 400


async def test_ids_are_looked_up_with_their_types_and_unknown_ones_left_out(graph: GraphSite) -> None:
    ids = [ADA, DEVS.principal_id, BILLING.principal_id, BILLING.object_id, WEB.principal_id, "nobody"]
    types = ["user", "group", "servicePrincipal", "directoryObjectPartnerReference"]
    found = await graph.ask("POST", f"{V1}/directoryObjects/getByIds", {"ids": ids, "types": types})
    assert {one["@odata.type"].rpartition(".")[2] for one in found.value} == {
        "user",
        "group",
        "servicePrincipal",
    }
    assert len(found.value) == 4
    everything = await graph.ask("POST", f"{V1}/directoryObjects/getByIds", {"ids": ids})
    assert len(everything.value) == 5
    one = await graph.ask("GET", f"{V1}/directoryObjects/{ADA}")
    assert one.body["@odata.type"] == "#microsoft.graph.user"
    assert (await graph.ask("GET", f"{V1}/directoryObjects/nobody")).status == 404


async def test_membership_is_transitive(graph: GraphSite) -> None:
    body = {"securityEnabledOnly": False}
    for at in (f"users/{ADA}", f"directoryObjects/{ADA}", "users/ada@contoso"):
        found = (await graph.ask("POST", f"{V1}/{at}/getMemberGroups", body)).value
        assert set(map(str, found)) == {DEVS.principal_id, EVERYONE.principal_id}
    direct = await graph.ask("GET", f"{V1}/users/{ADA}/memberOf")
    assert [one["displayName"] for one in direct.value] == ["devs"]
    through = await graph.ask("GET", f"{V1}/users/{ADA}/transitiveMemberOf")
    assert [one["displayName"] for one in through.value] == ["devs", "everyone"]
    check = f"{V1}/directoryObjects/{ADA}/checkMemberGroups"
    found = (await graph.ask("POST", check, {"groupIds": [EVERYONE.principal_id, "other"]})).value
    assert found == [EVERYONE.principal_id]
    inside = await graph.ask("GET", f"{V1}/groups/{EVERYONE.principal_id}/transitiveMembers")
    assert [one["displayName"] for one in inside.value] == ["Ada Byron", "devs"]


async def test_a_ring_of_groups_ends_nowhere(graph: GraphSite) -> None:
    at = f"{V1}/groups/{DEVS.principal_id}/members/$ref"
    assert (await graph.ask("POST", at, reference(EVERYONE.principal_id))).status == 204
    found = await graph.ask("POST", f"{V1}/groups/{DEVS.principal_id}/getMemberGroups", {})
    assert set(map(str, found.value)) == {DEVS.principal_id, EVERYONE.principal_id}
    assert (await graph.ask("POST", at, reference(DEVS.principal_id))).status == 400


async def test_members_of_every_type_come_and_go(graph: GraphSite) -> None:
    body = {"displayName": "ops", "mailNickname": "ops", "mailEnabled": False, "securityEnabled": True}
    made = await graph.ask("POST", f"{V1}/groups", body)
    assert (made.status, made.body["mailNickname"]) == (201, "ops")
    assert made.body["securityIdentifier"].startswith("S-1-12-1-")
    at = f"{V1}/groups/{made.body['id']}/members"
    for member in (ADA, WEB.principal_id, BILLING.principal_id, DEVS.principal_id):
        assert (await graph.ask("POST", f"{at}/$ref", reference(member))).status == 204
    again = await graph.ask("POST", f"{at}/$ref", reference(ADA))
    assert "already exist" in again.body["error"]["message"]
    assert (await graph.ask("POST", f"{at}/$ref", reference("nobody"))).status == 404
    assert (await graph.ask("POST", f"{at}/$ref", {"@odata.id": "https://x/y/z"})).status == 400
    assert len((await graph.ask("GET", at)).value) == 4
    assert (await graph.ask("DELETE", f"{at}/{ADA}/$ref")).status == 204
    assert (await graph.ask("DELETE", f"{at}/{ADA}/$ref")).status == 404
    owners = await graph.ask("GET", f"{V1}/groups/{made.body['id']}/owners")
    assert [one["id"] for one in owners.value] == [ADMIN]
    assert (await graph.ask("DELETE", f"{V1}/groups/{made.body['id']}")).status == 204
    assert (await graph.ask("GET", f"{V1}/groups/{made.body['id']}")).status == 404


async def test_a_group_of_a_kind_that_is_not_hosted_is_refused(graph: GraphSite) -> None:
    body = {"displayName": "x", "mailNickname": "x", "mailEnabled": False, "securityEnabled": True}
    for wrong in (
        {"groupTypes": ["Unified"]},
        {"mailEnabled": True},
        {"securityEnabled": False},
        {"isAssignableToRole": True},
        {"membershipRule": "user.x"},
        {"colour": "red"},
        {"members@odata.bind": [f"{V1}/directoryObjects/nobody"]},
    ):
        assert (await graph.ask("POST", f"{V1}/groups", body | wrong)).status in {400, 404}
    bound = {"members@odata.bind": [f"{V1}/directoryObjects/{SHARED.principal_id}"]}
    at = f"{V1}/groups/{DEVS.principal_id}"
    assert (await graph.ask("PATCH", at, bound | {"description": "who codes"})).status == 204
    assert (await graph.ask("PATCH", at, bound)).status == 400
    assert (await graph.ask("GET", at)).body["description"] == "who codes"


async def test_an_owner_of_a_group_chooses_its_members_and_nobody_else_does(graph: GraphSite) -> None:
    body = {"displayName": "mine", "mailNickname": "mine", "mailEnabled": False, "securityEnabled": True}
    made = (await graph.ask("POST", f"{V1}/groups", body, who=ADA)).body
    mine, theirs = (f"{V1}/groups/{one}/members/$ref" for one in (made["id"], DEVS.principal_id))
    assert (await graph.ask("POST", mine, reference(BOB), who=ADA)).status == 204
    assert (await graph.ask("POST", theirs, reference(BOB), who=ADA)).status == 403
    owned = (await graph.ask("GET", f"{V1}/me/ownedObjects", who=ADA)).value
    assert [one["displayName"] for one in owned] == ["mine"]


async def test_a_user_is_made_without_a_password_and_deleted_with_his_memberships(graph: GraphSite) -> None:
    body = {
        "userPrincipalName": "eve@contoso.onmicrosoft.com",
        "displayName": "Eve",
        "mailNickname": "eve",
        "accountEnabled": True,
        "passwordProfile": {"password": "never kept", "forceChangePasswordNextSignIn": False},
    }
    made = await graph.ask("POST", f"{V1}/users", body)
    assert made.status == 201
    assert "passwordProfile" not in made.body
    assert (await graph.ask("POST", f"{V1}/users", body)).status == 400
    eve = made.body["id"]
    await graph.ask("POST", f"{V1}/groups/{DEVS.principal_id}/members/$ref", reference(eve))
    assert (await graph.ask("GET", f"{V1}/me", who=eve)).body["displayName"] == "Eve"
    at = f"{V1}/users/eve@contoso.onmicrosoft.com"
    assert (await graph.ask("PATCH", at, {"displayName": "Eva", "accountEnabled": False})).status == 204
    assert (await graph.ask("GET", f"{V1}/me", who=eve)).status == 401
    assert (await graph.ask("GET", f"{at}?$select=accountEnabled")).body["accountEnabled"] is False
    assert (await graph.ask("DELETE", at)).status == 204
    members = await graph.ask("GET", f"{V1}/groups/{DEVS.principal_id}/members")
    assert [one["id"] for one in members.value] == [ADA]


async def test_nobody_but_an_administrator_makes_users_and_nobody_changes_who_is_at_the_keyboard(
    graph: GraphSite,
) -> None:
    body = {"userPrincipalName": "eve@contoso", "displayName": "Eve"}
    assert (await graph.ask("POST", f"{V1}/users", body, who=ADA)).status == 403
    assert (await graph.ask("PATCH", f"{V1}/users/{ADMIN}", {"displayName": "x"}, who=ADA)).status == 403
    assert (await graph.ask("DELETE", f"{V1}/users/{BOB}")).status == 400
    assert (await graph.ask("PATCH", f"{V1}/users/{BOB}", {"displayName": "x"})).status == 400
    for wrong in ("no-domain", "a b@c", "x@", 1):
        refused = await graph.ask("POST", f"{V1}/users", body | {"userPrincipalName": wrong})
        assert refused.status == 400


async def test_me_is_for_users(graph: GraphSite) -> None:
    assert (await graph.ask("GET", f"{V1}/me")).body["userPrincipalName"] == "admin@contoso"
    await graph.give(SHARED.principal_id, "Directory Readers")
    refused = await graph.ask("GET", f"{V1}/me", who=SHARED.principal_id)
    assert refused.refusal == (400, "BadRequest")


async def test_the_tenant_has_one_organization_and_domain_and_no_delegated_permissions(
    graph: GraphSite,
) -> None:
    assert (await graph.ask("GET", f"{V1}/organization")).value[0]["id"] == TENANT.tenant_id
    assert (await graph.ask("GET", f"{V1}/domains")).value[0]["id"] == "contoso.onmicrosoft.com"
    assert (await graph.ask("GET", f"{V1}/oauth2PermissionGrants")).value == []
    at = f"{V1}/servicePrincipals/{SHARED.principal_id}/oauth2PermissionGrants"
    assert (await graph.ask("GET", at)).value == []


async def test_errors_have_graphs_form_and_challenge(graph: GraphSite) -> None:
    headers = {"client-request-id": "0c0c0000-0000-4000-8000-000000000009"}
    missing = await graph.ask("GET", f"{V1}/users/nobody", headers=headers)
    assert missing.refusal == (404, "Request_ResourceNotFound")
    assert missing.body["error"]["innerError"]["client-request-id"] == headers["client-request-id"]
    assert missing.headers["client-request-id"] == headers["client-request-id"]
    other = graph.token(ADMIN, "https://vault.azure.net")
    refused = await graph.ask("GET", f"{V1}/me", token=other)
    assert refused.refusal == (401, "InvalidAuthenticationToken")
    assert refused.body["error"]["message"] == "Access token validation failure. Invalid audience."
    assert 'authorization_uri="https://login.microsoftonline.com/' in refused.headers["www-authenticate"]
    expired = await graph.ask("GET", f"{V1}/me", token=graph.token(ADMIN, exp=graph.now - 400))
    assert "expired" in expired.body["error"]["message"]
    nothing = await graph.ask("GET", f"{V1}/nothing/here/at/all")
    assert nothing.status == 404
