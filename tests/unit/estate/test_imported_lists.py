"""What Azure's tools list, read into records: nothing dropped, nothing guessed, no secret kept."""

from __future__ import annotations

import codecs

import msgspec
import pytest

from imported_sources import (
    ASSIGNMENT,
    CUSTOM,
    DEFINITIONS,
    GROUP,
    PLANTED,
    READER,
    SECRETS_USER,
    SHARED,
    SHARED_CLIENT,
    SHARED_PRINCIPAL,
    STORE,
    STRANGER,
    SUBSCRIPTION,
    TENANT,
    VAULT,
    WEB,
    WEB_CLIENT,
    WEB_PRINCIPAL,
    assignment,
    identity,
    json_file,
    of_type,
    read,
    service_principal,
    vault,
    web,
)
from keyless.estate.imported import File, Place, read_existing
from keyless.model.denies import DenyAssignment
from keyless.model.directory import Group, User
from keyless.model.identities import Application, ComputeResource, FederatedCredential, ManagedIdentity
from keyless.model.management import GenericResource, ManagementGroup
from keyless.model.resources import ConfigurationStore, ResourceGroup, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition

USER_ID, GROUP_ID = "eeeeeeee-0000-0000-0000-000000000001", "eeeeeeee-0000-0000-0000-000000000002"


@pytest.mark.parametrize(
    "wrapped",
    [
        [assignment()],
        {"value": [assignment()]},
        {"data": [assignment()], "count": 1, "skip_token": None},
        assignment(),
        [{"properties": {k: v for k, v in assignment().items() if k not in {"id", "name", "type"}}}
         | {k: assignment()[k] for k in ("id", "name", "type")}],
        [{k.lower(): v for k, v in assignment().items()}],
    ],
    ids=["az", "rest", "resource graph", "one", "nested", "lower case"],
)  # fmt: skip
def test_an_assignment_is_the_same_in_every_form(wrapped: object) -> None:
    (found,) = of_type(read(wrapped), RoleAssignment)
    assert found == RoleAssignment(ASSIGNMENT, WEB_PRINCIPAL, SECRETS_USER, VAULT, "ServicePrincipal")


def test_a_condition_and_a_description_come_along() -> None:
    entry = assignment(condition="@Resource[a]\nExists", conditionVersion="2.0", description="why")
    (found,) = of_type(read([entry]), RoleAssignment)
    assert (found.condition, found.condition_version, found.description) == (
        "@Resource[a]\nExists",
        "2.0",
        "why",
    )


def test_an_assignment_without_scope_is_where_its_id_says() -> None:
    (found,) = of_type(read([assignment(scope=None)]), RoleAssignment)
    assert found.scope == VAULT


def test_one_principal_role_and_scope_is_one_assignment() -> None:
    twice = [assignment(), assignment(name=STRANGER, id=f"{VAULT}/providers/x/roleAssignments/{STRANGER}")]
    assert len(of_type(read(twice), RoleAssignment)) == 1


def test_a_custom_role_is_taken_in_and_a_built_in_one_counted() -> None:
    custom = {
        "id": f"{DEFINITIONS}/{CUSTOM}",
        "name": CUSTOM,
        "type": "Microsoft.Authorization/roleDefinitions",
        "roleName": "Orders Reader",
        "roleType": "CustomRole",
        "assignableScopes": [GROUP],
        "permissions": [{"actions": ["*/read"], "notActions": [], "dataActions": ["a/b/read"]}],
    }
    built_in = custom | {"id": f"{DEFINITIONS}/{READER}", "name": READER, "roleType": "BuiltInRole"}
    nested = {
        "id": f"{DEFINITIONS}/{CUSTOM[:-1]}2",
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {**custom, "roleName": "Nested", "type": "CustomRole", "roleType": None},
    }
    existing = read([custom, built_in, nested])
    assert [role.name for role in of_type(existing, RoleDefinition)] == ["Orders Reader", "Nested"]
    assert of_type(existing, RoleDefinition)[0].permissions[0].data_actions == ("a/b/read",)
    assert existing.passed_over == {"microsoft.authorization/roledefinitions": 1}
    assert not existing.unread


