"""Microsoft.KeyVault through `azure-mgmt-keyvault`, unmodified, against a running plane.

The vaults that it makes are opened with `azure-keyvault-secrets`: what was written here decides there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError, ServiceRequestError
from azure.keyvault.secrets import SecretClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from sdk_estates import GROUP, SUBSCRIPTION_ID, TENANT_ID
from sdk_management import Manager, fresh_name, refused, running_managers
from sdk_site import Site

RESOURCE_GROUP = "orders-rg"
VAULT_TYPE = "Microsoft.KeyVault/vaults"
ADMIN, APP = "b0000000-0000-4000-8000-000000000011", "b0000000-0000-4000-8000-000000000012"
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
subscription: {{name: orders-dev, id: {SUBSCRIPTION_ID}}}
resourceGroups:
  orders-rg:
    compute:
      orders-admin: {{type: Microsoft.Web/sites, identity: {{systemAssigned: {{principalId: {ADMIN}}}}}}}
      orders-app: {{type: Microsoft.Web/sites, identity: {{systemAssigned: {{principalId: {APP}}}}}}}
      orders-keeper: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
    vaults:
      contoso-declared:
        enableRbacAuthorization: false
        accessPolicies:
          - {{principal: orders-app, permissions: {{secrets: [get]}}}}
        secrets: {{greeting: hello}}
roleAssignments:
  - {{principal: orders-admin, role: Owner, scope: {{subscription: true}}}}
  - {{principal: orders-admin, role: Key Vault Administrator, scope: {{subscription: true}}}}
  - {{principal: orders-keeper, role: Key Vault Contributor, scope: {{resourceGroup: orders-rg}}}}
"""


@pytest.fixture(scope="module")
def managers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Manager]]:
    """An owner, an app, and one who keeps the vaults of a group."""
    site = Site.made(tmp_path_factory.mktemp("keyvault"))
    with running_managers(site, ESTATE, ("admin", "app", "keeper")) as running:
        yield running


@pytest.fixture(scope="module")
def admin(managers: dict[str, Manager]) -> Any:
    """The owner's client."""
    return managers["admin"].client(KeyVaultManagementClient)


@pytest.fixture(scope="module")
def keeper(managers: dict[str, Manager]) -> Any:
    """The client of who keeps the vaults of the group."""
    return managers["keeper"].client(KeyVaultManagementClient)


def body(**properties: Any) -> dict[str, Any]:
    """What a vault is made with."""
    own = {"tenantId": TENANT_ID, "sku": {"family": "A", "name": "standard"}, "accessPolicies": []}
    return {"location": "westeurope", "tags": {"team": "orders"}, "properties": own | properties}


def make(client: Any, called: str | None = None, **properties: Any) -> Any:
    """Make a vault and wait for it."""
    return client.vaults.begin_create_or_update(
        RESOURCE_GROUP, called or fresh_name(), body(**properties)
    ).result()


def policy(who: str, *secrets: str) -> dict[str, Any]:
    """An access policy."""
    return {"tenantId": TENANT_ID, "objectId": who, "permissions": {"secrets": list(secrets)}}


def change(client: Any, called: str, kind: str, *policies: Any) -> Any:
    """Change a vault's access policies."""
    given = {"properties": {"accessPolicies": list(policies)}}
    return client.vaults.update_access_policy(RESOURCE_GROUP, called, kind, given)


def opened(manager: Manager, called: str) -> SecretClient:
    """A vault's data, as the workload itself."""
    options = {one: value for one, value in manager.connection().items() if one != "per_call_policies"}
    return SecretClient(f"https://{called}.vault.azure.net", manager.credential, **options)


def inner_code(caught: Any) -> str:
    """What a refusal of a vault says in its inner error."""
    assert caught.value.status_code == 403
    return str(caught.value.error.innererror["code"])


