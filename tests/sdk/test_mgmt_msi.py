"""Microsoft.ManagedIdentity through `azure-mgmt-msi`, unmodified, against a running plane."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientAssertionCredential
from azure.mgmt.msi import ManagedServiceIdentityClient
from sdk_estates import GROUP, SUBSCRIPTION_ID, TENANT_ID
from sdk_management import Manager, fresh_name, refused, running_managers
from sdk_site import Site
from sdk_wire import claims_of

from assertions_made import assertion, public_jwk, rsa_key

RESOURCE_GROUP = "orders-rg"
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
subscription: {{name: orders-dev, id: {SUBSCRIPTION_ID}}}
resourceGroups:
  orders-rg:
    identities:
      orders-shared: {{}}
    compute:
      orders-admin: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-reader: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-nobody: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-api: {{type: Microsoft.App/containerApps, identity: {{userAssigned: [orders-shared]}}}}
      orders-job: {{type: Microsoft.Web/sites, identity: {{userAssigned: [orders-shared]}}}}
      orders-bare: {{type: Microsoft.Web/sites}}
  other-rg:
    identities:
      other-shared: {{}}
roleAssignments:
  - {{principal: orders-admin, role: Owner, scope: {{subscription: true}}}}
  - {{principal: orders-reader, role: Reader, scope: {{resourceGroup: orders-rg}}}}
issuers: {{"https://kubernetes.cluster.example/": {{jwks: keys.json}}}}
"""
ISSUER = "https://kubernetes.cluster.example/"
GITHUB = {
    "issuer": "https://token.actions.githubusercontent.com",
    "audiences": ["api://AzureADTokenExchange"],
}


@pytest.fixture(scope="module")
def managers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Manager]]:
    """An owner of the subscription, a reader of one group, and one with no role."""
    site = Site.made(tmp_path_factory.mktemp("msi"))
    (site.root / "keys.json").write_text(json.dumps({"keys": [public_jwk(rsa_key("cluster"), "one")]}))
    with running_managers(site, ESTATE, ("admin", "reader", "nobody")) as running:
        yield running


@pytest.fixture(scope="module")
def admin(managers: dict[str, Manager]) -> Any:
    """The owner's client."""
    return managers["admin"].client(ManagedServiceIdentityClient)


@pytest.fixture(scope="module")
def reader(managers: dict[str, Manager]) -> Any:
    """The client of who may read one group."""
    return managers["reader"].client(ManagedServiceIdentityClient)


@pytest.fixture(scope="module")
def preview(managers: dict[str, Manager]) -> Any:
    """The owner's client of the version that lists associated resources."""
    return managers["admin"].client(ManagedServiceIdentityClient, api_version="2022-01-31-preview")