def test_a_role_that_no_source_tells_is_missed() -> None:
    (unread,) = read([assignment(roleDefinitionId=f"{DEFINITIONS}/{CUSTOM}")]).unread
    assert "az role definition list" in unread.why


def test_a_resource_tells_both_kinds_of_identity() -> None:
    existing = read([web()])
    (compute,) = of_type(existing, ComputeResource)
    assert compute.system_assigned is not None
    assert compute.system_assigned.principal_id == WEB_PRINCIPAL
    assert compute.user_assigned == (SHARED,)
    assert (compute.location, compute.body) == ("westeurope", {"kind": "functionapp,linux"})
    (given,) = of_type(existing, ManagedIdentity)
    assert (given.principal_id, given.client_id) == (SHARED_PRINCIPAL, SHARED_CLIENT)


def test_a_service_principal_tells_the_client_id_of_a_system_assigned_identity() -> None:
    principal = service_principal(
        id=WEB_PRINCIPAL, appId=WEB_CLIENT, servicePrincipalType="ManagedIdentity", alternativeNames=[]
    )
    (compute,) = of_type(read([web()], [principal]), ComputeResource)
    assert compute.system_assigned is not None
    assert compute.system_assigned.client_id == WEB_CLIENT


def test_a_managed_identity_is_known_from_its_service_principal_alone() -> None:
    principal = service_principal(
        id=WEB_PRINCIPAL,
        appId=WEB_CLIENT,
        servicePrincipalType="ManagedIdentity",
        alternativeNames=["isExplicit=False", WEB],
    )
    existing = read([principal], [assignment()])
    (compute,) = of_type(existing, ComputeResource)
    assert compute.resource_id == WEB
    assert not of_type(existing, Application)


def test_what_runs_code_is_a_workload_without_an_identity_too() -> None:
    storage = {"id": f"{GROUP}/providers/Microsoft.Storage/storageAccounts/orders", "sku": {"name": "LRS"}}
    existing = read([web(identity=None), storage])
    assert [one.resource_id for one in of_type(existing, ComputeResource)] == [WEB]
    (other,) = of_type(existing, GenericResource)
    assert other.body == {"sku": {"name": "LRS"}}


def test_an_identity_that_is_referred_to_and_told_nowhere_is_missed() -> None:
    entry = web(identity={"type": "UserAssigned", "userAssignedIdentities": {SHARED: {}}})
    (unread,) = read([entry]).unread
    assert "az identity list" in unread.why
    assert not read([entry], [identity()]).unread


def test_a_vault_is_read_with_mode_and_policies() -> None:
    (found,) = of_type(read(vault()), Vault)
    assert not found.enable_rbac_authorization
    assert found.access_policies[0].permissions.secrets == ("get", "list")
    assert (found.sku, found.soft_delete_retention_days, found.purge_protection) == ("premium", 30, False)


def test_a_vault_of_a_mere_list_is_said_to_be_half_known() -> None:
    mere = {k: v for k, v in vault().items() if k != "properties"}
    (unread,) = read([mere]).unread
    assert "az keyvault show --name contoso-orders" in unread.why
    assert not read([mere], vault()).unread
    assert not read(vault(), [mere]).unread


def test_a_store_is_read_without_its_keys() -> None:
    entry = {
        "id": STORE,
        "type": "Microsoft.AppConfiguration/configurationStores",
        "location": "westeurope",
        "disableLocalAuth": True,
        "identity": {"type": "SystemAssigned", "principalId": WEB_PRINCIPAL},
        "sku": {"name": "Free"},
        "accessKeys": [{"connectionString": PLANTED}],
    }
    (found,) = of_type(read([entry]), ConfigurationStore)
    assert found.disable_local_auth
    assert found.system_assigned is not None