class TestVaults:
    def test_a_vault_is_made_read_changed_listed_and_deleted(self, admin: Any) -> None:
        called = fresh_name()
        found = make(admin, called)
        assert found.id == f"{GROUP}/providers/{VAULT_TYPE}/{called}"
        assert found.properties.provisioning_state == "Succeeded"
        assert found.properties.vault_uri == f"https://{called}.vault.azure.net/"
        assert found.properties.enable_rbac_authorization is True
        assert found.system_data.created_by_type == "ManagedIdentity"
        changed = admin.vaults.update(RESOURCE_GROUP, called, {"tags": {"team": "billing"}})
        assert (changed.tags, changed.properties.soft_delete_retention_in_days) == ({"team": "billing"}, 90)
        assert admin.vaults.get(RESOURCE_GROUP.upper(), called.upper()).id == found.id
        for listed in (
            admin.vaults.list_by_subscription(),
            admin.vaults.list_by_resource_group(RESOURCE_GROUP),
        ):
            assert {called, "contoso-declared"} <= {one.name for one in listed}
        admin.vaults.delete(RESOURCE_GROUP, called)
        with refused(404, "ResourceNotFound"):
            admin.vaults.get(RESOURCE_GROUP, called)
        admin.vaults.delete(RESOURCE_GROUP, called)  # 204, no error

    @pytest.mark.parametrize(
        "version", ["2019-09-01", "2021-10-01", "2022-07-01", "2023-07-01", "2024-11-01", "2026-02-01"]
    )
    def test_every_api_version_makes_and_reads_a_vault(
        self, managers: dict[str, Manager], version: str
    ) -> None:
        client = managers["admin"].client(KeyVaultManagementClient, api_version=version)
        called = make(client).name
        found = client.vaults.get(RESOURCE_GROUP, called)
        assert found.properties.enable_rbac_authorization == (version >= "2026-02-01")
        client.vaults.delete(RESOURCE_GROUP, called)

    def test_what_a_vault_cannot_be_is_said(self, admin: Any) -> None:
        with refused(400, "VaultNameNotValid"):
            make(admin, "1-vault")
        with refused(400, "BadRequest"):
            make(admin, enablePurgeProtection=False)
        with refused(400, "BadRequest"):
            make(admin, tenantId=ADMIN)
        with refused(404, "ResourceGroupNotFound"):
            admin.vaults.begin_create_or_update("nowhere-rg", fresh_name(), body())
        taken = make(admin).name
        asked = {"name": taken, "type": VAULT_TYPE}
        assert admin.vaults.check_name_availability(asked).reason == "AlreadyExists"

    def test_there_are_no_managed_hsms_and_no_private_endpoints(self, admin: Any) -> None:
        assert list(admin.managed_hsms.list_by_subscription()) == []
        assert list(admin.managed_hsms.list_deleted()) == []
        assert (
            list(admin.private_endpoint_connections.list_by_resource(RESOURCE_GROUP, "contoso-declared"))
            == []
        )


class TestDeletedVaults:
    def test_a_deleted_vault_is_listed_and_comes_back_with_its_secrets(
        self, admin: Any, managers: dict[str, Manager]
    ) -> None:
        called = make(admin, softDeleteRetentionInDays=7).name
        with opened(managers["admin"], called) as client:
            client.set_secret("greeting", "hello")
        admin.vaults.delete(RESOURCE_GROUP, called)
        listed = {one.name: one for one in admin.vaults.list_deleted()}
        found = admin.vaults.get_deleted(called, "westeurope")
        assert listed[called].id == found.id
        assert (found.properties.scheduled_purge_date - found.properties.deletion_date).days == 7
        with opened(managers["admin"], called) as client, pytest.raises(ServiceRequestError):
            client.get_secret("greeting")  # there is no such host
        with refused(409, "ConflictError"):
            make(admin, called)
        make(admin, called, createMode="recover")
        with opened(managers["admin"], called) as client:
            assert client.get_secret("greeting").value == "hello"

    def test_a_purged_vault_is_gone_with_its_secrets_and_its_name_is_free(
        self, admin: Any, managers: dict[str, Manager]
    ) -> None:
        called = make(admin).name
        with opened(managers["admin"], called) as client:
            client.set_secret("greeting", "hello")
        admin.vaults.delete(RESOURCE_GROUP, called)
        admin.vaults.begin_purge_deleted(called, "westeurope").result()
        with refused(404, "DeletedVaultNotFound"):
            admin.vaults.get_deleted(called, "westeurope")
        make(admin, called)
        with opened(managers["admin"], called) as client, pytest.raises(ResourceNotFoundError):
            client.get_secret("greeting")

    def test_a_contributor_deletes_and_does_not_purge(self, admin: Any, keeper: Any) -> None:
        called = make(keeper).name
        keeper.vaults.delete(RESOURCE_GROUP, called)
        with refused(403, "AuthorizationFailed"):
            keeper.vaults.begin_purge_deleted(called, "westeurope")
        admin.vaults.begin_purge_deleted(called, "westeurope").result()

    def test_purge_protection_keeps_a_vault(self, admin: Any) -> None:
        called = make(admin, enablePurgeProtection=True).name
        admin.vaults.delete(RESOURCE_GROUP, called)
        with refused(405, "MethodNotAllowed"):
            admin.vaults.begin_purge_deleted(called, "westeurope")