def _issued(subject: str) -> str:
    """A token that a cluster signs now."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "sub": subject,
        "aud": "api://AzureADTokenExchange",
        "iat": now,
        "exp": now + 600,
    }
    return assertion({"alg": "RS256", "kid": "one", "typ": "JWT"}, claims, rsa_key("cluster"))


def make(client: Any, identity: str, **changed: Any) -> Any:
    """Create or update an identity of the group."""
    body = {"location": "westeurope", "tags": {"team": "orders"}} | changed
    return client.user_assigned_identities.create_or_update(RESOURCE_GROUP, identity, body)


class TestIdentities:
    def test_an_identity_is_made_read_changed_listed_and_deleted(self, admin: Any) -> None:
        called = fresh_name()
        made = make(admin, called)
        assert made.id == f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{called}"
        assert (made.location, made.tags, made.tenant_id) == ("westeurope", {"team": "orders"}, TENANT_ID)
        assert len({made.principal_id, made.client_id}) == 2
        ids = (made.principal_id, made.client_id)
        changed = admin.user_assigned_identities.update(RESOURCE_GROUP, called, {"tags": {"team": "billing"}})
        assert (changed.tags, (changed.principal_id, changed.client_id)) == ({"team": "billing"}, ids)
        assert admin.user_assigned_identities.get(RESOURCE_GROUP.upper(), called.upper()).id == made.id
        assert called in [
            one.name for one in admin.user_assigned_identities.list_by_resource_group("orders-rg")
        ]
        admin.user_assigned_identities.delete(RESOURCE_GROUP, called)
        with refused(404, "ResourceNotFound"):
            admin.user_assigned_identities.get(RESOURCE_GROUP, called)
        admin.user_assigned_identities.delete(RESOURCE_GROUP, called)  # 204, no error

    def test_one_that_is_made_again_has_new_ids(self, admin: Any) -> None:
        called = fresh_name()
        first = make(admin, called)
        admin.user_assigned_identities.delete(RESOURCE_GROUP, called)
        second = make(admin, called.upper())
        assert first.principal_id != second.principal_id
        assert first.client_id != second.client_id

    def test_to_put_it_again_keeps_its_ids_and_its_spelling(self, admin: Any) -> None:
        called = fresh_name()
        first = make(admin, called.title())
        again = make(admin, called.upper(), tags={})
        assert (again.id, again.principal_id, again.tags) == (first.id, first.principal_id, {})

    def test_its_location_is_fixed(self, admin: Any) -> None:
        called = fresh_name()
        make(admin, called)
        make(admin, called, location="West Europe")
        with refused(409, "InvalidResourceLocation"):
            make(admin, called, location="eastus")
        with refused(409, "InvalidResourceLocation"):
            admin.user_assigned_identities.update(RESOURCE_GROUP, called, {"location": "eastus"})

    @pytest.mark.parametrize("called", ["ab", "-made", "a" * 129, "a.b", "a b"])
    def test_a_name_that_none_can_have_is_refused(self, admin: Any, called: str) -> None:
        with refused(400, "InvalidResourceName"):
            make(admin, called)

    def test_a_group_that_is_not_there_is_told(self, admin: Any) -> None:
        with refused(404, "ResourceGroupNotFound"):
            admin.user_assigned_identities.create_or_update("no-rg", fresh_name(), {"location": "westeurope"})

    def test_a_location_is_required(self, managers: dict[str, Manager]) -> None:
        path = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{fresh_name()}"
        answer = managers["admin"].ask("PUT", f"{path}?api-version=2018-11-30", b"{}")
        assert (answer.status, answer.json["error"]["code"]) == (400, "LocationRequired")

    def test_what_would_not_be_kept_is_refused(self, managers: dict[str, Manager]) -> None:
        path = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{fresh_name()}"
        body = b'{"location": "westeurope", "properties": {"isolationScope": "Regional"}}'
        assert managers["admin"].ask("PUT", f"{path}?api-version=2024-11-30", body).status == 501

    def test_the_subscription_lists_all_and_a_reader_of_a_group_those_of_the_group(
        self, admin: Any, reader: Any
    ) -> None:
        everything = {one.name for one in admin.user_assigned_identities.list_by_subscription()}
        assert {"orders-shared", "other-shared"} <= everything
        readable = {one.name for one in reader.user_assigned_identities.list_by_subscription()}
        assert "orders-shared" in readable
        assert "other-shared" not in readable

    def test_a_reader_changes_nothing(self, reader: Any) -> None:
        called = fresh_name()
        with refused(403, "AuthorizationFailed") as caught:
            make(reader, called)
        said = caught.value.error.message
        assert f"Microsoft.ManagedIdentity/userAssignedIdentities/{called}" in said
        assert "Microsoft.ManagedIdentity/userAssignedIdentities/write" in said
        with refused(403, "AuthorizationFailed"):
            reader.user_assigned_identities.delete(RESOURCE_GROUP, "orders-shared")

    def test_who_has_no_role_reads_nothing(self, managers: dict[str, Manager]) -> None:
        client = managers["nobody"].client(ManagedServiceIdentityClient)
        for call in (
            lambda: client.user_assigned_identities.get(RESOURCE_GROUP, "orders-shared"),
            lambda: list(client.user_assigned_identities.list_by_subscription()),
            lambda: list(client.user_assigned_identities.list_by_resource_group(RESOURCE_GROUP)),
        ):
            with refused(403, "AuthorizationFailed"):
                call()


class TestFederatedCredentials:
    def put(self, client: Any, identity: str, called: str, subject: str, **changed: Any) -> Any:
        body = {"properties": GITHUB | {"subject": subject} | changed}
        return client.federated_identity_credentials.create_or_update(RESOURCE_GROUP, identity, called, body)

    def test_one_is_made_replaced_listed_and_deleted(self, admin: Any) -> None:
        identity = fresh_name()
        make(admin, identity)
        made = self.put(admin, identity, "main", "repo:contoso/orders:ref:refs/heads/main")
        assert made.id.endswith(f"/{identity}/federatedIdentityCredentials/main")
        assert (made.issuer, made.audiences) == (GITHUB["issuer"], GITHUB["audiences"])
        changed = self.put(admin, identity, "main", "repo:contoso/orders:environment:production")
        operations = admin.federated_identity_credentials
        assert operations.get(RESOURCE_GROUP, identity, "main").subject == changed.subject
        assert [one.name for one in operations.list(RESOURCE_GROUP, identity)] == ["main"]
        operations.delete(RESOURCE_GROUP, identity, "main")
        assert list(operations.list(RESOURCE_GROUP, identity)) == []
        operations.delete(RESOURCE_GROUP, identity, "main")  # 204, no error
        with refused(404, "ResourceNotFound"):
            operations.get(RESOURCE_GROUP, identity, "main")

    def test_pages_follow_one_another(self, admin: Any) -> None:
        identity = fresh_name()
        make(admin, identity)
        names = [f"credential-{number}" for number in range(5)]
        for one in names:
            self.put(admin, identity, one, one)
        listed = admin.federated_identity_credentials.list(RESOURCE_GROUP, identity, top=2)
        assert [[one.name for one in page] for page in listed.by_page()] == [names[:2], names[2:4], names[4:]]

    def test_issuer_and_subject_are_unique_for_an_identity(self, admin: Any) -> None:
        identity = fresh_name()
        make(admin, identity)
        self.put(admin, identity, "first", "same")
        with refused(400, "BadRequest") as caught:
            self.put(admin, identity, "second", "same")
        assert "combination already exists" in caught.value.error.message
        self.put(admin, identity, "second", "other")

    def test_an_identity_has_twenty_at_most(self, admin: Any) -> None:
        identity = fresh_name()
        make(admin, identity)
        for number in range(20):
            self.put(admin, identity, f"credential-{number}", str(number))
        with refused(400, "BadRequest"):
            self.put(admin, identity, "one-more", "one more")
        self.put(admin, identity, "credential-7", "replaced")

    @pytest.mark.parametrize(
        ("called", "changed"),
        [
            ("a b", {}),
            ("main", {"audiences": []}),
            ("main", {"audiences": ["api://AzureADTokenExchange", "api://other"]}),
            ("main", {"issuer": "http://token.example"}),
            ("main", {"issuer": ""}),
            ("main", {"subject": ""}),
            ("main", {"subject": "repo:contoso/*"}),
        ],
    )
    def test_one_that_matches_nothing_or_too_much_is_refused(
        self, admin: Any, called: str, changed: dict[str, Any]
    ) -> None:
        with refused(400, "BadRequest"):
            self.put(admin, "orders-shared", called, changed.pop("subject", "x"), **changed)

    def test_an_identity_that_is_not_there_is_told(self, admin: Any) -> None:
        with refused(404, "ResourceNotFound"):
            self.put(admin, "no-such-identity", "main", "x")
        with refused(404, "ResourceNotFound"):
            list(admin.federated_identity_credentials.list(RESOURCE_GROUP, "no-such-identity"))

    def test_they_go_with_their_identity(self, admin: Any) -> None:
        identity = fresh_name()
        make(admin, identity)
        self.put(admin, identity, "main", "x")
        admin.user_assigned_identities.delete(RESOURCE_GROUP, identity)
        make(admin, identity)
        assert list(admin.federated_identity_credentials.list(RESOURCE_GROUP, identity)) == []

    def test_one_that_is_made_lets_tokens_in_at_once_and_no_more_when_it_or_its_identity_is_gone(
        self, managers: dict[str, Manager], admin: Any
    ) -> None:
        identity = fresh_name()
        made = make(admin, identity)

        def put() -> None:
            self.put(admin, identity, "pod", "system:serviceaccount:a:b", issuer=ISSUER)

        def exchange() -> str:
            token = _issued("system:serviceaccount:a:b")
            own = managers["admin"].connection() | {"per_call_policies": []}
            credential = ClientAssertionCredential(TENANT_ID, made.client_id, lambda: token, **own)
            claims = claims_of(credential.get_token("https://vault.azure.net/.default").token)
            return str(claims["oid"])

        with pytest.raises(ClientAuthenticationError, match="AADSTS"):
            exchange()
        put()
        assert exchange() == made.principal_id
        admin.federated_identity_credentials.delete(RESOURCE_GROUP, identity, "pod")
        with pytest.raises(ClientAuthenticationError, match="AADSTS"):
            exchange()
        put()
        admin.user_assigned_identities.delete(RESOURCE_GROUP, identity)
        with pytest.raises(ClientAuthenticationError, match="AADSTS"):
            exchange()

    def test_who_may_only_read_an_identity_lets_nobody_be_it(self, reader: Any) -> None:
        with refused(403, "AuthorizationFailed"):
            self.put(reader, "orders-shared", "mine", "x")
        assert list(reader.federated_identity_credentials.list(RESOURCE_GROUP, "orders-shared")) == []

    def test_a_flexible_one_is_refused_clearly(self, managers: dict[str, Manager]) -> None:
        identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders-shared"
        path = f"{identity}/federatedIdentityCredentials/main?api-version=2025-01-31-preview"
        asked = {"issuer": "https://i.example", "audiences": ["a"], "claimsMatchingExpression": {}}
        body = json.dumps({"properties": asked}).encode()
        answer = managers["admin"].ask("PUT", path, body)
        assert answer.status == 501
        assert "claimsMatchingExpression" in answer.json["error"]["message"]


class TestViews:
    def test_the_system_assigned_identity_of_a_resource_is_shown(self, admin: Any) -> None:
        scope = f"{GROUP}/providers/Microsoft.Web/sites/orders-admin"
        view = admin.system_assigned_identities.get_by_scope(scope)
        assert view.id == f"{scope}/providers/Microsoft.ManagedIdentity/identities/default"
        assert (view.name, view.tenant_id) == ("default", TENANT_ID)
        assert view.principal_id
        with refused(404, "ResourceNotFound"):
            admin.system_assigned_identities.get_by_scope(
                f"{GROUP}/providers/Microsoft.Web/sites/orders-bare"
            )

    def test_the_resources_that_have_an_identity_are_listed(self, preview: Any) -> None:
        listed = preview.user_assigned_identities.list_associated_resources
        assert [one.name for one in listed(RESOURCE_GROUP, "orders-shared")] == ["orders-api", "orders-job"]
        (app,) = listed(RESOURCE_GROUP, "orders-shared", filter="type eq 'microsoft.app/containerapps'")
        assert (app.resource_group, app.subscription_id) == (RESOURCE_GROUP, SUBSCRIPTION_ID)
        downwards = listed(RESOURCE_GROUP, "orders-shared", orderby="name desc")
        assert [one.name for one in downwards] == ["orders-job", "orders-api"]
        assert [one.name for one in listed(RESOURCE_GROUP, "orders-shared", skip=1)] == ["orders-job"]

    def test_the_next_page_of_them_is_fetched_as_the_client_does(self, managers: dict[str, Manager]) -> None:
        """The client follows the link with GET, which the document does not describe."""
        client = managers["admin"].client(
            ManagedServiceIdentityClient, api_version="2022-01-31-preview", per_call_policies=[]
        )
        listed = client.user_assigned_identities.list_associated_resources(
            RESOURCE_GROUP, "orders-shared", top=1
        )
        assert [[one.name for one in page] for page in listed.by_page()] == [["orders-api"], ["orders-job"]]

    @pytest.mark.parametrize(
        "asked", [{"filter": "colour eq 'red'"}, {"orderby": "colour"}, {"top": 0}, {"skiptoken": "x"}]
    )
    def test_what_the_list_does_not_know_is_refused(self, preview: Any, asked: dict[str, Any]) -> None:
        with pytest.raises(Exception, match=r"colour|top|skiptoken"):
            list(
                preview.user_assigned_identities.list_associated_resources(
                    "orders-rg", "orders-shared", **asked
                )
            )