def test_replicas_are_added_to_their_store_wherever_they_are_told() -> None:
    store = {"id": STORE, "type": "Microsoft.AppConfiguration/configurationStores", "location": "westeurope"}
    north = {
        "id": f"{STORE}/replicas/North",
        "type": "Microsoft.AppConfiguration/configurationStores/replicas",
        "location": "North Europe",
        "properties": {"endpoint": PLANTED},
    }
    uk = {**north, "id": f"{STORE}/replicas/uk", "location": "uksouth"}
    for given in ([store, north, uk], [north, store, uk]):
        (found,) = of_type(read(given), ConfigurationStore)
        assert sorted((one.name, one.location) for one in found.replicas) == [
            ("North", "northeurope"),
            ("uk", "uksouth"),
        ]
        assert found.location == "westeurope"
    (alone,) = of_type(read([north]), ConfigurationStore)
    assert (alone.resource_id, [one.name for one in alone.replicas]) == (STORE, ["North"])


def test_groups_subscriptions_and_credentials_are_read() -> None:
    group = {"id": GROUP, "type": "Microsoft.Resources/resourceGroups", "location": "westeurope"}
    account = {"id": SUBSCRIPTION, "name": "orders-dev", "state": "Enabled", "tenantId": TENANT}
    above = {
        "id": "/providers/Microsoft.Management/managementGroups/platform",
        "type": "Microsoft.Management/managementGroups",
        "displayName": "Platform",
        "details": {"parent": {"id": f"/providers/Microsoft.Management/managementGroups/{TENANT}"}},
        "children": [{"type": "/subscriptions", "name": SUBSCRIPTION}],
    }
    federated = {
        "id": f"{SHARED}/federatedIdentityCredentials/github",
        "type": "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:o/r:ref:refs/heads/main",
        "audiences": ["api://AzureADTokenExchange"],
    }
    existing = read([group], [account], above, [federated])
    assert of_type(existing, ResourceGroup)[0].resource_id == GROUP
    assert of_type(existing, ManagementGroup)[0].subscriptions == (SUBSCRIPTION,)
    assert of_type(existing, FederatedCredential)[0].subject == "repo:o/r:ref:refs/heads/main"
    assert existing.tenant is not None
    assert (existing.tenant.subscription_name, existing.tenant.tenant_id) == ("orders-dev", TENANT)


def test_the_tenant_is_told_by_identities_where_no_account_is() -> None:
    existing = read([identity()])
    assert existing.tenant is not None
    assert (existing.tenant.tenant_id, existing.tenant.subscription_id) == (TENANT, SUBSCRIPTION)


@pytest.mark.parametrize(
    ("scope", "path"),
    [("", "/"), ("/dbs/Shop", "/dbs/Shop"), ("/dbs/Shop/colls/items", "/dbs/Shop/colls/items")],
)
def test_a_role_assignment_of_cosmos_db_says_whom_what_and_where(scope: str, path: str) -> None:
    account = f"{GROUP}/providers/Microsoft.DocumentDB/databaseAccounts/orders"
    entry = {
        "id": f"{account}/sqlRoleAssignments/{CUSTOM}",
        "type": "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
        "principalId": WEB_PRINCIPAL,
        "roleDefinitionId": f"{account}/sqlRoleDefinitions/00000000-0000-0000-0000-000000000001",
        "scope": f"{account}{scope}",
    }
    (found,) = of_type(read([entry]), GenericResource)
    assert found.body["properties"]["scope"] == path
    assert found.body["properties"]["principalId"] == WEB_PRINCIPAL
    assert "scope" in read([entry | {"scope": f"{account}/dbs/x/y"}]).unread[0].why


def test_a_deny_assignment_for_everyone_is_read() -> None:
    entry = {
        "id": f"{GROUP}/providers/Microsoft.Authorization/denyAssignments/{CUSTOM}",
        "type": "Microsoft.Authorization/denyAssignments",
        "denyAssignmentName": "No purging",
        "permissions": [{"actions": ["*"]}],
        "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
        "excludePrincipals": [{"id": STRANGER, "type": "User"}],
    }
    (found,) = of_type(read([entry]), DenyAssignment)
    assert found.is_for_all
    assert (found.scope, found.exclude_principals[0].id) == (GROUP, STRANGER)


def test_people_come_in_only_where_something_names_them() -> None:
    user = {"id": USER_ID, "userPrincipalName": "ada@contoso.com", "displayName": "Ada"}
    group = {
        "id": GROUP_ID,
        "displayName": "devs",
        "securityEnabled": True,
        "members": [{"@odata.type": "#microsoft.graph.user", "id": USER_ID}],
    }
    nobody = user | {"id": STRANGER}
    given = assignment(principalId=GROUP_ID, principalType="Group")
    existing = read([given], [user, nobody], {"value": [group]})
    assert [one.display_name for one in of_type(existing, User)] == ["Ada"]
    assert of_type(existing, Group)[0].members == (USER_ID,)
    assert existing.passed_over == {"user that nothing names": 1}