class TestAccessPolicies:
    def test_a_policy_opens_a_vault_for_what_it_gives_and_no_role_does(
        self, admin: Any, managers: dict[str, Manager]
    ) -> None:
        called = make(admin, enableRbacAuthorization=False, accessPolicies=[policy(ADMIN, "set")]).name
        with opened(managers["admin"], called) as owner, opened(managers["app"], called) as app:
            owner.set_secret("greeting", "hello")
            with pytest.raises(HttpResponseError) as caught:
                owner.get_secret("greeting")  # an administrator by role
            assert inner_code(caught) == "ForbiddenByPolicy"
            assert f"does not have secrets get permission on key vault '{called};location=westeurope'" in str(
                caught.value
            )
            with pytest.raises(HttpResponseError):
                app.get_secret("greeting")
            change(admin, called, "add", policy(APP, "get"))
            assert app.get_secret("greeting").value == "hello"
            with pytest.raises(HttpResponseError):
                list(app.list_properties_of_secrets())
            change(admin, called, "add", policy(APP, "list"))
            assert [one.name for one in app.list_properties_of_secrets()] == ["greeting"]
            change(admin, called, "replace", policy(APP, "list"))
            with pytest.raises(HttpResponseError):
                app.get_secret("greeting")
            change(admin, called, "remove", policy(APP, "list"))
            with pytest.raises(HttpResponseError):
                list(app.list_properties_of_secrets())
        kept = admin.vaults.get(RESOURCE_GROUP, called).properties.access_policies
        assert [(one.object_id, one.permissions.secrets) for one in kept] == [(ADMIN, ["set"])]

    def test_a_vault_in_rbac_mode_heeds_no_policy(self, admin: Any, managers: dict[str, Manager]) -> None:
        called = make(admin, enableRbacAuthorization=True, accessPolicies=[policy(APP, "get")]).name
        with opened(managers["admin"], called) as owner, opened(managers["app"], called) as app:
            owner.set_secret("greeting", "hello")
            with pytest.raises(HttpResponseError) as caught:
                app.get_secret("greeting")
            assert inner_code(caught) == "ForbiddenByRbac"
            admin.vaults.update(RESOURCE_GROUP, called, {"properties": {"enableRbacAuthorization": False}})
            assert app.get_secret("greeting").value == "hello"

    def test_the_policies_of_an_estate_file_open_its_vault(self, managers: dict[str, Manager]) -> None:
        with opened(managers["app"], "contoso-declared") as app:
            assert app.get_secret("greeting").value == "hello"
        with opened(managers["admin"], "contoso-declared") as owner, pytest.raises(HttpResponseError):
            owner.get_secret("greeting")

    def test_a_contributor_can_let_himself_in_by_policies_and_not_by_switching_roles_off(
        self, keeper: Any, admin: Any, managers: dict[str, Manager]
    ) -> None:
        of_policies = make(admin, enableRbacAuthorization=False).name
        change(keeper, of_policies, "add", policy(APP, "get"))  # the risk that comes with policies
        of_roles = make(admin, enableRbacAuthorization=True).name
        with refused(403, "LinkedAuthorizationFailed"):
            keeper.vaults.update(RESOURCE_GROUP, of_roles, {"properties": {"enableRbacAuthorization": False}})