def test_whoever_is_in_no_list_is_what_the_assignment_says() -> None:
    kinds = {"User": User, "Group": Group, "ServicePrincipal": Application, "Unknown": Application}
    for told, kind in kinds.items():
        existing = read([assignment(principalId=STRANGER, principalType=told)])
        assert len(of_type(existing, kind)) == 1
        assert existing.placeholders == {STRANGER}
        assert not existing.orphaned


def test_an_assignment_is_orphaned_only_where_the_whole_list_has_nobody() -> None:
    given = [assignment(principalId=STRANGER)]
    somebody = service_principal(id=WEB_PRINCIPAL)
    assert read(given, [somebody]).orphaned == {STRANGER}
    assert not read(given, [{"id": USER_ID, "userPrincipalName": "a@b.c"}]).orphaned
    hundred = [service_principal(id=f"bbbbbbbb-0000-0000-0000-{n:012}") for n in range(100)]
    cut = read(given, hundred)
    assert not cut.orphaned
    assert "--all" in cut.remarks[0]


def test_a_list_that_goes_on_elsewhere_is_not_whole() -> None:
    existing = read({"value": [assignment()], "nextLink": "https://management.azure.com/next"})
    assert of_type(existing, RoleAssignment)
    assert "goes on" in existing.unread[0].why


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (assignment(principalId="not-a-guid"), "`principalId` is not a GUID"),
        (assignment(principalId=None), "no `principalId`"),
        (assignment(principalType="Device"), "`principalType`"),
        (assignment(scope="nowhere"), "`scope` is not a resource id"),
        (assignment(roleDefinitionId="Owner"), "`roleDefinitionId` is not a GUID"),
        (web(identity={"type": "Sometimes"}), "`identity.type`"),
        (vault(properties={"accessPolicies": [{"tenantId": TENANT, "objectId": STRANGER,
                                               "permissions": {"secrets": ["fly"]}}]}), "permissions"),
        ({"name": "x"}, "nothing that is known"),
        ("x", "nothing that is known"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_listed_with_the_reason_and_no_value(entry: object, why: str) -> None:
    (unread,) = read([entry]).unread
    assert why in unread.why
    assert unread.at == "entry [0]"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"{", b"[" * 100_000, b"3", b"{}", b"\x80abc"])
def test_a_file_that_is_nothing_known_is_listed(content: bytes) -> None:
    (unread,) = read_existing([File("x.json", content)], Place()).unread
    assert unread.file == "x.json"


def test_what_says_nothing_of_access_is_counted_by_type() -> None:
    policy = {"id": f"{GROUP}/providers/Microsoft.Authorization/policyAssignments/p"}
    assert read([policy, policy]).passed_over == {"microsoft.authorization/policyassignments": 2}


@pytest.mark.parametrize(
    "encoded",
    [
        codecs.BOM_UTF8 + msgspec.json.encode([assignment()]),
        codecs.BOM_UTF16_LE + msgspec.json.encode([assignment()]).decode().encode("utf-16-le"),
    ],
)
def test_a_redirect_of_powershell_is_understood(encoded: bytes) -> None:
    assert of_type(read(File("ra.json", encoded)), RoleAssignment)


def test_no_secret_of_a_source_is_kept() -> None:
    site = web(
        properties={"siteConfig": {"appSettings": [{"name": "K", "value": PLANTED}]}},
        tags={"hidden-link: /app-insights-conn-string": PLANTED, "team": "orders"},
        connectionString=PLANTED,
    )
    existing = read([site, {"id": PLANTED, "type": PLANTED}], [service_principal()], vault(secret=PLANTED))
    assert PLANTED not in repr(existing)


def test_a_file_is_recognised_by_content_and_not_by_name() -> None:
    assert of_type(read(json_file([identity()], "anything.txt")), ManagedIdentity)
